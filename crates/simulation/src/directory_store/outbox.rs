//! The event log as an outbox.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use directory::{Backlog, IntegrationId, Outbox, OutboxEvent, RelayId, StoreError};
use events::EventId;

use super::{DirectoryMemory, LoggedEvent, Tables, unavailable};
use crate::nature::{Dependency, pause};

impl Tables {
    /// The share of each integration, and then what else there is, the oldest first.
    fn due(&self, now: DateTime<Utc>, limit: usize) -> Vec<usize> {
        let is_free =
            |logged: &LoggedEvent| !logged.is_published && logged.lease.is_none_or(|(_, until)| until < now);
        let mut free: BTreeMap<IntegrationId, Vec<usize>> = BTreeMap::new();
        for (index, logged) in self.log.iter().enumerate().filter(|(_, logged)| is_free(logged)) {
            free.entry(logged.integration).or_default().push(index);
        }
        let share = limit / free.len().max(1);
        let shares = free.values().flat_map(|events| events.iter().take(share));
        let rest = free.values().flat_map(|events| events.iter().skip(share));
        let mut due: Vec<usize> = shares.chain(rest).copied().take(limit).collect();
        due.sort_unstable();
        due
    }

    fn claim(
        &mut self,
        relay: RelayId,
        limit: usize,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Vec<OutboxEvent> {
        let mut claimed = Vec::new();
        for index in self.due(now, limit) {
            let logged = &mut self.log[index];
            logged.lease = Some((relay, until));
            claimed.push(logged.event.clone());
        }
        claimed
    }

    /// Events of these ids that are unsent and that the relay holds.
    fn held(&mut self, relay: RelayId, ids: &[EventId]) -> impl Iterator<Item = &mut LoggedEvent> {
        self.log.iter_mut().filter(move |logged| {
            !logged.is_published
                && logged.lease.is_some_and(|(holder, _)| holder == relay)
                && ids.contains(&logged.event.envelope.id)
        })
    }

    pub(crate) fn unsent(&self) -> usize {
        self.log.iter().filter(|logged| !logged.is_published).count()
    }
}

#[async_trait]
impl Outbox for DirectoryMemory {
    async fn claim(
        &self,
        relay: RelayId,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<OutboxEvent>, StoreError> {
        let effect = || {
            let now = self.nature.now();
            let until = now + chrono::Duration::from_std(lease).unwrap_or_default();
            Ok(self.tables().claim(relay, limit as usize, now, until))
        };
        self.nature.call(Dependency::Directory, "outbox.claim", effect, unavailable).await
    }

    async fn mark_published(&self, relay: RelayId, sent: &[EventId]) -> Result<u64, StoreError> {
        let effect = || {
            let mut marked = 0;
            for logged in self.tables().held(relay, sent) {
                logged.is_published = true;
                marked += 1;
            }
            Ok(marked)
        };
        self.nature.call(Dependency::Directory, "outbox.mark_published", effect, unavailable).await
    }

    async fn release(&self, relay: RelayId, unsent: &[EventId]) -> Result<(), StoreError> {
        let effect = || {
            self.tables().held(relay, unsent).for_each(|logged| logged.lease = None);
            Ok(())
        };
        self.nature.call(Dependency::Directory, "outbox.release", effect, unavailable).await
    }

    async fn unsent_up_to(&self, limit: u32) -> Result<u32, StoreError> {
        let unsent = self.tables().unsent();
        Ok(u32::try_from(unsent).unwrap_or(limit).min(limit))
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let unsent = self.tables().unsent();
        Ok(Backlog { unsent: unsent as u64, oldest_age_seconds: 0 })
    }

    async fn wait_for_events(&self, _at_most: Duration) {
        pause().await;
    }
}
