//! What becomes of a user.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{Change, Committed, IntegrationId, KeyChange, Mutation, UserId, UserRecord, Version};
use scim::LookupKey;
use uuid::Uuid;

use super::super::cached::Cached;
use super::super::error::Failure;
use super::super::schema::{group_member, scim_group, scim_user};
use super::counts::{Both, Counted, GoneUsers, NewUsers};
use super::lookups::{Lookups, NewLookups, NoLookups};
use super::recorded::{Document, Told, record, record_all};
use super::refusal;
use crate::lookup_row::{LookupChange, LookupRow};

/// What one change among several came to.
pub(super) type Outcome = Result<Committed, Failure>;

/// A user that becomes part of the directory.
#[derive(Clone, Copy)]
pub(super) struct Creation<'a> {
    pub(super) change: &'a Change,
    pub(super) user: &'a UserRecord,
    pub(super) keys: &'a [LookupKey],
}

/// A user that changes, provided the version is still the one that was read.
#[derive(Clone, Copy)]
pub(super) struct Replacement<'a> {
    pub(super) change: &'a Change,
    pub(super) user: &'a UserRecord,
    pub(super) expected: Version,
    pub(super) keys: &'a KeyChange,
}

impl<'a> Creation<'a> {
    /// That of a change that creates a user.
    pub(super) fn of(change: &'a Change) -> Option<Self> {
        match &change.mutation {
            Mutation::CreateUser { record, keys } => Some(Self { change, user: record, keys }),
            _ => None,
        }
    }
}

impl<'a> Replacement<'a> {
    /// That of a change that changes a user.
    pub(super) fn of(change: &'a Change) -> Option<Self> {
        match &change.mutation {
            Mutation::ReplaceUser { record, expected, keys } => {
                Some(Self { change, user: record, expected: *expected, keys })
            }
            _ => None,
        }
    }
}

/// Creates users of one integration, all of them or none.
pub(super) async fn create(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    creations: &[Creation<'_>],
) -> Result<Vec<Outcome>, Failure> {
    let insert = InsertUsers { of: of.0, users: Columns::of(creations.iter().map(|creation| creation.user)) };
    let lookups = creations.iter().map(|creation| (creation.user.id, LookupRow::all(creation.keys)));
    let told: Vec<_> =
        creations.iter().map(|creation| told(creation.change, creation.user.version)).collect();
    let parts = Both(Counted(NewUsers), NewLookups::new(lookups));
    record_all(connection, insert, &told, parts).await.map_err(Failure::Commit)?;
    Ok(creations.iter().map(|creation| Ok(Committed::Applied(creation.user.version))).collect())
}

/// Changes different users of one integration, each of them if it has the version that was read.
pub(super) async fn replace(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    replacements: &[Replacement<'_>],
) -> Result<Vec<Outcome>, Failure> {
    let update = UpdateUsers {
        of: of.0,
        expected: replacements.iter().map(|replacement| replacement.expected.0).collect(),
        users: Columns::of(replacements.iter().map(|replacement| replacement.user)),
    };
    let lookups: Vec<_> = replacements
        .iter()
        .map(|replacement| (replacement.user.id, LookupChange::of(replacement.keys)))
        .filter(|(_, lookups)| *lookups != LookupChange::default())
        .collect();
    let told: Vec<_> =
        replacements.iter().map(|replacement| told(replacement.change, replacement.user.version)).collect();
    // Most changes leave alone what users are found by, and parts without work cost as well.
    let found = match lookups.is_empty() {
        true => record_all(connection, update, &told, NoLookups).await,
        false => record_all(connection, update, &told, Lookups::new(lookups)).await,
    }
    .map_err(Failure::Commit)?;
    let mut outcomes = Vec::with_capacity(replacements.len());
    for Replacement { user, .. } in replacements {
        outcomes.push(match found.contains(&user.id.0) {
            true => Ok(Committed::Applied(user.version)),
            false => Err(refusal::of_user(connection, of, user.id).await),
        });
    }
    Ok(outcomes)
}

fn told(change: &Change, version: Version) -> Told<'_> {
    Told { change, version, events: &change.events }
}

/// Users, a list for each column that a change may write.
struct Columns<'a> {
    ids: Vec<Uuid>,
    versions: Vec<i64>,
    created: Vec<DateTime<Utc>>,
    last_modified: Vec<DateTime<Utc>>,
    user_names: Vec<String>,
    external_ids: Vec<Option<&'a str>>,
    display_names: Vec<Option<&'a str>>,
    display_names_folded: Vec<Option<String>>,
    active: Vec<bool>,
    resources: Vec<Document<'a>>,
}

