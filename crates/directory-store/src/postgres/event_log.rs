//! What was published: once more, or no more.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{IntoSql, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use directory::{EventLog, IntegrationId, LogPosition, LogStep, Replay, StoreError};
use uuid::Uuid;

use super::PostgresDirectoryStore;
use super::error::QueryFailure;

#[async_trait]
impl EventLog for PostgresDirectoryStore {
    async fn replay(
        &self,
        of: IntegrationId,
        wanted: &Replay,
        before: Option<LogPosition>,
        limit: u32,
    ) -> Result<LogStep, StoreError> {
        let step =
            self.as_relay(async |connection| replay(connection, of, wanted, before, limit).await).await?;
        if step.events > 0 {
            self.committed.notify_one();
        }
        Ok(step)
    }

    async fn now(&self) -> Result<DateTime<Utc>, StoreError> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        self.as_relay(async |connection| Ok(diesel::select(now).get_result(connection).await?)).await
    }

    async fn forget_events(
        &self,
        before: DateTime<Utc>,
        after: Option<LogPosition>,
        limit: u32,
    ) -> Result<LogStep, StoreError> {
        self.as_relay(async |connection| forget(connection, before, after, limit).await).await
    }
}

async fn replay(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    wanted: &Replay,
    before: Option<LogPosition>,
    limit: u32,
) -> Result<LogStep, QueryFailure> {
    let again = Again {
        of: of.0,
        since: wanted.since.unwrap_or(DateTime::UNIX_EPOCH),
        subject: wanted.subject.map(|subject| subject.id),
        subject_kind: wanted.subject.map(|subject| subject.kind.as_str()),
        before: before.map_or(i64::MAX, |position| position.0),
        limit: limit.into(),
    };
    alone(connection, again).await
}

async fn forget(
    connection: &mut AsyncPgConnection,
    before: DateTime<Utc>,
    after: Option<LogPosition>,
    limit: u32,
) -> Result<LogStep, QueryFailure> {
    let forget = Forget { before, after: after.map_or(0, |position| position.0), limit: limit.into() };
    alone(connection, forget).await
}

/// Until the end of the transaction.
const LOCK: &str = "select pg_advisory_xact_lock('directory.event_log'::regclass::oid::bigint)";

/// Takes a step while nobody else takes one: what is being put back into the outbox must not be forgotten. The lock is a
/// statement before, because a statement does not see what was committed while it waited.
async fn alone(
    connection: &mut AsyncPgConnection,
    walk: impl Query<SqlType = (BigInt, Nullable<BigInt>)> + QueryFragment<Pg> + QueryId + Send + 'static,
) -> Result<LogStep, QueryFailure> {
    connection
        .build_transaction()
        .read_committed()
        .run(async |connection| {
            connection.batch_execute(LOCK).await?;
            Ok(step(walk.get_result(connection).await?))
        })
        .await
}

fn step((events, next): (i64, Option<i64>)) -> LogStep {
    LogStep { events: events.unsigned_abs(), next: next.map(LogPosition) }
}

#[derive(QueryId)]
struct Again {
    of: Uuid,
    since: DateTime<Utc>,
    subject: Option<Uuid>,
    subject_kind: Option<&'static str>,
    before: i64,
    limit: i64,
}

impl Query for Again {
    type SqlType = (BigInt, Nullable<BigInt>);
}

impl QueryFragment<Pg> for Again {
    /// Ids are drawn in the order of time but for the length of a request, and clocks differ: what is five minutes older
    /// than the instant has nothing newer before it.
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "with looked as materialized (
                select id, committed_at from directory.event_log where id < ",
        );
        out.push_bind_param::<BigInt, _>(&self.before)?;
        out.push_sql(" order by id desc limit ");
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(
            "), again as (
                insert into directory.outbox (event_id, integration_id, log_id, replayed, committed_at)
                select event_id, integration_id, id, true, committed_at from directory.event_log
                where id = any(array(select id from looked)) and integration_id = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.of)?;
        out.push_sql(" and event_type not like '%.snapshot.%' and subject_id = coalesce(");
        out.push_bind_param::<Nullable<SqlUuid>, _>(&self.subject)?;
        out.push_sql(", subject_id) and subject_kind = coalesce(");
        out.push_bind_param::<Nullable<Text>, _>(&self.subject_kind)?;
        out.push_sql(", subject_kind) and committed_at >= ");
        out.push_bind_param::<Timestamptz, _>(&self.since)?;
        // What waits already stays as it is.
        out.push_sql(
            " on conflict (event_id) do nothing returning event_id
            )
            select
                (select count(*) from again),
                (select min(id) from looked having count(*) = ",
        );
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(" and min(committed_at) >= ");
        out.push_bind_param::<Timestamptz, _>(&self.since)?;
        out.push_sql(" - interval '5 minutes')");
        Ok(())
    }
}

#[derive(QueryId)]
struct Forget {
    before: DateTime<Utc>,
    after: i64,
    limit: i64,
}

impl Query for Forget {
    type SqlType = (BigInt, Nullable<BigInt>);
}

impl QueryFragment<Pg> for Forget {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "with looked as materialized (
                select id, committed_at from directory.event_log where id > ",
        );
        out.push_bind_param::<BigInt, _>(&self.after)?;
        out.push_sql(" order by id limit ");
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(
            "), forgotten as (
                delete from directory.event_log as event
                where id = any(array(select id from looked))
                    and not exists (select from directory.outbox where outbox.event_id = event.event_id)
                    and committed_at < ",
        );
        out.push_bind_param::<Timestamptz, _>(&self.before)?;
        out.push_sql(
            " returning id
            )
            select
                (select count(*) from forgotten),
                (select max(id) from looked having count(*) = ",
        );
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(" and max(committed_at) < ");
        out.push_bind_param::<Timestamptz, _>(&self.before)?;
        out.push_sql(")");
        Ok(())
    }
}
