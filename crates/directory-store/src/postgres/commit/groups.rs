//! What becomes of a group and its members.

use diesel::dsl::max;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{
    Change, CommitError, Committed, GroupId, GroupRecord, MemberChange, NetMembers, NewEvent, UserId, Version,
};

use super::super::error::Failure;
use super::super::schema::{coalesce, group_member, scim_group};
use super::lookups::NoLookups;
use super::recorded::{Document, record};
use super::{members, refusal};

/// A group's row as its lock found it.
struct Locked {
    version: Version,
    member_count: u32,
}

pub(super) async fn create(
    connection: &mut AsyncPgConnection,
    change: &Change,
    group: &GroupRecord,
) -> Result<Committed, Failure> {
    record(connection, insert(change, group), change, &change.events, NoLookups)
        .await
        .map_err(Failure::Commit)?;
    Ok(Committed::Applied(group.version))
}

pub(super) async fn create_with_members(
    connection: &mut AsyncPgConnection,
    change: &Change,
    group: &GroupRecord,
    users: &[UserId],
) -> Result<Committed, Failure> {
    insert(change, group).execute(connection).await?;
    let first = MemberChange::Replace(users.to_vec());
    let net = members::edit(connection, change.integration, group.id, &first, 0).await?;
    let events = all_events(change, group.id, &net)?;
    let update = diesel::update(scim_group::table)
        .filter(scim_group::integration_id.eq(change.integration.0))
        .filter(scim_group::id.eq(group.id.0))
        .set(scim_group::member_count.eq(stored(net.count)))
        .returning((
            scim_group::integration_id,
            scim_group::id,
            scim_group::incarnation,
            scim_group::version,
        ));
    record(connection, update, change, &events, NoLookups).await?;
    Ok(Committed::Applied(group.version))
}

pub(super) async fn replace(
    connection: &mut AsyncPgConnection,
    change: &Change,
    group: &GroupRecord,
    expected: Version,
) -> Result<Committed, Failure> {
    let update = diesel::update(scim_group::table)
        .filter(scim_group::integration_id.eq(change.integration.0))
        .filter(scim_group::id.eq(group.id.0))
        .filter(scim_group::version.eq(expected.0))
        .filter(scim_group::live)
        .set((
            scim_group::version.eq(group.version.0),
            scim_group::last_modified.eq(group.last_modified),
            scim_group::display_name_folded.eq(scim::fold(group.resource.display_name().unwrap_or_default())),
            scim_group::external_id.eq(group.resource.external_id()),
            scim_group::resource.eq(Document(group.resource.as_map())),
        ))
        .returning((
            scim_group::integration_id,
            scim_group::id,
            scim_group::incarnation,
            scim_group::version,
        ));
    match record(connection, update, change, &change.events, NoLookups).await.map_err(Failure::Commit)? {
        true => Ok(Committed::Applied(group.version)),
        false => Err(refusal::of_group(connection, change.integration, group.id).await),
    }
}

pub(super) async fn replace_with_members(
    connection: &mut AsyncPgConnection,
    change: &Change,
    group: &GroupRecord,
    expected: Version,
    members: &MemberChange,
) -> Result<Committed, Failure> {
    let locked = lock(connection, change, group.id, Some(expected)).await?;
    let net = members::edit(connection, change.integration, group.id, members, locked.member_count).await?;
    let events = all_events(change, group.id, &net)?;
    let update = diesel::update(scim_group::table)
        .filter(scim_group::integration_id.eq(change.integration.0))
        .filter(scim_group::id.eq(group.id.0))
        .set((
            scim_group::version.eq(group.version.0),
            scim_group::last_modified.eq(group.last_modified),
            scim_group::member_count.eq(stored(net.count)),
            scim_group::display_name_folded.eq(scim::fold(group.resource.display_name().unwrap_or_default())),
            scim_group::external_id.eq(group.resource.external_id()),
            scim_group::resource.eq(Document(group.resource.as_map())),
        ))
        .returning((
            scim_group::integration_id,
            scim_group::id,
            scim_group::incarnation,
            scim_group::version,
        ));
    record(connection, update, change, &events, NoLookups).await?;
    Ok(Committed::Applied(group.version))
}

