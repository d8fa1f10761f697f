//! The directory's database in memory.

mod commit;
mod outbox;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use directory::{
    Change, CommitError, Committed, DirectoryStore, GroupId, GroupLink, GroupRecord, GroupView, Integration,
    IntegrationId, Member, OutboxEvent, Page, Query, QueryError, RelayId, Selected, StoreError, UserId,
    UserRecord, UserView,
};
use events::Subject;
use uuid::Uuid;

use crate::nature::{Dependency, Fault, Nature};

/// Keeps the contract of the ports as the stores in SQL do: versions, uniqueness, and a change with its events in one step.
///
/// It keeps no provisioning log and no lookups, and it answers no sorted query: nothing here asks for them.
pub(crate) struct DirectoryMemory {
    nature: Arc<Nature>,
    tables: Mutex<Tables>,
}

#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) epoch: i32,
    pub(crate) integrations: BTreeMap<IntegrationId, Integration>,
    pub(crate) users: BTreeMap<(IntegrationId, UserId), StoredUser>,
    pub(crate) groups: BTreeMap<(IntegrationId, GroupId), StoredGroup>,
    pub(crate) log: Vec<LoggedEvent>,
    /// Every commit, in order.
    pub(crate) history: Vec<Commit>,
}

pub(crate) struct StoredUser {
    pub(crate) record: UserRecord,
    pub(crate) incarnation: i32,
    pub(crate) is_deleted: bool,
}

pub(crate) struct StoredGroup {
    pub(crate) record: GroupRecord,
    pub(crate) incarnation: i32,
    pub(crate) is_deleted: bool,
    pub(crate) members: BTreeSet<UserId>,
}

/// An event with its lease.
pub(crate) struct LoggedEvent {
    pub(crate) integration: IntegrationId,
    pub(crate) event: OutboxEvent,
    pub(crate) lease: Option<(RelayId, DateTime<Utc>)>,
    pub(crate) is_published: bool,
}

/// That a request was committed.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub(crate) txn: Uuid,
    pub(crate) subject: Subject,
}

impl DirectoryMemory {
    pub(crate) fn new(nature: Arc<Nature>, integrations: &[Integration]) -> Self {
        let integrations = integrations.iter().map(|integration| (integration.id, integration.clone()));
        let tables = Tables { integrations: integrations.collect(), ..Tables::default() };
        Self { nature, tables: Mutex::new(tables) }
    }

    pub(crate) fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read<T>(
        &self,
        port: &'static str,
        query: impl FnOnce(&Tables) -> T + Send,
    ) -> Result<T, StoreError> {
        self.nature
            .call(Dependency::Directory, port, || Ok(query(&self.tables())), |_| unavailable(false))
            .await
    }
}

fn unavailable(outcome_unknown: bool) -> StoreError {
    StoreError::Unavailable { outcome_unknown, source: Box::new(Fault) }
}

impl Tables {
    fn live_user(&self, of: IntegrationId, id: UserId) -> Option<&UserRecord> {
        self.users.get(&(of, id)).filter(|user| !user.is_deleted).map(|user| &user.record)
    }

    fn live_group(&self, of: IntegrationId, id: GroupId) -> Option<&StoredGroup> {
        self.groups.get(&(of, id)).filter(|group| !group.is_deleted)
    }

    fn live_users(&self, of: IntegrationId) -> impl Iterator<Item = &UserRecord> {
        let users = self.users.iter().filter(move |((owner, _), user)| *owner == of && !user.is_deleted);
        users.map(|(_, user)| &user.record)
    }

    fn live_groups(&self, of: IntegrationId) -> impl Iterator<Item = &StoredGroup> {
        let groups = self.groups.iter().filter(move |((owner, _), group)| *owner == of && !group.is_deleted);
        groups.map(|(_, group)| group)
    }

