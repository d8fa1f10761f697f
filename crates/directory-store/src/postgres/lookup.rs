//! Questions for few users, of which many are asked at the same moment: those that wait go together, as changes do.
//!
//! A filter that an index leads to is asked as that: who has this name, this address. Which of those the whole filter means
//! is told here, by [`scim::Filter::matches`] itself.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use directory::{IntegrationId, Page, Query, Selected, StoreError, UserId, UserRecord, UserView, Version};
use scim::{Filter, LookupKey, ResourceKind};
use serde_json::Value;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::PostgresDirectoryStore;
use super::users::groups;
use crate::lookup_row::LookupRow;
use crate::query_sql::{Bind, Sql, Statement, bind, key_of_users, sql};
use crate::row;

/// Statements under way at the same time at most.
const WORKERS: usize = 2;

/// Questions in one statement at most.
const LARGEST_GROUP: usize = 64;

/// Users that one question may lead to. One whose value more users share is asked by itself, for a page.
const MOST_FOUND: usize = 50;

/// What the users were found to be, or that they are too many.
type Answer = Result<Option<Vec<UserView>>, StoreError>;

/// Where questions wait.
#[derive(Default)]
pub(super) struct Desk(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    workers: usize,
    questions: HashMap<Company, VecDeque<Question>>,
    /// Whose turn it is, each once, so that an integration with many questions waits behind each that has a few.
    turns: VecDeque<Company>,
}

/// Questions that may go together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Company {
    of: IntegrationId,
    by: By,
    with_groups: bool,
}

/// What users are looked up by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum By {
    Id,
    UserName,
    ExternalId,
    Lookup,
}

struct Question {
    wanted: Wanted,
    answer: oneshot::Sender<Answer>,
}

enum Wanted {
    Id(Uuid),
    /// As its column holds it.
    Name(String),
    Row(LookupRow),
}

