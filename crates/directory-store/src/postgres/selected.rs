//! Answering a query.

use diesel::sql_types::BigInt;
use diesel_async::methods::LoadQuery;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{IntegrationId, Query, Selected};
use scim::ResourceKind;

use super::error::QueryFailure;
use crate::query_sql::{Postgres, Selection, Sql, Statement, sql};
use crate::row::{self, RowError};

/// Whether the query looks at every resource of the tenant, and whether its plan must be made for its values.
pub(super) fn demands(kind: ResourceKind, of: IntegrationId, query: &Query) -> (bool, bool) {
    let selection = Selection::new(&Postgres, kind, of, query);
    (selection.is_scan(), selection.depends_on_values())
}

/// The resources of the page, read from rows `R` of the SQL type `S`; `None` when the query would look at too many, or
/// compares so much of each that it takes longer than a statement may.
pub(super) async fn select<S, R, T>(
    connection: &mut AsyncPgConnection,
    (kind, of): (ResourceKind, IntegrationId),
    query: &Query,
    columns: &Sql,
    read: fn(R) -> Result<T, RowError>,
) -> Result<Option<Selected<T>>, QueryFailure>
where
    S: 'static,
    Statement<S>: LoadQuery<'static, AsyncPgConnection, R>,
    Statement<(S, BigInt)>: LoadQuery<'static, AsyncPgConnection, (R, i64)>,
    R: Send,
{
    let selection = Selection::new(&Postgres, kind, of, query);
    if let Some(limit) = selection.limit()
        && number(connection, selection.scanned(limit)).await? > limit
    {
        return Ok(None);
    }
    match answer::<S, R>(connection, &selection, query, columns).await {
        Err(failure) if failure.is_timeout() => Ok(None),
        Err(failure) => Err(failure),
        Ok((total, rows)) => {
            let items = rows.into_iter().map(read).collect::<Result<_, _>>()?;
            Ok(Some(Selected { total, items }))
        }
    }
}

async fn answer<S, R>(
    connection: &mut AsyncPgConnection,
    selection: &Selection<'_>,
    query: &Query,
    columns: &Sql,
) -> Result<(u64, Vec<R>), QueryFailure>
where
    S: 'static,
    Statement<S>: LoadQuery<'static, AsyncPgConnection, R>,
    Statement<(S, BigInt)>: LoadQuery<'static, AsyncPgConnection, (R, i64)>,
    R: Send,
{
    if let Some(counted) = selection.counted() {
        let columns = sql("?, (?)", [columns, &counted]);
        let rows: Vec<(R, i64)> = selection.page::<(S, BigInt)>(&columns).load(connection).await?;
        let total = match rows.as_slice().first() {
            Some((_, total)) => *total,
            None => number(connection, selection.count()).await?,
        };
        return Ok((total_of(total), rows.into_iter().map(|(row, _)| row).collect()));
    }
    let rows: Vec<R> = selection.page::<S>(columns).load(connection).await?;
    let total = match row::total_by_page(&query.page, rows.len()) {
        _ if !query.counted => 0,
        Some(total) => total,
        None => total_of(number(connection, selection.count()).await?),
    };
    Ok((total, rows))
}

/// Counts that somebody has got wrong by hand may sum up to less than nothing.
fn total_of(sum: i64) -> u64 {
    u64::try_from(sum).unwrap_or_default()
}

async fn number(
    connection: &mut AsyncPgConnection,
    statement: Statement<BigInt>,
) -> Result<i64, QueryFailure> {
    Ok(statement.get_result(connection).await?)
}
