//! What exists, with its sequences, a page at a time: each page is one statement, and so as of one moment.

use diesel::sql_types::{BigInt, Integer, Nullable, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{
    GroupId, GroupMembers, GroupRecord, IntegrationId, MemberPosition, Sequenced, UserId, UserRecord,
};
use events::Sequence;
use uuid::Uuid;

use super::error::QueryFailure;
use super::groups::{self, GroupColumns, GroupSql};
use super::users::{self, UserColumns, UserSql};
use crate::query_sql::{Bind, Sql, Statement, bind, sql};

/// Incarnation and epoch.
type RestOfSequenceSql = (Integer, Integer);
type RestOfSequence = (i32, i32);

pub(super) async fn users_after(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<Sequenced<UserRecord>>, QueryFailure> {
    let page = sql(
        "select ?, r.incarnation, (select epoch from directory.source_epoch) from directory.scim_user as r
        where r.integration_id = ? and r.live and r.id > ? order by r.id limit ?",
        [&users::columns(of, false), &id(of.0), &behind(after.map(|id| id.0)), &number(limit)],
    );
    let rows: Vec<(UserColumns, RestOfSequence)> =
        Statement::<(UserSql, RestOfSequenceSql)>::cached(page).load(connection).await?;
    let sequenced = |(columns, rest)| {
        let state = users::view(columns)?.user;
        Ok(Sequenced { sequence: sequence(state.version.0, rest), state })
    };
    rows.into_iter().map(sequenced).collect()
}

pub(super) async fn groups_after(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    after: Option<GroupId>,
    limit: u32,
) -> Result<Vec<Sequenced<GroupRecord>>, QueryFailure> {
    let page = sql(
        "select ?, r.incarnation, (select epoch from directory.source_epoch) from directory.scim_group as r
        where r.integration_id = ? and r.live and r.id > ? order by r.id limit ?",
        [&groups::columns(), &id(of.0), &behind(after.map(|id| id.0)), &number(limit)],
    );
    let rows: Vec<(GroupColumns, RestOfSequence)> =
        Statement::<(GroupSql, RestOfSequenceSql)>::cached(page).load(connection).await?;
    let sequenced = |(columns, rest)| {
        let state = groups::record(columns)?;
        Ok(Sequenced { sequence: sequence(state.version.0, rest), state })
    };
    rows.into_iter().map(sequenced).collect()
}

pub(super) async fn members_from(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    position: MemberPosition,
    limit: u32,
) -> Result<Option<Sequenced<GroupMembers>>, QueryFailure> {
    let (which_group, after) = match position {
        MemberPosition::FirstGroup => (sql("r.id > ?", [&behind(None)]), None),
        MemberPosition::GroupAfter(group) => (sql("r.id > ?", [&id(group.0)]), None),
        MemberPosition::Rest { group, after } => (sql("r.id = ?", [&id(group.0)]), Some(after.0)),
    };
    let page = sql(
        "select g.id, g.version, g.incarnation, (select epoch from directory.source_epoch), m.user_id
        from (
            select r.id, r.version, r.incarnation from directory.scim_group as r
            where r.integration_id = ? and r.live and ? order by r.id limit 1
        ) as g left join lateral (
            select e.user_id from directory.group_member as e
            where e.group_id = g.id and e.integration_id = ? and e.user_id > ? order by e.user_id limit ?
        ) as m on true order by m.user_id",
        [&id(of.0), &which_group, &id(of.0), &behind(after), &number(limit)],
    );
    let rows: Vec<(Uuid, i64, RestOfSequence, Option<Uuid>)> =
        Statement::<(SqlUuid, BigInt, RestOfSequenceSql, Nullable<SqlUuid>)>::cached(page)
            .load(connection)
            .await?;
    let [(group, version, rest, _), ..] = *rows.as_slice() else { return Ok(None) };
    let members = rows.into_iter().filter_map(|(.., member)| member.map(UserId)).collect();
    let state = GroupMembers { group: GroupId(group), members };
    Ok(Some(Sequenced { state, sequence: sequence(version, rest) }))
}

fn id(id: Uuid) -> Sql {
    bind(Bind::Uuid(id))
}

/// The end of the page before. No resource has the nil id: ids are ours, and of version 7.
fn behind(id: Option<Uuid>) -> Sql {
    bind(Bind::Uuid(id.unwrap_or(Uuid::nil())))
}

fn number(limit: u32) -> Sql {
    bind(Bind::Integer(limit.into()))
}

fn sequence(version: i64, (incarnation, epoch): RestOfSequence) -> Sequence {
    Sequence { epoch, incarnation, version }
}
