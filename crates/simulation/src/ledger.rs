//! What was asked for, and what was answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use directory::DirectoryError;
use uuid::Uuid;

/// Every write of every integration, and whom each integration knows.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<Pages>);

#[derive(Default)]
pub(crate) struct Pages {
    /// By the id of the request.
    pub(crate) writes: BTreeMap<Uuid, Write>,
    /// SCIM ids of the people and teams of each integration, as it believes.
    pub(crate) known: BTreeMap<(usize, Key), Uuid>,
    pub(crate) requests: u128,
}

/// Whom a request is about, to the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Person(usize),
    Team(usize),
}

pub(crate) struct Write {
    pub(crate) integration: usize,
    pub(crate) intent: Intent,
    pub(crate) answer: Answer,
    /// Commits before it was sent, and before it was answered.
    pub(crate) began: usize,
    pub(crate) ended: usize,
}

/// How a write was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Not, or with a failure behind which it may be done.
    InDoubt,
    Acknowledged,
    /// It is not done.
    Refused,
}

/// What a write means, in the words of the source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Intent {
    CreatePerson(Person),
    /// Values that change, one by one.
    ChangePerson(Uuid, Vec<(Field, Option<String>)>),
    ReplacePerson(Uuid, Person),
    DeletePerson(Uuid),
    CreateTeam(Team),
    ChangeTeam(Uuid, TeamChange),
    DeleteTeam(Uuid),
}

/// A person as the source has it; an absent field has no value.
pub(crate) type Person = BTreeMap<Field, String>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    ExternalId,
    UserName,
    Active,
    GivenName,
    Title,
    Department,
    Phone,
    Manager,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Team {
    pub(crate) external_id: String,
    pub(crate) name: String,
    pub(crate) members: BTreeSet<Uuid>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TeamChange {
    pub(crate) name: Option<String>,
    pub(crate) joining: BTreeSet<Uuid>,
    pub(crate) leaving: BTreeSet<Uuid>,
    /// These and nobody else.
    pub(crate) exactly: Option<BTreeSet<Uuid>>,
}

impl Ledger {
    pub(crate) fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    pub(crate) fn next_request(&mut self) -> Uuid {
        self.requests += 1;
        Uuid::from_u128(0x5EED << 64 | self.requests)
    }

    /// Notes a write before it is sent. It is in doubt until it is answered.
    pub(crate) fn open(&mut self, integration: usize, intent: Intent, began: usize) -> Uuid {
        let txn = self.next_request();
        let write = Write { integration, intent, answer: Answer::InDoubt, began, ended: usize::MAX };
        self.writes.insert(txn, write);
        txn
    }

    pub(crate) fn answer<T>(&mut self, txn: Uuid, answer: &Result<T, DirectoryError>, ended: usize) {
        if let Some(write) = self.writes.get_mut(&txn) {
            write.answer = answer_of(answer);
            write.ended = ended;
        }
    }
}

fn answer_of<T>(answer: &Result<T, DirectoryError>) -> Answer {
    match answer {
        Ok(_) => Answer::Acknowledged,
        Err(DirectoryError::Store(directory::StoreError::Unavailable { outcome_unknown: true, .. })) => {
            Answer::InDoubt
        }
        Err(_) => Answer::Refused,
    }
}
