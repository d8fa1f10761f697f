//! What becomes of a group's members: sets in, the difference out. A list of ids is one JSON parameter.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Text;
use diesel::sqlite::{Sqlite, SqliteConnection};
use directory::{GroupId, IntegrationId, MemberChange, NetMembers, UserId};

use super::super::error::Failure;
use super::super::values;

/// Makes the change and answers what it came to.
pub(super) fn edit(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    group: GroupId,
    members: &MemberChange,
    count_before: u32,
) -> Result<NetMembers, Failure> {
    let edges = |users: &[UserId]| Edges::new(of, group, users);
    let (added, removed) = match members {
        MemberChange::Keep => return Ok(NetMembers { count: count_before, ..NetMembers::default() }),
        MemberChange::Delta { add, remove } => {
            (Join(edges(add)?).load(connection)?, Leave(edges(remove)?).load(connection)?)
        }
        MemberChange::Replace(remaining) => {
            (Join(edges(remaining)?).load(connection)?, LeaveAllBut(edges(remaining)?).load(connection)?)
        }
    };
    let (added, removed) = (users(added)?, users(removed)?);
    let size = |users: &[UserId]| u32::try_from(users.len()).unwrap_or(u32::MAX);
    let count = count_before.saturating_add(size(&added)).saturating_sub(size(&removed));
    Ok(NetMembers { added, removed, count })
}

fn users(ids: Vec<String>) -> Result<Vec<UserId>, Failure> {
    let mut users =
        ids.iter().map(|id| Ok(UserId(values::uuid(id)?))).collect::<Result<Vec<_>, Failure>>()?;
    users.sort_unstable();
    Ok(users)
}

/// Edges between a group and users.
struct Edges {
    of: String,
    group: String,
    users: String,
}

impl Edges {
    fn new(of: IntegrationId, group: GroupId, users: &[UserId]) -> Result<Self, serde_json::Error> {
        let ids: Vec<String> = users.iter().map(ToString::to_string).collect();
        Ok(Self { of: of.0.to_string(), group: group.0.to_string(), users: serde_json::to_string(&ids)? })
    }
}

/// Lets in the users that live and are no members yet.
#[derive(QueryId)]
struct Join(Edges);

/// Lets those go.
#[derive(QueryId)]
struct Leave(Edges);

/// Lets everybody else go.
#[derive(QueryId)]
struct LeaveAllBut(Edges);

impl Query for Join {
    type SqlType = Text;
}

impl Query for Leave {
    type SqlType = Text;
}

impl Query for LeaveAllBut {
    type SqlType = Text;
}

impl RunQueryDsl<SqliteConnection> for Join {}
impl RunQueryDsl<SqliteConnection> for Leave {}
impl RunQueryDsl<SqliteConnection> for LeaveAllBut {}

impl QueryFragment<Sqlite> for Join {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("insert into group_member (integration_id, group_id, user_id) select integration_id, ");
        out.push_bind_param::<Text, _>(&self.0.group)?;
        out.push_sql(", id from scim_user where integration_id = ");
        out.push_bind_param::<Text, _>(&self.0.of)?;
        out.push_sql(" and deleted_at is null and id in (select value from json_each(");
        out.push_bind_param::<Text, _>(&self.0.users)?;
        out.push_sql(
            ")) and not exists (
                select 1 from group_member as edge
                where edge.integration_id = scim_user.integration_id and edge.user_id = scim_user.id
                and edge.group_id = ",
        );
        out.push_bind_param::<Text, _>(&self.0.group)?;
        out.push_sql(") returning user_id");
        Ok(())
    }
}

impl QueryFragment<Sqlite> for Leave {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        push_delete(out, &self.0, " and user_id in (select value from json_each(")
    }
}

impl QueryFragment<Sqlite> for LeaveAllBut {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        push_delete(out, &self.0, " and user_id not in (select value from json_each(")
    }
}

fn push_delete<'b>(mut out: AstPass<'_, 'b, Sqlite>, edges: &'b Edges, condition: &str) -> QueryResult<()> {
    out.push_sql("delete from group_member where integration_id = ");
    out.push_bind_param::<Text, _>(&edges.of)?;
    out.push_sql(" and group_id = ");
    out.push_bind_param::<Text, _>(&edges.group)?;
    out.push_sql(condition);
    out.push_bind_param::<Text, _>(&edges.users)?;
    out.push_sql(")) returning user_id");
    Ok(())
}
