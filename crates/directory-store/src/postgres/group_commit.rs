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

use directory::{
    Change, CommitError, Committed, GroupId, IntegrationId, MemberChange, Mutation, StoreError, UserId,
};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::PostgresDirectoryStore;

/// Statements under way at the same time at most. One cannot use a disk that takes long to flush; with many, groups are
/// small. The changes of one user are all in one lane, so that two of them never stand in each other's way.
const LANES: usize = 4;

/// Changes in one statement at most.
const LARGEST_GROUP: usize = 64;

/// Users whom edits of members that go together name at most: who adds one must not wait long for who adds thousands.
const MOST_MEMBERS: usize = 1_000;

type Answer = Result<Committed, CommitError>;

/// Where changes wait.
#[derive(Default)]
pub(super) struct Lanes {
    users: [Arc<Mutex<Lane>>; LANES],
    members: Arc<Mutex<MemberQueues>>,
}

#[derive(Default)]
struct Lane {
    /// Whether somebody commits what waits here.
    is_worked: bool,
    waiting: HashMap<Company, VecDeque<Waiting>>,
    /// Whose turn it is, each once, so that an integration with many changes waits behind each that has a few.
    turns: VecDeque<Company>,
}

/// Changes that may go together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Company {
    integration: IntegrationId,
    creates: bool,
}

struct Waiting {
    change: Change,
    user: Uuid,
    answer: oneshot::Sender<Answer>,
}

/// Edits of members by group; there is a queue as long as somebody works on it.
#[derive(Default)]
struct MemberQueues(HashMap<(IntegrationId, GroupId), VecDeque<WaitingEdit>>);

struct WaitingEdit {
    change: Change,
    answer: oneshot::Sender<Answer>,
}

