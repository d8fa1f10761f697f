use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use events::EventId;

use super::{
    Adoption, ConflictEntry, DriftEntry, Erasure, ErasureRequest, ErasureSubject, Exemption, ExemptionGrant,
    FindingEntry, HeldPerson, Hold, HoldDecision, KnownCandidate, MissingManagers, ParkedCase, ReconcileRun,
    StuckResource,
};
use crate::{
    DriftKind, HoldId, HoldState, IntegrationSlug, LearnerId, Page, ScimId, StoreError, UserLink,
    VersionedRules,
};

/// Everything that waits for a person, in one store.
pub trait CaseStore: Holds + Adoptions + Backlog + Exemptions + Reports + Erasures {}

/// Holds of the mass-change guard.
#[async_trait]
pub trait Holds: Send + Sync {
    /// Holds, the newest first.
    async fn holds(
        &self,
        integration: &IntegrationSlug,
        state: Option<HoldState>,
        page: Page<HoldId>,
    ) -> Result<Vec<Hold>, StoreError>;

    /// One hold.
    async fn hold(&self, integration: &IntegrationSlug, hold: HoldId) -> Result<Option<Hold>, StoreError>;

    /// Some of those who wait in a hold.
    async fn held_people(
        &self,
        integration: &IntegrationSlug,
        hold: HoldId,
        limit: u32,
    ) -> Result<Vec<HeldPerson>, StoreError>;

    /// Decides an open hold and has everybody who waits in it decided anew.
    ///
    /// # Errors
    /// `Clash` when the hold is not open any more.
    async fn close_hold(
        &self,
        integration: &IntegrationSlug,
        hold: HoldId,
        decision: &HoldDecision,
    ) -> Result<(), StoreError>;
}

/// Newcomers who may be somebody known.
#[async_trait]
pub trait Adoptions: Send + Sync {
    /// The rules of the integration; the defaults of one that is not known.
    async fn rules(&self, integration: &IntegrationSlug) -> Result<Arc<VersionedRules>, StoreError>;

    /// Those who wait for a decision, in the order of their ids.
    async fn waiting(
        &self,
        integration: &IntegrationSlug,
        page: Page<ScimId>,
    ) -> Result<Vec<(ScimId, UserLink)>, StoreError>;

    /// The link of a user.
    async fn newcomer(
        &self,
        integration: &IntegrationSlug,
        newcomer: ScimId,
    ) -> Result<Option<UserLink>, StoreError>;

    /// Whom newcomers may be, each in the order of the learners' ids.
    async fn candidates(
        &self,
        integration: &IntegrationSlug,
        newcomers: &[ScimId],
    ) -> Result<BTreeMap<ScimId, Vec<KnownCandidate>>, StoreError>;

    /// Joins newcomers who wait to learners, takes these from the users whom they followed before, and has all of them
    /// decided anew.
    ///
    /// # Errors
    /// `Clash` when a newcomer does not wait any more, or a learner is no longer as it was read.
    async fn link_newcomers(
        &self,
        integration: &IntegrationSlug,
        adoptions: &[Adoption],
    ) -> Result<(), StoreError>;

    /// Makes a newcomer who waits somebody new; errors as [`Adoptions::link_newcomers`].
    async fn create_newcomer(
        &self,
        integration: &IntegrationSlug,
        newcomer: ScimId,
    ) -> Result<(), StoreError>;
}

/// What could not be applied, or not yet. There is no way to discard any of it.
#[async_trait]
pub trait Backlog: Send + Sync {
    /// Parked events in the order of their ids.
    async fn parked(
        &self,
        integration: &IntegrationSlug,
        reason: Option<&str>,
        page: Page<EventId>,
    ) -> Result<Vec<ParkedCase>, StoreError>;

    /// Makes a parked event due; answers whether there is such a one.
    async fn retry_one(&self, integration: &IntegrationSlug, event: EventId) -> Result<bool, StoreError>;

    /// Makes all parked events due, or all of a reason; answers how many.
    async fn retry_all(&self, integration: &IntegrationSlug, reason: Option<&str>)
    -> Result<u64, StoreError>;

