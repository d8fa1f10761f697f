//! Questions for few users, of which many are asked at the same moment: those that wait go together, as changes do.
//!
//! A filter that an index leads to is asked as that: who has this name, this address. Which of those the whole filter means
//! is told here, by [`scim::Filter::matches`] itself.
//!
//! There is one statement under way for an integration at each desk at most, so that one that asks much leaves the others
//! to others. Each thread that serves has a desk.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use directory::{IntegrationId, Page, Query, Selected, StoreError, UserId, UserRecord, UserView, Version};
use scim::{Filter, LookupKey, ResourceKind};
use serde_json::Value;
use tokio::sync::{Semaphore, oneshot};
use uuid::Uuid;

use super::PostgresDirectoryStore;
use super::error::QueryFailure;
use super::users::groups;
use crate::lookup_row::LookupRow;
use crate::query_sql::{Bind, Sql, Statement, bind, key_of_users, sql};
use crate::row;
use crate::waiting::{Waiting, first};

/// Questions in one statement at most.
const LARGEST_GROUP: usize = 64;

/// The same where users are answered with all their groups, which may be many.
const LARGEST_WITH_GROUPS: usize = 8;

/// Users that one question may lead to. One whose value more users share is asked by itself, for a page.
const MOST_FOUND: usize = 3;

/// Longest document in bytes that is answered together with others: the whole answer is held at once. Whoever asks for a
/// longer one asks again, alone.
const LONGEST_DOCUMENT: i64 = 64 * 1024;

/// What the users were found to be, or that they are too many.
type Answer = Result<Option<Vec<UserView>>, StoreError>;

type Question = Waiting<Wanted, Answer>;

/// Where questions wait.
pub(super) struct Desk {
    queues: Mutex<Queues>,
    /// Lets in as many statements as may be under way at the same time, in the order in which they come.
    statements: Semaphore,
}

/// Questions by integration; there are some as long as somebody works on them.
#[derive(Default)]
struct Queues(HashMap<IntegrationId, OfIntegration>);

#[derive(Default)]
struct OfIntegration {
    questions: HashMap<Company, VecDeque<Question>>,
    /// Whose turn it is, each once.
    turns: VecDeque<Company>,
}

