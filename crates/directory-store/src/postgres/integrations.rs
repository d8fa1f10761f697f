//! Integrations and their tokens.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{Credential, Integration, IntegrationId, IntegrationSlug, NewToken, TokenId};
use scim::{Profile, Schema};
use serde_json::Value;
use uuid::Uuid;

use super::error::QueryFailure;
use super::schema::{integration, token};
use crate::row::{self, IntegrationColumns};

pub(super) async fn find(
    connection: &mut AsyncPgConnection,
    slug: &IntegrationSlug,
) -> Result<Option<Integration>, QueryFailure> {
    let found: Option<IntegrationRow> = integration::table
        .filter(integration::slug.eq(slug.as_str()))
        .select(columns())
        .first(connection)
        .await
        .optional()?;
    Ok(found.map(integration_of).transpose()?)
}

pub(super) async fn add(
    connection: &mut AsyncPgConnection,
    added: &Integration,
    at: DateTime<Utc>,
) -> Result<(), QueryFailure> {
    diesel::insert_into(integration::table)
        .values((
            integration::id.eq(added.id.0),
            integration::slug.eq(added.slug.as_str()),
            integration::portal.eq(&added.portal),
            integration::environment.eq(added.environment.as_str()),
            integration::state.eq(row::state_name(added.state)),
            integration::profile.eq(added.profile.as_str()),
            integration::user_extensions.eq(row::definitions(&added.user_extensions)),
            integration::created_at.eq(at),
        ))
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn set_profile(
    connection: &mut AsyncPgConnection,
    id: IntegrationId,
    profile: Profile,
) -> Result<(), QueryFailure> {
    diesel::update(integration::table.filter(integration::id.eq(id.0)))
        .set(integration::profile.eq(profile.as_str()))
        .execute(connection)
        .await?;
    Ok(())
}

/// Compares schemas, whose spelling another version of this program may have stored, and then the spelling.
pub(super) async fn set_user_extensions(
    connection: &mut AsyncPgConnection,
    id: IntegrationId,
    expected: &[Schema],
    extensions: &[Schema],
) -> Result<bool, QueryFailure> {
    let stored: Option<Value> = integration::table
        .filter(integration::id.eq(id.0))
        .select(integration::user_extensions)
        .first(connection)
        .await
        .optional()?;
    let Some(stored) = stored else { return Ok(false) };
    if row::extensions(&stored)? != expected {
        return Ok(false);
    }
    let unchanged =
        integration::table.filter(integration::id.eq(id.0)).filter(integration::user_extensions.eq(stored));
    let changed = diesel::update(unchanged)
        .set(integration::user_extensions.eq(row::definitions(extensions)))
        .execute(connection)
        .await?;
    Ok(changed == 1)
}

pub(super) async fn add_token(
    connection: &mut AsyncPgConnection,
    added: &NewToken,
) -> Result<(), QueryFailure> {
    diesel::insert_into(token::table)
        .values((
            token::id.eq(added.id.as_str()),
            token::integration_id.eq(added.integration.0),
            token::digest.eq(added.digest.0.as_slice()),
            token::created_at.eq(added.created),
            token::expires_at.eq(added.expires),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn credential(
    connection: &mut AsyncPgConnection,
    id: &TokenId,
) -> Result<Option<Credential>, QueryFailure> {
    let opens = token::integration_id.eq(integration::id);
    let found: Option<CredentialRow> = token::table
        .inner_join(integration::table.on(opens))
        .filter(token::id.eq(id.as_str()))
        .select((columns(), token::digest, token::expires_at, token::revoked_at))
        .first(connection)
        .await
        .optional()?;
    let Some((integration, digest, expires, revoked)) = found else {
        return Ok(None);
    };
    let integration = row::integration(IntegrationColumns::from(integration))?;
    Ok(Some(Credential { integration, digest: row::digest(digest)?, expires, revoked }))
}

type CredentialRow = (IntegrationRow, Vec<u8>, DateTime<Utc>, Option<DateTime<Utc>>);
type IntegrationRow = (Uuid, String, String, String, String, String, Value);
type IntegrationColumnNames = (
    integration::id,
    integration::slug,
    integration::portal,
    integration::environment,
    integration::state,
    integration::profile,
    integration::user_extensions,
);

fn columns() -> IntegrationColumnNames {
    (
        integration::id,
        integration::slug,
        integration::portal,
        integration::environment,
        integration::state,
        integration::profile,
        integration::user_extensions,
    )
}

fn integration_of(row: IntegrationRow) -> Result<Integration, row::RowError> {
    row::integration(row.into())
}

impl From<IntegrationRow> for IntegrationColumns {
    fn from((id, slug, portal, environment, state, profile, user_extensions): IntegrationRow) -> Self {
        Self { id, slug, portal, environment, state, profile, user_extensions }
    }
}
