use std::fmt;
use std::time::Duration;

use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};
use lapin::uri::AMQPUri;
use lapin::{Connection, ConnectionProperties, ErrorKind};

use super::Topology;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Seconds between heartbeats; a dead peer is noticed after two of them.
const HEARTBEAT_SECONDS: u16 = 10;

/// Where the broker is, what its exchanges and queues are called, and how long its answers may take.
#[derive(Clone)]
pub struct Broker {
    pub(super) uri: AMQPUri,
    pub(super) topology: Topology,
    pub(super) timeouts: Timeouts,
}

/// The text is no address of an AMQP broker.
///
/// It carries no cause, because that would repeat the address, and with it the password.
#[derive(Debug, thiserror::Error)]
#[error("the address of the broker cannot be used, it reads amqp://user:password@host:port/vhost")]
pub struct BrokerUrlError;

/// Why a broker cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BrokerUnusable {
    /// It answered, and does not let the user in; nor will it until somebody changes something.
    #[error("the broker does not let this user in: correct user and password")]
    Login(#[source] Cause),
    /// It lets the user in, but not to the virtual host.
    #[error(
        "the broker has no such virtual host for this user: correct what stands behind the last slash, or grant rights \
         there"
    )]
    VirtualHost(#[source] Cause),
    /// No answer. It may heal.
    #[error("the broker cannot be reached")]
    Away(#[source] Cause),
}

impl BrokerUnusable {
    /// Whether it may heal by itself. Everything else waits for a person.
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Away(_))
    }

    fn of(error: lapin::Error, host: &str) -> Self {
        // Its text holds that of its source, which would be said twice.
        let ErrorKind::ProtocolError(answer) = error.kind() else {
            let words = error.to_string();
            // The standard library's words, for which it has no kind; the name is not among them.
            let is_unresolved = words.contains("failed to lookup address information");
            return Self::Away(match is_unresolved {
                true => format!("cannot resolve the host name \"{host}\": {words}").into(),
                false => words.into(),
            });
        };
        let words = answer.get_message().to_string();
        // Too many connections are refused in the same way as a wrong name.
        let is_for_now = words.contains("connection limit (");
        match answer.kind() {
            AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED) => Self::Login(words.into()),
            AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED) if !is_for_now => Self::VirtualHost(words.into()),
            _ => Self::Away(words.into()),
        }
    }
}

/// How long to wait for the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, and again for the channel and the topology.
    pub connect: Duration,
    /// For handing one message, acknowledgement or other command to the connection.
    pub publish: Duration,
    /// For the confirms of a whole batch. Must be shorter than the relay's lease.
    pub confirm: Duration,
}

impl Default for Timeouts {
    /// 5 s, 5 s and 10 s.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            publish: Duration::from_secs(5),
            confirm: Duration::from_secs(10),
        }
    }
}

impl Broker {
    /// Reads an address such as `amqp://user:password@host:5672/%2f`, or `amqps://` for TLS.
    ///
    /// # Errors
    /// When it is none. Nothing is connected to yet.
    pub fn parse(url: &str) -> Result<Self, BrokerUrlError> {
        let mut uri: AMQPUri = url.parse().map_err(|_| BrokerUrlError)?;
        // A raw slash, question mark or hash in a password ends the host: the rest would be told as that, or as a virtual host.
        let behind_host = url.split_once("://").and_then(|(_, rest)| rest.split_once(['/', '?', '#']));
        if behind_host.is_some_and(|(_, rest)| rest.contains('@')) || uri.authority.host.contains('@') {
            return Err(BrokerUrlError);
        }
        uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
        Ok(Self { uri, topology: Topology::default(), timeouts: Timeouts::default() })
    }

    /// Uses other names than the default ones.
    #[must_use]
    pub fn with_topology(self, topology: Topology) -> Self {
        Self { topology, ..self }
    }

    /// Asks, at the start of a program, whether the broker lets it in.
    ///
    /// # Errors
    /// `Login` and `VirtualHost` wait for a person; `Away` may heal.
    pub async fn check(&self) -> Result<(), BrokerUnusable> {
        let properties = ConnectionProperties::default().with_connection_name("illuxi start".into());
        let limit = self.timeouts.connect;
        let connecting = tokio::time::timeout(limit, Connection::connect_uri(self.bounded_uri(), properties));
        let connected = connecting.await.map_err(|elapsed| BrokerUnusable::Away(Box::new(elapsed)))?;
        let connection = connected.map_err(|error| BrokerUnusable::of(error, &self.uri.authority.host))?;
        // It has answered; a connection that is dropped is closed, too.
        let _ = tokio::time::timeout(limit, connection.close(200, "started".into())).await;
        Ok(())
    }

    /// The address, with the limit that ends the library's own attempt too: it outlives a future that is given up.
    pub(super) fn bounded_uri(&self) -> AMQPUri {
        let mut uri = self.uri.clone();
        uri.query.connection_timeout =
            Some(u64::try_from(self.timeouts.connect.as_millis()).unwrap_or(u64::MAX));
        uri
    }

    /// What things are called on it.
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// Uses other timeouts than the default ones.
    #[must_use]
    pub fn with_timeouts(self, timeouts: Timeouts) -> Self {
        Self { timeouts, ..self }
    }
}

impl fmt::Debug for Broker {
    /// Without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broker")
            .field("host", &self.uri.authority.host)
            .field("port", &self.uri.authority.port)
            .field("vhost", &self.uri.vhost)
            .field("topology", &self.topology)
            .field("timeouts", &self.timeouts)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_never_written() {
        let broker = Broker::parse("amqp://someone:s3cret@broker:5673/acme").unwrap();
        let written = format!("{broker:?}");
        assert!(
            written.contains("broker") && written.contains("5673") && written.contains("acme"),
            "{written}"
        );
        assert!(!written.contains("s3cret") && !written.contains("someone"), "{written}");
        let refused = Broker::parse("http://someone:s3cret@broker").unwrap_err();
        assert!(!format!("{refused:?} {refused}").contains("s3cret"));
    }

    #[test]
    fn a_password_that_is_not_escaped_is_no_part_of_a_host() {
        for url in ["amqp://u:1/s3cret@broker/v", "amqp://u:1?s3cret@broker/v", "amqp://u:1#s3cret@broker/v"]
        {
            assert!(Broker::parse(url).is_err(), "{url}");
        }
        let broker = Broker::parse("amqp://u:s3@cret@broker/v").unwrap();
        assert_eq!(broker.uri.authority.host, "broker");
        assert_eq!(broker.uri.authority.userinfo.password, "s3@cret");
        assert_eq!(Broker::parse("amqp://u:s3%2Fcret@broker/a%40b").unwrap().uri.vhost, "a@b");
    }

    #[tokio::test]
    async fn a_host_whose_name_nobody_knows_is_named() {
        let unusable = Broker::parse("amqp://nowhere.invalid").unwrap().check().await.unwrap_err();
        assert!(unusable.is_away());
        let reason = std::error::Error::source(&unusable).unwrap().to_string();
        let words = "cannot resolve the host name \"nowhere.invalid\": IO error: failed to lookup address information";
        assert!(reason.starts_with(words), "{reason}");
    }

    #[test]
    fn heartbeats_are_asked_for_unless_the_address_says_otherwise() {
        assert_eq!(Broker::parse("amqp://h").unwrap().uri.query.heartbeat, Some(10));
        assert_eq!(Broker::parse("amqp://h?heartbeat=7").unwrap().uri.query.heartbeat, Some(7));
    }
}
