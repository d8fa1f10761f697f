//! What becomes of a group and its members.

use diesel::dsl::max;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{
    Change, CommitError, Committed, GroupId, GroupRecord, IntegrationId, MemberChange, Mutation, NetMembers,
    NewEvent, UserId, Version,
};

use super::super::error::Failure;
use super::super::schema::{coalesce, group_member, scim_group};
use super::counts::{Counted, GoneGroups, NewGroups};
use super::lookups::NoLookups;
use super::members::Edited;
use super::recorded::{Document, Told, record, record_all};
use super::{members, refusal};

pub(super) async fn create(
    connection: &mut AsyncPgConnection,
    change: &Change,
    group: &GroupRecord,
) -> Result<Committed, Failure> {
    let told = Told { change, version: group.version, events: &change.events };
    record(connection, insert(change, group), told, Counted(NewGroups)).await.map_err(Failure::Commit)?;
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
    let edited = members::edit(connection, change.integration, group.id, &first).await?;
    let net = edited.map(|edited| edited.net()).unwrap_or_default();
    let events = all_events(change, group.id, &net)?;
    let update = diesel::update(scim_group::table)
        .filter(scim_group::integration_id.eq(change.integration.0))
        .filter(scim_group::id.eq(group.id.0))
        .set(scim_group::member_count.eq(stored(net.count)))
        .returning((scim_group::integration_id, scim_group::id, scim_group::incarnation));
    record(connection, update, Told { change, version: group.version, events: &events }, Counted(NewGroups))
        .await?;
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
        .returning((scim_group::integration_id, scim_group::id, scim_group::incarnation));
    let told = Told { change, version: group.version, events: &change.events };
    match record(connection, update, told, NoLookups).await.map_err(Failure::Commit)? {
        true => Ok(Committed::Applied(group.version)),
        false => Err(refusal::of_group(connection, change.integration, group.id).await),
    }
}

/// In a transaction that it begins.
pub(super) async fn replace_with_members(
    connection: &mut AsyncPgConnection,
    change: &Change,
    group: &GroupRecord,
    expected: Version,
    members: &MemberChange,
) -> Result<Committed, Failure> {
    let edited = members::begin_and_edit(connection, change.integration, group.id, members).await?;
    let edited = required(edited, Some(expected))?;
    let net = edited.net();
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
        .returning((scim_group::integration_id, scim_group::id, scim_group::incarnation));
    record(connection, update, Told { change, version: group.version, events: &events }, NoLookups).await?;
    Ok(Committed::Applied(group.version))
}

/// A change of members alone.
#[derive(Clone, Copy)]
pub(super) struct MemberEdit<'a> {
    pub(super) change: &'a Change,
    pub(super) group: GroupId,
    pub(super) expected: Option<Version>,
    pub(super) members: &'a MemberChange,
}

impl<'a> MemberEdit<'a> {
    /// That of a change of members alone.
    pub(super) fn of(change: &'a Change) -> Option<Self> {
        match &change.mutation {
            Mutation::EditMembers { id, expected, members } => {
                Some(Self { change, group: *id, expected: *expected, members })
            }
            _ => None,
        }
    }

    fn names(&self, user: UserId) -> bool {
        match self.members {
            MemberChange::Delta { add, remove } => add.contains(&user) || remove.contains(&user),
            MemberChange::Keep | MemberChange::Replace(_) => true,
        }
    }
}

