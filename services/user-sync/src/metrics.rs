//! What user-sync counts, for Prometheus. No figure is of one integration or one person.

use std::time::Duration;

use chrono::{DateTime, Utc};
use events::{Applied, EventType, Message};
use lms::{Drift, DriftKind, DriftListener, WaitingCounts};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter};

/// Upper ends of the buckets of the time from the gateway's commit to the LMS row, in seconds.
const LAG_SECONDS: [f64; 12] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0, 3_600.0, 28_800.0];

/// Upper ends of the buckets of a batch's duration, in seconds.
const BATCH_SECONDS: [f64; 9] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0];

/// The instruments. Cheap to clone.
#[derive(Clone)]
pub struct SyncMetrics {
    events: Counter<u64>,
    lag: Histogram<f64>,
    batches: Histogram<f64>,
    breaker_open: Gauge<u64>,
    consuming: Gauge<u64>,
    parked: Gauge<u64>,
    open_holds: Gauge<u64>,
    differences: Counter<u64>,
}

impl SyncMetrics {
    /// Makes them.
    pub fn new(meter: &Meter) -> Self {
        let metrics = Self {
            events: meter
                .u64_counter("usersync.events")
                .with_description("Events, by their type and what came of them")
                .build(),
            lag: meter
                .f64_histogram("usersync.end_to_end_lag")
                .with_description(
                    "From the commit in the directory to the commit in the LMS, of events that were applied",
                )
                .with_unit("s")
                .with_boundaries(LAG_SECONDS.to_vec())
                .build(),
            batches: meter
                .f64_histogram("usersync.batch.duration")
                .with_description("Applying the events of one transaction")
                .with_unit("s")
                .with_boundaries(BATCH_SECONDS.to_vec())
                .build(),
            breaker_open: meter
                .u64_gauge("usersync.breaker_open")
                .with_description("Whether the LMS database could not take the last events it was given")
                .build(),
            consuming: meter
                .u64_gauge("usersync.consuming")
                .with_description("Whether the broker delivers the events of a lane to this process")
                .build(),
            parked: meter
                .u64_gauge("usersync.parked")
                .with_description("Events that are parked now, up to 100000")
                .build(),
            open_holds: meter
                .u64_gauge("usersync.open_holds")
                .with_description("Holds of mass changes that nobody has decided")
                .build(),
            differences: meter
                .u64_counter("usersync.reconcile_differences")
                .with_description("Differences between the directory and the LMS that snapshots showed")
                .build(),
        };
        // A series that begins with its first difference would show no increase for it.
        DriftKind::ALL.into_iter().for_each(|kind| metrics.differ(kind, 0));
        metrics
    }

    fn differ(&self, kind: DriftKind, times: u64) {
        self.differences.add(times, &[KeyValue::new("kind", kind_label(kind))]);
    }

    /// Counts what came of an event.
    pub(crate) fn applied(&self, message: &Message, applied: Applied, at: DateTime<Utc>) {
        let labels =
            [KeyValue::new("type", type_label(message)), KeyValue::new("outcome", outcome_label(applied))];
        self.events.add(1, &labels);
        let committed =
            message.attributes.get("time").and_then(|time| DateTime::parse_from_rfc3339(time).ok());
        if let (Applied::Executed, Some(committed)) = (applied, committed) {
            // Clocks of two machines differ.
            let lag = (at - committed.to_utc()).to_std().unwrap_or_default();
            self.lag.record(lag.as_secs_f64(), &[]);
        }
    }

    /// Tells what waits for a person.
    pub(crate) fn waiting(&self, counts: WaitingCounts) {
        self.parked.record(counts.parked, &[]);
        self.open_holds.record(counts.open_holds, &[]);
    }

    /// Counts a batch of a lane; `is_taken` says whether the database took it.
    pub(crate) fn batch(&self, lane: usize, took: Duration, is_taken: bool) {
        if is_taken {
            self.batches.record(took.as_secs_f64(), &[]);
        }
        self.breaker_open.record(u64::from(!is_taken), &[KeyValue::new("lane", lane.to_string())]);
    }

    /// Notes whether the events of a lane are delivered.
    pub(crate) fn delivered_to(&self, lane: usize, is_delivered_to: bool) {
        self.consuming.record(u64::from(is_delivered_to), &[KeyValue::new("lane", lane.to_string())]);
    }
}

impl DriftListener for SyncMetrics {
    fn found(&self, drift: &[Drift]) {
        drift.iter().for_each(|drift| self.differ(drift.kind, 1));
    }
}

fn kind_label(kind: DriftKind) -> &'static str {
    match kind {
        DriftKind::MissingUser => "missing_user",
        DriftKind::StaleUser => "stale_user",
        DriftKind::ExtraUser => "extra_user",
        DriftKind::EditedLearner => "edited_learner",
        DriftKind::EditedStatus => "edited_status",
        DriftKind::MissingGroup => "missing_group",
        DriftKind::StaleGroup => "stale_group",
        DriftKind::ExtraGroup => "extra_group",
        DriftKind::EditedCohort => "edited_cohort",
        DriftKind::MissingMembership => "missing_membership",
        DriftKind::ExtraMembership => "extra_membership",
    }
}

/// The type as a label: one of ours, or `unknown`, because a message can come from anybody.
pub(crate) fn type_label(message: &Message) -> &'static str {
    let name = message.attributes.get("type").map(String::as_str);
    name.and_then(EventType::parse).map_or("unknown", EventType::routing_suffix)
}

pub(crate) fn outcome_label(applied: Applied) -> &'static str {
    match applied {
        Applied::Executed => "applied",
        Applied::AlreadyApplied => "duplicate",
        Applied::Stale => "stale",
        Applied::Parked => "parked",
    }
}

#[cfg(test)]
mod tests {
    use lms::{IntegrationSlug, ScimId};
    use platform::telemetry::Metrics;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn differences_are_counted_by_their_kind() {
        let metrics = Metrics::new();
        let counted = SyncMetrics::new(&metrics.meter("test"));
        let drift = |kind| Drift {
            run: Uuid::from_u128(1),
            integration: IntegrationSlug("acme".to_owned()),
            kind,
            resource: ScimId(Uuid::from_u128(2)),
            member: None,
            attributes: vec![],
        };
        counted.found(&[DriftKind::StaleUser, DriftKind::ExtraMembership, DriftKind::StaleUser].map(drift));
        let text = metrics.text();
        let shown: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("usersync_reconcile_differences_total"))
            .filter(|line| !line.ends_with(" 0"))
            .collect();
        assert_eq!(shown, [r#"{kind="extra_membership"} 1"#, r#"{kind="stale_user"} 2"#]);
    }

    #[test]
    fn a_kind_is_called_as_in_reports() {
        for kind in DriftKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind_label(kind));
        }
    }
}
