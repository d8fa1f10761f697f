//! Integrations and credentials in memory, so that nobody who signs in waits for the store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};

use crate::{IntegrationSlug, IntegrationStore, Registration, StoreError};

/// How long what is in memory may be used without asking whether anything has changed. Together with the pause between
/// two refreshes, the time until a revocation is known everywhere: at most five seconds.
const TRUSTED_SECONDS: i64 = 3;

/// How long a question whether anything has changed is not repeated for the sake of what is not known. Made-up credentials
/// cost the store ten questions a second at most.
const FRESH_MILLISECONDS: i64 = 100;

/// What is known of integrations, and until when that may be relied on.
pub struct Registry {
    store: Arc<dyn IntegrationStore>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// Number of the last change, and when it was asked for.
    version: Option<(i64, DateTime<Utc>)>,
    /// When somebody last asked for the sake of what is not known.
    sought: Option<DateTime<Utc>>,
    /// Registrations, each with the number that was known before it was read.
    registrations: HashMap<IntegrationSlug, (i64, Arc<Registration>)>,
    /// How often what is known was doubted: an answer from before the last doubt is too old.
    doubts: u64,
}

impl Registry {
    /// A registry over a store.
    pub fn new(store: Arc<dyn IntegrationStore>) -> Self {
        Self { store, known: Mutex::default() }
    }

    /// All that is known of an integration; `None` when there is none.
    ///
    /// # Errors
    /// When the store is away for longer than what is in memory may be relied on: then nobody is let in.
    ///
    /// # Guarantees
    /// What it answers was true at some moment of the last three seconds.
    pub async fn registration(
        &self,
        slug: &IntegrationSlug,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Registration>>, StoreError> {
        let version = match self.trusted_version(now) {
            Some(version) => version,
            None => self.refresh(now).await?,
        };
        if let Some(registration) = self.remembered(slug, version) {
            return Ok(Some(registration));
        }
        let Some(found) = self.store.registration(slug).await? else { return Ok(None) };
        let found = Arc::new(found);
        self.with(|known| known.registrations.insert(slug.clone(), (version, found.clone())));
        Ok(Some(found))
    }

    /// Whether an integration of that name was found before, so that looking for it again is cheap.
    pub fn remembers(&self, slug: &IntegrationSlug) -> bool {
        self.with(|known| known.registrations.contains_key(slug))
    }

    /// Asks whether anything has changed. To be called every second, so that nobody who signs in has to.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn refresh(&self, now: DateTime<Utc>) -> Result<i64, StoreError> {
        let doubts = self.with(|known| known.doubts);
        let version = self.store.registry_version().await?;
        self.with(|known| {
            if known.doubts == doubts {
                known.version = Some((version, now));
            }
        });
        Ok(version)
    }

    /// Asks whether anything has changed, unless that was asked a moment ago; answers whether it asked. For whoever shows
    /// what is not known here, but may have been made at another replica just now.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn refresh_unless_fresh(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let is_fresh =
            |asked: DateTime<Utc>| (now - asked).abs() < Duration::milliseconds(FRESH_MILLISECONDS);
        // Decided before the question is asked, so that those who come while it is under way do not ask too.
        let is_asked = self.with(|known| {
            let is_asked =
                known.version.is_some_and(|(_, asked)| is_fresh(asked)) || known.sought.is_some_and(is_fresh);
            if !is_asked {
                known.sought = Some(now);
            }
            is_asked
        });
        if is_asked {
            return Ok(false);
        }
        self.refresh(now).await?;
        Ok(true)
    }

    /// Relies on nothing that is in memory, because something was just changed here.
    pub fn doubt(&self) {
        self.with(|known| {
            known.version = None;
            known.doubts = known.doubts.wrapping_add(1);
        });
    }

    fn trusted_version(&self, now: DateTime<Utc>) -> Option<i64> {
        let (version, asked) = self.with(|known| known.version)?;
        // A clock that was put back is no reason to trust for longer.
        ((now - asked).abs() < Duration::seconds(TRUSTED_SECONDS)).then_some(version)
    }

    fn remembered(&self, slug: &IntegrationSlug, version: i64) -> Option<Arc<Registration>> {
        self.with(|known| {
            let (read_at, registration) = known.registrations.get(slug)?;
            (*read_at == version).then(|| registration.clone())
        })
    }

    /// A panic elsewhere leaves a map that is as good as before: every step is one assignment.
    fn with<T>(&self, work: impl FnOnce(&mut Known) -> T) -> T {
        work(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
