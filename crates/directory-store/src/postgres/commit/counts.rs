//! How many resources there are, as a part of the statement that creates or deletes some.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

/// Counts what the statement changed. It stands before the other parts and so runs after them: who has locked the row of
/// a count has nothing left to do but to commit.
#[derive(QueryId)]
pub(super) struct Counted<W>(pub(super) W);

/// What became of what was changed.
pub(super) trait What {
    /// As text of a statement: kind, and how a number of them counts.
    const COUNTS: (&'static str, &'static str);
}

#[derive(QueryId)]
pub(super) struct NewUsers;
#[derive(QueryId)]
pub(super) struct GoneUsers;
#[derive(QueryId)]
pub(super) struct NewGroups;
#[derive(QueryId)]
pub(super) struct GoneGroups;

impl What for NewUsers {
    const COUNTS: (&'static str, &'static str) = ("'user'", "count(*)");
}

impl What for GoneUsers {
    const COUNTS: (&'static str, &'static str) = ("'user'", "- count(*)");
}

impl What for NewGroups {
    const COUNTS: (&'static str, &'static str) = ("'group'", "count(*)");
}

impl What for GoneGroups {
    const COUNTS: (&'static str, &'static str) = ("'group'", "- count(*)");
}

impl<W: What> QueryFragment<Pg> for Counted<W> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let (kind, number) = W::COUNTS;
        out.push_sql(", counted as (insert into directory.resource_count as known (integration_id, kind, shard, live) select integration_id, ");
        out.push_sql(kind);
        // Sessions of one process have ids that follow each other.
        out.push_sql(", pg_backend_pid() % 32, ");
        out.push_sql(number);
        out.push_sql(
            " from changed group by integration_id
            on conflict (integration_id, kind, shard) do update set live = known.live + excluded.live)",
        );
        Ok(())
    }
}

/// Two parts of a statement.
#[derive(QueryId)]
pub(super) struct Both<A, B>(pub(super) A, pub(super) B);

impl<A: QueryFragment<Pg>, B: QueryFragment<Pg>> QueryFragment<Pg> for Both<A, B> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        self.1.walk_ast(out)
    }
}