impl<'a> Columns<'a> {
    fn of(users: impl Iterator<Item = &'a UserRecord> + Clone) -> Self {
        fn each<'a, T>(
            users: &(impl Iterator<Item = &'a UserRecord> + Clone),
            column: impl Fn(&'a UserRecord) -> T,
        ) -> Vec<T> {
            users.clone().map(column).collect()
        }
        Self {
            ids: each(&users, |user| user.id.0),
            versions: each(&users, |user| user.version.0),
            created: each(&users, |user| user.created),
            last_modified: each(&users, |user| user.last_modified),
            user_names: each(&users, |user| scim::fold(user.resource.user_name().unwrap_or_default())),
            external_ids: each(&users, |user| user.resource.external_id()),
            display_names: each(&users, |user| user.resource.display_name()),
            display_names_folded: each(&users, |user| user.resource.display_name().map(scim::fold)),
            active: each(&users, |user| user.resource.active()),
            resources: each(&users, |user| Document(user.resource.as_map())),
        }
    }

    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.versions)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Timestamptz>, _>(&self.created)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Timestamptz>, _>(&self.last_modified)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.user_names)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.external_ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.display_names)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.display_names_folded)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Bool>, _>(&self.active)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Jsonb>, _>(&self.resources)
    }
}

/// Names of [`Columns`] in a statement.
const COLUMNS: &str = "id, version, created_at, last_modified, user_name_folded, external_id, display_name,
    display_name_folded, active, resource";

struct InsertUsers<'a> {
    of: Uuid,
    users: Columns<'a>,
}

impl QueryId for InsertUsers<'_> {
    type QueryId = InsertUsers<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for InsertUsers<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("insert into directory.scim_user (integration_id, incarnation, ");
        out.push_sql(COLUMNS);
        out.push_sql(") select ");
        out.push_bind_param::<SqlUuid, _>(&self.of)?;
        // Counts the deleted ones as well; none has an unknown external id.
        out.push_sql(
            ", 1 + coalesce((
                select max(known.incarnation) from directory.scim_user as known
                where known.external_id = given.external_id and known.integration_id = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.of)?;
        out.push_sql("), 0), given.* from unnest(");
        self.users.push(&mut out)?;
        out.push_sql(") as given(");
        out.push_sql(COLUMNS);
        out.push_sql(") returning integration_id, id, incarnation");
        Ok(())
    }
}

struct UpdateUsers<'a> {
    of: Uuid,
    expected: Vec<i64>,
    users: Columns<'a>,
}

impl QueryId for UpdateUsers<'_> {
    type QueryId = UpdateUsers<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for UpdateUsers<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "update directory.scim_user as known set
                version = given.version, last_modified = given.last_modified,
                user_name_folded = given.user_name_folded, external_id = given.external_id,
                display_name = given.display_name, display_name_folded = given.display_name_folded,
                active = given.active, resource = given.resource
            from unnest(",
        );
        out.push_bind_param::<Array<BigInt>, _>(&self.expected)?;
        out.push_sql(", ");
        self.users.push(&mut out)?;
        out.push_sql(") as given(expected, ");
        out.push_sql(COLUMNS);
        out.push_sql(") where known.integration_id = ");
        out.push_bind_param::<SqlUuid, _>(&self.of)?;
        out.push_sql(
            " and known.id = given.id and known.version = given.expected and known.live
            returning known.integration_id, known.id, known.incarnation",
        );
        Ok(())
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
        .returning((scim_user::integration_id, scim_user::id, scim_user::incarnation));
    let gone = LookupChange { added: vec![], removed: LookupRow::all(keys) };
    let parts = Both(Counted(GoneUsers), Lookups::new([(id, gone)]));
    record(connection, update, told(change, expected.next()), parts).await?;
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
    refusal::unless_expected(version, expected)
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