    /// Forgets a parked event, which then has no effect; answers whether there was such a one.
    async fn discard(&self, integration: &IntegrationSlug, event: EventId) -> Result<bool, StoreError>;

    /// Resources that could not be decided anew, in the order of their ids.
    async fn stuck(
        &self,
        integration: &IntegrationSlug,
        page: Page<ScimId>,
    ) -> Result<Vec<StuckResource>, StoreError>;

    /// Makes a resource that could not be decided anew due; answers whether there is such a one.
    async fn retry_stuck(&self, integration: &IntegrationSlug, resource: ScimId) -> Result<bool, StoreError>;

    /// Managers who are named and are no learner, in the order of their ids, and how many there are.
    async fn missing_managers(
        &self,
        integration: &IntegrationSlug,
        page: Page<ScimId>,
    ) -> Result<MissingManagers, StoreError>;
}

/// Learners who do not follow the directory for a time.
#[async_trait]
pub trait Exemptions: Send + Sync {
    /// Exemptions in force, in the order of the learners' ids.
    async fn exemptions(
        &self,
        integration: &IntegrationSlug,
        page: Page<LearnerId>,
    ) -> Result<Vec<Exemption>, StoreError>;

    /// The exemption of a learner that is in force.
    async fn exemption(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<Option<Exemption>, StoreError>;

    /// Exempts a learner from now on, or changes the exemption, and has the learner's user decided anew. Answers
    /// whether the integration has such a learner, who is not erased.
    async fn put_exemption(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
        grant: &ExemptionGrant,
    ) -> Result<bool, StoreError>;

    /// Ends an exemption now, and has the learner's user decided anew. Without an exemption, nothing happens.
    async fn end_exemption(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<(), StoreError>;
}

/// What was noticed.
#[async_trait]
pub trait Reports: Send + Sync {
    /// Edits that were undone and clearings that were refused, the newest first; of one learner, if one is given.
    async fn conflicts(
        &self,
        integration: &IntegrationSlug,
        learner: Option<LearnerId>,
        page: Page<i64>,
    ) -> Result<Vec<ConflictEntry>, StoreError>;

    /// What an administrator should know, the newest first; of one learner, if one is given.
    async fn findings(
        &self,
        integration: &IntegrationSlug,
        learner: Option<LearnerId>,
        page: Page<i64>,
    ) -> Result<Vec<FindingEntry>, StoreError>;

    /// Reconcile runs, the newest first.
    async fn runs(
        &self,
        integration: &IntegrationSlug,
        page: Page<uuid::Uuid>,
    ) -> Result<Vec<ReconcileRun>, StoreError>;

    /// One run.
    async fn run(
        &self,
        integration: &IntegrationSlug,
        run: uuid::Uuid,
    ) -> Result<Option<ReconcileRun>, StoreError>;

    /// What a run found of one kind, in the order in which it was found.
    async fn drift(
        &self,
        integration: &IntegrationSlug,
        run: uuid::Uuid,
        kind: DriftKind,
        page: Page<i64>,
    ) -> Result<Vec<DriftEntry>, StoreError>;
}

/// Erasures of what is known of a person.
#[async_trait]
pub trait Erasures: Send + Sync {
    /// A learner of the integration, with the last erasure that was requested and not cancelled.
    async fn erasure_subject(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<Option<ErasureSubject>, StoreError>;

    /// Requests that wait for another person, the newest first.
    async fn waiting_erasures(
        &self,
        integration: &IntegrationSlug,
        page: Page<i64>,
    ) -> Result<Vec<Erasure>, StoreError>;

    /// Opens a request.
    ///
    /// # Errors
    /// `Clash` or `Refused` when there is one.
    async fn request_erasure(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
        request: &ErasureRequest,
    ) -> Result<(), StoreError>;

    /// Withdraws the open request.
    ///
    /// # Errors
    /// `Clash` when there is none.
    async fn cancel_erasure(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
        cancelled_by: &str,
    ) -> Result<(), StoreError>;

    /// Empties everything personal of the learner, everywhere in the LMS database.
    ///
    /// # Errors
    /// `Refused` when no request of somebody else is open.
    async fn erase(&self, erasure: &Erasure, confirmed_by: &str) -> Result<(), StoreError>;
}
