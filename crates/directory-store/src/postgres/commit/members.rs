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
        push_left(&mut out, &self.group)?;
        out.push_sql(" and edge.user_id = any(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.remove)?;
        out.push_sql(")");
        push_both(&mut out);
        Ok(())
    }
}

impl QueryFragment<Pg> for ReplaceAll {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push_joined(&mut out, &self.group, &self.remaining)?;
        push_left(&mut out, &self.group)?;
        // A join rather than `<> all`, which compares every member with every id.
        out.push_sql(" and not exists (select from unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.remaining)?;
        out.push_sql(") as remaining(id) where remaining.id = edge.user_id)");
        push_both(&mut out);
        Ok(())
    }
}

/// Lets in the users that live and are no members yet.
///
/// Their rows are locked against deletion until the commit; one that was deleted while this waited drops out.
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
    out.push_sql(", member.id from directory.scim_user as member where member.integration_id = ");
    out.push_bind_param::<SqlUuid, _>(&group.of)?;
    out.push_sql(" and member.deleted_at is null and member.id = any(");
    out.push_bind_param::<Array<SqlUuid>, _>(users)?;
    out.push_sql(
        ") and not exists (
                select from directory.group_member as edge
                where edge.integration_id = member.integration_id and edge.user_id = member.id and edge.group_id = ",
    );
    out.push_bind_param::<SqlUuid, _>(&group.group)?;
    out.push_sql(") for key share of member on conflict do nothing returning user_id)");
    Ok(())
}

fn push_left<'b>(out: &mut AstPass<'_, 'b, Pg>, group: &'b GroupKey) -> QueryResult<()> {
    out.push_sql(", parted as (delete from directory.group_member as edge where edge.integration_id = ");
    out.push_bind_param::<SqlUuid, _>(&group.of)?;
    out.push_sql(" and edge.group_id = ");
    out.push_bind_param::<SqlUuid, _>(&group.group)?;
    Ok(())
}

fn push_both(out: &mut AstPass<'_, '_, Pg>) {
    out.push_sql(
        " returning edge.user_id) select user_id, true from joined union all select user_id, false from parted",
    );
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
