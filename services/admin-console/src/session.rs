//! Who is signed in: in the memory of this process, and nowhere else.

mod flash;
mod search;
mod secret;
mod store;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};
use secrecy::SecretString;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::api::{Portals, Role, Roles, Whoami};

pub use flash::Flash;
pub use search::Search;
pub use secret::{Digest, is_same, random};
pub use store::{Lifetime, Sessions};

/// How recent a proof must be for what lets somebody in.
const FRESH_MINUTES: i64 = 10;

/// For so long somebody has only just signed in.
const YOUNG_MINUTES: i64 = 1;

/// So long before its end a token is exchanged for a new one.
const RENEWAL_MINUTES: i64 = 5;

/// Live views that one person may have open.
const TAILS: usize = 3;

/// By which way somebody came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A one-time link.
    Link,
    /// The OpenID provider.
    Oidc,
}

/// Somebody who proved who they are.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Whom the token stands for.
    pub who: Whoami,
    /// The administrator's token, passed on with every request to the services.
    pub token: SecretString,
    /// When it ends, if that is known.
    pub token_ends: Option<DateTime<Utc>>,
    /// By which way.
    pub way: Way,
    /// When they proved it.
    pub proven_at: DateTime<Utc>,
}

/// One person in one browser.
pub struct Session {
    digest: Digest,
    /// Stands in every form (a synchronizer token).
    pub csrf: String,
    /// Their name.
    pub subject: String,
    roles: Roles,
    /// By which way they came in.
    pub way: Way,
    /// Passed on to the services.
    pub token: SecretString,
    token_ends: Option<DateTime<Utc>>,
    proven_at: DateTime<Utc>,
    started_at: DateTime<Utc>,
    tails: Arc<Semaphore>,
    mutable: Mutex<Mutable>,
}

#[derive(Clone, Default)]
struct Mutable {
    last_seen: DateTime<Utc>,
    flashes: Vec<Flash>,
    searches: search::Searches,
    integration: Option<String>,
    return_to: Option<String>,
    was_renewal_tried: bool,
}

impl Session {
    /// Whether the role suffices in a portal, as far as the token says.
    pub fn allows(&self, role: Role, portal: &str) -> bool {
        self.roles.allow(role, portal)
    }

    /// Where they may make an integration, as far as the token says.
    pub fn owned_portals(&self) -> Portals {
        self.roles.portals(Role::Owner)
    }

    /// Whether to offer to make an integration.
    pub fn may_make(&self) -> bool {
        self.owned_portals() != Portals::These(BTreeSet::new())
    }

    /// Whether they proved recently who they are.
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        now - self.proven_at < Duration::minutes(FRESH_MINUTES)
    }

    /// Whether it began a moment ago.
    pub fn is_young(&self, now: DateTime<Utc>) -> bool {
        now - self.started_at < Duration::minutes(YOUNG_MINUTES)
    }

    /// Whether the token should be exchanged for a new one now. True once: where that cannot be done, the old token is
    /// used to its end.
    pub fn is_to_be_renewed(&self, now: DateTime<Utc>) -> bool {
        let is_time = self.way == Way::Oidc && ends_soon(self.token_ends, now);
        is_time && !std::mem::replace(&mut self.mutable().was_renewal_tried, true)
    }

    /// Leaves a message for the next page.
    pub fn leave(&self, flash: Flash) {
        let mut state = self.mutable();
        // Addresses of nothing that somebody opens one after the other leave the same each time.
        if state.flashes.last() != Some(&flash) {
            state.flashes.push(flash);
        }
    }

    /// Takes the messages that were left.
    pub fn take_flashes(&self) -> Vec<Flash> {
        std::mem::take(&mut self.mutable().flashes)
    }

    /// Keeps a search until many others were made, or the session ends, and answers the id for its address; none when it is too long.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn keep_search(&self, search: Search) -> Result<Option<String>, getrandom::Error> {
        self.mutable().searches.keep(search)
    }

    /// The search of an id, while it is kept.
    pub fn search(&self, id: &str) -> Option<Search> {
        self.mutable().searches.find(id)
    }

    /// The integration that was looked at last.
    pub fn integration(&self) -> Option<String> {
        self.mutable().integration.clone()
    }

    /// Remembers the integration that is looked at.
    pub fn look_at(&self, integration: &str) {
        self.mutable().integration = Some(integration.to_owned());
    }

    /// Remembers where they were when they had to prove anew who they are.
    pub fn return_to(&self, path: &str) {
        self.mutable().return_to = Some(path.to_owned());
    }

    /// Where they were then.
    pub fn take_return(&self) -> Option<String> {
        self.mutable().return_to.take()
    }

    /// A place for a live view, as long as there is one.
    pub fn tail(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.tails).try_acquire_owned().ok()
    }

    fn mutable(&self) -> MutexGuard<'_, Mutable> {
        self.mutable.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ends_soon(token_ends: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    token_ends.is_some_and(|ends| ends - now < Duration::minutes(RENEWAL_MINUTES))
}
