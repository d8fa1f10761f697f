use std::collections::BTreeMap;

use chrono::DateTime;
use prost::Message as _;
use uuid::Uuid;

use crate::v1::{GroupChange, IntegrationChange, MembershipChange, SnapshotChunk, SnapshotEnd, UserChange};
use crate::{Envelope, EventId, EventType, SubjectKind};

/// An event as a transport carries it: attributes and bytes, not yet understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The event's id, also the transport's message id.
    pub id: EventId,
    /// Key by which a topic exchange routes it.
    pub routing_key: String,
    /// CloudEvents attributes by their plain names.
    pub attributes: BTreeMap<String, String>,
    /// Media type of the body.
    pub content_type: String,
    /// The data.
    pub body: Vec<u8>,
}

impl Message {
    /// The message of an envelope and of data already in the proto3 JSON mapping.
    pub fn from_json(envelope: &Envelope, data: String) -> Self {
        Self::new(envelope, ContentType::Json, data.into_bytes())
    }

    fn new(envelope: &Envelope, content_type: ContentType, body: Vec<u8>) -> Self {
        Self {
            id: envelope.id,
            routing_key: envelope.routing_key(),
            attributes: envelope.attributes(),
            content_type: content_type.as_str().to_owned(),
            body,
        }
    }
}

/// How an event's data is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// The proto3 JSON mapping.
    Json,
    /// Protocol buffers.
    Protobuf,
}

impl ContentType {
    /// The media type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Protobuf => "application/protobuf",
        }
    }
}

/// An event that was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Context.
    pub envelope: Envelope,
    /// Content.
    pub data: EventData,
}

/// Data of an event, by kind.
#[derive(Clone, Debug, PartialEq)]
pub enum EventData {
    /// Of the user events.
    User(Box<UserChange>),
    /// Of the group events.
    Group(GroupChange),
    /// Of `membership.changed`.
    Membership(MembershipChange),
    /// Of `integration.changed`.
    Integration(IntegrationChange),
    /// Of `snapshot.chunk`.
    SnapshotChunk(SnapshotChunk),
    /// Of `snapshot.ended`.
    SnapshotEnd(SnapshotEnd),
}

