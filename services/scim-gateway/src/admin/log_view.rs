use std::net::IpAddr;

use chrono::{DateTime, Utc};
use directory::{ChangedAttribute, LogEntry, LoggedRequest};
use scim::ResourceKind;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::cause;

/// What a request to an integration came to.
#[derive(Serialize, ToSchema)]
#[schema(as = LogEntry)]
pub(super) struct LogEntryView {
    pub(super) entry_id: i64,
    pub(super) at: DateTime<Utc>,
    /// `X-Request-Id` of the answer, and `txn` of the events.
    pub(super) request_id: Uuid,
    /// `request_id` of the bulk request that it was an operation of.
    pub(super) bulk_request_id: Option<Uuid>,
    /// `read`, `search`, `create`, `replace`, `patch`, `delete`, `bulk`, `discovery`, `token` or `sign_in`.
    pub(super) operation: &'static str,
    /// `user` or `group`.
    pub(super) kind: Option<&'static str>,
    /// The resource; of a creation that was refused with 409 the one that has the name already.
    pub(super) scim_id: Option<Uuid>,
    /// `created`, `changed`, `unchanged`, `deleted`, `read`, `found`, `not_found`, `answered`, `refused`, `denied`, `failed`
    /// or `health_check`.
    pub(super) outcome: &'static str,
    /// HTTP status; null of a change, where it follows from the operation.
    pub(super) status: Option<u16>,
    /// Why, in plain words.
    pub(super) reason: Option<String>,
    /// Of a mistake in Azure's set-up, or of a proxy: `no_token`, `no_known_form`, `mistyped`, `another_issuer`,
    /// `another_integration`, `another_network`, `without_tls`, `wrong_address` or `unreadable`.
    pub(super) cause: Option<&'static str>,
    /// Of a creation that was refused: what it asked for, as far as the integration logs values.
    pub(super) changed: Vec<ChangedView>,
    pub(super) credential_id: Option<String>,
    #[schema(value_type = Option<String>)]
    pub(super) address: Option<IpAddr>,
    /// `User-Agent`.
    pub(super) agent: Option<String>,
    /// Time until the answer; not known of a change.
    pub(super) duration_ms: Option<u32>,
    /// Of a refused sign-in: what would have let the caller in.
    pub(super) expected: Option<String>,
    /// Of a refused sign-in: what it had instead.
    pub(super) received: Option<String>,
}

/// An attribute that changed, with its values where the integration logs them.
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedAttribute)]
pub(super) struct ChangedView {
    pub(super) attribute: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<Value>,
}

impl From<LogEntry> for LogEntryView {
    fn from(LogEntry { number, request }: LogEntry) -> Self {
        let LoggedRequest { origin, mismatch, .. } = request;
        let (expected, received) = mismatch.map(|mismatch| (mismatch.expected, mismatch.received)).unzip();
        Self {
            entry_id: number,
            at: request.at,
            request_id: request.request_id,
            bulk_request_id: origin.bulk_request_id,
            operation: request.operation.as_str(),
            kind: request.kind.map(name_of),
            scim_id: request.subject,
            outcome: request.outcome.as_str(),
            status: request.status,
            cause: request.reason.as_deref().and_then(cause::of),
            reason: request.reason,
            changed: request.changed.into_iter().map(ChangedView::from).collect(),
            credential_id: origin.credential.map(|id| id.as_str().to_owned()),
            address: origin.address,
            agent: origin.agent,
            duration_ms: request.duration_ms,
            expected,
            received,
        }
    }
}

impl From<ChangedAttribute> for ChangedView {
    fn from(ChangedAttribute { attribute, before, after }: ChangedAttribute) -> Self {
        Self { attribute, before, after }
    }
}

fn name_of(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::User => "user",
        ResourceKind::Group => "group",
    }
}
