//! The ports of what waits for a person, the same over both databases.
//!
//! What is written is a [`Script`](crate::script::Script): its conditions stand in its statements, and a row that is not
//! written is a clash.

pub(crate) mod adoptions;
pub(crate) mod backlog;
pub(crate) mod effects;
pub(crate) mod erasures;
pub(crate) mod exemptions;
pub(crate) mod holds;
pub(crate) mod integrations;
pub(crate) mod reports;
pub(crate) mod summary;

use lms::{IntegrationSlug, Page, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::database::{Database, read_for};
use crate::statement::Statement;

/// What is looked for. A statement names the columns that it needs.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Wanted<'a> {
    integration: &'a str,
    id: Option<Uuid>,
    word: Option<&'a str>,
    after: Option<Uuid>,
    before: Option<i64>,
    max_rows: u32,
}

impl<'a> Wanted<'a> {
    /// Something of an integration.
    fn of(integration: &'a IntegrationSlug) -> Self {
        Self { integration: integration.as_str(), ..Self::default() }
    }

    /// One thing of an integration.
    fn one(integration: &'a IntegrationSlug, id: Uuid) -> Self {
        Self { id: Some(id), ..Self::of(integration) }
    }

    /// A page of an integration's list.
    fn page<Id>(integration: &'a IntegrationSlug, page: Page<Id>, uuid: impl Fn(Id) -> Uuid) -> Self {
        Self { after: page.after.map(uuid), max_rows: page.limit, ..Self::of(integration) }
    }

    /// A page of a list that is numbered.
    fn numbered(integration: &'a IntegrationSlug, page: Page<i64>) -> Self {
        Self { before: page.after, max_rows: page.limit, ..Self::of(integration) }
    }
}

/// The rows of a statement that has one row as its parameter.
async fn look_up<D: Database, R: DeserializeOwned>(
    database: &mut D,
    statement: &'static Statement,
    wanted: Wanted<'_>,
) -> Result<Vec<R>, StoreError> {
    read_for(database, statement, &[wanted]).await
}

