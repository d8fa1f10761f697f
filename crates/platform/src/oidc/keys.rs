use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Client, Url};

use super::jwk::{self, Keys};
use crate::telemetry::chain;

/// Longest document, in bytes. Entra's has some 20,000.
const LONGEST_DOCUMENT_BYTES: usize = 1024 * 1024;

/// Time for a document to arrive.
const FETCH_TIME: Duration = Duration::from_secs(5);

/// Time for which keys are not asked for again without a reason.
const FRESH: TimeDelta = TimeDelta::hours(1);

/// Time for which keys are good while the issuer cannot be asked.
const USABLE: TimeDelta = TimeDelta::hours(24);

/// Time between two questions to an issuer, whatever the reason: tokens with made-up key ids cost nothing to send.
const PAUSE: TimeDelta = TimeDelta::minutes(1);

/// The same after the first failure while there is no key at all, so that nobody is let in; each failure doubles it.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(1);

/// Failures after which it is longer than [`PAUSE`].
const MOST_DOUBLED: u32 = 6;

/// Where an issuer has its keys.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeysUrl(Url);

/// An address is none for keys.
#[derive(Debug, thiserror::Error)]
#[error("must be an address that begins with https://, without a user")]
pub struct InvalidUrl;

impl KeysUrl {
    /// Reads an address, which must be of HTTPS.
    ///
    /// # Errors
    /// When it is not.
    pub fn parse(text: &str) -> Result<Self, InvalidUrl> {
        Url::parse(text)
            .ok()
            .filter(|url| url.scheme() == "https" && names_a_host(url))
            .map(Self)
            .ok_or(InvalidUrl)
    }

    /// As [`KeysUrl::parse`], and takes plain HTTP to this machine too. For development and tests.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse_for_development(text: &str) -> Result<Self, InvalidUrl> {
        let url = Url::parse(text).ok().filter(|url| url.scheme() == "http" && names_a_host(url));
        match url.filter(is_loopback) {
            Some(url) => Ok(Self(url)),
            None => Self::parse(text),
        }
    }
}

fn names_a_host(url: &Url) -> bool {
    url.has_host() && url.username().is_empty() && url.password().is_none()
}

