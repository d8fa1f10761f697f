use directory::{IntegrationId, LogQuery, LoggedOperation, Outcome, PersonDigest};
use platform::admin::input::Instant;
use scim::ResourceKind;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::problem::Problem;

/// Which entries of the provisioning log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LogFilter {
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
    #[param(value_type = Option<DateTime<Utc>>)]
    from: Option<Instant>,
    /// Until this instant (RFC 3339).
    #[param(value_type = Option<DateTime<Utc>>)]
    to: Option<Instant>,
    /// `false` leaves out Entra's health checks.
    #[param(value_type = Option<bool>)]
    health_checks: Option<Flag>,
}

/// A boolean as an address tells it.
#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Flag {
    True,
    False,
}

impl LogFilter {
    /// The query for `limit` entries, those before a number or the newest.
    pub(super) fn into_query(
        self,
        of: IntegrationId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<LogQuery, Problem> {
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
            from: self.from.map(|Instant(from)| from),
            to: self.to.map(|Instant(to)| to),
            without_health_checks: self.health_checks == Some(Flag::False),
            before,
            limit,
            looks: LogQuery::LOOKS,
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
