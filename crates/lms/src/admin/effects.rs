use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{CohortId, EffectKind, EffectOutcome, IntegrationSlug, LearnerId, Page, ScimId, StoreError};

/// What came of events, for those who follow a request of the directory to the LMS.
#[async_trait]
pub trait EffectLog: Send + Sync {
    /// Effects, the newest first.
    async fn effects(
        &self,
        integration: &IntegrationSlug,
        filter: &EffectFilter,
        page: Page<i64>,
    ) -> Result<Vec<EffectEntry>, StoreError>;

    /// Forgets some of the effects before an instant, so many at most; answers how many.
    async fn forget_effects(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;
}

/// Which effects. All that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EffectFilter {
    /// Of this request of the directory.
    pub request: Option<Uuid>,
    /// About this learner, also as a member of a group.
    pub learner: Option<LearnerId>,
    /// About this cohort or its members.
    pub cohort: Option<CohortId>,
    /// About this user, also as a member of a group, or about this group or its members.
    pub resource: Option<ScimId>,
    /// That came out in one of these ways; any when there is none.
    pub outcomes: Vec<EffectOutcome>,
    /// Not before this instant.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// What came of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EffectEntry {
    /// Number of the entry.
    pub effect_id: i64,
    /// When it was committed.
    pub at: DateTime<Utc>,
    /// The request of the directory that it goes back to.
    pub request_id: Uuid,
    /// The event.
    pub event_id: Uuid,
    /// What happened, such as `user.changed`; `recheck` when the last state was decided anew.
    pub event_type: String,
    /// What it is about.
    pub kind: EffectKind,
    /// The user or group; of memberships, the group.
    pub scim_id: Option<ScimId>,
    /// The learner.
    pub learner_id: Option<LearnerId>,
    /// The cohort.
    pub cohort_id: Option<CohortId>,
    /// What was done.
    pub outcome: EffectOutcome,
    /// What has another value now: names, never values.
    pub changed: Vec<String>,
    /// How many joined or left.
    pub members: Option<u32>,
    /// Why, in plain words, if that is not plain.
    pub reason: Option<String>,
}

/// What the stored word of a reason means.
pub fn reason_in_words(code: &str) -> &str {
    match code {
        "outdated" => "something newer about it was handled before",
        "repeated" => "the same state was handled before",
        "newer_incarnation" => "what it was joined to belongs to a newer user or group",
        "erased" => "the learner was erased",
        "nobody" => "it was deleted before it became anybody here",
        "exempt" => "the learner is exempt: what Azure says is remembered and not written",
        "adoption" => "somebody who is known already may be the same person: a person has to decide",
        "guard" => "the mass-change guard holds the deactivation until a person decides",
        "no_cohort" => "the rules make no cohort of the group: its members are remembered",
        "detached" => "the integration is detached: what it left belongs to the LMS",
        "state_enabled" => "the integration is enabled",
        "state_paused" => "the integration is paused",
        "state_disabled" => "the integration is disabled",
        "state_detached" => "the integration is detached: all stays as it is and belongs to the LMS",
        "undecodable" => "the message cannot be read",
        "missing_state" => "the event carries no state of the resource",
        "missing_attribute" => "the user has no value for an attribute that a learner must have",
        "unfit_key" => {
            "a login, an external id or the name of an integration or portal is too long or malformed"
        }
        "malformed_member" => "a member's id is malformed",
        "foreign_portal" => "the integration belongs to another portal or environment",
        "contested_external_id" => "another living user or group holds the external id",
        "no_seat" => "the portal has no free seat",
        "unknown_cohort" => "the rules link the group to a cohort that is not one of the portal's own",
        "malformed_snapshot" => "the part of a snapshot is malformed",
        "given_up" => {
            "it was given up, because a program panicked at it or the broker could not get rid of it"
        }
        "refused" => "the LMS refuses it, such as a login that another learner holds",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attribute, EffectReason, IntegrationState, ParkReason};

    #[test]
    fn every_reason_is_told_in_plain_words() {
        let parked = [
            ParkReason::Undecodable(String::new()),
            ParkReason::MissingState,
            ParkReason::MissingAttribute(Attribute::Login),
            ParkReason::UnfitKey,
            ParkReason::MalformedMember,
            ParkReason::ForeignPortal,
            ParkReason::ContestedExternalId,
            ParkReason::NoSeat,
            ParkReason::UnknownCohort,
            ParkReason::MalformedSnapshot,
            ParkReason::GivenUp(String::new()),
            ParkReason::Refused(String::new()),
        ];
        let others = [
            EffectReason::Outdated,
            EffectReason::Repeated,
            EffectReason::NewerIncarnation,
            EffectReason::Erased,
            EffectReason::Nobody,
            EffectReason::Exempt,
            EffectReason::Adoption,
            EffectReason::Guard,
            EffectReason::NoCohort,
            EffectReason::Detached,
            EffectReason::State(IntegrationState::Enabled),
            EffectReason::State(IntegrationState::Paused),
            EffectReason::State(IntegrationState::Disabled),
            EffectReason::State(IntegrationState::Detached),
        ];
        for reason in parked.map(EffectReason::Parked).into_iter().chain(others) {
            let words = reason_in_words(reason.code());
            assert!(words.contains(' ') && !words.contains('_'), "{}: {words}", reason.code());
        }
        assert_eq!(reason_in_words("of_tomorrow"), "of_tomorrow");
    }
}
