use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::entra::{Answer, Entra, PATCH_OP};

use super::{Acknowledged, Ledger};
use crate::world::Entrance;

/// Longer than the gateway may take.
const ANSWER: Duration = Duration::from_secs(30);

/// Between two tries. Entra waits longer; what it does is the same.
const PAUSE: Duration = Duration::from_millis(300);

/// Writes until it is answered, and keeps account.
#[derive(Clone)]
pub(super) struct Writer {
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    entrance: Entrance,
    ledger: Ledger,
    deadline: Option<Instant>,
    /// Counts tries, so that gateways take turns.
    turn: usize,
}

impl Writer {
    pub(super) fn new(entrance: Entrance) -> Self {
        Self {
            shared: Arc::new(Mutex::new(Shared {
                entrance,
                ledger: Ledger::default(),
                deadline: None,
                turn: 0,
            })),
        }
    }

    pub(super) fn use_entrance(&self, entrance: Entrance) {
        self.shared().entrance = entrance;
    }

    pub(super) fn insist_for_ever(&self) {
        self.shared().deadline = None;
    }

    pub(super) fn give_up_after(&self, patience: Duration) {
        self.shared().deadline = Some(Instant::now() + patience);
    }

    pub(super) fn ledger(&self) -> Ledger {
        self.shared().ledger.clone()
    }

    pub(super) fn acknowledged(&self) -> usize {
        self.shared().ledger.acknowledged.len()
    }

    pub(super) fn tries(&self) -> usize {
        self.shared().ledger.answers.values().sum()
    }

    /// An answer that nothing excuses.
    pub(super) fn note_unexpected(&self, what: String) {
        self.shared().ledger.unexpected.push(what);
    }

    pub(super) async fn patch(&self, path: &str, operations: Value) -> Option<Answer> {
        self.write(Method::PATCH, path, Some(json!({ "schemas": [PATCH_OP], "Operations": operations })))
            .await
    }

    /// Tries until there is an answer that is no failure of the service, and counts it when it is 2xx. `None` when it was
    /// given up, which is on the record.
    pub(super) async fn write(&self, method: Method, path: &str, body: Option<Value>) -> Option<Answer> {
        let answer = self.insist(&method, path, body).await?;
        match answer.status {
            200..=299 => {
                if let Some(acknowledged) = acknowledged(path, &answer) {
                    self.shared().ledger.acknowledged.push(acknowledged);
                }
            }
            // What Entra understands: it was there before, it is gone already.
            404 if method == Method::DELETE => {}
            409 if method == Method::POST => {}
            status => self.note_unexpected(format!("{method} {path} was answered {status}")),
        }
        Some(answer)
    }

    pub(super) async fn read(&self, path: &str) -> Option<Answer> {
        self.insist(&Method::GET, path, None).await
    }

    async fn insist(&self, method: &Method, path: &str, body: Option<Value>) -> Option<Answer> {
        let body = body.map(|body| body.to_string().into_bytes());
        loop {
            let gateway = self.next_gateway()?;
            let sending = gateway.try_send(method.clone(), path, &[], body.clone());
            let answer = match tokio::time::timeout(ANSWER, sending).await {
                Ok(Ok(answer)) => Some(answer),
                Ok(Err(_)) | Err(_) => None,
            };
            let status = answer.as_ref().map_or(0, |answer| answer.status);
            *self.shared().ledger.answers.entry(status).or_default() += 1;
            match answer {
                // A token that is no longer good is replaced by a person, and Entra goes on.
                Some(answer) if answer.status < 500 && !matches!(answer.status, 401 | 429) => {
                    return Some(answer);
                }
                Some(answer) if answer.status != 503 && answer.status >= 500 => {
                    self.note_unexpected(format!("{method} {path} was answered {}", answer.status));
                }
                _ => {}
            }
            let deadline = self.shared().deadline;
            if deadline.is_some_and(|deadline| Instant::now() > deadline) {
                self.note_unexpected(format!("{method} {path} was never answered, at last with {status}"));
                return None;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn next_gateway(&self) -> Option<Entra> {
        let mut shared = self.shared();
        shared.turn += 1;
        shared.entrance.gateway(shared.turn).cloned()
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an answer promises: `W/"3"` of the resource that it shows or that was asked for.
fn acknowledged(path: &str, answer: &Answer) -> Option<Acknowledged> {
    let version = answer.header("etag").trim_start_matches("W/").trim_matches('"').parse().ok()?;
    let shown = answer.body["id"].as_str().or_else(|| path.rsplit('/').next())?;
    Some(Acknowledged { scim_id: shown.to_owned(), version })
}
