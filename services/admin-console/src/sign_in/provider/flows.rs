use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};
use openidconnect::PkceCodeVerifier;

use crate::http::LocalPath;
use crate::session::{Digest, is_same};

/// How long somebody may take at the provider.
const MINUTES: i64 = 10;

/// Sign-ins at most that are under way.
const MOST: usize = 1_000;

/// How the provider is to treat somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it does.
    Asked,
    /// Without asking anything.
    Silent,
    /// They show anew who they are.
    Anew,
}

/// A sign-in that is under way.
#[derive(Debug)]
pub(crate) struct Flow {
    pub(super) nonce: String,
    pub(super) verifier: PkceCodeVerifier,
    /// What the cookie of the browser that began it holds.
    pub(super) browser: String,
    /// Where to go on.
    pub(crate) to: LocalPath,
    pub(crate) manner: Manner,
    pub(super) began: DateTime<Utc>,
}

/// Those under way, by the digest of their state.
#[derive(Default)]
pub(crate) struct Flows(Mutex<HashMap<Digest, Flow>>);

impl Flows {
    pub(super) fn keep(&self, state: &str, flow: Flow, now: DateTime<Utc>) {
        let mut flows = self.flows();
        flows.retain(|_, flow| is_open(flow, now));
        if flows.len() >= MOST {
            let oldest = flows.iter().min_by_key(|(_, flow)| flow.began).map(|(digest, _)| *digest);
            oldest.and_then(|digest| flows.remove(&digest));
        }
        flows.insert(Digest::of(state), flow);
    }

    /// The one with this state, if this browser began it. It is over by that.
    pub(crate) fn take(&self, state: &str, browser: &str, now: DateTime<Utc>) -> Option<Flow> {
        let flow = self.flows().remove(&Digest::of(state))?;
        (is_open(&flow, now) && is_same(&flow.browser, browser)).then_some(flow)
    }

    fn flows(&self) -> MutexGuard<'_, HashMap<Digest, Flow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_open(flow: &Flow, now: DateTime<Utc>) -> bool {
    now - flow.began < Duration::minutes(MINUTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_is_ended_by_the_browser_that_began_it_once_and_in_time() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let flow = || Flow {
            nonce: "n".to_owned(),
            verifier: PkceCodeVerifier::new("v".to_owned()),
            browser: "firefox".to_owned(),
            to: LocalPath::parse("/log"),
            manner: Manner::Asked,
            began: now,
        };
        let flows = Flows::default();
        flows.keep("state", flow(), now);
        assert!(flows.take("another", "firefox", now).is_none());
        assert!(flows.take("state", "firefox", now).is_some());
        assert!(flows.take("state", "firefox", now).is_none());
        flows.keep("state", flow(), now);
        assert!(flows.take("state", "chrome", now).is_none());
        flows.keep("state", flow(), now);
        assert!(flows.take("state", "firefox", now + Duration::minutes(10)).is_none());
    }
}