pub(super) async fn edit_members(
    connection: &mut AsyncPgConnection,
    change: &Change,
    id: GroupId,
    expected: Option<Version>,
    members: &MemberChange,
) -> Result<Committed, Failure> {
    let locked = lock(connection, change, id, expected).await?;
    let net = members::edit(connection, change.integration, id, members, locked.member_count).await?;
    if net.is_empty() {
        return Ok(Committed::Unchanged(locked.version));
    }
    let events = all_events(change, id, &net)?;
    let version = locked.version.next();
    let update = diesel::update(scim_group::table)
        .filter(scim_group::integration_id.eq(change.integration.0))
        .filter(scim_group::id.eq(id.0))
        .set((
            scim_group::version.eq(version.0),
            scim_group::last_modified.eq(change.at),
            scim_group::member_count.eq(stored(net.count)),
        ))
        .returning((
            scim_group::integration_id,
            scim_group::id,
            scim_group::incarnation,
            scim_group::version,
        ));
    record(connection, update, change, &events, NoLookups).await?;
    Ok(Committed::Applied(version))
}

pub(super) async fn delete(
    connection: &mut AsyncPgConnection,
    change: &Change,
    id: GroupId,
    expected: Version,
) -> Result<Committed, Failure> {
    let update = diesel::update(scim_group::table)
        .filter(scim_group::integration_id.eq(change.integration.0))
        .filter(scim_group::id.eq(id.0))
        .filter(scim_group::version.eq(expected.0))
        .filter(scim_group::live)
        .set((
            scim_group::version.eq(expected.next().0),
            scim_group::last_modified.eq(change.at),
            scim_group::deleted_at.eq(change.at),
            scim_group::member_count.eq(0),
        ))
        .returning((
            scim_group::integration_id,
            scim_group::id,
            scim_group::incarnation,
            scim_group::version,
        ));
    if !record(connection, update, change, &change.events, NoLookups).await? {
        return Err(refusal::of_group(connection, change.integration, id).await);
    }
    diesel::delete(group_member::table)
        .filter(group_member::integration_id.eq(change.integration.0))
        .filter(group_member::group_id.eq(id.0))
        .execute(connection)
        .await?;
    Ok(Committed::Applied(expected.next()))
}

fn insert(change: &Change, group: &GroupRecord) -> impl QueryFragment<Pg> + QueryId + Send {
    let of = change.integration.0;
    let external_id = group.resource.external_id();
    // Counts the deleted ones as well; none has an unknown external id.
    let last_incarnation = scim_group::table
        .filter(scim_group::integration_id.eq(of))
        .filter(scim_group::external_id.eq(external_id))
        .select(max(scim_group::incarnation))
        .single_value();
    diesel::insert_into(scim_group::table)
        .values((
            scim_group::integration_id.eq(of),
            scim_group::id.eq(group.id.0),
            scim_group::incarnation.eq(coalesce(last_incarnation, 0) + 1),
            scim_group::version.eq(group.version.0),
            scim_group::created_at.eq(group.created),
            scim_group::last_modified.eq(group.last_modified),
            scim_group::display_name_folded.eq(scim::fold(group.resource.display_name().unwrap_or_default())),
            scim_group::external_id.eq(external_id),
            scim_group::member_count.eq(0),
            scim_group::resource.eq(Document(group.resource.as_map())),
        ))
        .returning((scim_group::integration_id, scim_group::id, scim_group::incarnation, scim_group::version))
}

/// Locks the row, so that nobody else changes the group or its members until the end.
async fn lock(
    connection: &mut AsyncPgConnection,
    change: &Change,
    id: GroupId,
    expected: Option<Version>,
) -> Result<Locked, Failure> {
    let row: Option<(i64, i32)> = scim_group::table
        .filter(scim_group::integration_id.eq(change.integration.0))
        .filter(scim_group::id.eq(id.0))
        .filter(scim_group::live)
        .select((scim_group::version, scim_group::member_count))
        .for_no_key_update()
        .get_result(connection)
        .await
        .optional()?;
    let Some((version, member_count)) = row else {
        return Err(Failure::Refused(CommitError::NotFound));
    };
    let version = Version(version);
    if expected.is_some_and(|expected| expected != version) {
        return Err(Failure::Refused(CommitError::VersionConflict));
    }
    Ok(Locked { version, member_count: member_count.unsigned_abs() })
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
