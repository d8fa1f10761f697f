//! A statement as diesel runs it.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
#[cfg(feature = "postgres")]
use diesel::sql_types::Array;
use diesel::sql_types::{BigInt, Binary, Bool, Double, Text};

use super::sql::Piece;
use super::{Bind, Sql};

/// A statement whose rows have the SQL type `R`.
pub(crate) struct Statement<R> {
    sql: Sql,
    is_cached: bool,
    row: PhantomData<fn() -> R>,
}

impl<R> Statement<R> {
    /// A statement that a connection prepares once and remembers; for texts of which there are few.
    pub(crate) fn cached(sql: Sql) -> Self {
        Self { sql, is_cached: true, row: PhantomData }
    }

    /// A statement that is prepared for this one time.
    pub(crate) fn once(sql: Sql) -> Self {
        Self { sql, is_cached: false, row: PhantomData }
    }
}

impl<R> Query for Statement<R> {
    type SqlType = R;
}

/// The cache goes by the text.
impl<R> QueryId for Statement<R> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

#[cfg(feature = "sqlite")]
impl<R> RunQueryDsl<SqliteConnection> for Statement<R> {}

#[cfg(feature = "postgres")]
impl<R> QueryFragment<diesel::pg::Pg> for Statement<R> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::pg::Pg>) -> QueryResult<()> {
        for piece in &self.sql.pieces {
            match piece {
                Piece::Text(text) => out.push_sql(text),
                Piece::Bind(Bind::Text(text)) => out.push_bind_param::<Text, _>(text)?,
                Piece::Bind(Bind::Boolean(flag)) => out.push_bind_param::<Bool, _>(flag)?,
                Piece::Bind(Bind::Integer(number)) => out.push_bind_param::<BigInt, _>(number)?,
                Piece::Bind(Bind::Number(number)) => out.push_bind_param::<Double, _>(number)?,
                Piece::Bind(Bind::Bytes(bytes)) => out.push_bind_param::<Binary, _>(bytes)?,
                Piece::Bind(Bind::Uuid(id)) => out.push_bind_param::<diesel::sql_types::Uuid, _>(id)?,
                Piece::Bind(Bind::Time(time)) => {
                    out.push_bind_param::<diesel::sql_types::Timestamptz, _>(time)?;
                }
                Piece::Bind(Bind::Uuids(ids)) => {
                    out.push_bind_param::<Array<diesel::sql_types::Uuid>, _>(ids)?;
                }
                Piece::Bind(Bind::Texts(texts)) => out.push_bind_param::<Array<Text>, _>(texts)?,
            }
        }
        Ok(())
    }

    fn is_safe_to_cache_prepared(&self, _backend: &diesel::pg::Pg) -> QueryResult<bool> {
        Ok(self.is_cached)
    }
}

#[cfg(feature = "sqlite")]
impl<R> QueryFragment<diesel::sqlite::Sqlite> for Statement<R> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::sqlite::Sqlite>) -> QueryResult<()> {
        for piece in &self.sql.pieces {
            match piece {
                Piece::Text(text) => out.push_sql(text),
                Piece::Bind(Bind::Text(text)) => out.push_bind_param::<Text, _>(text)?,
                Piece::Bind(Bind::Boolean(flag)) => out.push_bind_param::<Bool, _>(flag)?,
                Piece::Bind(Bind::Integer(number)) => out.push_bind_param::<BigInt, _>(number)?,
                Piece::Bind(Bind::Number(number)) => out.push_bind_param::<Double, _>(number)?,
                Piece::Bind(Bind::Bytes(bytes)) => out.push_bind_param::<Binary, _>(bytes)?,
                Piece::Bind(Bind::Uuid(_) | Bind::Time(_)) => return Err(foreign()),
                #[cfg(feature = "postgres")]
                Piece::Bind(Bind::Uuids(_) | Bind::Texts(_)) => return Err(foreign()),
            }
        }
        Ok(())
    }

    fn is_safe_to_cache_prepared(&self, _backend: &diesel::sqlite::Sqlite) -> QueryResult<bool> {
        Ok(self.is_cached)
    }
}

#[cfg(feature = "sqlite")]
fn foreign() -> diesel::result::Error {
    let reason = "SQLite has no type for ids, times and lists; its dialect binds text and numbers";
    diesel::result::Error::QueryBuilderError(reason.into())
}