/// Makes changes of one group's members, in a transaction that it begins, and answers what each came to; they are
/// applied when one of them was. Where they are several, each says who joins and who leaves, and nobody is named twice.
///
/// Each change that alters something has a version of its own, in the order in which they are given.
pub(super) async fn edit_members(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    edits: &[MemberEdit<'_>],
) -> Result<Vec<Committed>, Failure> {
    let Some(first) = edits.first() else { return Ok(vec![]) };
    let id = first.group;
    let edited = members::begin_and_edit(connection, of, id, &all_members(edits)).await?;
    let edited = required(edited, first.expected)?;
    let (mut version, mut count) = (edited.version, edited.count_before);
    let (mut outcomes, mut applied) = (Vec::with_capacity(edits.len()), Vec::new());
    for edit in edits {
        let net = edited.net_among(count, |user| edits.len() == 1 || edit.names(user));
        if net.is_empty() {
            outcomes.push(Committed::Unchanged(version));
            continue;
        }
        (version, count) = (version.next(), net.count);
        outcomes.push(Committed::Applied(version));
        applied.push((edit.change, version, all_events(edit.change, id, &net)?));
    }
    if let Some(at) = applied.iter().map(|(change, ..)| change.at).max() {
        let update = diesel::update(scim_group::table)
            .filter(scim_group::integration_id.eq(of.0))
            .filter(scim_group::id.eq(id.0))
            .set((
                scim_group::version.eq(version.0),
                scim_group::last_modified.eq(at),
                scim_group::member_count.eq(stored(count)),
            ))
            .returning((scim_group::integration_id, scim_group::id, scim_group::incarnation));
        let told: Vec<_> = applied
            .iter()
            .map(|(change, version, events)| Told { change, version: *version, events })
            .collect();
        record_all(connection, update, &told, NoLookups).await?;
    }
    Ok(outcomes)
}

/// What several changes of members come to, of which none touches what another does.
fn all_members(edits: &[MemberEdit<'_>]) -> MemberChange {
    if let [edit] = edits {
        return edit.members.clone();
    }
    let (mut joining, mut leaving) = (Vec::new(), Vec::new());
    for edit in edits {
        if let MemberChange::Delta { add, remove } = edit.members {
            joining.extend_from_slice(add);
            leaving.extend_from_slice(remove);
        }
    }
    MemberChange::Delta { add: joining, remove: leaving }
}

fn required(edited: Option<Edited>, expected: Option<Version>) -> Result<Edited, Failure> {
    match edited {
        None => Err(Failure::Refused(CommitError::NotFound)),
        Some(edited) if expected.is_some_and(|expected| expected != edited.version) => {
            Err(Failure::Refused(CommitError::VersionConflict))
        }
        Some(edited) => Ok(edited),
    }
}

/// Ends the group and its memberships. It is counted when they have ended, which may take long: who waits for the row of
/// the count waits for a commit.
pub(super) async fn delete(
    connection: &mut AsyncPgConnection,
    change: &Change,
    id: GroupId,
    expected: Version,
) -> Result<Committed, Failure> {
    lock(connection, change, id, expected).await?;
    diesel::delete(group_member::table)
        .filter(group_member::integration_id.eq(change.integration.0))
        .filter(group_member::group_id.eq(id.0))
        .execute(connection)
        .await?;
    let update = diesel::update(scim_group::table)
        .filter(scim_group::integration_id.eq(change.integration.0))
        .filter(scim_group::id.eq(id.0))
        .set((
            scim_group::version.eq(expected.next().0),
            scim_group::last_modified.eq(change.at),
            scim_group::deleted_at.eq(change.at),
            scim_group::member_count.eq(0),
        ))
        .returning((scim_group::integration_id, scim_group::id, scim_group::incarnation));
    let told = Told { change, version: expected.next(), events: &change.events };
    record(connection, update, told, Counted(GoneGroups)).await?;
    Ok(Committed::Applied(expected.next()))
}

async fn lock(
    connection: &mut AsyncPgConnection,
    change: &Change,
    id: GroupId,
    expected: Version,
) -> Result<(), Failure> {
    let version: Option<i64> = scim_group::table
        .filter(scim_group::integration_id.eq(change.integration.0))
        .filter(scim_group::id.eq(id.0))
        .filter(scim_group::live)
        .select(scim_group::version)
        .for_no_key_update()
        .get_result(connection)
        .await
        .optional()?;
    refusal::unless_expected(version, expected)
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
        .returning((scim_group::integration_id, scim_group::id, scim_group::incarnation))
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
