//! What becomes of a user.

use diesel::dsl::max;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{Change, CommitError, Committed, KeyChange, UserId, UserRecord, Version};
use scim::LookupKey;
use uuid::Uuid;

use super::super::cached::Cached;
use super::super::error::Failure;
use super::super::schema::{coalesce, group_member, scim_group, scim_user};
use super::lookups::{Lookups, NewLookups};
use super::recorded::{Document, record};
use super::refusal;
use crate::lookup_row::{LookupChange, LookupRow};

pub(super) async fn create(
    connection: &mut AsyncPgConnection,
    change: &Change,
    user: &UserRecord,
    keys: &[LookupKey],
) -> Result<Committed, Failure> {
    let of = change.integration.0;
    let external_id = user.resource.external_id();
    // Counts the deleted ones as well; none has an unknown external id.
    let last_incarnation = scim_user::table
        .filter(scim_user::integration_id.eq(of))
        .filter(scim_user::external_id.eq(external_id))
        .select(max(scim_user::incarnation))
        .single_value();
    let insert = diesel::insert_into(scim_user::table)
        .values((
            scim_user::integration_id.eq(of),
            scim_user::id.eq(user.id.0),
            scim_user::incarnation.eq(coalesce(last_incarnation, 0) + 1),
            scim_user::version.eq(user.version.0),
            scim_user::created_at.eq(user.created),
            scim_user::last_modified.eq(user.last_modified),
            scim_user::user_name_folded.eq(scim::fold(user.resource.user_name().unwrap_or_default())),
            scim_user::external_id.eq(external_id),
            scim_user::display_name.eq(user.resource.display_name()),
            scim_user::display_name_folded.eq(user.resource.display_name().map(scim::fold)),
            scim_user::active.eq(user.resource.active()),
            scim_user::resource.eq(Document(user.resource.as_map())),
        ))
        .returning((scim_user::integration_id, scim_user::incarnation, scim_user::version));
    let lookups = NewLookups::new(user.id, LookupRow::all(keys));
    record(connection, insert, change, &change.events, lookups).await.map_err(Failure::Commit)?;
    Ok(Committed::Applied(user.version))
}

pub(super) async fn replace(
    connection: &mut AsyncPgConnection,
    change: &Change,
    user: &UserRecord,
    expected: Version,
    keys: &KeyChange,
) -> Result<Committed, Failure> {
    let update = diesel::update(scim_user::table)
        .filter(scim_user::integration_id.eq(change.integration.0))
        .filter(scim_user::id.eq(user.id.0))
        .filter(scim_user::version.eq(expected.0))
        .filter(scim_user::live)
        .set((
            scim_user::version.eq(user.version.0),
            scim_user::last_modified.eq(user.last_modified),
            scim_user::user_name_folded.eq(scim::fold(user.resource.user_name().unwrap_or_default())),
            scim_user::external_id.eq(user.resource.external_id()),
            scim_user::display_name.eq(user.resource.display_name()),
            scim_user::display_name_folded.eq(user.resource.display_name().map(scim::fold)),
            scim_user::active.eq(user.resource.active()),
            scim_user::resource.eq(Document(user.resource.as_map())),
        ))
        .returning((scim_user::integration_id, scim_user::incarnation, scim_user::version));
    let lookups = Lookups::new(user.id, LookupChange::of(keys));
    match record(connection, update, change, &change.events, lookups).await.map_err(Failure::Commit)? {
        true => Ok(Committed::Applied(user.version)),
        false => Err(refusal::of_user(connection, change.integration, user.id).await),
    }
}

/// Marks the user as deleted and ends its memberships, which is a change of its groups.
///
/// The groups are locked first, in the order in which everybody locks them: an edit of members holds its group before
/// it touches users. The lock of the user keeps new edges out before the old ones are deleted.
pub(super) async fn delete(
    connection: &mut AsyncPgConnection,
    change: &Change,
    id: UserId,
    expected: Version,
    keys: &[LookupKey],
) -> Result<Committed, Failure> {
    lock_groups(connection, change, id).await?;
    lock_user(connection, change, id, expected).await?;
    end_memberships(connection, change, id).await?;
    let update = diesel::update(scim_user::table)
        .filter(scim_user::integration_id.eq(change.integration.0))
        .filter(scim_user::id.eq(id.0))
        .set((
            scim_user::version.eq(expected.next().0),
            scim_user::last_modified.eq(change.at),
            scim_user::deleted_at.eq(change.at),
        ))
        .returning((scim_user::integration_id, scim_user::incarnation, scim_user::version));
    let gone = LookupChange { added: vec![], removed: LookupRow::all(keys) };
    record(connection, update, change, &change.events, Lookups::new(id, gone)).await?;
    Ok(Committed::Applied(expected.next()))
}

async fn lock_groups(connection: &mut AsyncPgConnection, change: &Change, id: UserId) -> Result<(), Failure> {
    let groups = group_member::table
        .filter(group_member::integration_id.eq(change.integration.0))
        .filter(group_member::user_id.eq(id.0))
        .select(group_member::group_id);
    let _locked: Vec<Uuid> = scim_group::table
        .filter(scim_group::integration_id.eq(change.integration.0))
        .filter(scim_group::id.eq_any(groups))
        .order(scim_group::id)
        .select(scim_group::id)
        .for_no_key_update()
        .load(connection)
        .await?;
    Ok(())
}

async fn lock_user(
    connection: &mut AsyncPgConnection,
    change: &Change,
    id: UserId,
    expected: Version,
) -> Result<(), Failure> {
    let version: Option<i64> = scim_user::table
        .filter(scim_user::integration_id.eq(change.integration.0))
        .filter(scim_user::id.eq(id.0))
        .filter(scim_user::live)
        .select(scim_user::version)
        .for_update()
        .get_result(connection)
        .await
        .optional()?;
    match version {
        Some(version) if version == expected.0 => Ok(()),
        Some(_) => Err(Failure::Refused(CommitError::VersionConflict)),
        None => Err(Failure::Refused(CommitError::NotFound)),
    }
}

async fn end_memberships(
    connection: &mut AsyncPgConnection,
    change: &Change,
    id: UserId,
) -> Result<(), Failure> {
    let left: Vec<Uuid> = diesel::delete(group_member::table)
        .filter(group_member::integration_id.eq(change.integration.0))
        .filter(group_member::user_id.eq(id.0))
        .returning(group_member::group_id)
        .get_results(connection)
        .await?;
    if left.is_empty() {
        return Ok(());
    }
    let count_down = diesel::update(scim_group::table)
        .filter(scim_group::integration_id.eq(change.integration.0))
        .filter(scim_group::id.eq_any(left))
        .set((
            scim_group::version.eq(scim_group::version + 1),
            scim_group::last_modified.eq(change.at),
            scim_group::member_count.eq(scim_group::member_count - 1),
        ));
    Cached(count_down).execute(connection).await?;
    Ok(())
}
