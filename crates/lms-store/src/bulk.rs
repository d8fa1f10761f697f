use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Text};
use serde::Serialize;

/// Stands in a statement for the rows.
const ROWS: &str = "{rows}";

/// A statement over any number of rows.
///
/// The rows travel as one parameter, a JSON array of objects, so that the text never depends on their number and the
/// prepared statement is used again.
pub(crate) trait BulkStatement: Send + Sync + 'static {
    /// Text with `{rows}` once, where the parameter stands.
    fn sql() -> &'static str;
}

/// Rows of a statement.
#[derive(Clone, Debug)]
pub(crate) struct RowSet {
    json: String,
    len: usize,
}

impl RowSet {
    pub(crate) fn new<R: Serialize>(rows: &[R]) -> Result<Self, serde_json::Error> {
        Ok(Self { json: serde_json::to_string(rows)?, len: rows.len() })
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// A statement with its rows, ready to be executed.
pub(crate) struct Bulk<'a, S> {
    rows: &'a str,
    statement: PhantomData<S>,
}

impl<'a, S: BulkStatement> Bulk<'a, S> {
    pub(crate) fn new(rows: &'a RowSet) -> Self {
        Self { rows: &rows.json, statement: PhantomData }
    }
}

impl<S: BulkStatement> QueryId for Bulk<'_, S> {
    type QueryId = S;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<S, DB> QueryFragment<DB> for Bulk<'_, S>
where
    S: BulkStatement,
    DB: Backend + HasSqlType<Text>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let (before, after) = S::sql().split_once(ROWS).unwrap_or((S::sql(), ""));
        out.push_sql(before);
        out.push_bind_param::<Text, str>(self.rows)?;
        out.push_sql(after);
        Ok(())
    }
}
