//! What becomes of a group's members: sets in, the difference out, nothing read that does not change.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use directory::{GroupId, IntegrationId, MemberChange, NetMembers, UserId, Version};
use uuid::Uuid;

/// A group whose members were edited.
pub(super) struct Edited {
    /// Its version before.
    pub(super) version: Version,
    /// How many members it had.
    pub(super) count_before: u32,
    /// Who joined, and who left.
    edges: Vec<(UserId, bool)>,
}

impl Edited {
    /// What became of the members in all.
    pub(super) fn net(&self) -> NetMembers {
        self.net_among(self.count_before, |_| true)
    }

    /// What became of some of them, in a group that had so many members before.
    pub(super) fn net_among(&self, count_before: u32, is_one: impl Fn(UserId) -> bool) -> NetMembers {
        let users = |joined: bool| -> Vec<UserId> {
            (self.edges.iter()).filter(|edge| edge.1 == joined && is_one(edge.0)).map(|edge| edge.0).collect()
        };
        let (added, removed) = (users(true), users(false));
        let size = |users: &[UserId]| u32::try_from(users.len()).unwrap_or(u32::MAX);
        let count = count_before.saturating_add(size(&added)).saturating_sub(size(&removed));
        NetMembers { added, removed, count }
    }
}

/// Begins a transaction, locks the group's row and makes the change, all in one round trip; `None` when there is no such
/// group.
///
/// To begin and to lock is a simple query: that is sent as it is, and nothing that comes behind it can overtake it, also where
/// the server has yet to prepare the other statement. That one begins once the lock is had, and sees what was committed until
/// then.
pub(super) async fn begin_and_edit(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    group: GroupId,
    members: &MemberChange,
) -> QueryResult<Option<Edited>> {
    // Ids have no other letters than those of hexadecimal numbers.
    let begin_and_lock = format!("begin; select directory.lock_group('{}', '{}')", of.0, group.0);
    let connection: &AsyncPgConnection = connection;
    let locking = async { (&mut &*connection).batch_execute(&begin_and_lock).await };
    let editing = async { run(&mut &*connection, of, group, members).await };
    // Biased: the lock is sent first, and where it is not given its error is told, not that of the edit behind it.
    let ((), edited) = tokio::try_join!(biased; locking, editing)?;
    Ok(edited)
}

/// Makes the change and answers what it came to. The caller holds the lock of the group's row.
pub(super) async fn edit(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    group: GroupId,
    members: &MemberChange,
) -> QueryResult<Option<Edited>> {
    run(&mut &*connection, of, group, members).await
}

async fn run(
    connection: &mut &AsyncPgConnection,
    of: IntegrationId,
    group: GroupId,
    members: &MemberChange,
) -> QueryResult<Option<Edited>> {
    let group = GroupKey { of: of.0, group: group.0 };
    let rows: Vec<Row> = match members {
        MemberChange::Keep => Add { group, add: vec![] }.load(connection).await?,
        MemberChange::Delta { add, remove } if remove.is_empty() => {
            Add { group, add: uuids(add) }.load(connection).await?
        }
        MemberChange::Delta { add, remove } => {
            AddAndRemove { group, add: uuids(add), remove: uuids(remove) }.load(connection).await?
        }
        MemberChange::Replace(remaining) => {
            ReplaceAll { group, remaining: uuids(remaining) }.load(connection).await?
        }
    };
    Ok(edited(rows))
}

/// Version and size of the group before, and somebody who joined or left, if anybody did.
type Row = (i64, i32, Option<Uuid>, Option<bool>);
type RowSql = (BigInt, Integer, Nullable<SqlUuid>, Nullable<Bool>);

fn edited(rows: Vec<Row>) -> Option<Edited> {
    let [(version, count_before, ..), ..] = *rows.as_slice() else { return None };
    let edge = |(_, _, user, joined): Row| Some((UserId(user?), joined?));
    let mut edges: Vec<(UserId, bool)> = rows.into_iter().filter_map(edge).collect();
    edges.sort_unstable();
    Some(Edited { version: Version(version), count_before: count_before.unsigned_abs(), edges })
}

fn uuids(users: &[UserId]) -> Vec<Uuid> {
    users.iter().map(|user| user.0).collect()
}

#[derive(Clone, Copy)]
struct GroupKey {
    of: Uuid,
    group: Uuid,
}

/// Without the part that lets go: most edits add alone, and the planner, as long as it takes the table for empty, would look
/// for nobody among all members that there are.
#[derive(QueryId)]
struct Add {
    group: GroupKey,
    add: Vec<Uuid>,
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

impl Query for Add {
    type SqlType = RowSql;
}

impl Query for AddAndRemove {
    type SqlType = RowSql;
}

impl Query for ReplaceAll {
    type SqlType = RowSql;
}

impl QueryFragment<Pg> for Add {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push_joined(&mut out, &self.group, &self.add)?;
        out.push_sql(
            " select edited.version, edited.member_count, joined.user_id,
                case when joined.user_id is not null then true end
            from edited left join joined on true",
        );
        Ok(())
    }
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
        "with edited as materialized (
            select version, member_count from directory.scim_group as known where known.live and known.id = ",
    );
    out.push_bind_param::<SqlUuid, _>(&group.group)?;
    out.push_sql(" and known.integration_id = ");
    out.push_bind_param::<SqlUuid, _>(&group.of)?;
    out.push_sql(
        "), joined as (
            insert into directory.group_member (integration_id, group_id, user_id)
            select member.integration_id, ",
    );
    out.push_bind_param::<SqlUuid, _>(&group.group)?;
    out.push_sql(", member.id from edited cross join unnest(");
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
        select edited.version, edited.member_count, edge.user_id, edge.has_joined
        from edited left join (
            select user_id, true as has_joined from joined union all select user_id, false from parted
        ) as edge on true",
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    fn edges(of: &[(u128, bool)]) -> Edited {
        edited(of.iter().map(|(n, joined)| (7, 5, Some(Uuid::from_u128(*n)), Some(*joined))).collect())
            .unwrap()
    }

    #[test]
    fn a_net_change_is_in_the_order_of_ids() {
        let net = edges(&[(3, true), (2, false), (1, true)]).net();
        assert_eq!(net.added, [user(1), user(3)]);
        assert_eq!(net.removed, [user(2)]);
        assert_eq!(net.count, 6);
    }

    #[test]
    fn each_of_several_changes_has_its_own_part() {
        let edited = edges(&[(3, true), (2, false), (1, true)]);
        let net = edited.net_among(9, |id| id != user(1));
        assert_eq!(net, NetMembers { added: vec![user(3)], removed: vec![user(2)], count: 9 });
    }

    #[test]
    fn a_group_without_a_row_is_none() {
        assert!(edited(vec![]).is_none());
        let untouched = edited(vec![(7, 5, None, None)]).unwrap();
        assert_eq!((untouched.version, untouched.net().count), (Version(7), 5));
        assert!(untouched.net().is_empty());
    }
}
