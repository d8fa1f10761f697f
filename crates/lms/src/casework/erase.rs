use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Case, CaseError, Erasures, MAX_DECISIONS, Obstacle, read_remark};
use crate::{IntegrationSlug, LearnerId, StoreError};

/// An erasure that was requested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Erasure {
    /// Number of the erasure.
    pub erasure_id: i64,
    /// The tenant.
    pub integration: String,
    /// Whom it is about.
    pub learner_id: LearnerId,
    /// Why.
    pub reason: String,
    /// Who requested it.
    pub requested_by: String,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// Who confirmed it; the learner is erased then.
    pub confirmed_by: Option<String>,
    /// When.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// A request for erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureRequest {
    /// Why.
    pub reason: String,
    /// Who requests it.
    pub by: String,
}

/// A learner of the integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureSubject {
    /// Whether the learner was erased.
    pub is_erased: bool,
    /// The last erasure that was not cancelled.
    pub erasure: Option<Erasure>,
}

/// How far an erasure has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErasureState {
    /// Nobody wants it.
    None,
    /// It waits for another person.
    Requested(Erasure),
    /// It was done.
    Confirmed(Erasure),
    /// The LMS did it by itself.
    Elsewhere,
}

impl ErasureSubject {
    /// How far the erasure has come.
    pub fn state(self) -> ErasureState {
        match self.erasure {
            Some(erasure) if erasure.confirmed_at.is_some() => ErasureState::Confirmed(erasure),
            Some(_) | None if self.is_erased => ErasureState::Elsewhere,
            Some(erasure) => ErasureState::Requested(erasure),
            None => ErasureState::None,
        }
    }
}

/// Requests an erasure. Nothing is erased before another person confirms it. The same person may request it again for
/// the same reason.
///
/// # Errors
/// `NotFound` when the integration has no such learner; `Conflict` when the learner is erased or an erasure was requested
/// otherwise; `Invalid` without a reason.
pub async fn request_erasure(
    erasures: &dyn Erasures,
    integration: &IntegrationSlug,
    learner: LearnerId,
    request: ErasureRequest,
) -> Result<Erasure, CaseError> {
    let request = ErasureRequest { reason: read_remark(&request.reason)?, ..request };
    for _ in 0..MAX_DECISIONS {
        match state_of(erasures, integration, learner).await? {
            ErasureState::Requested(erasure)
                if erasure.requested_by == request.by && erasure.reason == request.reason =>
            {
                return Ok(erasure);
            }
            ErasureState::Requested(_) => return Err(Obstacle::ErasureRequested.into()),
            ErasureState::Confirmed(_) | ErasureState::Elsewhere => {
                return Err(Obstacle::LearnerErased.into());
            }
            ErasureState::None => {}
        }
        lost_or(erasures.request_erasure(integration, learner, &request).await)?;
    }
    Err(CaseError::contended())
}

/// Confirms an erasure, which empties everything personal. There is no way back.
///
/// Training records, enrolments and the fact that the user was one of this directory stay, so that what is told of the
/// user later is known to be late. The person's id at the source goes: who is provisioned anew is somebody new.
///
/// # Errors
/// `NotFound` when no erasure is requested; `Conflict` when the same person requested it.
pub async fn confirm_erasure(
    erasures: &dyn Erasures,
    integration: &IntegrationSlug,
    learner: LearnerId,
    by: &str,
) -> Result<Erasure, CaseError> {
    for _ in 0..MAX_DECISIONS {
        match state_of(erasures, integration, learner).await? {
            ErasureState::None | ErasureState::Elsewhere => {
                return Err(CaseError::NotFound(Case::Erasure));
            }
            ErasureState::Confirmed(erasure) => return Ok(erasure),
            ErasureState::Requested(erasure) if erasure.requested_by == by => {
                return Err(Obstacle::SamePerson.into());
            }
            ErasureState::Requested(erasure) => lost_or(erasures.erase(&erasure, by).await)?,
        }
    }
    Err(CaseError::contended())
}

/// Withdraws a request that is not confirmed. Without one, nothing changes.
///
/// # Errors
/// `NotFound` when the integration has no such learner; `Conflict` when the learner is erased.
pub async fn cancel_erasure(
    erasures: &dyn Erasures,
    integration: &IntegrationSlug,
    learner: LearnerId,
    by: &str,
) -> Result<(), CaseError> {
    for _ in 0..MAX_DECISIONS {
        match state_of(erasures, integration, learner).await? {
            ErasureState::None => return Ok(()),
            ErasureState::Confirmed(_) | ErasureState::Elsewhere => {
                return Err(Obstacle::LearnerErased.into());
            }
            ErasureState::Requested(_) => {
                lost_or(erasures.cancel_erasure(integration, learner, by).await)?;
            }
        }
    }
    Err(CaseError::contended())
}

async fn state_of(
    erasures: &dyn Erasures,
    integration: &IntegrationSlug,
    learner: LearnerId,
) -> Result<ErasureState, CaseError> {
    let subject = erasures.erasure_subject(integration, learner).await?;
    subject.map(ErasureSubject::state).ok_or(CaseError::NotFound(Case::Learner))
}

/// Somebody else may have been faster: the next round sees what is so.
fn lost_or(written: Result<(), StoreError>) -> Result<(), StoreError> {
    match written {
        Err(StoreError::Clash | StoreError::Refused { .. }) => Ok(()),
        written => written,
    }
}
