//! What was published: once more, or no more.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use directory::{EventLog, IntegrationId, LogPosition, LogStep, Replay, StoreError};

use super::SqliteDirectoryStore;
use super::error::Failure;
use super::schema::{event_log, outbox};
use super::values;

/// As for PostgreSQL: what is so much older than the instant has nothing newer before it.
const SLACK_MILLIS: i64 = 300_000;

#[async_trait]
impl EventLog for SqliteDirectoryStore {
    async fn replay(
        &self,
        of: IntegrationId,
        wanted: &Replay,
        before: Option<LogPosition>,
        limit: u32,
    ) -> Result<LogStep, StoreError> {
        let wanted = *wanted;
        let step = self.write(move |connection| replay(connection, of, &wanted, before, limit)).await?;
        if step.events > 0 {
            self.committed.notify_one();
        }
        Ok(step)
    }

    async fn now(&self) -> Result<DateTime<Utc>, StoreError> {
        self.read(|connection| Ok(values::time(values::store_millis(connection)?)?)).await
    }

    async fn forget_events(
        &self,
        before: DateTime<Utc>,
        after: Option<LogPosition>,
        limit: u32,
    ) -> Result<LogStep, StoreError> {
        self.write(move |connection| forget(connection, before, after, limit)).await
    }
}

fn replay(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    wanted: &Replay,
    before: Option<LogPosition>,
    limit: u32,
) -> Result<LogStep, Failure> {
    let since = wanted.since.map_or(0, values::millis);
    connection.immediate_transaction(|connection| {
        let looked: Vec<(i64, i64)> = event_log::table
            .filter(event_log::id.lt(before.map_or(i64::MAX, |position| position.0)))
            .order(event_log::id.desc())
            .limit(limit.into())
            .select((event_log::id, event_log::committed_at))
            .load(connection)?;
        let Some((oldest, _)) = looked.last().copied() else { return Ok(LogStep { events: 0, next: None }) };
        let newest = looked.first().map_or(oldest, |(id, _)| *id);
        let mut chosen = event_log::table
            .filter(event_log::id.between(oldest, newest))
            .filter(event_log::integration_id.eq(of.0.to_string()))
            .filter(event_log::committed_at.ge(since))
            .filter(event_log::event_type.not_like("%.snapshot.%"))
            .select((
                event_log::event_id,
                event_log::integration_id,
                event_log::id,
                true.into_sql::<Bool>(),
                event_log::committed_at,
            ))
            .into_boxed();
        if let Some(subject) = wanted.subject {
            chosen = chosen
                .filter(event_log::subject_id.eq(subject.id.to_string()))
                .filter(event_log::subject_kind.eq(subject.kind.as_str()));
        }
        // What waits already stays as it is.
        let again = diesel::insert_or_ignore_into(outbox::table)
            .values(chosen)
            .into_columns((
                outbox::event_id,
                outbox::integration_id,
                outbox::log_id,
                outbox::replayed,
                outbox::committed_at,
            ))
            .execute(connection)?;
        let is_end = looked.len() < limit as usize
            || looked.iter().any(|(_, at)| *at < since.saturating_sub(SLACK_MILLIS));
        Ok(step(again, (!is_end).then_some(oldest)))
    })
}

fn forget(
    connection: &mut SqliteConnection,
    before: DateTime<Utc>,
    after: Option<LogPosition>,
    limit: u32,
) -> Result<LogStep, Failure> {
    let before = values::millis(before);
    connection.immediate_transaction(|connection| {
        let looked: Vec<(i64, i64)> = event_log::table
            .filter(event_log::id.gt(after.map_or(0, |position| position.0)))
            .order(event_log::id)
            .limit(limit.into())
            .select((event_log::id, event_log::committed_at))
            .load(connection)?;
        let (Some((oldest, _)), Some((newest, _))) = (looked.first().copied(), looked.last().copied()) else {
            return Ok(LogStep { events: 0, next: None });
        };
        let forgotten = diesel::delete(event_log::table)
            .filter(event_log::id.between(oldest, newest))
            .filter(event_log::committed_at.lt(before))
            .filter(not(exists(outbox::table.filter(outbox::event_id.eq(event_log::event_id)))))
            .execute(connection)?;
        let goes_on = looked.len() == limit as usize && looked.iter().all(|(_, at)| *at < before);
        Ok(step(forgotten, goes_on.then_some(newest)))
    })
}

fn step(events: usize, next: Option<i64>) -> LogStep {
    LogStep { events: u64::try_from(events).unwrap_or(u64::MAX), next: next.map(LogPosition) }
}
