use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use events::{EventId, EventPublisher, Message, PublishError};
use opentelemetry::KeyValue;
use platform::clock;
use platform::telemetry::{MessageSpan, Traces};

use crate::metrics::GatewayMetrics;

/// Counts what a publisher publishes, and tells of each event in the trace of the request that caused it, however long it
/// waited.
pub struct ObservedPublisher {
    publisher: Arc<dyn EventPublisher>,
    /// Where it publishes to.
    destination: String,
    /// What carries the messages there, in OpenTelemetry's words.
    system: &'static str,
    metrics: GatewayMetrics,
    traces: Traces,
}

impl ObservedPublisher {
    /// Stands before `publisher`, which publishes to `destination`.
    pub fn new(
        publisher: Arc<dyn EventPublisher>,
        destination: String,
        metrics: GatewayMetrics,
        traces: Traces,
    ) -> Self {
        Self { publisher, destination, system: "rabbitmq", metrics, traces }
    }

    /// The same, over something else than RabbitMQ.
    #[must_use]
    pub fn over(self, system: &'static str) -> Self {
        Self { system, ..self }
    }

    fn tell(&self, message: &Message, began: DateTime<Utc>, is_confirmed: bool) {
        let Some(creation) = message.attributes.get("traceparent") else { return };
        let Self { destination, .. } = self;
        let mut attributes = vec![
            KeyValue::new("messaging.system", self.system),
            KeyValue::new("messaging.operation.name", "send"),
            KeyValue::new("messaging.operation.type", "send"),
            KeyValue::new("messaging.destination.name", format!("{destination}:{}", message.routing_key)),
            KeyValue::new("messaging.message.id", message.id.to_string()),
        ];
        if self.system == "rabbitmq" {
            attributes.push(KeyValue::new(
                "messaging.rabbitmq.destination.routing_key",
                message.routing_key.clone(),
            ));
        }
        self.traces.message(MessageSpan {
            name: format!("send {destination}"),
            is_sent: true,
            creation,
            began,
            attributes,
            failure: (!is_confirmed).then_some("unconfirmed"),
        });
    }
}

#[async_trait]
impl EventPublisher for ObservedPublisher {
    async fn publish(&self, batch: &[Message]) -> Result<Vec<EventId>, PublishError> {
        let (began, at) = (Instant::now(), clock::now());
        let outcome = self.publisher.publish(batch).await;
        let confirmed: HashSet<&EventId> = outcome.iter().flatten().collect();
        self.metrics.published(batch.len(), confirmed.len(), began.elapsed());
        for message in batch {
            self.tell(message, at, confirmed.contains(&message.id));
        }
        outcome
    }
}
