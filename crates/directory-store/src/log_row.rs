//! Entries of the provisioning log as both back ends keep them.

use chrono::{DateTime, Utc};
use directory::{
    Change, ChangedAttribute, CredentialId, IntegrationId, LogEntry, LoggedOperation, LoggedRequest,
    Mismatch, Origin, Outcome, PersonDigest,
};
use events::SubjectKind;
use scim::ResourceKind;
use serde_json::Value;
use uuid::Uuid;

use crate::row::{RowError, unknown};

/// An entry's columns on their way in, apart from the integration.
#[derive(Debug, PartialEq)]
pub(crate) struct NewEntry<'a> {
    pub(crate) request_id: Uuid,
    pub(crate) at: DateTime<Utc>,
    pub(crate) operation: &'static str,
    pub(crate) kind: Option<&'static str>,
    pub(crate) subject: Option<Uuid>,
    pub(crate) person: Option<&'a [u8]>,
    pub(crate) outcome: &'static str,
    pub(crate) status: Option<i16>,
    pub(crate) reason: Option<String>,
    /// A list, as JSON.
    pub(crate) changed: String,
    pub(crate) credential: Option<&'a str>,
    pub(crate) address: Option<String>,
    pub(crate) agent: Option<String>,
    pub(crate) bulk_request_id: Option<Uuid>,
    pub(crate) duration_ms: Option<i32>,
    pub(crate) expected: Option<String>,
    pub(crate) received: Option<String>,
}

impl<'a> NewEntry<'a> {
    pub(crate) fn of(request: &'a LoggedRequest) -> Result<Self, serde_json::Error> {
        let LoggedRequest { mismatch, .. } = request;
        Ok(Self {
            request_id: request.request_id,
            at: request.at,
            operation: request.operation.as_str(),
            kind: request.kind.map(kind_name),
            subject: request.subject,
            person: request.person.as_ref().map(|person| person.0.as_slice()),
            outcome: request.outcome.as_str(),
            status: request.status.and_then(|status| i16::try_from(status).ok()),
            reason: request.reason.as_deref().map(storable),
            changed: serde_json::to_string(&request.changed)?,
            credential: credential(&request.origin),
            address: address(&request.origin),
            agent: request.origin.agent.as_deref().map(storable),
            bulk_request_id: request.origin.bulk_request_id,
            duration_ms: request.duration_ms.map(|millis| i32::try_from(millis).unwrap_or(i32::MAX)),
            expected: mismatch.as_ref().map(|mismatch| storable(&mismatch.expected)),
            received: mismatch.as_ref().map(|mismatch| storable(&mismatch.received)),
        })
    }

    pub(crate) fn of_change(change: &'a Change) -> Result<Self, serde_json::Error> {
        Ok(Self {
            request_id: change.txn,
            at: change.at,
            operation: change.log.operation.as_str(),
            kind: kind_of(change.log.subject.kind).map(kind_name),
            subject: Some(change.log.subject.id),
            person: change.log.person.as_ref().map(|person| person.0.as_slice()),
            outcome: change.log.operation.outcome().as_str(),
            status: None,
            reason: None,
            changed: serde_json::to_string(&change.log.changed)?,
            credential: credential(&change.origin),
            address: address(&change.origin),
            agent: change.origin.agent.as_deref().map(storable),
            bulk_request_id: change.origin.bulk_request_id,
            duration_ms: None,
            expected: None,
            received: None,
        })
    }
}

fn credential(origin: &Origin) -> Option<&str> {
    origin.credential.as_ref().map(CredentialId::as_str)
}

fn address(origin: &Origin) -> Option<String> {
    origin.address.map(|address| address.to_string())
}

fn kind_of(subject: SubjectKind) -> Option<ResourceKind> {
    match subject {
        SubjectKind::User => Some(ResourceKind::User),
        SubjectKind::Group => Some(ResourceKind::Group),
        SubjectKind::Integration => None,
    }
}

/// Name of a kind in the table.
pub(crate) fn kind_name(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::User => "user",
        ResourceKind::Group => "group",
    }
}

/// Text from a caller. PostgreSQL has no NUL in text, and one in a token must not keep a refusal out of the log.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// An entry's columns on their way out.
pub(crate) struct LogColumns {
    pub(crate) number: i64,
    pub(crate) request_id: Uuid,
    pub(crate) at: DateTime<Utc>,
    pub(crate) operation: String,
    pub(crate) kind: Option<String>,
    pub(crate) subject: Option<Uuid>,
    pub(crate) person: Option<Vec<u8>>,
    pub(crate) outcome: String,
    pub(crate) status: Option<i16>,
    pub(crate) reason: Option<String>,
    pub(crate) changed: Value,
    pub(crate) credential: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) agent: Option<String>,
    pub(crate) bulk_request_id: Option<Uuid>,
    pub(crate) duration_ms: Option<i32>,
    pub(crate) expected: Option<String>,
    pub(crate) received: Option<String>,
}

pub(crate) fn entry(of: IntegrationId, columns: LogColumns) -> Result<LogEntry, RowError> {
    let changed: Vec<ChangedAttribute> =
        serde_json::from_value(columns.changed).map_err(|_| unknown("changed", "of another form"))?;
    let credential = columns
        .credential
        .map(|id| CredentialId::parse(&id).ok_or_else(|| unknown("credential_id", &id)))
        .transpose()?;
    let mismatch = columns.expected.zip(columns.received);
    let request = LoggedRequest {
        integration: of,
        request_id: columns.request_id,
        at: columns.at,
        origin: Origin {
            credential,
            address: columns.address.and_then(|text| text.parse().ok()),
            agent: columns.agent,
            bulk_request_id: columns.bulk_request_id,
        },
        operation: LoggedOperation::parse(&columns.operation)
            .ok_or_else(|| unknown("operation", &columns.operation))?,
        kind: columns.kind.as_deref().map(kind).transpose()?,
        subject: columns.subject,
        person: columns.person.map(person).transpose()?,
        outcome: Outcome::parse(&columns.outcome).ok_or_else(|| unknown("outcome", &columns.outcome))?,
        status: columns.status.map(i16::unsigned_abs),
        reason: columns.reason,
        changed,
        duration_ms: columns.duration_ms.map(i32::unsigned_abs),
        mismatch: mismatch.map(|(expected, received)| Mismatch { expected, received }),
    };
    Ok(LogEntry { number: columns.number, request })
}

fn kind(name: &str) -> Result<ResourceKind, RowError> {
    ResourceKind::ALL.into_iter().find(|kind| kind_name(*kind) == name).ok_or_else(|| unknown("kind", name))
}

fn person(bytes: Vec<u8>) -> Result<PersonDigest, RowError> {
    bytes.try_into().map(PersonDigest).map_err(|_| unknown("person", "of another length"))
}
