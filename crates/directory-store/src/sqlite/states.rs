//! What exists, with its sequences, a page at a time: each page is as of one moment.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel::sqlite::SqliteConnection;
use directory::{
    GroupId, GroupMembers, GroupRecord, IntegrationId, MemberPosition, Sequenced, UserId, UserRecord,
};
use events::Sequence;

use super::error::Failure;
use super::groups::{self, GroupColumns, GroupSql};
use super::users::{self, UserColumns, UserSql};
use super::values;
use crate::query_sql::{Bind, Dialect, Sql, Sqlite, Statement, bind, sql};

/// Incarnation and epoch.
type RestOfSequenceSql = (Integer, Integer);
type RestOfSequence = (i32, i32);

pub(super) fn users_after(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<Sequenced<UserRecord>>, Failure> {
    let page = sql(
        "select ?, r.incarnation, (select epoch from source_epoch) from scim_user as r
        where r.integration_id = ? and r.deleted_at is null and r.id > ? order by r.id limit ?",
        [&users::columns(of, false), &bind(Sqlite.id(of.0)), &behind(after), &number(limit)],
    );
    let rows: Vec<(UserColumns, RestOfSequence)> =
        Statement::<(UserSql, RestOfSequenceSql)>::cached(page).load(connection)?;
    let sequenced = |(columns, rest)| {
        let state = users::view(columns)?.user;
        Ok(Sequenced { sequence: sequence(state.version.0, rest), state })
    };
    rows.into_iter().map(sequenced).collect()
}

pub(super) fn groups_after(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    after: Option<GroupId>,
    limit: u32,
) -> Result<Vec<Sequenced<GroupRecord>>, Failure> {
    let page = sql(
        "select ?, r.incarnation, (select epoch from source_epoch) from scim_group as r
        where r.integration_id = ? and r.deleted_at is null and r.id > ? order by r.id limit ?",
        [&groups::columns(), &bind(Sqlite.id(of.0)), &behind(after), &number(limit)],
    );
    let rows: Vec<(GroupColumns, RestOfSequence)> =
        Statement::<(GroupSql, RestOfSequenceSql)>::cached(page).load(connection)?;
    let sequenced = |(columns, rest)| {
        let state = groups::record(columns)?;
        Ok(Sequenced { sequence: sequence(state.version.0, rest), state })
    };
    rows.into_iter().map(sequenced).collect()
}

pub(super) fn members_from(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    position: MemberPosition,
    limit: u32,
) -> Result<Option<Sequenced<GroupMembers>>, Failure> {
    // Two statements, which a transaction shows the same moment.
    connection.transaction(|connection| {
        let (which_group, after) = match position {
            MemberPosition::FirstGroup => (sql("r.id > ?", [&behind(None::<GroupId>)]), None),
            MemberPosition::GroupAfter(group) => (sql("r.id > ?", [&behind(Some(group))]), None),
            MemberPosition::Rest { group, after } => {
                (sql("r.id = ?", [&bind(Sqlite.id(group.0))]), Some(after))
            }
        };
        let group = sql(
            "select r.id, r.version, r.incarnation, (select epoch from source_epoch) from scim_group as r
            where r.integration_id = ? and r.deleted_at is null and ? order by r.id limit 1",
            [&bind(Sqlite.id(of.0)), &which_group],
        );
        let group: Option<(String, i64, RestOfSequence)> =
            Statement::<(Text, BigInt, RestOfSequenceSql)>::cached(group)
                .get_result(connection)
                .optional()?;
        let Some((group, version, rest)) = group else { return Ok(None) };
        let members = sql(
            "select user_id from group_member
            where integration_id = ? and group_id = ? and user_id > ? order by user_id limit ?",
            [&bind(Sqlite.id(of.0)), &bind(Bind::Text(group.clone())), &behind(after), &number(limit)],
        );
        let members: Vec<String> = Statement::<Text>::cached(members).load(connection)?;
        let state = GroupMembers {
            group: GroupId(values::uuid(&group)?),
            members: members
                .iter()
                .map(|id| Ok(UserId(values::uuid(id)?)))
                .collect::<Result<_, Failure>>()?,
        };
        Ok(Some(Sequenced { state, sequence: sequence(version, rest) }))
    })
}

/// The end of the page before; every id is behind the empty text.
fn behind(id: Option<impl ToString>) -> Sql {
    bind(Bind::Text(id.map(|id| id.to_string()).unwrap_or_default()))
}

fn number(limit: u32) -> Sql {
    bind(Bind::Integer(limit.into()))
}

fn sequence(version: i64, (incarnation, epoch): RestOfSequence) -> Sequence {
    Sequence { epoch, incarnation, version }
}
