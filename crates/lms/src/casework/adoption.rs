use chrono::{DateTime, Utc};
use events::v1::User;
use serde::Serialize;

use super::{Adoptions, Obstacle};
use crate::incoming::read_user;
use crate::lifecycle::Standing;
use crate::{
    Attribute, IntegrationSlug, LearnerId, Likeness, Mapping, Page, Phase, RowVersion, ScimId, Status,
    StoreError,
};

/// Somebody known who may be a newcomer, with what stands for and against it.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownCandidate {
    /// The learner.
    pub learner_id: LearnerId,
    /// What they have in common.
    pub matched: Vec<Likeness>,
    /// Version of the learner's row that all this was read of.
    pub row_version: RowVersion,
    /// Whether the LMS keeps the learner alone; else a directory did before.
    pub is_local: bool,
    /// Whether the learner is of the newcomer's portal, and of no other integration.
    pub is_own: bool,
    /// Whether the learner takes part.
    pub status: Status,
    /// Login of the learner.
    pub login: Option<String>,
    /// Name of the learner.
    pub display_name: Option<String>,
    /// How many training records hang on it.
    pub training_records: u64,
    /// Whether the learner is proposed for another newcomer, too.
    pub is_wanted_elsewhere: bool,
    /// Users other than the newcomer who exist and are this learner.
    pub owners: Vec<Owner>,
}

/// A user who exists and is the learner.
#[derive(Clone, Debug, PartialEq)]
pub struct Owner {
    /// Whether it is one of the newcomer's integration.
    pub is_own: bool,
    /// What the directory last said.
    pub state: Option<User>,
}

/// A newcomer who waits, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptionCase {
    /// The SCIM user.
    pub scim_id: ScimId,
    /// The login that the learner would have.
    pub login: Option<String>,
    /// The name that the learner would have.
    pub display_name: Option<String>,
    /// When the directory last spoke of the user.
    pub changed_at: Option<DateTime<Utc>>,
    /// Whom it may be.
    pub candidates: Vec<CandidateView>,
}

/// Somebody known, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CandidateView {
    learner_id: LearnerId,
    matched: Vec<Likeness>,
    /// `local`: only the LMS knows the learner; `former`: the directory kept the learner before.
    kind: &'static str,
    status: Status,
    login: Option<String>,
    display_name: Option<String>,
    training_records: u64,
    /// Why the newcomer cannot be linked to this one.
    obstacle: Option<Obstacle>,
}

impl KnownCandidate {
    /// What stands against the newcomer being this learner.
    ///
    /// Two users of whom each may speak at any time must never be one learner. A user who exists and is disabled gives
    /// the learner up: that is somebody who left and came back under a new user, while the old one still lies there.
    pub(super) fn obstacle(&self) -> Option<Obstacle> {
        let is_followed = |owner: &Owner| !owner.is_own || owner.state.as_ref().is_some_and(is_active);
        if self.status == Status::Erased {
            Some(Obstacle::LearnerErased)
        } else if !self.is_own {
            Some(Obstacle::ForeignLearner)
        } else if self.owners.iter().any(is_followed) {
            Some(Obstacle::FollowsLivingUser)
        } else if !self.is_local && self.status == Status::Active {
            Some(Obstacle::LearnerActive)
        } else {
            None
        }
    }
}

fn is_active(user: &User) -> bool {
    read_user(user, Phase::Current, &Mapping::default()).standing == Standing::Active
}

/// Lists newcomers who wait for a decision, in the order of their ids.
///
/// # Errors
/// When the database is away.
pub async fn waiting_newcomers(
    adoptions: &dyn Adoptions,
    integration: &IntegrationSlug,
    page: Page<ScimId>,
) -> Result<Vec<AdoptionCase>, StoreError> {
    let waiting = adoptions.waiting(integration, page).await?;
    let ids: Vec<ScimId> = waiting.iter().map(|(scim_id, _)| *scim_id).collect();
    let mut candidates = adoptions.candidates(integration, &ids).await?;
    let rules = adoptions.rules(integration).await?;
    let cases = waiting.into_iter().map(|(scim_id, link)| {
        let candidates = candidates.remove(&scim_id).unwrap_or_default();
        let source = link.source.as_ref();
        let profile = source.map(|source| read_user(&source.state, link.phase, &rules.rules.mapping).profile);
        let value =
            |attribute| profile.as_ref().and_then(|profile| profile.value(attribute)).map(str::to_owned);
        AdoptionCase {
            scim_id,
            login: value(Attribute::Login),
            display_name: value(Attribute::DisplayName),
            changed_at: source.map(|source| source.cause.at),
            candidates: candidates.into_iter().map(show_candidate).collect(),
        }
    });
    Ok(cases.collect())
}

fn show_candidate(candidate: KnownCandidate) -> CandidateView {
    CandidateView {
        obstacle: candidate.obstacle(),
        learner_id: candidate.learner_id,
        matched: candidate.matched,
        kind: if candidate.is_local { "local" } else { "former" },
        status: candidate.status,
        login: candidate.login,
        display_name: candidate.display_name,
        training_records: candidate.training_records,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A former learner who left.
    pub(in crate::casework) fn former() -> KnownCandidate {
        KnownCandidate {
            learner_id: LearnerId(uuid::Uuid::from_u128(1)),
            matched: vec![Likeness::EmployeeNumber],
            row_version: RowVersion(1),
            is_local: false,
            is_own: true,
            status: Status::Inactive,
            login: None,
            display_name: None,
            training_records: 2,
            is_wanted_elsewhere: false,
            owners: Vec::new(),
        }
    }

    fn owner(is_own: bool, active: bool) -> Owner {
        Owner { is_own, state: Some(User { active: Some(active), ..User::default() }) }
    }

    #[test]
    fn a_learner_is_never_two_people() {
        let local = KnownCandidate { is_local: true, status: Status::Active, ..former() };
        for (candidate, obstacle) in [
            (former(), None),
            (local.clone(), None),
            (KnownCandidate { owners: vec![owner(true, false)], ..former() }, None),
            (
                KnownCandidate { owners: vec![owner(true, true)], ..former() },
                Some(Obstacle::FollowsLivingUser),
            ),
            (
                KnownCandidate { owners: vec![owner(false, false)], ..local.clone() },
                Some(Obstacle::FollowsLivingUser),
            ),
            (
                KnownCandidate { owners: vec![owner(true, true)], ..local.clone() },
                Some(Obstacle::FollowsLivingUser),
            ),
            (KnownCandidate { status: Status::Active, ..former() }, Some(Obstacle::LearnerActive)),
            (KnownCandidate { status: Status::Erased, ..former() }, Some(Obstacle::LearnerErased)),
            (KnownCandidate { is_own: false, ..local }, Some(Obstacle::ForeignLearner)),
        ] {
            assert_eq!(candidate.obstacle(), obstacle, "{candidate:?}");
        }
    }
}
