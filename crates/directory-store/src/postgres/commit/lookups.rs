//! What becomes of a user's lookups, as parts of the statement that changes the user: nothing when that changes nobody.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use directory::UserId;
use uuid::Uuid;

use crate::lookup_row::{LookupChange, LookupRow};

/// No part: groups have no lookups.
#[derive(QueryId)]
pub(super) struct NoLookups;

impl QueryFragment<Pg> for NoLookups {
    fn walk_ast<'b>(&'b self, _out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        Ok(())
    }
}

/// Lookups of a new user.
#[derive(QueryId)]
pub(super) struct NewLookups {
    user: Uuid,
    added: Columns,
}

impl NewLookups {
    pub(super) fn new(user: UserId, rows: Vec<LookupRow>) -> Self {
        Self { user: user.0, added: Columns::of(rows) }
    }
}

impl QueryFragment<Pg> for NewLookups {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push_added(out, &self.user, &self.added)
    }
}

/// Lookups that a user gets and loses.
#[derive(QueryId)]
pub(super) struct Lookups {
    user: Uuid,
    added: Columns,
    removed: Columns,
}

impl Lookups {
    pub(super) fn new(user: UserId, change: LookupChange) -> Self {
        Self { user: user.0, added: Columns::of(change.added), removed: Columns::of(change.removed) }
    }
}

impl QueryFragment<Pg> for Lookups {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push_added(out.reborrow(), &self.user, &self.added)?;
        push_removed(out, &self.user, &self.removed)
    }
}

/// Rows, one list for each column.
struct Columns {
    attributes: Vec<String>,
    values: Vec<String>,
}

impl Columns {
    fn of(rows: Vec<LookupRow>) -> Self {
        let (attributes, values) = rows.into_iter().map(|row| (row.attribute, row.value)).unzip();
        Self { attributes, values }
    }
}

fn push_added<'b>(mut out: AstPass<'_, 'b, Pg>, user: &'b Uuid, rows: &'b Columns) -> QueryResult<()> {
    out.push_sql(
        ", found_by as (
            insert into directory.user_lookup (integration_id, user_id, attribute, value)
            select changed.integration_id, ",
    );
    out.push_bind_param::<SqlUuid, _>(user)?;
    out.push_sql(", given.attribute, given.value from changed cross join ");
    push_rows(&mut out, rows)?;
    out.push_sql(" on conflict do nothing)");
    Ok(())
}

/// Every row is looked up by its whole key, for the planner of a table without statistics.
fn push_removed<'b>(mut out: AstPass<'_, 'b, Pg>, user: &'b Uuid, rows: &'b Columns) -> QueryResult<()> {
    out.push_sql(
        ", no_longer_found_by as (
            delete from directory.user_lookup where ctid = any(array(
                select kept.place from changed cross join ",
    );
    push_rows(&mut out, rows)?;
    out.push_sql(
        " cross join lateral (
                    select l.ctid as place from directory.user_lookup as l
                    where l.value = given.value and l.attribute = given.attribute
                    and l.integration_id = changed.integration_id and l.user_id = ",
    );
    out.push_bind_param::<SqlUuid, _>(user)?;
    out.push_sql(" limit 1) as kept)))");
    Ok(())
}

fn push_rows<'b>(out: &mut AstPass<'_, 'b, Pg>, rows: &'b Columns) -> QueryResult<()> {
    out.push_sql("unnest(");
    out.push_bind_param::<Array<Text>, _>(&rows.attributes)?;
    out.push_sql(", ");
    out.push_bind_param::<Array<Text>, _>(&rows.values)?;
    out.push_sql(") as given(attribute, value)");
    Ok(())
}
