//! What a gateway counts, for Prometheus. No figure is of one integration or one person.

use std::time::{Duration, Instant};

use actix_web::http::{Method, StatusCode};
use directory::Backlog;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter};

/// Upper ends of the buckets of a request's duration, in seconds.
const REQUEST_SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 25.0];

/// Upper ends of the buckets of a batch's way to the broker and back, in seconds.
const PUBLISH_SECONDS: [f64; 9] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0];

/// The instruments. Cheap to clone.
#[derive(Clone)]
pub struct GatewayMetrics {
    requests: Histogram<f64>,
    sign_in_failures: Counter<u64>,
    rejected: Counter<u64>,
    entries_dropped: Counter<u64>,
    published: Counter<u64>,
    publishing: Histogram<f64>,
    unsent: Gauge<u64>,
    oldest_unsent: Gauge<u64>,
    database_up: Gauge<u64>,
}

/// What a request ran into that is counted on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It was not let in, for this reason.
    SignIn(NotLetIn),
    /// It was over this limit.
    Limit(Limit),
}

/// Why a request was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotLetIn {
    NoToken,
    Refused,
    ClientRefused,
    PlainHttp,
    Paused,
    Disabled,
    NoKeys,
    DatabaseAway,
}

impl NotLetIn {
    const ALL: [Self; 8] = [
        Self::NoToken,
        Self::Refused,
        Self::ClientRefused,
        Self::PlainHttp,
        Self::Paused,
        Self::Disabled,
        Self::NoKeys,
        Self::DatabaseAway,
    ];

    const fn label(self) -> &'static str {
        match self {
            Self::NoToken => "no_token",
            Self::Refused => "refused",
            Self::ClientRefused => "client_refused",
            Self::PlainHttp => "plain_http",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
            Self::NoKeys => "no_keys",
            Self::DatabaseAway => "database_away",
        }
    }
}

/// What a request was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    Rate,
    Busy,
    BodySize,
    BodyTime,
    UnknownIntegrations,
}

impl Limit {
    const ALL: [Self; 5] =
        [Self::Rate, Self::Busy, Self::BodySize, Self::BodyTime, Self::UnknownIntegrations];

    const fn label(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Busy => "busy",
            Self::BodySize => "body_size",
            Self::BodyTime => "body_time",
            Self::UnknownIntegrations => "unknown_integrations",
        }
    }
}

impl GatewayMetrics {
    /// Makes them.
    pub fn new(meter: &Meter) -> Self {
        let metrics = Self {
            requests: meter
                .f64_histogram("http.server.request.duration")
                .with_description("SCIM and token requests, from the head of the request to its answer")
                .with_unit("s")
                .with_boundaries(REQUEST_SECONDS.to_vec())
                .build(),
            sign_in_failures: meter
                .u64_counter("scim.auth.failures")
                .with_description("Requests that were not let in")
                .build(),
            rejected: meter
                .u64_counter("scim.requests.rejected")
                .with_description("Requests over a limit")
                .build(),
            entries_dropped: meter
                .u64_counter("scim.log.entries_dropped")
                .with_description(
                    "Entries of the provisioning log that came faster than they could be written",
                )
                .build(),
            published: meter
                .u64_counter("scim.outbox.published")
                .with_description("Events handed to the broker, by what came of it")
                .build(),
            publishing: meter
                .f64_histogram("scim.publish.confirm.duration")
                .with_description("A batch of events on its way to the broker until its last confirm")
                .with_unit("s")
                .with_boundaries(PUBLISH_SECONDS.to_vec())
                .build(),
            unsent: meter
                .u64_gauge("scim.outbox.unsent")
                .with_description("Events that wait for the broker, those of all replicas")
                .build(),
            oldest_unsent: meter
                .u64_gauge("scim.outbox.oldest_unsent_age")
                .with_description("Age of the oldest event that waits")
                .with_unit("s")
                .build(),
            database_up: meter
                .u64_gauge("scim.database.up")
                .with_description("Whether the directory database answered when it was last asked")
                .build(),
        };
        // There from the beginning: neither an alarm nor a panel sees the first of what was never there.
        metrics.entries_dropped(0);
        for reason in NotLetIn::ALL {
            metrics.count_refused(Refused::SignIn(reason), 0);
        }
        for limit in Limit::ALL {
            metrics.count_refused(Refused::Limit(limit), 0);
        }
        metrics
    }

    /// Counts a request that was answered.
    pub(crate) fn answered(
        &self,
        method: &'static str,
        route: &'static str,
        status: StatusCode,
        began: Instant,
    ) {
        let labels = [
            KeyValue::new("http.request.method", method),
            KeyValue::new("http.route", route),
            KeyValue::new("http.response.status_code", i64::from(status.as_u16())),
        ];
        self.requests.record(began.elapsed().as_secs_f64(), &labels);
    }

    /// Counts a request that was refused.
    pub(crate) fn refused(&self, refused: Refused) {
        self.count_refused(refused, 1);
    }

    fn count_refused(&self, refused: Refused, requests: u64) {
        match refused {
            Refused::SignIn(reason) => {
                self.sign_in_failures.add(requests, &[KeyValue::new("reason", reason.label())]);
            }
            Refused::Limit(limit) => self.rejected.add(requests, &[KeyValue::new("limit", limit.label())]),
        }
    }

    pub(crate) fn entries_dropped(&self, entries: u64) {
        self.entries_dropped.add(entries, &[]);
    }

    /// Counts a batch of `size` events of which `confirmed` arrived.
    pub(crate) fn published(&self, size: usize, confirmed: usize, took: Duration) {
        let count = |events: usize, result| {
            let events = u64::try_from(events).unwrap_or(u64::MAX);
            self.published.add(events, &[KeyValue::new("result", result)]);
        };
        count(confirmed, "confirmed");
        count(size.saturating_sub(confirmed), "unconfirmed");
        self.publishing.record(took.as_secs_f64(), &[]);
    }

    /// Notes how much waits, or that nobody can tell.
    pub(crate) fn backlog(&self, backlog: Option<Backlog>) {
        self.database_up.record(u64::from(backlog.is_some()), &[]);
        if let Some(Backlog { unsent, oldest_age_seconds }) = backlog {
            self.unsent.record(unsent, &[]);
            self.oldest_unsent.record(oldest_age_seconds, &[]);
        }
    }
}

/// The method as a label: one of those that are served, or `_OTHER`.
pub(crate) fn method_label(method: &Method) -> &'static str {
    const SERVED: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    SERVED.into_iter().find(|served| method.as_str() == *served).unwrap_or("_OTHER")
}
