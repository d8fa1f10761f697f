//! Waiting requests committed together. A lane owns a connection, takes whatever waits, and answers all of it after one
//! statement: no timer, and therefore no delay for a lone client.

use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;

use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::NewUser;
use super::statements::CreateMany;

/// Lanes of one thread; the process has twice as many.
const LANES: usize = 2;
/// Users in one statement at most.
const LARGEST_BATCH: usize = 256;
/// Requests that may wait for a lane.
const QUEUE: usize = 1_024;

/// What became of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Created,
    Conflict,
    Failed,
}

struct Waiting {
    user: NewUser,
    answer: oneshot::Sender<Outcome>,
}

/// The lanes of one thread, in turn.
#[derive(Clone)]
pub(super) struct Lanes {
    senders: Rc<[mpsc::Sender<Waiting>]>,
    next: Rc<Cell<usize>>,
}

impl Lanes {
    /// Opens lanes that work on this thread's runtime.
    pub(super) fn open(database: &str) -> Self {
        let lane = |_| {
            let (sender, receiver) = mpsc::channel(QUEUE);
            actix_web::rt::spawn(work(database.to_owned(), receiver));
            sender
        };
        Self { senders: (0..LANES).map(lane).collect(), next: Rc::default() }
    }

    pub(super) async fn create(&self, user: NewUser) -> Outcome {
        let (answer, answered) = oneshot::channel();
        let turn = self.next.replace(self.next.get().wrapping_add(1));
        let Some(lane) = self.senders.get(turn % LANES) else { return Outcome::Failed };
        if lane.send(Waiting { user, answer }).await.is_err() {
            return Outcome::Failed;
        }
        answered.await.unwrap_or(Outcome::Failed)
    }
}

async fn work(database: String, mut waiting: mpsc::Receiver<Waiting>) {
    let mut connection = match AsyncPgConnection::establish(&database).await {
        Ok(connection) => connection,
        Err(error) => return eprintln!("floor: {error}"),
    };
    let mut batch = Vec::with_capacity(LARGEST_BATCH);
    while waiting.recv_many(&mut batch, LARGEST_BATCH).await > 0 {
        let (users, answers): (Vec<_>, Vec<_>) = batch
            .drain(..)
            .map(|Waiting { user, answer }: Waiting| {
                let id = user.id;
                (user, (id, answer))
            })
            .unzip();
        let made = CreateMany::of(users).load::<Uuid>(&mut connection).await.map(HashSet::<Uuid>::from_iter);
        for (id, answer) in answers {
            let outcome = match &made {
                Ok(made) if made.contains(&id) => Outcome::Created,
                Ok(_) => Outcome::Conflict,
                Err(_) => Outcome::Failed,
            };
            // A client that has gone needs no answer.
            let _ = answer.send(outcome);
        }
        if let Err(error) = made {
            eprintln!("floor: {error}");
        }
    }
}
