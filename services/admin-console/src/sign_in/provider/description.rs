//! What the provider says of itself: its addresses and its keys.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};
use openidconnect::IssuerUrl;
use openidconnect::core::CoreProviderMetadata;
use reqwest::Client;

use super::exchange::fetch;
use crate::http::Failure;

/// How long it is kept.
const KNOWN: Duration = Duration::minutes(60);

/// For so long after it could not be had nobody asks again: whoever comes meanwhile is told at once.
const AWAY: Duration = Duration::seconds(10);

/// Between two times that it is asked for anew because of a key that is not known.
const BETWEEN_RENEWALS: Duration = Duration::minutes(1);

/// The description of one provider, as it was told last.
pub(super) struct Description {
    issuer: IssuerUrl,
    http: Client,
    /// Held while the provider is asked: what one finds out, all who wait know.
    asking: tokio::sync::Mutex<()>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    told: Option<(DateTime<Utc>, Arc<CoreProviderMetadata>)>,
    failed_at: Option<DateTime<Utc>>,
    renewed_at: Option<DateTime<Utc>>,
}

impl Known {
    /// What is known without asking, a failure included.
    fn answer(&self, now: DateTime<Utc>) -> Option<Result<Arc<CoreProviderMetadata>, Failure>> {
        let told = self.told.as_ref().filter(|(at, _)| now - *at < KNOWN);
        let is_away = self.failed_at.is_some_and(|at| now - at < AWAY);
        told.map(|(_, metadata)| Ok(Arc::clone(metadata))).or(is_away.then_some(Err(Failure::ProviderAway)))
    }
}

impl Description {
    pub(super) fn new(issuer: IssuerUrl, http: Client) -> Self {
        Self { issuer, http, asking: tokio::sync::Mutex::default(), known: Mutex::default() }
    }

    pub(super) async fn get(&self, now: DateTime<Utc>) -> Result<Arc<CoreProviderMetadata>, Failure> {
        if let Some(answer) = self.known().answer(now) {
            return answer;
        }
        let _asking = self.asking.lock().await;
        if let Some(answer) = self.known().answer(now) {
            return answer;
        }
        let ask = |request| fetch(self.http.clone(), request);
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &ask).await;
        // Asking may have taken long.
        let now = platform::clock::now();
        let mut known = self.known();
        match found {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                known.told = Some((now, Arc::clone(&metadata)));
                known.failed_at = None;
                Ok(metadata)
            }
            Err(error) => {
                tracing::warn!(%error, "the OpenID provider cannot be asked");
                known.failed_at = Some(now);
                Err(Failure::ProviderAway)
            }
        }
    }

    /// Forgets what has no key of a token, unless somebody did a moment ago; answers whether it is worth asking again.
    pub(super) fn forget(&self, without_key: &Arc<CoreProviderMetadata>, now: DateTime<Utc>) -> bool {
        let mut known = self.known();
        if known.told.as_ref().is_none_or(|(_, told)| !Arc::ptr_eq(told, without_key)) {
            return true;
        }
        if known.renewed_at.is_some_and(|at| now - at < BETWEEN_RENEWALS) {
            return false;
        }
        known.renewed_at = Some(now);
        known.told = None;
        true
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
