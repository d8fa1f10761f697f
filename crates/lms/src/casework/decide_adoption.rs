use serde::Serialize;

use super::{Adoptions, Case, CaseError, KnownCandidate, MAX_DECISIONS, Obstacle};
use crate::{IntegrationSlug, LearnerId, Phase, RowVersion, ScimId, StoreError, UserLink, Wait};

/// Who a newcomer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdoptionDecision {
    /// One of those who were proposed.
    Link(LearnerId),
    /// Somebody new.
    Create,
}

/// A newcomer and the learner who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// The newcomer.
    pub newcomer: ScimId,
    /// The learner.
    pub learner: LearnerId,
    /// Version of the learner's row that the decision was made on.
    pub row_version: RowVersion,
}

/// A newcomer of whom it is decided who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptedNewcomer {
    /// The newcomer.
    pub scim_id: ScimId,
    /// The learner; of somebody new, the one who is being created.
    pub learner_id: LearnerId,
}

/// Decides who a newcomer is. Deciding it again the same way changes nothing.
///
/// # Errors
/// `NotFound` when nobody of this id waits, `Conflict` when it was decided otherwise or the learner cannot be this person.
pub async fn decide_adoption(
    adoptions: &dyn Adoptions,
    integration: &IntegrationSlug,
    newcomer: ScimId,
    decision: AdoptionDecision,
) -> Result<AdoptedNewcomer, CaseError> {
    for _ in 0..MAX_DECISIONS {
        let link = adoptions.newcomer(integration, newcomer).await?;
        let link = link.ok_or(CaseError::NotFound(Case::Newcomer))?;
        let learner_id = match decision {
            AdoptionDecision::Link(learner) => learner,
            AdoptionDecision::Create => LearnerId::of_user(integration, newcomer),
        };
        if is_decided(&link, decision, learner_id)? {
            return Ok(AdoptedNewcomer { scim_id: newcomer, learner_id });
        }
        let written = match decision {
            AdoptionDecision::Create => adoptions.create_newcomer(integration, newcomer).await,
            AdoptionDecision::Link(learner) => {
                let mut candidates = adoptions.candidates(integration, &[newcomer]).await?;
                let adoption = adopt(newcomer, learner, &candidates.remove(&newcomer).unwrap_or_default())?;
                adoptions.link_newcomers(integration, &[adoption]).await
            }
        };
        match written {
            // The next round sees what somebody else did.
            Ok(()) | Err(StoreError::Clash) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(CaseError::contended())
}

/// Whether nothing is left to decide.
fn is_decided(link: &UserLink, decision: AdoptionDecision, learner: LearnerId) -> Result<bool, CaseError> {
    match (link.target, link.wait) {
        (Some(target), _) if target == learner => Ok(true),
        (Some(_), _) => Err(Obstacle::NewcomerDecided.into()),
        (None, Some(Wait::Adoption { is_new_person: true })) => match decision {
            AdoptionDecision::Create => Ok(true),
            // Somebody new may turn out to be impossible: the login is another's.
            AdoptionDecision::Link(_) => Ok(false),
        },
        (None, Some(Wait::Adoption { is_new_person: false })) if link.phase == Phase::Current => Ok(false),
        (None, _) => Err(CaseError::NotFound(Case::Newcomer)),
    }
}

fn adopt(newcomer: ScimId, learner: LearnerId, candidates: &[KnownCandidate]) -> Result<Adoption, Obstacle> {
    let chosen = candidates.iter().find(|candidate| candidate.learner_id == learner);
    let chosen = chosen.ok_or(Obstacle::NotProposed)?;
    match chosen.obstacle() {
        Some(obstacle) => Err(obstacle),
        None => Ok(Adoption { newcomer, learner, row_version: chosen.row_version }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::adoption::tests::former;
    use super::*;
    use crate::Status;

    #[test]
    fn only_who_was_proposed_and_is_free_is_linked() {
        let newcomer = ScimId(uuid::Uuid::from_u128(7));
        let free = former();
        let erased = KnownCandidate { status: Status::Erased, ..former() };
        let stranger = LearnerId(uuid::Uuid::from_u128(99));
        assert_eq!(adopt(newcomer, stranger, &[former()]), Err(Obstacle::NotProposed));
        assert_eq!(adopt(newcomer, erased.learner_id, &[erased]), Err(Obstacle::LearnerErased));
        let adoption = adopt(newcomer, free.learner_id, std::slice::from_ref(&free)).unwrap();
        assert_eq!((adoption.learner, adoption.row_version), (free.learner_id, free.row_version));
    }
}
