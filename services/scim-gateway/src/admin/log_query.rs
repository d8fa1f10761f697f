use chrono::{DateTime, Utc};
use directory::{IntegrationId, LogQuery, LoggedOperation, Outcome, PersonDigest};
use scim::ResourceKind;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::page;
use super::problem::Problem;

/// Which entries of the provisioning log.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LogParameters {
    /// Of one request, and of its operations when it is a bulk request.
    request_id: Option<Uuid>,
    /// About one resource.
    scim_id: Option<Uuid>,
    /// About the person who has, or would have, this userName.
    person: Option<String>,
    /// `user` or `group`.
    kind: Option<String>,
    /// One outcome, or several with commas.
    outcome: Option<String>,
    /// One operation.
    operation: Option<String>,
    /// Since this instant (RFC 3339).
    from: Option<DateTime<Utc>>,
    /// Until this instant (RFC 3339).
    to: Option<DateTime<Utc>>,
    /// `false` leaves out Entra's health checks.
    health_checks: Option<bool>,
    /// The `next` of the part before.
    cursor: Option<i64>,
    /// Items at most: 1 to 1000, 100 when not given.
    limit: Option<u32>,
    /// Of an export: `csv` or `ndjson`.
    #[param(ignore)]
    pub(super) format: Option<String>,
}

impl LogParameters {
    /// The query, whose `limit` is what the caller wants.
    pub(super) fn into_query(self, of: IntegrationId) -> Result<LogQuery, Problem> {
        let wrong = |name: &str| Problem::Malformed(format!("{name} has a word that is not documented"));
        let kind = self.kind.as_deref().map(|word| kind(word).ok_or_else(|| wrong("kind"))).transpose()?;
        let operation = self.operation.as_deref();
        let operation = operation
            .map(|word| LoggedOperation::parse(word).ok_or_else(|| wrong("operation")))
            .transpose()?;
        let outcomes = self.outcome.iter().flat_map(|words| words.split(','));
        let outcomes = outcomes.map(|word| Outcome::parse(word).ok_or_else(|| wrong("outcome")));
        Ok(LogQuery {
            request_id: self.request_id,
            subject: self.scim_id,
            person: self.person.map(|name| PersonDigest::of(of, &name)),
            kind,
            outcomes: outcomes.collect::<Result<_, _>>()?,
            operation,
            from: self.from,
            to: self.to,
            without_health_checks: self.health_checks == Some(false),
            before: self.cursor,
            limit: page::limit(self.limit)?,
        })
    }
}

fn kind(word: &str) -> Option<ResourceKind> {
    match word {
        "user" => Some(ResourceKind::User),
        "group" => Some(ResourceKind::Group),
        _ => None,
    }
}
