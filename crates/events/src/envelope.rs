use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use crate::{EventType, Sequence, Subject};

/// Identity of an event, the same at every resend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub Uuid);

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which of a portal's two worlds an integration feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Environment {
    /// Real learners.
    Production,
    /// Rehearsal.
    Staging,
}

impl Environment {
    /// Name in addresses, tokens, envelopes and stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Staging => "staging",
        }
    }
}

/// The text names no environment.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("an environment is production or staging")]
pub struct UnknownEnvironment;

impl FromStr for Environment {
    type Err = UnknownEnvironment;

    fn from_str(text: &str) -> Result<Self, UnknownEnvironment> {
        match text {
            "production" => Ok(Self::Production),
            "staging" => Ok(Self::Staging),
            _ => Err(UnknownEnvironment),
        }
    }
}

/// What is said about an event beside its data: CloudEvents 1.0 context attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Born with the outbox row.
    pub id: EventId,
    /// What happened.
    pub event_type: EventType,
    /// Slug of the integration that it happened in.
    pub integration: String,
    /// The integration's environment.
    pub environment: Environment,
    /// Code of the portal that the integration feeds.
    pub portal: String,
    /// Resource that it happened to.
    pub subject: Subject,
    /// When the change was committed.
    pub time: DateTime<Utc>,
    /// Position among the subject's events.
    pub sequence: Sequence,
    /// Id of the SCIM request, from Entra's request to the LMS row.
    pub txn: Uuid,
    /// W3C trace context of the SCIM request.
    pub traceparent: Option<String>,
}

impl Envelope {
    /// Key under which the event is routed: `{environment}.{integration}.{kind}.{action}`.
    pub fn routing_key(&self) -> String {
        format!("{}.{}.{}", self.environment.as_str(), self.integration, self.event_type.routing_suffix())
    }

    /// The attributes by their CloudEvents names, without the transport's prefix.
    pub(crate) fn attributes(&self) -> BTreeMap<String, String> {
        let source = format!("/integrations/{}", self.integration);
        let mut attributes = BTreeMap::from(
            [
                ("specversion", "1.0".to_owned()),
                ("id", self.id.to_string()),
                ("source", source),
                ("type", self.event_type.as_str().to_owned()),
                ("subject", self.subject.to_string()),
                ("time", self.time.to_rfc3339_opts(SecondsFormat::Micros, true)),
                ("partitionkey", format!("{}/{}", self.integration, self.subject)),
                ("sequence", self.sequence.to_string()),
                ("txn", self.txn.to_string()),
                ("environment", self.environment.as_str().to_owned()),
                ("integration", self.integration.clone()),
                ("portal", self.portal.clone()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        if let Some(traceparent) = &self.traceparent {
            attributes.insert("traceparent".to_owned(), traceparent.clone());
        }
        attributes
    }
}
