use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Case, CaseError, Exemptions, Flaw, read_remark};
use crate::{IntegrationSlug, LearnerId};

/// Longest exemption, in days: two years.
const LONGEST_DAYS: i64 = 731;

/// An exemption in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Exemption {
    /// Who does not follow the directory.
    pub learner_id: LearnerId,
    /// Why.
    pub reason: String,
    /// Until when.
    pub ends_at: DateTime<Utc>,
    /// Who decided it.
    pub granted_by: String,
    /// When.
    pub granted_at: DateTime<Utc>,
}

/// An exemption as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExemptionGrant {
    /// Why.
    pub reason: String,
    /// Until when.
    pub ends_at: DateTime<Utc>,
    /// Who decides it.
    pub by: String,
}

/// Exempts a learner from the directory, or changes reason and end of the exemption.
///
/// # Errors
/// `Invalid` without a reason or with an end that is not ahead or too far ahead; `NotFound` when the integration has no
/// such learner, or the learner was erased.
pub async fn put_exemption(
    exemptions: &dyn Exemptions,
    integration: &IntegrationSlug,
    learner: LearnerId,
    grant: ExemptionGrant,
    now: DateTime<Utc>,
) -> Result<Exemption, CaseError> {
    let grant = ExemptionGrant { reason: read_remark(&grant.reason)?, ..grant };
    check_end(grant.ends_at, now)?;
    if !exemptions.put_exemption(integration, learner, &grant).await? {
        return Err(CaseError::NotFound(Case::Learner));
    }
    exemptions.exemption(integration, learner).await?.ok_or(CaseError::NotFound(Case::Exemption))
}

/// Ends an exemption now. Of a learner who has none, nothing changes.
///
/// # Errors
/// When the database is away.
pub async fn end_exemption(
    exemptions: &dyn Exemptions,
    integration: &IntegrationSlug,
    learner: LearnerId,
) -> Result<(), CaseError> {
    Ok(exemptions.end_exemption(integration, learner).await?)
}

fn check_end(ends_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Flaw> {
    let is_ahead = ends_at > now && ends_at - now <= TimeDelta::days(LONGEST_DAYS);
    if is_ahead { Ok(()) } else { Err(Flaw::EndOutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exemption_ends_within_two_years() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let now = at("2026-03-01T10:00:00Z");
        for (ends_at, is_fit) in [
            ("2026-03-01T10:00:00Z", false),
            ("2026-03-01T10:00:01Z", true),
            ("2028-03-01T10:00:00Z", true),
            ("2028-03-03T10:00:00Z", false),
        ] {
            assert_eq!(check_end(at(ends_at), now).is_ok(), is_fit, "{ends_at}");
        }
    }
}
