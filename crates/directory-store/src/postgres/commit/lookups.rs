//! What becomes of a user's lookups, as parts of the statement that changes the user: nothing when that changes nobody.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use directory::UserId;
use uuid::Uuid;

use crate::lookup_row::{LookupChange, LookupRow};

/// No part: a group has no lookups, and most changes of users leave theirs alone.
#[derive(QueryId)]
pub(super) struct NoLookups;

impl QueryFragment<Pg> for NoLookups {
    fn walk_ast<'b>(&'b self, _out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        Ok(())
    }
}

/// Lookups of new users.
#[derive(QueryId)]
pub(super) struct NewLookups(Columns);

impl NewLookups {
    pub(super) fn new(users: impl IntoIterator<Item = (UserId, Vec<LookupRow>)>) -> Self {
        Self(Columns::of(users))
    }
}

impl QueryFragment<Pg> for NewLookups {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push_added(out, &self.0)
    }
}

/// Lookups that users get and lose.
#[derive(QueryId)]
pub(super) struct Lookups {
    added: Columns,
    removed: Columns,
}

impl Lookups {
    pub(super) fn new(users: impl IntoIterator<Item = (UserId, LookupChange)>) -> Self {
        let (added, removed): (Vec<_>, Vec<_>) =
            users.into_iter().map(|(user, change)| ((user, change.added), (user, change.removed))).unzip();
        Self { added: Columns::of(added), removed: Columns::of(removed) }
    }
}

impl QueryFragment<Pg> for Lookups {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push_added(out.reborrow(), &self.added)?;
        push_removed(out, &self.removed)
    }
}

/// Rows, one list for each column.
#[derive(Default)]
struct Columns {
    users: Vec<Uuid>,
    attributes: Vec<String>,
    values: Vec<String>,
}

impl Columns {
    fn of(users: impl IntoIterator<Item = (UserId, Vec<LookupRow>)>) -> Self {
        let mut columns = Self::default();
        for (user, rows) in users {
            for row in rows {
                columns.users.push(user.0);
                columns.attributes.push(row.attribute);
                columns.values.push(row.value);
            }
        }
        columns
    }
}

fn push_added<'b>(mut out: AstPass<'_, 'b, Pg>, rows: &'b Columns) -> QueryResult<()> {
    out.push_sql(
        ", found_by as (
            insert into directory.user_lookup (integration_id, user_id, attribute, value)
            select changed.integration_id, given.user_id, given.attribute, given.value from changed join ",
    );
    push_rows(&mut out, rows)?;
    out.push_sql(" on given.user_id = changed.id on conflict do nothing)");
    Ok(())
}

/// Every row is looked up by its whole key, for the planner of a table without statistics.
fn push_removed<'b>(mut out: AstPass<'_, 'b, Pg>, rows: &'b Columns) -> QueryResult<()> {
    out.push_sql(
        ", no_longer_found_by as (
            delete from directory.user_lookup where ctid = any(array(
                select kept.place from changed join ",
    );
    push_rows(&mut out, rows)?;
    out.push_sql(
        " on given.user_id = changed.id cross join lateral (
                    select l.ctid as place from directory.user_lookup as l
                    where l.value = given.value and l.attribute = given.attribute
                    and l.integration_id = changed.integration_id and l.user_id = given.user_id
                    limit 1) as kept)))",
    );
    Ok(())
}

fn push_rows<'b>(out: &mut AstPass<'_, 'b, Pg>, rows: &'b Columns) -> QueryResult<()> {
    out.push_sql("unnest(");
    out.push_bind_param::<Array<SqlUuid>, _>(&rows.users)?;
    out.push_sql(", ");
    out.push_bind_param::<Array<Text>, _>(&rows.attributes)?;
    out.push_sql(", ");
    out.push_bind_param::<Array<Text>, _>(&rows.values)?;
    out.push_sql(") as given(user_id, attribute, value)");
    Ok(())
}
