use std::collections::HashSet;

use lapin::options::BasicPublishOptions;
use lapin::types::ShortString;
use lapin::{BasicProperties, Channel, Confirmation};

use super::link::{BrokerError, short, within};
use super::{Timeouts, wire};

/// A message ready for the wire.
pub(super) struct Outgoing<'a> {
    pub(super) routing_key: ShortString,
    /// Must hold the message id, by which a return is recognised.
    pub(super) properties: BasicProperties,
    pub(super) body: &'a [u8],
}

impl<'a> Outgoing<'a> {
    /// The message with its key and properties.
    ///
    /// # Errors
    /// When one of its texts is longer than AMQP allows.
    pub(super) fn of(message: &'a events::Message, lane: usize) -> Result<Self, BrokerError> {
        Ok(Self {
            routing_key: short(&message.routing_key)?,
            properties: wire::properties(message, lane)?,
            body: &message.body,
        })
    }
}

/// What became of one message of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Every queue that it was routed to has it on disk.
    Confirmed,
    /// No queue wanted it.
    Returned,
    /// The broker would not have it, for example because a queue is full.
    Refused,
}

/// Publishes a batch and waits for all its confirms; answers in the batch's order.
///
/// Returned messages are known by their message id, and only after the last confirm: neither the protocol nor the
/// library links a return to its confirm, and the library hands the oldest return to whichever confirm comes first.
/// For the same reason a channel on which this failed, or was given up, must not be used again.
///
/// # Errors
/// When nothing is certain about any message.
pub(super) async fn publish_confirmed(
    channel: &Channel,
    exchange: &ShortString,
    batch: &[Outgoing<'_>],
    timeouts: &Timeouts,
) -> Result<Vec<Fate>, BrokerError> {
    let limit = timeouts.publish + timeouts.confirm;
    let publishing = publish_and_await(channel, exchange, batch, timeouts);
    // All of it has a limit besides its steps: many slow steps would outlast the relay's lease.
    let confirmations = tokio::time::timeout(limit, publishing)
        .await
        .map_err(|_| BrokerError::Timeout { step: "take a batch", limit })??;
    Ok(fates(batch, confirmations))
}

async fn publish_and_await(
    channel: &Channel,
    exchange: &ShortString,
    batch: &[Outgoing<'_>],
    timeouts: &Timeouts,
) -> Result<Vec<Confirmation>, BrokerError> {
    let mut confirms = Vec::with_capacity(batch.len());
    for message in batch {
        let publishing = channel.basic_publish(
            exchange.clone(),
            message.routing_key.clone(),
            BasicPublishOptions { mandatory: true, immediate: false },
            message.body,
            message.properties.clone(),
        );
        confirms.push(within(timeouts.publish, "take a message", publishing).await?);
    }
    let barrier = async {
        let mut confirmations = Vec::with_capacity(confirms.len());
        for confirm in confirms {
            confirmations.push(confirm.await?);
        }
        Ok(confirmations)
    };
    within(timeouts.confirm, "confirm a batch", barrier).await
}

fn fates(batch: &[Outgoing<'_>], confirmations: Vec<Confirmation>) -> Vec<Fate> {
    let acknowledged: Vec<bool> = confirmations.iter().map(Confirmation::is_ack).collect();
    let returned: HashSet<ShortString> = confirmations
        .into_iter()
        .filter_map(Confirmation::take_message)
        .filter_map(|message| message.properties.message_id().clone())
        .collect();
    let fate = |(message, acknowledged): (&Outgoing<'_>, bool)| {
        let is_returned = message.properties.message_id().as_ref().is_none_or(|id| returned.contains(id));
        match (is_returned, acknowledged) {
            (true, _) => Fate::Returned,
            (false, true) => Fate::Confirmed,
            (false, false) => Fate::Refused,
        }
    };
    batch.iter().zip(acknowledged).map(fate).collect()
}

#[cfg(test)]
mod tests {
    use lapin::message::{BasicReturnMessage, Delivery};

    use super::*;

    fn outgoing(id: &str) -> Outgoing<'static> {
        let properties = BasicProperties::default().with_message_id(short(id).unwrap());
        Outgoing { routing_key: ShortString::default(), properties, body: b"" }
    }

    fn returned(id: &str) -> Option<BasicReturnMessage> {
        let empty = ShortString::default;
        let mut delivery = Delivery::mock(0, empty(), empty(), false, Vec::new());
        delivery.properties = outgoing(id).properties;
        Some(BasicReturnMessage { delivery, reply_code: 312, reply_text: empty() })
    }

    #[test]
    fn a_return_counts_for_its_own_message_whichever_confirm_brings_it() {
        let batch = ["routed", "lost", "full"].map(outgoing);
        let confirmations =
            vec![Confirmation::Ack(returned("lost")), Confirmation::Ack(None), Confirmation::Nack(None)];
        assert_eq!(fates(&batch, confirmations), [Fate::Confirmed, Fate::Returned, Fate::Refused]);
    }
}
