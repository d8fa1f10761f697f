//! What becomes of a group's members: sets in, the difference out, nothing read that does not change.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Bool, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{GroupId, IntegrationId, MemberChange, NetMembers, UserId};
use uuid::Uuid;

/// Makes the change and answers what it came to. The caller holds the lock of the group's row.
pub(super) async fn edit(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    group: GroupId,
    members: &MemberChange,
    count_before: u32,
) -> QueryResult<NetMembers> {
    let group = GroupKey { of: of.0, group: group.0 };
    let edges: Vec<(Uuid, bool)> = match members {
        MemberChange::Keep => vec![],
        MemberChange::Delta { add, remove } => {
            AddAndRemove { group, add: uuids(add), remove: uuids(remove) }.load(connection).await?
        }
        MemberChange::Replace(remaining) => {
            ReplaceAll { group, remaining: uuids(remaining) }.load(connection).await?
        }
    };
    Ok(net(edges, count_before))
}

fn uuids(users: &[UserId]) -> Vec<Uuid> {
    users.iter().map(|user| user.0).collect()
}

fn net(mut edges: Vec<(Uuid, bool)>, count_before: u32) -> NetMembers {
    edges.sort_unstable();
    let users = |joined: bool| -> Vec<UserId> {
        edges.iter().filter(|edge| edge.1 == joined).map(|edge| UserId(edge.0)).collect()
    };
    let (added, removed) = (users(true), users(false));
    let size = |users: &[UserId]| u32::try_from(users.len()).unwrap_or(u32::MAX);
    let count = count_before.saturating_add(size(&added)).saturating_sub(size(&removed));
    NetMembers { added, removed, count }
}

#[derive(Clone, Copy)]
struct GroupKey {
    of: Uuid,
    group: Uuid,
}

#[derive(QueryId)]
struct AddAndRemove {
    group: GroupKey,
    add: Vec<Uuid>,
    remove: Vec<Uuid>,
}

#[derive(QueryId)]
struct ReplaceAll {
    group: GroupKey,
    remaining: Vec<Uuid>,
}

impl Query for AddAndRemove {
    type SqlType = (SqlUuid, Bool);
}

impl Query for ReplaceAll {
    type SqlType = (SqlUuid, Bool);
}

impl QueryFragment<Pg> for AddAndRemove {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push_joined(&mut out, &self.group, &self.add)?;
        out.push_sql(", gone(id) as (select id from unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.remove)?;
        out.push_sql(") as given(id))");
        push_parted(&mut out, &self.group)
    }
}

impl QueryFragment<Pg> for ReplaceAll {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push_joined(&mut out, &self.group, &self.remaining)?;
        out.push_sql(", gone(id) as (select user_id from directory.group_member where integration_id = ");
        out.push_bind_param::<SqlUuid, _>(&self.group.of)?;
        out.push_sql(" and group_id = ");
        out.push_bind_param::<SqlUuid, _>(&self.group.group)?;
        out.push_sql(" except select id from unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.remaining)?;
        out.push_sql(") as given(id))");
        push_parted(&mut out, &self.group)
    }
}

/// Lets in the users that live and are no members yet.
///
/// Their rows are locked against deletion until the commit; one that was deleted while this waited drops out. Every
/// row is looked up by its whole key, one at a time, by subqueries that the planner cannot turn into joins: it takes
/// a group that has grown since the last `analyze` for empty, and would compare everybody with everybody.
fn push_joined<'b>(
    out: &mut AstPass<'_, 'b, Pg>,
    group: &'b GroupKey,
    users: &'b Vec<Uuid>,
) -> QueryResult<()> {
    out.push_sql(
        "with joined as (
            insert into directory.group_member (integration_id, group_id, user_id)
            select member.integration_id, ",
    );
    out.push_bind_param::<SqlUuid, _>(&group.group)?;
    out.push_sql(", member.id from unnest(");
    out.push_bind_param::<Array<SqlUuid>, _>(users)?;
    out.push_sql(
        ") as given(id) cross join lateral (
                select scim_user.integration_id, scim_user.id from directory.scim_user
                where scim_user.id = given.id and scim_user.live and scim_user.integration_id = ",
    );
    out.push_bind_param::<SqlUuid, _>(&group.of)?;
    out.push_sql(
        " for key share
            ) as member
            where (
                select true from directory.group_member as edge
                where edge.user_id = given.id and edge.integration_id = ",
    );
    out.push_bind_param::<SqlUuid, _>(&group.of)?;
    out.push_sql(" and edge.group_id = ");
    out.push_bind_param::<SqlUuid, _>(&group.group)?;
    out.push_sql(") is null on conflict do nothing returning user_id)");
    Ok(())
}

/// Lets go those whose ids are in `gone`, looked up as above, and answers both lists.
fn push_parted<'b>(out: &mut AstPass<'_, 'b, Pg>, group: &'b GroupKey) -> QueryResult<()> {
    out.push_sql(
        ", parted as (
            delete from directory.group_member where ctid = any(array(
                select edge.place from gone cross join lateral (
                    select group_member.ctid as place from directory.group_member
                    where group_member.user_id = gone.id and group_member.integration_id = ",
    );
    out.push_bind_param::<SqlUuid, _>(&group.of)?;
    out.push_sql(" and group_member.group_id = ");
    out.push_bind_param::<SqlUuid, _>(&group.group)?;
    out.push_sql(
        " limit 1
                ) as edge
            )) returning user_id
        )
        select user_id, true from joined union all select user_id, false from parted",
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_net_change_is_in_the_order_of_ids() {
        let [a, b, c] = [1, 2, 3].map(Uuid::from_u128);
        let net = net(vec![(c, true), (b, false), (a, true)], 5);
        assert_eq!(net.added, [UserId(a), UserId(c)]);
        assert_eq!(net.removed, [UserId(b)]);
        assert_eq!(net.count, 6);
    }
}
