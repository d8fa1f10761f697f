use std::time::Duration;

use lapin::types::{ShortString, ShortStringError};
use lapin::{Channel, Connection, ConnectionProperties};
use tracing::debug;

use super::Broker;
use super::topology::Part;

/// What the broker, or the way to it, did not do.
#[derive(Debug, thiserror::Error)]
pub(super) enum BrokerError {
    /// The last attempt failed, and the next one is not due yet.
    #[error("no connection to the broker, next attempt in {0:?}")]
    NotConnected(Duration),
    /// The broker is short of memory or disk, and takes no messages.
    #[error("the broker takes no messages now")]
    Blocked,
    /// No answer in time.
    #[error("the broker did not {step} within {limit:?}")]
    Timeout { step: &'static str, limit: Duration },
    /// The broker refused, or the connection broke.
    #[error("the broker could not {step}")]
    Refused { step: &'static str, source: lapin::Error },
    /// Something of the name exists, and is not as it has to be.
    #[error(
        "the {kind} {name} of the broker has other properties than this program needs; delete it once it is empty, and \
         it is made anew (docs/operations.md, \"A queue of other properties\")"
    )]
    OtherProperties { kind: &'static str, name: String, source: lapin::Error },
    /// The channel of a delivery is gone, so that its acknowledgement was not sent.
    #[error("a delivery could not be settled any more")]
    NotSettled,
    /// The broker ended the consumer, for example because its queue was deleted.
    #[error("the broker ended the consumer")]
    ConsumerEnded,
    /// A message was not taken by the queue that it was meant for.
    #[error("a message was not confirmed")]
    NotConfirmed,
    /// A name or key is longer than AMQP allows.
    #[error("a name is too long for AMQP")]
    Name(#[from] ShortStringError),
}

/// An open connection and its one channel.
///
/// Publishing and consuming each have a connection of their own, because a broker that is short of memory stops
/// reading a publisher's connection, acknowledgements included. Dropping a link closes it. The library's own
/// recovery is off: once its tries are used up it neither works nor fails.
pub(super) struct Link {
    pub(super) connection: Connection,
    pub(super) channel: Channel,
}

impl Link {
    /// Connects, opens the channel and declares what is needed.
    pub(super) async fn open(broker: &Broker, role: &str, part: Part<'_>) -> Result<Self, BrokerError> {
        let limit = broker.timeouts.connect;
        let properties = ConnectionProperties::default().with_connection_name(role.into());
        let connecting = Connection::connect_uri(broker.bounded_uri(), properties);
        let connection = within(limit, "connect", connecting).await?;
        let channel = within(limit, "open a channel", connection.create_channel()).await?;
        tokio::time::timeout(limit, broker.topology.declare(&channel, part))
            .await
            .map_err(|_| BrokerError::Timeout { step: "declare the topology", limit })??;
        debug!(connection.role = role, "connected to the broker");
        Ok(Self { connection, channel })
    }

    /// Closes in good order; what the channel holds unacknowledged goes back to its queue.
    pub(super) async fn close(self, limit: Duration) {
        let closing = self.connection.close(200, ShortString::default());
        if let Err(error) = within(limit, "close", closing).await {
            debug!(error = %error, "the connection to the broker was not closed in good order");
        }
    }
}

/// Awaits the broker, but not for ever.
pub(super) async fn within<T>(
    limit: Duration,
    step: &'static str,
    answer: impl Future<Output = lapin::Result<T>>,
) -> Result<T, BrokerError> {
    match tokio::time::timeout(limit, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(source)) => Err(BrokerError::Refused { step, source }),
        Err(_) => Err(BrokerError::Timeout { step, limit }),
    }
}

/// A text as AMQP's short string; the library's `From` panics above 255 bytes.
pub(super) fn short(text: &str) -> Result<ShortString, ShortStringError> {
    ShortString::try_new(text)
}
