//! Group commit: changes that wait at the same time become one statement, or one transaction, and share its commit.
//!
//! Changes of users wait in a few lanes; edits of a group's members in a queue of that group alone, which only one
//! connection at a time works on: they would wait for each other's locks otherwise, with a connection each.
//!
//! There is no timer. A change that finds its lane idle goes at once; those that come while a statement is under way
//! wait for it and go together. So a lone client waits for nobody, and many share round trips, plans and flushes.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use directory::{Change, CommitError, GroupId, IntegrationId, MemberChange, Mutation, StoreError, UserId};
use postgres_pool::PostgresPool;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::PostgresDirectoryStore;
use crate::waiting::{CommitAnswer as Answer, Waiting, first, tell_all};

/// Statements under way at the same time, where there are no more threads that serve: each has one at least. Few, because
/// what a statement costs by itself is shared by its group; two, because one alone would leave the processors to nobody
/// while a disk flushes. The changes of one user that a thread took are all in one lane; those that two threads took may
/// stand in each other's way, which costs the later one another try.
pub(super) const LANES: usize = 2;

/// Changes in one statement at most.
const LARGEST_GROUP: usize = 64;

/// Users whom edits of members that go together name at most: who adds one must not wait long for who adds thousands.
const MOST_MEMBERS: usize = 1_000;

/// A change of a user, and which.
type WaitingUser = Waiting<(Uuid, Change), Answer>;

type WaitingEdit = Waiting<Change, Answer>;

/// Where changes of users wait.
pub(super) struct Lanes {
    first: Arc<Mutex<Lane>>,
    others: Box<[Arc<Mutex<Lane>>]>,
}

#[derive(Default)]
struct Lane {
    /// Whether somebody commits what waits here.
    is_worked: bool,
    waiting: HashMap<Company, VecDeque<WaitingUser>>,
    /// Whose turn it is, each once, so that an integration with many changes waits behind each that has a few.
    turns: VecDeque<Company>,
}

/// Changes that may go together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Company {
    integration: IntegrationId,
    creates: bool,
}

/// Edits of members by group; there is a queue as long as somebody works on it.
#[derive(Default)]
pub(super) struct MemberQueues(HashMap<(IntegrationId, GroupId), VecDeque<WaitingEdit>>);

impl Lanes {
    /// As many lanes, one at least.
    pub(super) fn new(lanes: usize) -> Self {
        Self { first: Arc::default(), others: (1..lanes).map(|_| Arc::default()).collect() }
    }

    /// That of a user.
    fn of(&self, user: (IntegrationId, Uuid)) -> &Arc<Mutex<Lane>> {
        let mut hasher = DefaultHasher::new();
        user.hash(&mut hasher);
        let index = usize::try_from(hasher.finish()).unwrap_or_default() % (1 + self.others.len());
        self.others.get(index).unwrap_or(&self.first)
    }
}

/// Commits the change, together with others if there are any.
///
/// Where nobody is at work it begins at once, and what has begun is committed whether the caller goes on waiting or not, as
/// long as the process is not stopped: the server then has all of it or nothing. One that waits for others is not made when
/// its caller has gone before its turn.
pub(super) async fn commit(store: &PostgresDirectoryStore, change: Change) -> Answer {
    let (answer, answered) = oneshot::channel();
    if let Mutation::EditMembers { id, .. } = &change.mutation {
        let key = (change.integration, *id);
        let begun = locked(&store.member_edits).begin(key, Waiting { what: change, answer });
        if let Some(group) = begun {
            store.runtime.spawn(work_on_members(store.clone(), key, group));
        }
    } else {
        let Some((company, user)) = place(&change) else { return store.commit_alone(change).await };
        let lane = store.near.lanes.of((company.integration, user));
        let begun = locked(lane).begin(company, Waiting { what: (user, change), answer });
        if let Some(group) = begun {
            store.near.runtime.spawn(work(store.clone(), Arc::clone(lane), group));
        }
    }
    answered.await.unwrap_or_else(|gone| Err(StoreError::Unexpected(Box::new(gone)).into()))
}

/// With whom a change of a user may go, and which user it is of.
fn place(change: &Change) -> Option<(Company, Uuid)> {
    let (creates, user) = match &change.mutation {
        Mutation::CreateUser { record, .. } => (true, record.id),
        Mutation::ReplaceUser { record, .. } => (false, record.id),
        _ => return None,
    };
    Some((Company { integration: change.integration, creates }, user.0))
}

impl Lane {
    /// Answers what to begin with where nobody is at work here.
    fn begin(&mut self, company: Company, waiting: WaitingUser) -> Option<(IntegrationId, Vec<WaitingUser>)> {
        if self.push(company, waiting) { self.next() } else { None }
    }

    /// Answers whether somebody has to begin to work here.
    fn push(&mut self, company: Company, waiting: WaitingUser) -> bool {
        let queue = self.waiting.entry(company).or_default();
        if queue.is_empty() {
            self.turns.push_back(company);
        }
        queue.push_back(waiting);
        !std::mem::replace(&mut self.is_worked, true)
    }

