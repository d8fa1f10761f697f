//! How an integration is doing.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use directory::{Activity, IntegrationId, Milestones, Outcome, Overview, StoreError, UserId};
use scim::{Resource, ResourceKind};

use super::error::Failure;
use super::{SqliteDirectoryStore, values};
use crate::overview_sql as sql;
use crate::query_sql::{Sqlite, Statement};
use crate::row::{self, RowError};

#[async_trait]
impl Overview for SqliteDirectoryStore {
    async fn activity(
        &self,
        of: IntegrationId,
        since: DateTime<Utc>,
        limit: u32,
    ) -> Result<Activity, StoreError> {
        self.read(move |connection| activity(connection, of, since, limit)).await
    }

    async fn milestones(&self, of: IntegrationId) -> Result<Milestones, StoreError> {
        self.read(move |connection| milestones(connection, of)).await
    }

    async fn newest_users(
        &self,
        of: IntegrationId,
        limit: u32,
    ) -> Result<Vec<(UserId, Resource)>, StoreError> {
        self.read(move |connection| newest_users(connection, of, limit)).await
    }
}

fn instant(millis: Option<i64>) -> Result<Option<DateTime<Utc>>, RowError> {
    millis.map(values::time).transpose()
}

fn activity(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    since: DateTime<Utc>,
    limit: u32,
) -> Result<Activity, Failure> {
    let newest: Vec<(String, Option<i64>)> =
        Statement::<(Text, Nullable<BigInt>)>::cached(sql::newest_by_outcome(&Sqlite, of))
            .load(connection)?;
    let problems: i64 =
        Statement::<BigInt>::cached(sql::problems(&Sqlite, of, since, limit)).get_result(connection)?;
    let (waiting, oldest): (i64, Option<i64>) =
        Statement::<(BigInt, Nullable<BigInt>)>::cached(sql::waiting(&Sqlite, of, limit))
            .get_result(connection)?;
    let newest = newest.into_iter().filter_map(|(name, at)| Some((Outcome::parse(&name)?, at?)));
    Ok(Activity {
        newest: newest
            .map(|(outcome, at)| Ok((outcome, values::time(at)?)))
            .collect::<Result<_, RowError>>()?,
        problems: row::counted(problems),
        events_waiting: row::counted(waiting),
        oldest_waiting: instant(oldest)?,
    })
}

fn milestones(connection: &mut SqliteConnection, of: IntegrationId) -> Result<Milestones, Failure> {
    type Row = (Option<i64>, Option<i64>, Option<i64>, Option<i64>);
    type RowSql = (Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>);
    let (check, user, group, deactivation): Row =
        Statement::<RowSql>::cached(sql::milestones(&Sqlite, of)).get_result(connection)?;
    Ok(Milestones {
        test_connection: instant(check)?,
        first_user: instant(user)?,
        first_group: instant(group)?,
        first_deactivation: instant(deactivation)?,
    })
}

fn newest_users(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    limit: u32,
) -> Result<Vec<(UserId, Resource)>, Failure> {
    let found: Vec<(String, String)> =
        Statement::<(Text, Text)>::cached(sql::newest_users(&Sqlite, of, limit)).load(connection)?;
    let read = |(id, text): &(String, String)| {
        let user = row::resource(ResourceKind::User, values::document(text)?)?;
        Ok((UserId(values::uuid(id)?), user))
    };
    found.iter().map(read).collect()
}