/// A message that no version of this consumer will understand.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// An attribute that every event has is absent.
    #[error("the attribute {0} is missing")]
    Missing(&'static str),
    /// An attribute is not of its form.
    #[error("the attribute {0} is malformed")]
    Malformed(&'static str),
    /// A type, or a major version of one, that this consumer does not know.
    #[error("the event type {0:?} is not known here")]
    UnknownType(String),
    /// Attributes that must say the same do not: a message must not speak for another integration.
    #[error("the attribute {0} disagrees with the rest of the envelope")]
    Disagreement(&'static str),
    /// Neither JSON nor protocol buffers.
    #[error("the content type {0:?} is not known here")]
    ContentType(String),
    /// JSON that is not the data of the event's type.
    #[error("the data is not of the event's type")]
    Json(#[from] serde_json::Error),
    /// Bytes that are not the data of the event's type.
    #[error("the data is not of the event's type")]
    Protobuf(#[from] prost::DecodeError),
}

impl Event {
    /// Writes the event for a transport.
    ///
    /// # Errors
    /// Never for data that came from [`Event::decode`]; JSON has no form for an infinite number in an extension.
    pub fn encode(&self, content_type: ContentType) -> Result<Message, serde_json::Error> {
        let body = match (content_type, &self.data) {
            (ContentType::Json, EventData::User(data)) => serde_json::to_vec(data)?,
            (ContentType::Json, EventData::Group(data)) => serde_json::to_vec(data)?,
            (ContentType::Json, EventData::Membership(data)) => serde_json::to_vec(data)?,
            (ContentType::Json, EventData::Integration(data)) => serde_json::to_vec(data)?,
            (ContentType::Json, EventData::SnapshotChunk(data)) => serde_json::to_vec(data)?,
            (ContentType::Json, EventData::SnapshotEnd(data)) => serde_json::to_vec(data)?,
            (ContentType::Protobuf, EventData::User(data)) => data.encode_to_vec(),
            (ContentType::Protobuf, EventData::Group(data)) => data.encode_to_vec(),
            (ContentType::Protobuf, EventData::Membership(data)) => data.encode_to_vec(),
            (ContentType::Protobuf, EventData::Integration(data)) => data.encode_to_vec(),
            (ContentType::Protobuf, EventData::SnapshotChunk(data)) => data.encode_to_vec(),
            (ContentType::Protobuf, EventData::SnapshotEnd(data)) => data.encode_to_vec(),
        };
        Ok(Message::new(&self.envelope, content_type, body))
    }

    /// Understands a message, and checks that it speaks for one integration only.
    ///
    /// # Errors
    /// Whenever reading it again could not end otherwise.
    pub fn decode(message: &Message) -> Result<Self, DecodeError> {
        let envelope = decode_envelope(message)?;
        if envelope.routing_key() != message.routing_key {
            return Err(DecodeError::Disagreement("routing key"));
        }
        let body = message.body.as_slice();
        // A parameter such as `; charset=utf-8` does not change what the media type is.
        let media_type = message.content_type.split(';').next().unwrap_or_default().trim();
        let data = match media_type {
            "application/json" => decode_json(envelope.event_type, body)?,
            "application/protobuf" => decode_protobuf(envelope.event_type, body)?,
            other => return Err(DecodeError::ContentType(other.to_owned())),
        };
        Ok(Self { envelope, data })
    }
}

fn decode_envelope(message: &Message) -> Result<Envelope, DecodeError> {
    let get = |name: &'static str| {
        message.attributes.get(name).map(String::as_str).ok_or(DecodeError::Missing(name))
    };
    let type_name = get("type")?;
    let event_type =
        EventType::parse(type_name).ok_or_else(|| DecodeError::UnknownType(type_name.to_owned()))?;
    let envelope = Envelope {
        id: EventId(parse("id", get("id")?)?),
        event_type,
        integration: get("integration")?.to_owned(),
        environment: parse("environment", get("environment")?)?,
        portal: get("portal")?.to_owned(),
        subject: parse("subject", get("subject")?)?,
        time: parse("time", get("time")?).map(|time: DateTime<chrono::FixedOffset>| time.to_utc())?,
        sequence: parse("sequence", get("sequence")?)?,
        txn: parse::<Uuid>("txn", get("txn")?)?,
        traceparent: message.attributes.get("traceparent").cloned(),
    };
    if envelope.id != message.id {
        return Err(DecodeError::Disagreement("id"));
    }
    if get("source")?.strip_prefix("/integrations/") != Some(envelope.integration.as_str()) {
        return Err(DecodeError::Disagreement("source"));
    }
    if envelope.subject.kind != event_type.subject_kind() {
        return Err(DecodeError::Disagreement("subject"));
    }
    Ok(envelope)
}

fn parse<T: std::str::FromStr>(name: &'static str, text: &str) -> Result<T, DecodeError> {
    text.parse().map_err(|_| DecodeError::Malformed(name))
}

fn decode_json(event_type: EventType, body: &[u8]) -> Result<EventData, serde_json::Error> {
    Ok(match (event_type, event_type.subject_kind()) {
        (EventType::MembershipChanged, _) => EventData::Membership(serde_json::from_slice(body)?),
        (EventType::SnapshotChunk, _) => EventData::SnapshotChunk(serde_json::from_slice(body)?),
        (EventType::SnapshotEnded, _) => EventData::SnapshotEnd(serde_json::from_slice(body)?),
        (_, SubjectKind::User) => EventData::User(serde_json::from_slice(body)?),
        (_, SubjectKind::Group) => EventData::Group(serde_json::from_slice(body)?),
        (_, SubjectKind::Integration) => EventData::Integration(serde_json::from_slice(body)?),
    })
}

fn decode_protobuf(event_type: EventType, body: &[u8]) -> Result<EventData, prost::DecodeError> {
    Ok(match (event_type, event_type.subject_kind()) {
        (EventType::MembershipChanged, _) => EventData::Membership(MembershipChange::decode(body)?),
        (EventType::SnapshotChunk, _) => EventData::SnapshotChunk(SnapshotChunk::decode(body)?),
        (EventType::SnapshotEnded, _) => EventData::SnapshotEnd(SnapshotEnd::decode(body)?),
        (_, SubjectKind::User) => EventData::User(Box::new(UserChange::decode(body)?)),
        (_, SubjectKind::Group) => EventData::Group(GroupChange::decode(body)?),
        (_, SubjectKind::Integration) => EventData::Integration(IntegrationChange::decode(body)?),
    })
}

#[cfg(test)]
mod tests;