    /// The changes that go next, of different users each; none when nobody waits, and the work here is done.
    fn next(&mut self) -> Option<(IntegrationId, Vec<WaitingUser>)> {
        while let Some(company) = self.turns.pop_front() {
            let Some(queue) = self.waiting.get_mut(&company) else { continue };
            let (mut group, mut users) = (Vec::new(), HashSet::new());
            while group.len() < LARGEST_GROUP
                && first(queue).is_some_and(|(user, _)| users.insert(*user))
                && let Some(next) = queue.pop_front()
            {
                group.push(next);
            }
            if queue.is_empty() {
                self.waiting.remove(&company);
            } else {
                self.turns.push_back(company);
            }
            if !group.is_empty() {
                return Some((company.integration, group));
            }
        }
        self.is_worked = false;
        None
    }
}

impl MemberQueues {
    /// Answers what to begin with where nobody is at work on the group.
    fn begin(&mut self, key: (IntegrationId, GroupId), edit: WaitingEdit) -> Option<Vec<WaitingEdit>> {
        if self.push(key, edit) { self.next(key) } else { None }
    }

    /// Answers whether somebody has to begin to work on the group.
    fn push(&mut self, key: (IntegrationId, GroupId), edit: WaitingEdit) -> bool {
        let is_new = !self.0.contains_key(&key);
        self.0.entry(key).or_default().push_back(edit);
        is_new
    }

    /// The edits that go next, in which nobody is named twice; none when the work on the group is done.
    fn next(&mut self, key: (IntegrationId, GroupId)) -> Option<Vec<WaitingEdit>> {
        let queue = self.0.get_mut(&key)?;
        let mut users = HashSet::new();
        let Some(may_go_with_others) = first(queue).map(|edit| joins(&mut users, edit)) else {
            self.0.remove(&key);
            return None;
        };
        let mut group: Vec<_> = queue.pop_front().into_iter().collect();
        while may_go_with_others
            && group.len() < LARGEST_GROUP
            && first(queue).is_some_and(|next| joins(&mut users, next))
            && let Some(next) = queue.pop_front()
        {
            group.push(next);
        }
        Some(group)
    }
}

/// Whether an edit of members can go with those that name these users, who are then one with its own.
fn joins(users: &mut HashSet<UserId>, edit: &Change) -> bool {
    let Mutation::EditMembers { expected: None, members: MemberChange::Delta { add, remove }, .. } =
        &edit.mutation
    else {
        return false;
    };
    let named = || add.iter().chain(remove);
    if users.len() + add.len() + remove.len() > MOST_MEMBERS || named().any(|user| users.contains(user)) {
        return false;
    }
    users.extend(named());
    true
}

fn locked<T>(lane: &Mutex<T>) -> MutexGuard<'_, T> {
    lane.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Commits a group, and what waits in its lane until nothing does.
async fn work(
    store: PostgresDirectoryStore,
    lane: Arc<Mutex<Lane>>,
    first: (IntegrationId, Vec<WaitingUser>),
) {
    let mut next = Some(first);
    while let Some((of, group)) = next {
        let (changes, answers) = group.into_iter().map(|waiting| (waiting.what.1, waiting.answer)).unzip();
        // In a task of its own: a panic costs the group, and not the lane. Whoever waits for an answer is told.
        let group = commit_group(store.clone(), store.near.pool.clone(), of, changes, answers);
        let _ended = store.near.runtime.spawn(group).await;
        next = locked(&lane).next();
    }
}

/// Commits edits of a group, and what waits for it until nothing does.
async fn work_on_members(
    store: PostgresDirectoryStore,
    key: (IntegrationId, GroupId),
    first: Vec<WaitingEdit>,
) {
    let mut next = Some(first);
    while let Some(group) = next {
        let (changes, answers) = group.into_iter().map(|waiting| (waiting.what, waiting.answer)).unzip();
        let group = commit_group(store.clone(), store.pool.clone(), key.0, changes, answers);
        let _ended = store.runtime.spawn(group).await;
        next = locked(&store.member_edits).next(key);
    }
}

async fn commit_group(
    store: PostgresDirectoryStore,
    pool: PostgresPool,
    of: IntegrationId,
    changes: Vec<Change>,
    answers: Vec<oneshot::Sender<Answer>>,
) {
    let together = match changes.as_slice() {
        [change] => Together::Done(vec![store.commit_one(&pool, change).await]),
        _ => store.commit_together(&pool, of, &changes).await,
    };
    match together {
        Together::Done(outcomes) => {
            // Whoever is answered has the resource alone, and need not copy it.
            drop(changes);
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                // Whoever does not wait any more finds it done.
                let _ = answer.send(outcome);
            }
        }
        Together::OneByOne => {
            let asked = answers.into_iter().zip(&changes);
            for (answer, change) in asked.filter(|(answer, _)| !answer.is_closed()) {
                let _ = answer.send(store.commit_one(&pool, change).await);
            }
        }
        Together::Failed { outcome_unknown, cause } => tell_all(answers, outcome_unknown, cause),
    }
}

/// What came of changes in one statement.
pub(super) enum Together {
    /// This, of each.
    Done(Vec<Answer>),
    /// The server refused the statement, and nothing was changed: one of them stood in the way of the others, and nobody
    /// knows which.
    OneByOne,
    /// It could not be asked, did not answer, or could not do it now: no better for one of them alone.
    Failed {
        /// Whether the statement may have been committed all the same.
        outcome_unknown: bool,
        /// Why.
        cause: CommitError,
    },
}

#[cfg(test)]
mod tests;
