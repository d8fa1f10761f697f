use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use events::{Applied, EventHandler, HandlerUnavailable, Message};
use opentelemetry::KeyValue;
use platform::clock;
use platform::telemetry::{MessageSpan, Traces};

use crate::metrics::{SyncMetrics, outcome_label, type_label};

/// Counts what a handler makes of events, and tells of each in the trace of the request that caused it, however long it
/// was on its way.
pub struct ObservedHandler {
    handler: Arc<dyn EventHandler>,
    /// Where the events come from.
    source: String,
    /// What carries the messages from there, in OpenTelemetry's words.
    system: &'static str,
    /// The lane by which they come; the others go on without it.
    lane: usize,
    metrics: SyncMetrics,
    traces: Traces,
}

impl ObservedHandler {
    /// Stands before `handler`, whose events come from `source`.
    pub fn new(handler: Arc<dyn EventHandler>, source: String, metrics: SyncMetrics, traces: Traces) -> Self {
        Self { handler, source, system: "rabbitmq", lane: 0, metrics, traces }
    }

    /// The same, over something else than RabbitMQ.
    #[must_use]
    pub fn over(self, system: &'static str) -> Self {
        Self { system, ..self }
    }

    /// The same, for events that come by that lane.
    #[must_use]
    pub fn by_lane(self, lane: usize) -> Self {
        self.metrics.delivered_to(lane, false);
        Self { lane, ..self }
    }

    fn tell(&self, message: &Message, began: DateTime<Utc>, outcome: Option<Applied>) {
        let Some(creation) = message.attributes.get("traceparent") else { return };
        self.traces.message(MessageSpan {
            name: format!("process {}", self.source),
            is_sent: false,
            creation,
            began,
            attributes: vec![
                KeyValue::new("messaging.system", self.system),
                KeyValue::new("messaging.operation.name", "process"),
                KeyValue::new("messaging.operation.type", "process"),
                KeyValue::new("messaging.destination.name", self.source.clone()),
                KeyValue::new("messaging.message.id", message.id.to_string()),
                KeyValue::new("illuxi.event.type", type_label(message)),
                KeyValue::new("illuxi.outcome", outcome.map_or("unavailable", outcome_label)),
            ],
            failure: match outcome {
                Some(Applied::Parked) => Some("parked"),
                Some(Applied::Executed | Applied::AlreadyApplied | Applied::Stale) => None,
                None => Some("unavailable"),
            },
        });
    }
}

#[async_trait]
impl EventHandler for ObservedHandler {
    async fn handle(&self, batch: &[Message]) -> Result<Vec<Applied>, HandlerUnavailable> {
        let (began, at) = (Instant::now(), clock::now());
        let outcome = self.handler.handle(batch).await;
        self.metrics.batch(self.lane, began.elapsed(), outcome.is_ok());
        let now = clock::now();
        for (index, message) in batch.iter().enumerate() {
            let applied = outcome.as_ref().ok().and_then(|outcomes| outcomes.get(index)).copied();
            if let Some(applied) = applied {
                self.metrics.applied(message, applied, now);
            }
            self.tell(message, at, applied);
        }
        outcome
    }

    async fn probe(&self) -> Result<(), HandlerUnavailable> {
        self.handler.probe().await
    }

    fn is_delivered_to(&self, is_delivered_to: bool) {
        self.metrics.delivered_to(self.lane, is_delivered_to);
    }
}
