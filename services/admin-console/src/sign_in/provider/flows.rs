use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::serde::ts_microseconds;
use chrono::{DateTime, Duration, Utc};
use hmac::digest::Key;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::http::LocalPath;
use crate::session::{is_same, random};

/// How long somebody may take at the provider.
const MINUTES: i64 = 10;

/// How the provider is to treat somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Manner {
    /// As it does.
    Asked,
    /// Without asking anything.
    Silent,
    /// They show anew who they are.
    Anew,
}

/// A sign-in that is under way. The browser that began it keeps it, so that strangers take no room here. Nothing in it is
/// a secret from that browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flow {
    pub(crate) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    /// Where to go on.
    to: String,
    pub(crate) manner: Manner,
    #[serde(with = "ts_microseconds")]
    began: DateTime<Utc>,
}

impl Flow {
    pub(super) fn begin(
        verifier: String,
        to: &LocalPath,
        manner: Manner,
        now: DateTime<Utc>,
    ) -> Result<Self, getrandom::Error> {
        let to = to.as_short().to_owned();
        Ok(Self { state: random()?, nonce: random()?, verifier, to, manner, began: now })
    }

    pub(crate) fn to(&self) -> LocalPath {
        LocalPath::parse(&self.to)
    }
}

/// Seals what browsers keep, with a key of this process.
pub(crate) struct Flows(Hmac<Sha256>);

impl Flows {
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut key = Key::<Hmac<Sha256>>::default();
        getrandom::fill(&mut key)?;
        Ok(Self(Hmac::new(&key)))
    }

    /// What the cookie of a flow holds.
    pub(crate) fn seal(&self, flow: &Flow) -> Result<String, serde_json::Error> {
        let content = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(flow)?);
        let seal = self.0.clone().chain_update(&content).finalize().into_bytes();
        Ok(format!("{content}.{}", BASE64_URL_SAFE_NO_PAD.encode(seal)))
    }

    /// The flow of a cookie, if it is one of ours, with this state, and not too old.
    pub(crate) fn open(&self, cookie: &str, state: &str, now: DateTime<Utc>) -> Option<Flow> {
        self.read(cookie, now).filter(|flow| is_same(&flow.state, state))
    }

    /// When a flow of ours began that is not too old.
    pub(crate) fn began(&self, cookie: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.read(cookie, now).map(|flow| flow.began)
    }

    fn read(&self, cookie: &str, now: DateTime<Utc>) -> Option<Flow> {
        let (content, seal) = cookie.split_once('.')?;
        let seal = BASE64_URL_SAFE_NO_PAD.decode(seal).ok()?;
        self.0.clone().chain_update(content).verify_slice(&seal).ok()?;
        let flow: Flow = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(content).ok()?).ok()?;
        (now - flow.began < Duration::minutes(MINUTES)).then_some(flow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_goes_on_with_its_own_state_unchanged_and_in_time() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let flow =
            Flow::begin("v".to_owned(), &LocalPath::parse("/log?kind=user"), Manner::Anew, now).unwrap();
        let flows = Flows::new().unwrap();
        let cookie = flows.seal(&flow).unwrap();
        assert_eq!(flows.open(&cookie, &flow.state, now).as_ref(), Some(&flow));
        assert_eq!((flow.to().as_str(), flows.began(&cookie, now)), ("/log?kind=user", Some(now)));

        assert_eq!(flows.open(&cookie, "another", now), None);
        assert_eq!(flows.open(&cookie, &flow.state, now + Duration::minutes(10)), None);
        assert_eq!(Flows::new().unwrap().open(&cookie, &flow.state, now), None, "of another process");
        let changed = flows.seal(&Flow { manner: Manner::Asked, ..flow.clone() }).unwrap();
        let (content, _) = changed.split_once('.').unwrap();
        let (_, seal) = cookie.split_once('.').unwrap();
        assert_eq!(flows.open(&format!("{content}.{seal}"), &flow.state, now), None);
        assert_eq!(flows.open("", &flow.state, now), None);
    }
}