/// Questions of an integration that may go together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Company {
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
    /// One that asks so many statements at the same time at most.
    pub(super) fn new(statements: usize) -> Self {
        Self { queues: Mutex::default(), statements: Semaphore::new(statements) }
    }

    /// The live user of that id.
    pub(super) async fn user(
        &self,
        store: &PostgresDirectoryStore,
        of: IntegrationId,
        id: UserId,
        with_groups: bool,
    ) -> Result<Option<UserView>, StoreError> {
        let company = Company { by: By::Id, with_groups };
        Ok(self.ask(store, of, company, Wanted::Id(id.0)).await?.and_then(|mut found| found.pop()))
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
        let company = Company { by: By::of(&key), with_groups };
        let wanted = match company.by {
            By::Lookup => Wanted::Row(LookupRow::of(&key)),
            By::Id | By::UserName | By::ExternalId => Wanted::Name(key.value),
        };
        let Some(mut found) = self.ask(store, of, company, wanted).await? else {
            return Ok(None);
        };
        found.retain(|view| is_whole || is_meant(filter, view));
        found.sort_unstable_by_key(|view| view.user.id);
        let total = if query.counted { found.len() as u64 } else { 0 };
        Ok(Some(Selected { total, items: found.into_iter().skip(offset).take(limit).collect() }))
    }

    async fn ask(
        &self,
        store: &PostgresDirectoryStore,
        of: IntegrationId,
        company: Company,
        what: Wanted,
    ) -> Answer {
        let (answer, answered) = oneshot::channel();
        if locked(&self.queues).push(of, company, Waiting { what, answer }) {
            store.near.runtime.spawn(work(store.clone(), of));
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

fn locked(queues: &Mutex<Queues>) -> MutexGuard<'_, Queues> {
    queues.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queues {
    /// Answers whether somebody has to begin to work for the integration.
    fn push(&mut self, of: IntegrationId, company: Company, question: Question) -> bool {
        let is_new = !self.0.contains_key(&of);
        self.0.entry(of).or_default().push(company, question);
        is_new
    }

    /// The questions that go next; none when the work for the integration is done.
    fn next(&mut self, of: IntegrationId) -> Option<(Company, Vec<Question>)> {
        let next = self.0.get_mut(&of)?.next();
        if next.is_none() {
            self.0.remove(&of);
        }
        next
    }
}

impl OfIntegration {
    fn push(&mut self, company: Company, question: Question) {
        let queue = self.questions.entry(company).or_default();
        if queue.is_empty() {
            self.turns.push_back(company);
        }
        queue.push_back(question);
    }

    fn next(&mut self) -> Option<(Company, Vec<Question>)> {
        while let Some(company) = self.turns.pop_front() {
            let Some(queue) = self.questions.get_mut(&company) else { continue };
            let mut group = Vec::new();
            while group.len() < company.largest_group()
                && first(queue).is_some()
                && let Some(next) = queue.pop_front()
            {
                group.push(next);
            }
            if queue.is_empty() {
                self.questions.remove(&company);
            } else {
                self.turns.push_back(company);
            }
            if !group.is_empty() {
                return Some((company, group));
            }
        }
        None
    }
}

/// Asks what waits for an integration, until nothing does.
async fn work(store: PostgresDirectoryStore, of: IntegrationId) {
    loop {
        let _leave = store.near.desk.statements.acquire().await;
        let Some((company, group)) = locked(&store.near.desk.queues).next(of) else { return };
        // In a task of its own: a panic costs the group, and not the work. Whoever waits for an answer is told.
        let _ended = store.near.runtime.spawn(answer_group(store.clone(), of, company, group)).await;
    }
}

async fn answer_group(
    store: PostgresDirectoryStore,
    of: IntegrationId,
    company: Company,
    group: Vec<Question>,
) {
    let mut alone = Vec::new();
    if group.len() > 1 {
        let (wanted, answers): (Vec<_>, Vec<_>) =
            group.into_iter().map(|question| (question.what, question.answer)).unzip();
        let found = answer_together(&store, of, company, &wanted).await;
        for ((what, answer), found) in wanted.into_iter().zip(answers).zip(found) {
            match found {
                // Whoever does not wait any more does not miss it.
                Some(found) => drop(answer.send(found)),
                None => alone.push(Waiting { what, answer }),
            }
        }
    } else {
        alone = group;
    }
    for Question { what, answer } in alone {
        if !answer.is_closed() {
            let _ = answer.send(answer_alone(&store, of, company, what).await);
        }
    }
}

/// The answers to several questions; none where one has to be asked alone.
async fn answer_together(
    store: &PostgresDirectoryStore,
    of: IntegrationId,
    company: Company,
    wanted: &[Wanted],
) -> Vec<Option<Answer>> {
    let found = store
        .for_tenant_in(&store.near.pool, of, async |connection| {
            let statement = Statement::<RowSql>::cached(company.statement(of, wanted, LONGEST_DOCUMENT));
            let rows: QueryResult<Vec<Row>> = statement.load(connection).await;
            match rows.map_err(QueryFailure::from) {
                // One of them is to blame, and nobody knows which.
                Err(failure) if failure.is_of_the_question() => Ok(None),
                rows => rows.map(Some),
            }
        })
        .await;
    match found {
        Ok(Some(rows)) => in_their_places(rows, wanted.len(), company.by),
        Ok(None) => wanted.iter().map(|_| None).collect(),
        Err(error) => {
            let error = Arc::new(error);
            wanted.iter().map(|_| Some(Err(shared(&error)))).collect()
        }
    }
}

async fn answer_alone(
    store: &PostgresDirectoryStore,
    of: IntegrationId,
    company: Company,
    wanted: Wanted,
) -> Answer {
    let rows: Vec<Row> = store
        .for_tenant_in(&store.near.pool, of, async |connection| {
            let statement = company.statement(of, &[wanted], i64::MAX);
            Ok(Statement::<RowSql>::cached(statement).load(connection).await?)
        })
        .await?;
    in_their_places(rows, 1, company.by).pop().flatten().unwrap_or(Ok(None))
}

/// Rows as answers to so many questions; none to one of which a document was too long.
fn in_their_places(rows: Vec<Row>, questions: usize, by: By) -> Vec<Option<Answer>> {
    let mut answers: Vec<Option<Answer>> = (0..questions).map(|_| Some(Ok(Some(Vec::new())))).collect();
    for row in rows {
        let place = usize::try_from(row.0 - 1).ok().and_then(|position| answers.get_mut(position));
        if let Some(answer) = place {
            add(answer, row, by);
        }
    }
    answers
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

/// Position of the question, and a user; without the document where that is too long.
type Row = (i64, Uuid, i64, DateTime<Utc>, DateTime<Utc>, Option<String>, Option<Value>);
type RowSql = (BigInt, SqlUuid, BigInt, Timestamptz, Timestamptz, Nullable<Text>, Nullable<Jsonb>);

fn add(answer: &mut Option<Answer>, (_, id, version, created, last_modified, text, groups): Row, by: By) {
    let Some(Ok(Some(found))) = answer else { return };
    if found.len() == MOST_FOUND {
        *answer = Some(Ok(None));
        return;
    }
    let Some(text) = text else {
        *answer = None;
        return;
    };
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
        Err(error) => *answer = Some(Err(error.into())),
    }
}

impl Company {
    fn largest_group(self) -> usize {
        if self.with_groups { LARGEST_WITH_GROUPS } else { LARGEST_GROUP }
    }

    /// One statement for any number of questions. Every value is looked up by itself, for the planner of a table without
    /// statistics. Documents longer than so many bytes are left out.
    fn statement(self, of: IntegrationId, wanted: &[Wanted], longest: i64) -> Sql {
        let groups = groups(of, self.with_groups);
        let of = bind(Bind::Uuid(of.0));
        let ids = || Bind::Uuids(wanted.iter().filter_map(Wanted::id).collect());
        let names = || Bind::Texts(wanted.iter().filter_map(Wanted::name).map(str::to_owned).collect());
        let texts = |of: fn(&LookupRow) -> &String| {
            Bind::Texts(wanted.iter().filter_map(Wanted::row).map(|row| of(row).clone()).collect())
        };
        let users = match self.by {
            By::Id => sql(
                "unnest(?) with ordinality as given(id, position) cross join lateral (
                    select r.*, r.resource::text as document from directory.scim_user as r
                    where r.id = given.id and r.integration_id = ? and r.live offset 0) as r",
                [&bind(ids()), &of],
            ),
            By::UserName => sql(
                "unnest(?) with ordinality as given(name, position) cross join lateral (
                    select r.*, r.resource::text as document from directory.scim_user as r
                    where r.user_name_folded = given.name and r.integration_id = ? and r.live offset 0) as r",
                [&bind(names()), &of],
            ),
            By::ExternalId => sql(
                "unnest(?) with ordinality as given(name, position) cross join lateral (
                    select r.*, r.resource::text as document from directory.scim_user as r
                    where r.external_id = given.name and r.integration_id = ? and r.live offset 0) as r",
                [&bind(names()), &of],
            ),
            By::Lookup => sql(
                "unnest(?, ?) with ordinality as given(value, attribute, position) cross join lateral (
                    select l.user_id from directory.user_lookup as l
                    where l.value = given.value and l.attribute = given.attribute and l.integration_id = ? limit ?
                ) as found cross join lateral (
                    select r.*, r.resource::text as document from directory.scim_user as r
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
            "select given.position, r.id, r.version, r.created_at, r.last_modified,
                case when octet_length(r.document) <= ? then r.document end, ? from ?",
            [&bind(Bind::Integer(longest)), &groups, &users],
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

    const fn of(n: u128) -> IntegrationId {
        IntegrationId(Uuid::from_u128(n))
    }

    const BY_ID: Company = Company { by: By::Id, with_groups: false };
    const BY_NAME: Company = Company { by: By::UserName, with_groups: false };
    const WITH_GROUPS: Company = Company { by: By::Id, with_groups: true };

    /// Puts a question into its queue; answers whether somebody has to begin to work, and who waits.
    fn push(queues: &mut Queues, n: u128, company: Company) -> (bool, oneshot::Receiver<Answer>) {
        let (answer, answered) = oneshot::channel();
        (queues.push(of(n), company, Waiting { what: Wanted::Id(Uuid::nil()), answer }), answered)
    }

    /// How many go together each time, of questions of one integration.
    fn turns(companies: impl IntoIterator<Item = Company>) -> Vec<usize> {
        let mut queues = Queues::default();
        let _waiting: Vec<_> = companies.into_iter().map(|company| push(&mut queues, 1, company)).collect();
        std::iter::from_fn(|| queues.next(of(1))).map(|(_, group)| group.len()).collect()
    }

    #[test]
    fn one_works_for_an_integration_until_nobody_waits() {
        let mut queues = Queues::default();
        let (first, second) = (push(&mut queues, 1, BY_ID), push(&mut queues, 1, BY_NAME));
        assert_eq!((first.0, second.0), (true, false));
        let other = push(&mut queues, 2, BY_ID);
        assert!(other.0, "and another one for another integration");
        assert!(queues.next(of(1)).is_some());
        let third = push(&mut queues, 1, BY_ID);
        assert!(!third.0, "somebody is at it");
        assert!(queues.next(of(1)).is_some());
        assert!(queues.next(of(1)).is_some());
        assert!(queues.next(of(1)).is_none());
        let fourth = push(&mut queues, 1, BY_ID);
        assert!(fourth.0, "and must begin again");
    }

    #[test]
    fn many_questions_wait_behind_few_of_another_kind() {
        assert_eq!(turns(std::iter::repeat_n(BY_ID, 130).chain([BY_NAME])), [64, 1, 64, 2]);
    }

    #[test]
    fn few_go_together_whose_groups_are_asked_for() {
        assert_eq!(turns([WITH_GROUPS; 20]), [8, 8, 4]);
    }

    #[test]
    fn nothing_is_asked_for_who_has_gone() {
        let mut queues = Queues::default();
        let gone = [BY_NAME, BY_ID].map(|company| push(&mut queues, 1, company));
        let _waits = push(&mut queues, 1, BY_ID);
        drop(gone);
        assert_eq!(queues.next(of(1)).map(|(_, group)| group.len()), Some(1));
        assert!(queues.next(of(1)).is_none());
    }
}