/// Why a whole group was not committed.
#[derive(Debug, thiserror::Error)]
#[error("the changes that were committed together failed")]
struct GroupFailed(#[source] Arc<CommitError>);

impl Lanes {
    /// Commits the change, together with others if there are any.
    ///
    /// It is committed whether the caller goes on waiting or not.
    pub(super) async fn commit(&self, store: &PostgresDirectoryStore, change: Change) -> Answer {
        let (answer, answered) = oneshot::channel();
        if let Mutation::EditMembers { id, .. } = &change.mutation {
            let key = (change.integration, *id);
            if locked(&self.members).push(key, WaitingEdit { change, answer }) {
                store.runtime.spawn(work_on_members(store.clone(), Arc::clone(&self.members), key));
            }
        } else {
            let Some((company, user)) = place(&change) else { return store.commit_alone(change).await };
            let mut hasher = DefaultHasher::new();
            (company.integration, user).hash(&mut hasher);
            let index = usize::try_from(hasher.finish()).unwrap_or_default() % LANES;
            let [first, ..] = &self.users;
            let lane = self.users.get(index).unwrap_or(first);
            if locked(lane).push(company, Waiting { change, user, answer }) {
                store.runtime.spawn(work(store.clone(), Arc::clone(lane)));
            }
        }
        answered.await.unwrap_or_else(|gone| Err(StoreError::Unexpected(Box::new(gone)).into()))
    }
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
    /// Answers whether somebody has to begin to work here.
    fn push(&mut self, company: Company, waiting: Waiting) -> bool {
        let queue = self.waiting.entry(company).or_default();
        if queue.is_empty() {
            self.turns.push_back(company);
        }
        queue.push_back(waiting);
        !std::mem::replace(&mut self.is_worked, true)
    }

    /// The changes that go next, of different users each; none when nobody waits, and the work here is done.
    fn next(&mut self) -> Option<(IntegrationId, Vec<Waiting>)> {
        while let Some(company) = self.turns.pop_front() {
            let Some(queue) = self.waiting.get_mut(&company) else { continue };
            let (mut group, mut users) = (Vec::new(), HashSet::new());
            while group.len() < LARGEST_GROUP
                && queue.front().is_some_and(|next| users.insert(next.user))
                && let Some(next) = queue.pop_front()
            {
                group.push(next);
            }
            if queue.is_empty() {
                self.waiting.remove(&company);
            } else {
                self.turns.push_back(company);
            }
            return Some((company.integration, group));
        }
        self.is_worked = false;
        None
    }
}

impl MemberQueues {
    /// Answers whether somebody has to begin to work on the group.
    fn push(&mut self, key: (IntegrationId, GroupId), edit: WaitingEdit) -> bool {
        let is_new = !self.0.contains_key(&key);
        self.0.entry(key).or_default().push_back(edit);
        is_new
    }

    /// The edits that go next, in which nobody is named twice; none when the work on the group is done.
    fn next(&mut self, key: (IntegrationId, GroupId)) -> Vec<WaitingEdit> {
        let Some(queue) = self.0.get_mut(&key) else { return vec![] };
        let Some(first) = queue.pop_front() else {
            self.0.remove(&key);
            return vec![];
        };
        let mut users = HashSet::new();
        let may_go_with_others = joins(&mut users, &first.change);
        let mut group = vec![first];
        while may_go_with_others
            && group.len() < LARGEST_GROUP
            && queue.front().is_some_and(|next| joins(&mut users, &next.change))
            && let Some(next) = queue.pop_front()
        {
            group.push(next);
        }
        group
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

/// Commits what waits in a lane, until nothing does.
async fn work(store: PostgresDirectoryStore, lane: Arc<Mutex<Lane>>) {
    loop {
        let Some((of, group)) = locked(&lane).next() else { return };
        let (changes, answers) = group.into_iter().map(|waiting| (waiting.change, waiting.answer)).unzip();
        // In a task of its own: a panic costs the group, and not the lane. Whoever waits for an answer is told.
        let _ended = store.runtime.spawn(commit_group(store.clone(), of, changes, answers)).await;
    }
}

/// Commits what waits for a group, until nothing does.
async fn work_on_members(
    store: PostgresDirectoryStore,
    queues: Arc<Mutex<MemberQueues>>,
    key: (IntegrationId, GroupId),
) {
    loop {
        let group = locked(&queues).next(key);
        if group.is_empty() {
            return;
        }
        let (changes, answers) = group.into_iter().map(|waiting| (waiting.change, waiting.answer)).unzip();
        let _ended = store.runtime.spawn(commit_group(store.clone(), key.0, changes, answers)).await;
    }
}

async fn commit_group(
    store: PostgresDirectoryStore,
    of: IntegrationId,
    changes: Vec<Change>,
    answers: Vec<oneshot::Sender<Answer>>,
) {
    let together =
        if changes.len() > 1 { store.commit_together(of, &changes).await } else { Together::OneByOne };
    match together {
        Together::Done(outcomes) => {
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                // Whoever does not wait any more finds it done.
                let _ = answer.send(outcome);
            }
        }
        Together::OneByOne => {
            for (answer, change) in answers.into_iter().zip(&changes) {
                let _ = answer.send(store.commit_here(change).await);
            }
        }
        Together::Failed { outcome_unknown, cause } => {
            let cause = Arc::new(cause);
            for answer in answers {
                let source = Box::new(GroupFailed(Arc::clone(&cause)));
                let _ = answer.send(Err(StoreError::Unavailable { outcome_unknown, source }.into()));
            }
        }
    }
}

/// What came of changes in one statement.
pub(super) enum Together {
    /// This, of each.
    Done(Vec<Answer>),
    /// The server refused the statement, and nothing was changed: one of them stood in the way of the others, and nobody
    /// knows which.
    OneByOne,
    /// It could not be asked, or did not answer.
    Failed {
        /// Whether the statement may have been committed all the same.
        outcome_unknown: bool,
        /// Why.
        cause: CommitError,
    },
}

#[cfg(test)]
mod tests;