/// A name would have to be resolved, and could be anywhere.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// The keys of an issuer cannot be had, nor are there any from before that are still good.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// They were asked for in vain a moment ago.
    #[error("the issuer's keys could not be fetched a moment ago")]
    Recently,
    /// The issuer cannot be reached, or took too long.
    #[error("the issuer's keys cannot be fetched")]
    Http(#[from] reqwest::Error),
    /// The issuer answered something else. Redirects are not followed.
    #[error("the issuer answered {0} when asked for its keys")]
    Status(u16),
    /// The document is longer than any that is meant well.
    #[error("the issuer's keys are too long a document")]
    TooLong,
    /// The document is none of keys.
    #[error("the issuer's keys cannot be read")]
    Document(#[from] serde_json::Error),
    /// The question ended before its answer. A fault of this program.
    #[error("the question for the issuer's keys ended early")]
    Ended(#[from] tokio::task::JoinError),
}

/// Fetches the keys of issuers, and keeps them.
#[derive(Clone)]
pub(super) struct KeyCache {
    http: Client,
    sources: Arc<Mutex<HashMap<KeysUrl, Arc<Source>>>>,
}

/// One issuer's keys.
#[derive(Default)]
struct Source {
    state: Mutex<State>,
    /// Held while the issuer is asked, so that it is asked once for all who wait.
    asking: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct State {
    /// Of when, and which.
    fetched: Option<(DateTime<Utc>, Arc<Keys>)>,
    /// When the issuer was last asked, in vain or not.
    asked: Option<DateTime<Utc>>,
    /// How often it was asked in vain since it last answered.
    failures: u32,
}

impl State {
    /// The keys, when they are younger than `age`.
    fn younger_than(&self, age: TimeDelta, now: DateTime<Utc>) -> Option<&Arc<Keys>> {
        self.fetched.as_ref().filter(|(of, _)| now - *of < age).map(|(_, keys)| keys)
    }

    fn may_ask(&self, now: DateTime<Utc>) -> bool {
        self.asked.is_none_or(|asked| now - asked >= self.pause(now))
    }

    fn pause(&self, now: DateTime<Utc>) -> TimeDelta {
        if self.younger_than(USABLE, now).is_some() {
            return PAUSE;
        }
        let doubled = self.failures.saturating_sub(1).min(MOST_DOUBLED);
        (FIRST_PAUSE * (1 << doubled)).min(PAUSE)
    }
}

impl KeyCache {
    pub(super) fn try_new() -> Result<Self, reqwest::Error> {
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(FETCH_TIME)
            // Used once an hour; and each thread that serves has a runtime of its own, with which its connections end.
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(Self { http, sources: Arc::default() })
    }

    /// The keys of an issuer: those in memory if they are fresh and have the key `key_id`, else those that the issuer
    /// has now if it may be asked, else those in memory as long as they are good.
    pub(super) async fn keys(
        &self,
        url: &KeysUrl,
        key_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Arc<Keys>, KeysError> {
        let source = Arc::clone(lock(&self.sources).entry(url.clone()).or_default());
        if let Some(keys) = source.known(FRESH, key_id, now) {
            return Ok(keys);
        }
        let asking = match (source.known(USABLE, key_id, now), Arc::clone(&source.asking).try_lock_owned()) {
            (_, Ok(asking)) => asking,
            // Another asks already, and what is known will do.
            (Some(keys), Err(_)) => return Ok(keys),
            (None, Err(_)) => Arc::clone(&source.asking).lock_owned().await,
        };
        if let Some(keys) = source.known(FRESH, key_id, now) {
            return Ok(keys);
        }
        let failure = if source.begin_to_ask(now) {
            // A task of its own: a caller who goes away must not stop what others wait for.
            let (http, url, source) = (self.http.clone(), url.clone(), Arc::clone(&source));
            tokio::spawn(async move { source.ask(&http, &url, now, asking).await }).await?
        } else {
            Err(KeysError::Recently)
        };
        let state = lock(&source.state);
        match (state.younger_than(USABLE, now), failure) {
            (Some(keys), _) => Ok(Arc::clone(keys)),
            (None, Err(error)) => Err(error),
            (None, Ok(())) => Err(KeysError::Recently),
        }
    }
}

impl Source {
    /// The keys in memory, when they are younger than `age` and have the key.
    fn known(&self, age: TimeDelta, key_id: &str, now: DateTime<Utc>) -> Option<Arc<Keys>> {
        let state = lock(&self.state);
        state.younger_than(age, now).filter(|keys| keys.contains_key(key_id)).cloned()
    }

    /// Whether the issuer may be asked; if so, it counts as asked.
    fn begin_to_ask(&self, now: DateTime<Utc>) -> bool {
        let mut state = lock(&self.state);
        let may = state.may_ask(now);
        if may {
            state.asked = Some(now);
        }
        may
    }

    async fn ask(
        &self,
        http: &Client,
        url: &KeysUrl,
        now: DateTime<Utc>,
        _asking: tokio::sync::OwnedMutexGuard<()>,
    ) -> Result<(), KeysError> {
        match fetch(http, url).await {
            Ok(keys) => {
                tracing::info!(url = %url.0, keys = keys.len(), "the keys of an issuer were fetched");
                let mut state = lock(&self.state);
                (state.fetched, state.failures) = (Some((now, Arc::new(keys))), 0);
                Ok(())
            }
            Err(error) => {
                tracing::warn!(url = %url.0, error = %chain(&error), "the keys of an issuer cannot be fetched");
                let mut state = lock(&self.state);
                state.failures = state.failures.saturating_add(1);
                Err(error)
            }
        }
    }
}

async fn fetch(http: &Client, url: &KeysUrl) -> Result<Keys, KeysError> {
    let mut response = http.get(url.0.clone()).send().await?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(KeysError::Status(response.status().as_u16()));
    }
    let mut document = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if document.len() + chunk.len() > LONGEST_DOCUMENT_BYTES {
            return Err(KeysError::TooLong);
        }
        document.extend_from_slice(&chunk);
    }
    Ok(jwk::parse(&document)?)
}

/// Nothing that is held for so short can be left half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_fetched_over_https_and_for_development_from_this_machine() {
        let good = "https://login.microsoftonline.com/common/discovery/v2.0/keys";
        assert!(KeysUrl::parse(good).is_ok() && KeysUrl::parse_for_development(good).is_ok());
        for local in ["http://127.0.0.1:8080/keys", "http://127.9.9.9/", "http://[::1]/keys"] {
            assert!(KeysUrl::parse(local).is_err(), "{local}");
            assert!(KeysUrl::parse_for_development(local).is_ok(), "{local}");
        }
        let neither = [
            "http://login.microsoftonline.com/keys",
            "http://localhost/keys",
            "http://127.0.0.1.evil.example/keys",
            "http://127.0.0.1@evil.example/keys",
            "http://10.0.0.1/keys",
            "https://user:password@login.example/keys",
            "https://user@login.example/keys",
            "file:///etc/passwd",
            "ftp://login.example/keys",
            "data:application/json,{}",
            "https://",
            "keys",
            "",
        ];
        for url in neither {
            assert!(KeysUrl::parse(url).is_err() && KeysUrl::parse_for_development(url).is_err(), "{url}");
        }
    }
}
