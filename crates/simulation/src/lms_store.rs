//! The LMS database in memory.

mod commit;
mod load;
mod memberships;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use events::{Environment, EventId, Message, Sequence, SubjectKind};
use lms::{
    Change, Cohort, CohortId, EdgeKey, Effect, Footprint, GroupLink, IntegrationSlug, KnownState, Learner,
    LearnerId, LmsStore, PortalId, Question, Recheck, Registration, ResourceKey, Snapshot, StoreError,
    Supplement, UserLink,
};

use crate::nature::{Dependency, Fault, Nature};

/// Keeps the contract of the port as the stores in SQL do: row versions, positions of links, uniqueness, the inbox, and
/// memberships that follow from the edges; all of a change or nothing.
///
/// Of what the rules can ask for it knows managers alone: nobody here is local to the LMS, has an employee number or is so
/// many that the guard would hold anybody.
pub(crate) struct LmsMemory {
    nature: Arc<Nature>,
    tables: Mutex<Tables>,
    told: Mutex<Told>,
}

/// What is written in a transaction.
#[derive(Clone, Default)]
pub(crate) struct Tables {
    pub(crate) integrations: BTreeMap<IntegrationSlug, KnownRow>,
    pub(crate) learners: BTreeMap<LearnerId, Arc<LearnerRow>>,
    pub(crate) cohorts: BTreeMap<CohortId, Arc<CohortRow>>,
    pub(crate) user_links: BTreeMap<ResourceKey, Arc<UserLink>>,
    pub(crate) group_links: BTreeMap<ResourceKey, Arc<GroupLink>>,
    pub(crate) edges: BTreeMap<EdgeKey, (Sequence, bool)>,
    pub(crate) memberships: BTreeSet<(CohortId, LearnerId)>,
    pub(crate) inbox: BTreeSet<(EventId, IntegrationSlug)>,
    pub(crate) parked: BTreeMap<EventId, Arc<ParkedRow>>,
    pub(crate) rechecks: BTreeMap<(ResourceKey, SubjectKind), RecheckRow>,
}

/// What is remembered for the oracle, and never read by the store.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) effects: Vec<Effect>,
    pub(crate) executed: BTreeSet<(EventId, IntegrationSlug)>,
}

#[derive(Clone)]
pub(crate) struct KnownRow {
    pub(crate) portal: PortalId,
    pub(crate) portal_code: String,
    pub(crate) environment: Environment,
    pub(crate) state: KnownState,
    pub(crate) revision: i64,
}

#[derive(Clone)]
pub(crate) struct LearnerRow {
    pub(crate) row: Learner,
    pub(crate) version: i64,
    /// Columns that are the LMS's own.
    pub(crate) bio: String,
    pub(crate) training_records: Vec<u32>,
}

#[derive(Clone)]
pub(crate) struct CohortRow {
    pub(crate) row: Cohort,
    pub(crate) version: i64,
}

#[derive(Clone)]
pub(crate) struct ParkedRow {
    pub(crate) message: Message,
    pub(crate) code: &'static str,
    pub(crate) attempts: i64,
    pub(crate) last_parked_at: DateTime<Utc>,
}

#[derive(Clone)]
pub(crate) struct RecheckRow {
    pub(crate) not_before: DateTime<Utc>,
    pub(crate) attempts: i64,
}

impl LmsMemory {
    pub(crate) fn new(nature: Arc<Nature>) -> Self {
        Self { nature, tables: Mutex::default(), told: Mutex::default() }
    }

    pub(crate) fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read<T>(
        &self,
        port: &'static str,
        query: impl FnOnce(&Tables) -> T + Send,
    ) -> Result<T, StoreError> {
        self.nature.call(Dependency::Lms, port, || Ok(query(&self.tables())), unavailable).await
    }
}

/// Whether it happened all the same, the port does not say.
fn unavailable(_is_done: bool) -> StoreError {
    StoreError::Unavailable(Box::new(Fault))
}

/// A minute after the first time, then four, nine and so on, at most an hour.
fn minutes(attempts: i64) -> Duration {
    Duration::minutes((attempts * attempts).min(60))
}

#[async_trait]
impl LmsStore for LmsMemory {
    async fn register(&self, integrations: &[Registration]) -> Result<(), StoreError> {
        let effect = || {
            self.tables().register(integrations);
            Ok(())
        };
        self.nature.call(Dependency::Lms, "lms.register", effect, unavailable).await
    }

    async fn load(&self, footprint: &Footprint) -> Result<Snapshot, StoreError> {
        self.read("lms.load", |tables| tables.load(footprint)).await
    }

    async fn commit(&self, change: &Change) -> Result<(), StoreError> {
        let effect = || {
            // No two commits are of one moment: by it, a request for a recheck is told from a newer one.
            self.nature.pass_time(Duration::milliseconds(1));
            let mut tables = self.tables();
            let mut after = tables.clone();
            after.commit(change, self.nature.now())?;
            self.told().note(change, &tables, &after, &self.nature);
            *tables = after;
            Ok(())
        };
        let committed = self.nature.call(Dependency::Lms, "lms.commit", effect, unavailable).await;
        self.nature.note("lms.committed", || match &committed {
            Ok(()) => format!("{} events, {} parked", change.handled.len(), change.parked.len()),
            Err(error) => error.to_string(),
        });
        committed
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.read("lms.probe", |_| ()).await
    }

    async fn supplement(&self, question: &Question) -> Result<Supplement, StoreError> {
        self.read("lms.supplement", |tables| tables.supplement(question)).await
    }

    async fn due_parked(&self, limit: u32) -> Result<Vec<Message>, StoreError> {
        let now = self.nature.now();
        self.read("lms.due_parked", |tables| {
            let is_due = |row: &&Arc<ParkedRow>| {
                row.code != "given_up" && row.last_parked_at + minutes(row.attempts) <= now
            };
            let mut due: Vec<&Arc<ParkedRow>> = tables.parked.values().filter(is_due).collect();
            due.sort_by_key(|row| (row.last_parked_at, row.message.id));
            due.into_iter().take(limit as usize).map(|row| row.message.clone()).collect()
        })
        .await
    }

    async fn unsettled_detachment(&self) -> Result<Option<IntegrationSlug>, StoreError> {
        Ok(None)
    }

    async fn detach_some(&self, _integration: &IntegrationSlug, _people: u32) -> Result<(), StoreError> {
        panic!("nothing here is detached")
    }

    async fn due_rechecks(&self, limit: u32) -> Result<Vec<Recheck>, StoreError> {
        let now = self.nature.now();
        self.read("lms.due_rechecks", |tables| {
            let mut due: Vec<_> = tables.rechecks.iter().filter(|(_, row)| row.not_before <= now).collect();
            due.sort_by_key(|((key, _), row)| (row.not_before, key.scim_id));
            let recheck = |((key, kind), row): (&(ResourceKey, SubjectKind), &RecheckRow)| Recheck {
                key: key.clone(),
                kind: *kind,
                request: row.not_before.to_rfc3339(),
            };
            due.into_iter().take(limit as usize).map(recheck).collect()
        })
        .await
    }
}