/// Why questions that went together have no answer.
#[derive(Debug, thiserror::Error)]
#[error("the questions that were asked together failed")]
struct NotAnswered(#[source] Arc<StoreError>);

impl Desk {
    /// The live user of that id.
    pub(super) async fn user(
        &self,
        store: &PostgresDirectoryStore,
        of: IntegrationId,
        id: UserId,
        with_groups: bool,
    ) -> Result<Option<UserView>, StoreError> {
        let company = Company { of, by: By::Id, with_groups };
        Ok(self.ask(store, company, Wanted::Id(id.0)).await?.and_then(|mut found| found.pop()))
    }

    /// The users that the query selects; `None` when that is not to be told by a look at few of them.
    pub(super) async fn users(
        &self,
        store: &PostgresDirectoryStore,
        of: IntegrationId,
        query: &Query,
        with_groups: bool,
    ) -> Result<Option<Selected<UserView>>, StoreError> {
        let (Some(filter), None) = (&query.filter, &query.sort) else { return Ok(None) };
        let (offset, limit) = match query.page {
            Page::From { offset, limit } => (offset as usize, limit as usize),
            Page::After { position: None, limit } => (0, limit as usize),
            Page::After { position: Some(_), .. } => return Ok(None),
        };
        let Some((key, is_whole)) = key_of_users(filter) else { return Ok(None) };
        let company = Company { of, by: By::of(&key), with_groups };
        let wanted = match company.by {
            By::Lookup => Wanted::Row(LookupRow::of(&key)),
            By::Id | By::UserName | By::ExternalId => Wanted::Name(key.value),
        };
        let Some(mut found) = self.ask(store, company, wanted).await? else {
            return Ok(None);
        };
        found.retain(|view| is_whole || is_meant(filter, view));
        found.sort_unstable_by_key(|view| view.user.id);
        let total = if query.counted { found.len() as u64 } else { 0 };
        Ok(Some(Selected { total, items: found.into_iter().skip(offset).take(limit).collect() }))
    }

    async fn ask(&self, store: &PostgresDirectoryStore, company: Company, wanted: Wanted) -> Answer {
        let (answer, answered) = oneshot::channel();
        if locked(&self.0).push(company, Question { wanted, answer }) {
            store.runtime.spawn(work(store.clone(), Arc::clone(&self.0)));
        }
        answered.await.unwrap_or_else(|gone| Err(StoreError::Unexpected(Box::new(gone))))
    }
}

fn is_meant(filter: &Filter, view: &UserView) -> bool {
    filter.matches(view.user.resource.as_map())
}

impl By {
    fn of(key: &LookupKey) -> Self {
        match key.attribute.as_str() {
            "userName" => Self::UserName,
            "externalId" => Self::ExternalId,
            _ => Self::Lookup,
        }
    }
}

fn locked(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Waiting {
    /// Answers whether somebody has to begin to work.
    fn push(&mut self, company: Company, question: Question) -> bool {
        let queue = self.questions.entry(company).or_default();
        if queue.is_empty() {
            self.turns.push_back(company);
        }
        queue.push_back(question);
        let is_wanted = self.workers < WORKERS;
        self.workers += usize::from(is_wanted);
        is_wanted
    }

    /// The questions that go next; none when nobody waits, and the work of who asks is done.
    fn next(&mut self) -> Option<(Company, Vec<Question>)> {
        while let Some(company) = self.turns.pop_front() {
            let Some(queue) = self.questions.get_mut(&company) else { continue };
            let group: Vec<_> = queue.drain(..queue.len().min(LARGEST_GROUP)).collect();
            if queue.is_empty() {
                self.questions.remove(&company);
            } else {
                self.turns.push_back(company);
            }
            return Some((company, group));
        }
        self.workers -= 1;
        None
    }
}

/// Asks what waits, until nothing does.
async fn work(store: PostgresDirectoryStore, waiting: Arc<Mutex<Waiting>>) {
    loop {
        let Some((company, group)) = locked(&waiting).next() else { return };
        // In a task of its own: a panic costs the group, and not the worker. Whoever waits for an answer is told.
        let _ended = store.runtime.spawn(answer_group(store.clone(), company, group)).await;
    }
}

async fn answer_group(store: PostgresDirectoryStore, company: Company, group: Vec<Question>) {
    let (wanted, answers): (Vec<Wanted>, Vec<_>) =
        group.into_iter().map(|question| (question.wanted, question.answer)).unzip();
    let found: Result<Vec<Row>, _> = store
        .for_tenant(company.of, async |connection| {
            Ok(Statement::<RowSql>::cached(company.statement(&wanted)).load(connection).await?)
        })
        .await;
    let rows = match found {
        Ok(rows) => rows,
        Err(error) => {
            let error = Arc::new(error);
            for answer in answers {
                // Whoever does not wait any more does not miss it.
                let _ = answer.send(Err(shared(&error)));
            }
            return;
        }
    };
    let mut found: Vec<Answer> = wanted.iter().map(|_| Ok(Some(Vec::new()))).collect();
    for row in rows {
        let place = usize::try_from(row.0 - 1).ok().and_then(|position| found.get_mut(position));
        if let Some(answer) = place {
            add(answer, row, company.by);
        }
    }
    for (answer, found) in answers.into_iter().zip(found) {
        let _ = answer.send(found);
    }
}

fn shared(error: &Arc<StoreError>) -> StoreError {
    let source = Box::new(NotAnswered(Arc::clone(error)));
    match **error {
        StoreError::Unavailable { outcome_unknown, .. } => {
            StoreError::Unavailable { outcome_unknown, source }
        }
        StoreError::Unexpected(_) => StoreError::Unexpected(source),
    }
}

/// Position of the question, and a user.
type Row = (i64, Uuid, i64, DateTime<Utc>, DateTime<Utc>, String, Option<Value>);
type RowSql = (BigInt, SqlUuid, BigInt, Timestamptz, Timestamptz, Text, Nullable<Jsonb>);

fn add(answer: &mut Answer, (_, id, version, created, last_modified, text, groups): Row, by: By) {
    let Ok(Some(found)) = answer else { return };
    if found.len() == MOST_FOUND {
        *answer = Ok(None);
        return;
    }
    let resource = match by {
        // Somebody may be about to change it.
        By::Id => row::resource_of_text(ResourceKind::User, &text),
        By::UserName | By::ExternalId | By::Lookup => row::resource_text(ResourceKind::User, text),
    };
    let view = resource.and_then(|resource| {
        let user = UserRecord { id: UserId(id), version: Version(version), created, last_modified, resource };
        Ok(UserView { user, groups: row::group_links(groups)? })
    });
    match view {
        Ok(view) => found.push(view),
        Err(error) => *answer = Err(error.into()),
    }
}

impl Company {
    /// One statement for any number of questions. Every value is looked up by itself, for the planner of a table without
    /// statistics.
    fn statement(&self, wanted: &[Wanted]) -> Sql {
        let of = bind(Bind::Uuid(self.of.0));
        let groups = groups(self.of, self.with_groups);
        let ids = || Bind::Uuids(wanted.iter().filter_map(Wanted::id).collect());
        let names = || Bind::Texts(wanted.iter().filter_map(Wanted::name).map(str::to_owned).collect());
        let texts = |of: fn(&LookupRow) -> &String| {
            Bind::Texts(wanted.iter().filter_map(Wanted::row).map(|row| of(row).clone()).collect())
        };
        let users = match self.by {
            By::Id => sql(
                "unnest(?) with ordinality as given(id, position) cross join lateral (
                    select * from directory.scim_user as r
                    where r.id = given.id and r.integration_id = ? and r.live offset 0) as r",
                [&bind(ids()), &of],
            ),
            By::UserName => sql(
                "unnest(?) with ordinality as given(name, position) cross join lateral (
                    select * from directory.scim_user as r
                    where r.user_name_folded = given.name and r.integration_id = ? and r.live offset 0) as r",
                [&bind(names()), &of],
            ),
            By::ExternalId => sql(
                "unnest(?) with ordinality as given(name, position) cross join lateral (
                    select * from directory.scim_user as r
                    where r.external_id = given.name and r.integration_id = ? and r.live offset 0) as r",
                [&bind(names()), &of],
            ),
            By::Lookup => sql(
                "unnest(?, ?) with ordinality as given(value, attribute, position) cross join lateral (
                    select l.user_id from directory.user_lookup as l
                    where l.value = given.value and l.attribute = given.attribute and l.integration_id = ? limit ?
                ) as found cross join lateral (
                    select * from directory.scim_user as r
                    where r.id = found.user_id and r.integration_id = ? and r.live offset 0) as r",
                [
                    &bind(texts(|row| &row.value)),
                    &bind(texts(|row| &row.attribute)),
                    &of,
                    &bind(Bind::Integer(i64::try_from(MOST_FOUND + 1).unwrap_or(i64::MAX))),
                    &of,
                ],
            ),
        };
        sql(
            "select given.position, r.id, r.version, r.created_at, r.last_modified, r.resource::text, ? from ?",
            [&groups, &users],
        )
    }
}

