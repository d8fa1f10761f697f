//! Answering a query.

use diesel::prelude::*;
use diesel::query_dsl::LoadQuery;
use diesel::sql_types::BigInt;
use diesel::sqlite::SqliteConnection;
use directory::{IntegrationId, Query, Selected};
use scim::ResourceKind;

use super::error::Failure;
use crate::query_sql::{self, Selection, Sql, Statement};
use crate::row;

/// The resources of the page, read from rows `R` of the SQL type `S`; `None` when the query would look at too many.
pub(super) fn select<S, R, T>(
    connection: &mut SqliteConnection,
    (kind, of): (ResourceKind, IntegrationId),
    query: &Query,
    columns: &Sql,
    read: fn(R) -> Result<T, Failure>,
) -> Result<Option<Selected<T>>, Failure>
where
    S: 'static,
    Statement<S>: LoadQuery<'static, SqliteConnection, R>,
{
    let selection = Selection::new(&query_sql::Sqlite, kind, of, query);
    if let Some(limit) = selection.limit()
        && number(connection, selection.scanned(limit))? > limit
    {
        return Ok(None);
    }
    let rows: Vec<R> = selection.page::<S>(columns).load(connection)?;
    let total = match row::total_by_page(&query.page, rows.len()) {
        _ if !query.counted => 0,
        Some(total) => total,
        None => number(connection, selection.count())?.unsigned_abs(),
    };
    let items = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(Some(Selected { total, items }))
}

pub(super) fn number(
    connection: &mut SqliteConnection,
    statement: Statement<BigInt>,
) -> Result<i64, Failure> {
    Ok(statement.get_result(connection)?)
}
