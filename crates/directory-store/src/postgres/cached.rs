//! Updates as prepared statements.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

/// An update that a connection prepares once.
///
/// diesel prepares an update anew every time, because its columns may depend on the values given. Here they never do,
/// and the cache goes by the text.
pub(super) struct Cached<U>(pub(super) U);

impl<U: QueryId> QueryId for Cached<U> {
    type QueryId = Cached<U::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = U::HAS_STATIC_QUERY_ID;
}

impl<U: QueryFragment<Pg>> QueryFragment<Pg> for Cached<U> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}