    fn user_view(&self, of: IntegrationId, user: &UserRecord, with_groups: bool) -> UserView {
        let groups = with_groups.then(|| {
            let of_user = self.live_groups(of).filter(|group| group.members.contains(&user.id));
            let link = |group: &StoredGroup| GroupLink {
                id: group.record.id,
                display: group.record.resource.display_name().unwrap_or_default().to_owned(),
            };
            of_user.map(link).collect()
        });
        UserView { user: user.clone(), groups }
    }
}

fn counted(group: &StoredGroup) -> GroupRecord {
    GroupRecord { member_count: group.members.len() as u32, ..group.record.clone() }
}

/// The page of those that match, in the order of ids.
fn select<T>(query: &Query, matching: Vec<T>) -> Selected<T> {
    assert!(query.sort.is_none(), "nothing here sorts");
    let Page::From { offset, limit } = query.page else { panic!("nothing here walks by cursor") };
    let total = if query.counted { matching.len() as u64 } else { 0 };
    Selected { total, items: matching.into_iter().skip(offset as usize).take(limit as usize).collect() }
}

#[async_trait]
impl DirectoryStore for DirectoryMemory {
    async fn user(
        &self,
        of: IntegrationId,
        id: UserId,
        with_groups: bool,
    ) -> Result<Option<UserView>, StoreError> {
        self.read("directory.user", |tables| {
            tables.live_user(of, id).map(|user| tables.user_view(of, user, with_groups))
        })
        .await
    }

    async fn users(
        &self,
        of: IntegrationId,
        query: &Query,
        with_groups: bool,
    ) -> Result<Selected<UserView>, QueryError> {
        let selected = self.read("directory.users", |tables| {
            let views = tables.live_users(of).map(|user| tables.user_view(of, user, with_groups));
            let is_wanted = |view: &UserView| match &query.filter {
                Some(filter) => filter.matches(&view.document("")),
                None => true,
            };
            select(query, views.filter(is_wanted).collect())
        });
        Ok(selected.await?)
    }

    async fn count_users(&self, of: IntegrationId, ids: &[UserId]) -> Result<u64, StoreError> {
        self.read("directory.count_users", |tables| {
            ids.iter().filter(|id| tables.live_user(of, **id).is_some()).count() as u64
        })
        .await
    }

    async fn group(&self, of: IntegrationId, id: GroupId) -> Result<Option<GroupRecord>, StoreError> {
        self.read("directory.group", |tables| tables.live_group(of, id).map(counted)).await
    }

    async fn groups(&self, of: IntegrationId, query: &Query) -> Result<Selected<GroupRecord>, QueryError> {
        let selected = self.read("directory.groups", |tables| {
            let is_wanted = |group: &GroupRecord| match &query.filter {
                Some(filter) => {
                    filter.matches(&GroupView { group: group.clone(), members: None }.document(""))
                }
                None => true,
            };
            select(query, tables.live_groups(of).map(counted).filter(is_wanted).collect())
        });
        Ok(selected.await?)
    }

    async fn members(
        &self,
        of: IntegrationId,
        groups: &[GroupId],
    ) -> Result<Vec<(GroupId, Member)>, StoreError> {
        self.read("directory.members", |tables| {
            let mut members = Vec::new();
            for id in groups {
                for user in tables.live_group(of, *id).into_iter().flat_map(|group| &group.members) {
                    let display = tables.live_user(of, *user).and_then(|user| user.resource.display_name());
                    members.push((*id, Member { id: *user, display: display.map(str::to_owned) }));
                }
            }
            members
        })
        .await
    }

    async fn commit(&self, change: Change) -> Result<Committed, CommitError> {
        let failed = |outcome_unknown| CommitError::Store(unavailable(outcome_unknown));
        let effect = || {
            // No two commits are of one moment.
            self.nature.pass_time(chrono::Duration::milliseconds(1));
            self.tables().commit(&change)
        };
        self.nature.call(Dependency::Directory, "directory.commit", effect, failed).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.read("directory.check", |_| ()).await
    }
}