/// Implements the ports for a store that has `read_for` and `write_for` an integration, and `read_for_all`. A macro,
/// because a trait of another crate cannot be implemented for all stores at once.
macro_rules! serve_casework {
    ($store:ty) => {
        use std::collections::BTreeMap;

        use $crate::casework::{
            adoptions, backlog, effects, erasures, exemptions, holds, integrations, reports, summary,
        };
        use $crate::inbox;

        impl lms::casework::CaseStore for $store {}

        #[async_trait]
        impl lms::admin::Integrations for $store {
            async fn integration(
                &self,
                slug: &IntegrationSlug,
            ) -> Result<Option<lms::admin::HeardIntegration>, StoreError> {
                self.read_for(slug, async |connection| integrations::find(connection, slug).await).await
            }

            async fn summary(
                &self,
                slug: &IntegrationSlug,
            ) -> Result<Option<lms::admin::LmsSummary>, StoreError> {
                self.read_for(slug, async |connection| summary::summary(connection, slug).await).await
            }

            async fn detachment(
                &self,
                slug: &IntegrationSlug,
                up_to: u32,
            ) -> Result<Option<lms::admin::Detachment>, StoreError> {
                let detachment =
                    async |connection: &mut _| integrations::detachment(connection, slug, up_to).await;
                self.read_for(slug, detachment).await
            }
        }

        #[async_trait]
        impl administration::AuditLog for $store {
            async fn begin(&self, act: &administration::Act) -> Result<(), administration::AuditError> {
                let begun = self.read_for_all(async |connection| $crate::acts::begin(connection, act).await);
                begun.await.map_err($crate::acts::failed)
            }

            async fn assign(
                &self,
                id: uuid::Uuid,
                integration: &str,
            ) -> Result<(), administration::AuditError> {
                let assigned = self
                    .read_for_all(async |connection| $crate::acts::assign(connection, id, integration).await);
                assigned.await.map_err($crate::acts::failed)
            }

            async fn finish(
                &self,
                id: uuid::Uuid,
                outcome: &administration::ActOutcome,
            ) -> Result<(), administration::AuditError> {
                let finished =
                    self.read_for_all(async |connection| $crate::acts::finish(connection, id, outcome).await);
                finished.await.map_err($crate::acts::failed)
            }

            async fn acts(
                &self,
                integration: Option<&str>,
                before: Option<i64>,
                limit: u32,
            ) -> Result<Vec<administration::RecordedAct>, administration::AuditError> {
                let list = async |connection: &mut _| {
                    $crate::acts::list(connection, integration, before, limit).await
                };
                self.read_for_all(list).await.map_err($crate::acts::failed)
            }

            async fn forget_acts(
                &self,
                before: chrono::DateTime<chrono::Utc>,
                limit: u32,
            ) -> Result<u64, administration::AuditError> {
                let forgetting = self.read_for_all(async |connection| {
                    $crate::retention::forget(connection, &$crate::acts::FORGET, before, limit).await
                });
                forgetting.await.map_err($crate::acts::failed)
            }
        }

        #[async_trait]
        impl lms::admin::EffectLog for $store {
            async fn effects(
                &self,
                integration: &IntegrationSlug,
                filter: &lms::admin::EffectFilter,
                page: Page<i64>,
            ) -> Result<Vec<lms::admin::EffectEntry>, StoreError> {
                self.read_for(integration, async |connection| {
                    effects::list(connection, integration, filter, page).await
                })
                .await
            }

            async fn forget_effects(
                &self,
                before: chrono::DateTime<chrono::Utc>,
                limit: u32,
            ) -> Result<u64, StoreError> {
                self.read_for_all(async |connection| {
                    $crate::retention::forget(connection, &effects::FORGET, before, limit).await
                })
                .await
            }
        }

        #[async_trait]
        impl lms::Inbox for $store {
            async fn now(&self) -> Result<chrono::DateTime<chrono::Utc>, StoreError> {
                self.read_for_all(async |connection| inbox::now(connection).await).await
            }

            async fn forget_handled(
                &self,
                before: chrono::DateTime<chrono::Utc>,
                limit: u32,
            ) -> Result<u64, StoreError> {
                self.read_for_all(async |connection| {
                    $crate::retention::forget(connection, &inbox::FORGET, before, limit).await
                })
                .await
            }
        }

        #[async_trait]
        impl lms::Waiting for $store {
            async fn counts(&self) -> Result<lms::WaitingCounts, StoreError> {
                self.read_for_all(async |connection| $crate::waiting::counts(connection).await).await
            }
        }

        #[async_trait]
        impl lms::casework::Holds for $store {
            async fn holds(
                &self,
                integration: &IntegrationSlug,
                state: Option<lms::HoldState>,
                page: Page<lms::HoldId>,
            ) -> Result<Vec<lms::casework::Hold>, StoreError> {
                self.read_for(integration, async |connection| {
                    holds::list(connection, integration, state, page).await
                })
                .await
            }

            async fn hold(
                &self,
                integration: &IntegrationSlug,
                hold: lms::HoldId,
            ) -> Result<Option<lms::casework::Hold>, StoreError> {
                self.read_for(integration, async |connection| {
                    holds::find(connection, integration, hold).await
                })
                .await
            }

            async fn held_people(
                &self,
                integration: &IntegrationSlug,
                hold: lms::HoldId,
                limit: u32,
            ) -> Result<Vec<lms::casework::HeldPerson>, StoreError> {
                self.read_for(integration, async |connection| {
                    holds::people(connection, integration, hold, limit).await
                })
                .await
            }

            async fn close_hold(
                &self,
                integration: &IntegrationSlug,
                hold: lms::HoldId,
                decision: &lms::casework::HoldDecision,
            ) -> Result<(), StoreError> {
                self.write_for(integration, Transaction::Script(holds::close(integration, hold, decision)?))
                    .await
            }
        }

        #[async_trait]
        impl lms::casework::Adoptions for $store {
            async fn rules(
                &self,
                integration: &IntegrationSlug,
            ) -> Result<std::sync::Arc<lms::VersionedRules>, StoreError> {
                self.read_for(integration, async |connection| adoptions::rules(connection, integration).await)
                    .await
            }

            async fn waiting(
                &self,
                integration: &IntegrationSlug,
                page: Page<lms::ScimId>,
            ) -> Result<Vec<(lms::ScimId, lms::UserLink)>, StoreError> {
                self.read_for(integration, async |connection| {
                    adoptions::waiting(connection, integration, page).await
                })
                .await
            }

            async fn newcomer(
                &self,
                integration: &IntegrationSlug,
                newcomer: lms::ScimId,
            ) -> Result<Option<lms::UserLink>, StoreError> {
                self.read_for(integration, async |connection| {
                    adoptions::newcomer(connection, integration, newcomer).await
                })
                .await
            }

            async fn candidates(
                &self,
                integration: &IntegrationSlug,
                newcomers: &[lms::ScimId],
            ) -> Result<BTreeMap<lms::ScimId, Vec<lms::casework::KnownCandidate>>, StoreError> {
                self.read_for(integration, async |connection| {
                    adoptions::candidates(connection, integration, newcomers).await
                })
                .await
            }

            async fn link_newcomers(
                &self,
                integration: &IntegrationSlug,
                adopted: &[lms::casework::Adoption],
            ) -> Result<(), StoreError> {
                self.write_for(integration, Transaction::Script(adoptions::link(integration, adopted)?)).await
            }

            async fn create_newcomer(
                &self,
                integration: &IntegrationSlug,
                newcomer: lms::ScimId,
            ) -> Result<(), StoreError> {
                self.write_for(integration, Transaction::Script(adoptions::create(integration, newcomer)?))
                    .await
            }
        }

        #[async_trait]
        impl lms::casework::Backlog for $store {
            async fn parked(
                &self,
                integration: &IntegrationSlug,
                reason: Option<&str>,
                page: Page<events::EventId>,
            ) -> Result<Vec<lms::casework::ParkedCase>, StoreError> {
                self.read_for(integration, async |connection| {
                    backlog::parked(connection, integration, reason, page).await
                })
                .await
            }

            async fn retry_one(
                &self,
                integration: &IntegrationSlug,
                event: events::EventId,
            ) -> Result<bool, StoreError> {
                self.read_for(integration, async |connection| {
                    backlog::retry_one(connection, integration, event).await
                })
                .await
            }

            async fn retry_all(
                &self,
                integration: &IntegrationSlug,
                reason: Option<&str>,
            ) -> Result<u64, StoreError> {
                self.read_for(integration, async |connection| {
                    backlog::retry_all(connection, integration, reason).await
                })
                .await
            }

            async fn discard(
                &self,
                integration: &IntegrationSlug,
                event: events::EventId,
            ) -> Result<bool, StoreError> {
                self.read_for(integration, async |connection| {
                    backlog::discard(connection, integration, event).await
                })
                .await
            }

            async fn stuck(
                &self,
                integration: &IntegrationSlug,
                page: Page<lms::ScimId>,
            ) -> Result<Vec<lms::casework::StuckResource>, StoreError> {
                self.read_for(integration, async |connection| {
                    backlog::stuck(connection, integration, page).await
                })
                .await
            }

            async fn retry_stuck(
                &self,
                integration: &IntegrationSlug,
                resource: lms::ScimId,
            ) -> Result<bool, StoreError> {
                self.read_for(integration, async |connection| {
                    backlog::retry_stuck(connection, integration, resource).await
                })
                .await
            }

            async fn missing_managers(
                &self,
                integration: &IntegrationSlug,
                page: Page<lms::ScimId>,
            ) -> Result<lms::casework::MissingManagers, StoreError> {
                self.read_for(integration, async |connection| {
                    backlog::missing_managers(connection, integration, page).await
                })
                .await
            }
        }

        #[async_trait]
        impl lms::casework::Exemptions for $store {
            async fn exemptions(
                &self,
                integration: &IntegrationSlug,
                page: Page<LearnerId>,
            ) -> Result<Vec<lms::casework::Exemption>, StoreError> {
                self.read_for(integration, async |connection| {
                    exemptions::list(connection, integration, page).await
                })
                .await
            }

            async fn exemption(
                &self,
                integration: &IntegrationSlug,
                learner: LearnerId,
            ) -> Result<Option<lms::casework::Exemption>, StoreError> {
                self.read_for(integration, async |connection| {
                    exemptions::find(connection, integration, learner).await
                })
                .await
            }

            async fn put_exemption(
                &self,
                integration: &IntegrationSlug,
                learner: LearnerId,
                grant: &lms::casework::ExemptionGrant,
            ) -> Result<bool, StoreError> {
                match self
                    .write_for(
                        integration,
                        Transaction::Script(exemptions::put(integration, learner, grant)?),
                    )
                    .await
                {
                    Ok(()) => Ok(true),
                    Err(StoreError::Clash) => Ok(false),
                    Err(error) => Err(error),
                }
            }

            async fn end_exemption(
                &self,
                integration: &IntegrationSlug,
                learner: LearnerId,
            ) -> Result<(), StoreError> {
                self.write_for(integration, Transaction::Script(exemptions::end(integration, learner)?)).await
            }
        }

        #[async_trait]
        impl lms::casework::Reports for $store {
            async fn conflicts(
                &self,
                integration: &IntegrationSlug,
                learner: Option<LearnerId>,
                page: Page<i64>,
            ) -> Result<Vec<lms::casework::ConflictEntry>, StoreError> {
                self.read_for(integration, async |connection| {
                    reports::conflicts(connection, integration, learner, page).await
                })
                .await
            }

            async fn findings(
                &self,
                integration: &IntegrationSlug,
                learner: Option<LearnerId>,
                page: Page<i64>,
            ) -> Result<Vec<lms::casework::FindingEntry>, StoreError> {
                self.read_for(integration, async |connection| {
                    reports::findings(connection, integration, learner, page).await
                })
                .await
            }

            async fn runs(
                &self,
                integration: &IntegrationSlug,
                page: Page<uuid::Uuid>,
            ) -> Result<Vec<lms::casework::ReconcileRun>, StoreError> {
                self.read_for(integration, async |connection| {
                    reports::runs(connection, integration, page).await
                })
                .await
            }

            async fn run(
                &self,
                integration: &IntegrationSlug,
                run: uuid::Uuid,
            ) -> Result<Option<lms::casework::ReconcileRun>, StoreError> {
                self.read_for(integration, async |connection| {
                    reports::run(connection, integration, run).await
                })
                .await
            }

            async fn drift(
                &self,
                integration: &IntegrationSlug,
                run: uuid::Uuid,
                kind: lms::DriftKind,
                page: Page<i64>,
            ) -> Result<Vec<lms::casework::DriftEntry>, StoreError> {
                self.read_for(integration, async |connection| {
                    reports::drift(connection, integration, run, kind, page).await
                })
                .await
            }
        }

        #[async_trait]
        impl lms::casework::Erasures for $store {
            async fn erasure_subject(
                &self,
                integration: &IntegrationSlug,
                learner: LearnerId,
            ) -> Result<Option<lms::casework::ErasureSubject>, StoreError> {
                self.read_for(integration, async |connection| {
                    erasures::subject(connection, integration, learner).await
                })
                .await
            }

            async fn waiting_erasures(
                &self,
                integration: &IntegrationSlug,
                page: Page<i64>,
            ) -> Result<Vec<lms::casework::Erasure>, StoreError> {
                self.read_for(integration, async |connection| {
                    erasures::waiting(connection, integration, page).await
                })
                .await
            }

            async fn request_erasure(
                &self,
                integration: &IntegrationSlug,
                learner: LearnerId,
                request: &lms::casework::ErasureRequest,
            ) -> Result<(), StoreError> {
                self.write_for(
                    integration,
                    Transaction::Script(erasures::request(integration, learner, request)?),
                )
                .await
            }

            async fn cancel_erasure(
                &self,
                integration: &IntegrationSlug,
                learner: LearnerId,
                cancelled_by: &str,
            ) -> Result<(), StoreError> {
                self.write_for(
                    integration,
                    Transaction::Script(erasures::cancel(integration, learner, cancelled_by)?),
                )
                .await
            }

            async fn erase(
                &self,
                erasure: &lms::casework::Erasure,
                confirmed_by: &str,
            ) -> Result<(), StoreError> {
                let integration = IntegrationSlug(erasure.integration.clone());
                self.write_for(&integration, Transaction::Script(erasures::erase(erasure, confirmed_by)?))
                    .await
            }
        }
    };
}
pub(crate) use serve_casework;
