//! How an integration is doing.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use directory::{Activity, IntegrationId, Milestones, Outcome, Overview, StoreError, UserId};
use scim::{Resource, ResourceKind};
use serde_json::Value;
use uuid::Uuid;

use super::PostgresDirectoryStore;
use crate::overview_sql as sql;
use crate::query_sql::{Postgres, Statement};
use crate::row;

type Instant = Option<DateTime<Utc>>;

#[async_trait]
impl Overview for PostgresDirectoryStore {
    async fn activity(
        &self,
        of: IntegrationId,
        since: DateTime<Utc>,
        limit: u32,
    ) -> Result<Activity, StoreError> {
        let newest =
            Statement::<(Text, Nullable<Timestamptz>)>::cached(sql::newest_by_outcome(&Postgres, of));
        let problems = Statement::<BigInt>::cached(sql::problems(&Postgres, of, since, limit));
        let waiting =
            Statement::<(BigInt, Nullable<Timestamptz>)>::cached(sql::waiting(&Postgres, of, limit));
        self.for_tenant(of, async |connection| {
            let newest: Vec<(String, Instant)> = newest.load(connection).await?;
            let problems: i64 = problems.get_result(connection).await?;
            let (waiting, oldest_waiting): (i64, Instant) = waiting.get_result(connection).await?;
            let newest = newest.into_iter().filter_map(|(name, at)| Some((Outcome::parse(&name)?, at?)));
            Ok(Activity {
                newest: newest.collect(),
                problems: row::counted(problems),
                events_waiting: row::counted(waiting),
                oldest_waiting,
            })
        })
        .await
    }

    async fn milestones(&self, of: IntegrationId) -> Result<Milestones, StoreError> {
        type Row = (Instant, Instant, Instant, Instant);
        type RowSql =
            (Nullable<Timestamptz>, Nullable<Timestamptz>, Nullable<Timestamptz>, Nullable<Timestamptz>);
        let milestones = Statement::<RowSql>::cached(sql::milestones(&Postgres, of));
        let (test_connection, first_user, first_group, first_deactivation): Row =
            self.for_tenant(of, async |connection| Ok(milestones.get_result(connection).await?)).await?;
        Ok(Milestones { test_connection, first_user, first_group, first_deactivation })
    }

    async fn newest_users(
        &self,
        of: IntegrationId,
        limit: u32,
    ) -> Result<Vec<(UserId, Resource)>, StoreError> {
        let newest = Statement::<(SqlUuid, Jsonb)>::cached(sql::newest_users(&Postgres, of, limit));
        let found: Vec<(Uuid, Value)> =
            self.for_tenant(of, async |connection| Ok(newest.load(connection).await?)).await?;
        let read = |(id, document)| {
            Ok((UserId(id), row::resource(ResourceKind::User, document).map_err(StoreError::from)?))
        };
        found.into_iter().map(read).collect()
    }
}
