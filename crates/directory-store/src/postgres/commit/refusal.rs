//! Why a statement found no row to change.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{CommitError, GroupId, IntegrationId, UserId, Version};

use super::super::error::Failure;
use super::super::schema::{scim_group, scim_user};

pub(super) async fn of_user(connection: &mut AsyncPgConnection, of: IntegrationId, id: UserId) -> Failure {
    let live = scim_user::table
        .filter(scim_user::integration_id.eq(of.0))
        .filter(scim_user::id.eq(id.0))
        .filter(scim_user::live);
    refusal(diesel::select(exists(live)).get_result(connection).await)
}

pub(super) async fn of_group(connection: &mut AsyncPgConnection, of: IntegrationId, id: GroupId) -> Failure {
    let live = scim_group::table
        .filter(scim_group::integration_id.eq(of.0))
        .filter(scim_group::id.eq(id.0))
        .filter(scim_group::live);
    refusal(diesel::select(exists(live)).get_result(connection).await)
}

/// For a row that was locked as one that lives, if there is one.
pub(super) fn unless_expected(version: Option<i64>, expected: Version) -> Result<(), Failure> {
    match version {
        Some(version) if version == expected.0 => Ok(()),
        Some(_) => Err(Failure::Refused(CommitError::VersionConflict)),
        None => Err(Failure::Refused(CommitError::NotFound)),
    }
}

fn refusal(is_live: QueryResult<bool>) -> Failure {
    match is_live {
        Ok(true) => Failure::Refused(CommitError::VersionConflict),
        Ok(false) => Failure::Refused(CommitError::NotFound),
        Err(error) => Failure::Statement(error),
    }
}
