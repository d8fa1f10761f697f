//! What becomes of a group and its members.

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use directory::{
    Change, CommitError, Committed, GroupId, GroupRecord, MemberChange, NetMembers, NewEvent, UserId, Version,
};

use super::super::error::Failure;
use super::super::schema::{group_member, scim_group};
use super::super::values;
use super::members;
use super::record::record;

/// What the transaction found in the group's row.
struct Found {
    version: Version,
    incarnation: i32,
    member_count: u32,
}

pub(super) fn create(
    connection: &mut SqliteConnection,
    change: &Change,
    group: &GroupRecord,
    users: &[UserId],
) -> Result<Committed, Failure> {
    let incarnation = insert(connection, change, group)?;
    let first = MemberChange::Replace(users.to_vec());
    let net = members::edit(connection, change.integration, group.id, &first, 0)?;
    diesel::update(scim_group::table)
        .filter(scim_group::integration_id.eq(change.integration.0.to_string()))
        .filter(scim_group::id.eq(group.id.0.to_string()))
        .set(scim_group::member_count.eq(stored(net.count)))
        .execute(connection)?;
    record(connection, change, incarnation, group.version, &all_events(change, group.id, &net)?)?;
    Ok(Committed::Applied(group.version))
}

pub(super) fn replace(
    connection: &mut SqliteConnection,
    change: &Change,
    group: &GroupRecord,
    expected: Version,
    members: &MemberChange,
) -> Result<Committed, Failure> {
    let found = find(connection, change, group.id, Some(expected))?;
    let net = members::edit(connection, change.integration, group.id, members, found.member_count)?;
    diesel::update(scim_group::table)
        .filter(scim_group::integration_id.eq(change.integration.0.to_string()))
        .filter(scim_group::id.eq(group.id.0.to_string()))
        .set((
            scim_group::version.eq(group.version.0),
            scim_group::last_modified.eq(values::millis(group.last_modified)),
            scim_group::member_count.eq(stored(net.count)),
            scim_group::display_name_folded.eq(scim::fold(group.resource.display_name().unwrap_or_default())),
            scim_group::external_id.eq(group.resource.external_id()),
            scim_group::resource.eq(values::json(group.resource.as_map())?),
        ))
        .execute(connection)?;
    record(connection, change, found.incarnation, group.version, &all_events(change, group.id, &net)?)?;
    Ok(Committed::Applied(group.version))
}

pub(super) fn edit_members(
    connection: &mut SqliteConnection,
    change: &Change,
    id: GroupId,
    expected: Option<Version>,
    members: &MemberChange,
) -> Result<Committed, Failure> {
    let found = find(connection, change, id, expected)?;
    let net = members::edit(connection, change.integration, id, members, found.member_count)?;
    if net.is_empty() {
        return Ok(Committed::Unchanged(found.version));
    }
    let version = found.version.next();
    diesel::update(scim_group::table)
        .filter(scim_group::integration_id.eq(change.integration.0.to_string()))
        .filter(scim_group::id.eq(id.0.to_string()))
        .set((
            scim_group::version.eq(version.0),
            scim_group::last_modified.eq(values::millis(change.at)),
            scim_group::member_count.eq(stored(net.count)),
        ))
        .execute(connection)?;
    record(connection, change, found.incarnation, version, &all_events(change, id, &net)?)?;
    Ok(Committed::Applied(version))
}

pub(super) fn delete(
    connection: &mut SqliteConnection,
    change: &Change,
    id: GroupId,
    expected: Version,
) -> Result<Committed, Failure> {
    let found = find(connection, change, id, Some(expected))?;
    diesel::delete(group_member::table)
        .filter(group_member::integration_id.eq(change.integration.0.to_string()))
        .filter(group_member::group_id.eq(id.0.to_string()))
        .execute(connection)?;
    diesel::update(scim_group::table)
        .filter(scim_group::integration_id.eq(change.integration.0.to_string()))
        .filter(scim_group::id.eq(id.0.to_string()))
        .set((
            scim_group::version.eq(expected.next().0),
            scim_group::last_modified.eq(values::millis(change.at)),
            scim_group::deleted_at.eq(values::millis(change.at)),
            scim_group::member_count.eq(0),
        ))
        .execute(connection)?;
    record(connection, change, found.incarnation, expected.next(), &change.events)?;
    Ok(Committed::Applied(expected.next()))
}

fn insert(connection: &mut SqliteConnection, change: &Change, group: &GroupRecord) -> Result<i32, Failure> {
    let of = change.integration.0.to_string();
    let external_id = group.resource.external_id();
    // Counts the deleted ones as well; none has an unknown external id.
    let last_incarnation: Option<i32> = scim_group::table
        .filter(scim_group::integration_id.eq(&of))
        .filter(scim_group::external_id.eq(external_id))
        .select(max(scim_group::incarnation))
        .get_result(connection)?;
    let incarnation = last_incarnation.unwrap_or(0) + 1;
    diesel::insert_into(scim_group::table)
        .values((
            scim_group::integration_id.eq(of),
            scim_group::id.eq(group.id.0.to_string()),
            scim_group::incarnation.eq(incarnation),
            scim_group::version.eq(group.version.0),
            scim_group::created_at.eq(values::millis(group.created)),
            scim_group::last_modified.eq(values::millis(group.last_modified)),
            scim_group::display_name_folded.eq(scim::fold(group.resource.display_name().unwrap_or_default())),
            scim_group::external_id.eq(external_id),
            scim_group::member_count.eq(0),
            scim_group::resource.eq(values::json(group.resource.as_map())?),
        ))
        .execute(connection)?;
    Ok(incarnation)
}

fn find(
    connection: &mut SqliteConnection,
    change: &Change,
    id: GroupId,
    expected: Option<Version>,
) -> Result<Found, Failure> {
    let row: Option<(i64, i32, i32)> = scim_group::table
        .filter(scim_group::integration_id.eq(change.integration.0.to_string()))
        .filter(scim_group::id.eq(id.0.to_string()))
        .filter(scim_group::deleted_at.is_null())
        .select((scim_group::version, scim_group::incarnation, scim_group::member_count))
        .get_result(connection)
        .optional()?;
    let Some((version, incarnation, member_count)) = row else {
        return Err(Failure::Refused(CommitError::NotFound));
    };
    let version = Version(version);
    if expected.is_some_and(|expected| expected != version) {
        return Err(Failure::Refused(CommitError::VersionConflict));
    }
    Ok(Found { version, incarnation, member_count: member_count.unsigned_abs() })
}

/// The events of the change, and behind them those that say who joined and left.
fn all_events(change: &Change, id: GroupId, net: &NetMembers) -> Result<Vec<NewEvent>, serde_json::Error> {
    let mut events = change.events.clone();
    events.extend(change.membership_events(id, net)?);
    Ok(events)
}

fn stored(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