impl Wanted {
    fn id(&self) -> Option<Uuid> {
        match self {
            Self::Id(id) => Some(*id),
            Self::Name(_) | Self::Row(_) => None,
        }
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::Id(_) | Self::Row(_) => None,
        }
    }

    fn row(&self) -> Option<&LookupRow> {
        match self {
            Self::Row(row) => Some(row),
            Self::Id(_) | Self::Name(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn company(of: u128, by: By) -> Company {
        Company { of: IntegrationId(Uuid::from_u128(of)), by, with_groups: false }
    }

    /// Puts questions on a desk; answers who began to work.
    fn ask(waiting: &mut Waiting, companies: impl IntoIterator<Item = Company>) -> Vec<bool> {
        let question = || Question { wanted: Wanted::Id(Uuid::nil()), answer: oneshot::channel().0 };
        companies.into_iter().map(|company| waiting.push(company, question())).collect()
    }

    #[test]
    fn two_work_until_nobody_waits() {
        let mut waiting = Waiting::default();
        assert_eq!(ask(&mut waiting, [company(1, By::Id); 3]), [true, true, false]);
        assert!(waiting.next().is_some());
        assert!(waiting.next().is_none());
        assert_eq!(ask(&mut waiting, [company(1, By::Id)]), [true], "one has gone");
    }

    #[test]
    fn who_has_many_questions_waits_behind_who_has_few() {
        let mut waiting = Waiting::default();
        let many = [company(1, By::Id); 130];
        ask(&mut waiting, many.into_iter().chain([company(2, By::Id), company(1, By::UserName)]));
        let turns: Vec<_> = std::iter::from_fn(|| waiting.next())
            .map(|(of, group)| (of.of.0.as_u128(), group.len()))
            .collect();
        assert_eq!(turns, [(1, 64), (2, 1), (1, 1), (1, 64), (1, 2)]);
    }
}
