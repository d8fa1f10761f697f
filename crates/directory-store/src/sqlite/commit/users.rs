//! What becomes of a user.

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use directory::{Change, CommitError, Committed, KeyChange, UserId, UserRecord, Version};
use scim::LookupKey;

use super::super::error::Failure;
use super::super::schema::{group_member, scim_group, scim_user};
use super::super::values;
use super::lookups;
use super::record::record;
use crate::lookup_row::{LookupChange, LookupRow};

pub(super) fn create(
    connection: &mut SqliteConnection,
    change: &Change,
    user: &UserRecord,
    keys: &[LookupKey],
) -> Result<Committed, Failure> {
    let of = change.integration.0.to_string();
    let external_id = user.resource.external_id();
    // Counts the deleted ones as well; none has an unknown external id.
    let last_incarnation: Option<i32> = scim_user::table
        .filter(scim_user::integration_id.eq(&of))
        .filter(scim_user::external_id.eq(external_id))
        .select(max(scim_user::incarnation))
        .get_result(connection)?;
    let incarnation = last_incarnation.unwrap_or(0) + 1;
    diesel::insert_into(scim_user::table)
        .values((
            scim_user::integration_id.eq(&of),
            scim_user::id.eq(user.id.0.to_string()),
            scim_user::incarnation.eq(incarnation),
            scim_user::version.eq(user.version.0),
            scim_user::created_at.eq(values::millis(user.created)),
            scim_user::last_modified.eq(values::millis(user.last_modified)),
            scim_user::user_name_folded.eq(scim::fold(user.resource.user_name().unwrap_or_default())),
            scim_user::external_id.eq(external_id),
            scim_user::display_name.eq(user.resource.display_name()),
            scim_user::display_name_folded.eq(user.resource.display_name().map(scim::fold)),
            scim_user::active.eq(user.resource.active()),
            scim_user::resource.eq(values::json(user.resource.as_map())?),
        ))
        .execute(connection)?;
    let new = LookupChange { added: LookupRow::all(keys), removed: vec![] };
    lookups::edit(connection, change.integration, user.id, &new)?;
    record(connection, change, incarnation, user.version, &change.events)?;
    Ok(Committed::Applied(user.version))
}

pub(super) fn replace(
    connection: &mut SqliteConnection,
    change: &Change,
    user: &UserRecord,
    expected: Version,
    keys: &KeyChange,
) -> Result<Committed, Failure> {
    let incarnation = incarnation_at(connection, change, user.id, expected)?;
    diesel::update(scim_user::table)
        .filter(scim_user::integration_id.eq(change.integration.0.to_string()))
        .filter(scim_user::id.eq(user.id.0.to_string()))
        .set((
            scim_user::version.eq(user.version.0),
            scim_user::last_modified.eq(values::millis(user.last_modified)),
            scim_user::user_name_folded.eq(scim::fold(user.resource.user_name().unwrap_or_default())),
            scim_user::external_id.eq(user.resource.external_id()),
            scim_user::display_name.eq(user.resource.display_name()),
            scim_user::display_name_folded.eq(user.resource.display_name().map(scim::fold)),
            scim_user::active.eq(user.resource.active()),
            scim_user::resource.eq(values::json(user.resource.as_map())?),
        ))
        .execute(connection)?;
    lookups::edit(connection, change.integration, user.id, &LookupChange::of(keys))?;
    record(connection, change, incarnation, user.version, &change.events)?;
    Ok(Committed::Applied(user.version))
}

/// Marks the user as deleted and ends its memberships, which is a change of its groups.
pub(super) fn delete(
    connection: &mut SqliteConnection,
    change: &Change,
    id: UserId,
    expected: Version,
    keys: &[LookupKey],
) -> Result<Committed, Failure> {
    let of = change.integration.0.to_string();
    let incarnation = incarnation_at(connection, change, id, expected)?;
    let groups = group_member::table
        .filter(group_member::integration_id.eq(&of))
        .filter(group_member::user_id.eq(id.0.to_string()))
        .select(group_member::group_id);
    diesel::update(scim_group::table)
        .filter(scim_group::integration_id.eq(&of))
        .filter(scim_group::id.eq_any(groups))
        .set((
            scim_group::version.eq(scim_group::version + 1),
            scim_group::last_modified.eq(values::millis(change.at)),
            scim_group::member_count.eq(scim_group::member_count - 1),
        ))
        .execute(connection)?;
    diesel::delete(group_member::table)
        .filter(group_member::integration_id.eq(&of))
        .filter(group_member::user_id.eq(id.0.to_string()))
        .execute(connection)?;
    diesel::update(scim_user::table)
        .filter(scim_user::integration_id.eq(&of))
        .filter(scim_user::id.eq(id.0.to_string()))
        .set((
            scim_user::version.eq(expected.next().0),
            scim_user::last_modified.eq(values::millis(change.at)),
            scim_user::deleted_at.eq(values::millis(change.at)),
        ))
        .execute(connection)?;
    let gone = LookupChange { added: vec![], removed: LookupRow::all(keys) };
    lookups::edit(connection, change.integration, id, &gone)?;
    record(connection, change, incarnation, expected.next(), &change.events)?;
    Ok(Committed::Applied(expected.next()))
}

fn incarnation_at(
    connection: &mut SqliteConnection,
    change: &Change,
    id: UserId,
    expected: Version,
) -> Result<i32, Failure> {
    let found: Option<(i64, i32)> = scim_user::table
        .filter(scim_user::integration_id.eq(change.integration.0.to_string()))
        .filter(scim_user::id.eq(id.0.to_string()))
        .filter(scim_user::deleted_at.is_null())
        .select((scim_user::version, scim_user::incarnation))
        .get_result(connection)
        .optional()?;
    match found {
        Some((version, incarnation)) if version == expected.0 => Ok(incarnation),
        Some(_) => Err(Failure::Refused(CommitError::VersionConflict)),
        None => Err(Failure::Refused(CommitError::NotFound)),
    }
}
