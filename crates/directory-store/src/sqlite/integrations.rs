//! Integrations and their tokens.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use directory::{Credential, Integration, IntegrationId, IntegrationSlug, NewToken, TokenId};
use scim::{Profile, Schema};

use super::error::Failure;
use super::schema::{integration, token};
use super::values;
use crate::row::{self, IntegrationColumns};

pub(super) fn find(
    connection: &mut SqliteConnection,
    slug: &IntegrationSlug,
) -> Result<Option<Integration>, Failure> {
    let found: Option<IntegrationRow> = integration::table
        .filter(integration::slug.eq(slug.as_str()))
        .select(columns())
        .first(connection)
        .optional()?;
    found.map(integration_of).transpose()
}

pub(super) fn add(
    connection: &mut SqliteConnection,
    added: &Integration,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    diesel::insert_or_ignore_into(integration::table)
        .values((
            integration::id.eq(added.id.0.to_string()),
            integration::slug.eq(added.slug.as_str()),
            integration::portal.eq(&added.portal),
            integration::environment.eq(added.environment.as_str()),
            integration::state.eq(row::state_name(added.state)),
            integration::profile.eq(added.profile.as_str()),
            integration::user_extensions.eq(row::definitions(&added.user_extensions).to_string()),
            integration::created_at.eq(values::millis(at)),
        ))
        .execute(connection)?;
    Ok(())
}

pub(super) fn set_profile(
    connection: &mut SqliteConnection,
    id: IntegrationId,
    profile: Profile,
) -> Result<(), Failure> {
    diesel::update(integration::table.filter(integration::id.eq(id.0.to_string())))
        .set(integration::profile.eq(profile.as_str()))
        .execute(connection)?;
    Ok(())
}

/// Compares schemas, whose spelling another version of this program may have stored, and then the spelling.
pub(super) fn set_user_extensions(
    connection: &mut SqliteConnection,
    id: IntegrationId,
    expected: &[Schema],
    extensions: &[Schema],
) -> Result<bool, Failure> {
    let stored: Option<String> = integration::table
        .filter(integration::id.eq(id.0.to_string()))
        .select(integration::user_extensions)
        .first(connection)
        .optional()?;
    let Some(stored) = stored else { return Ok(false) };
    if row::extensions(&values::document(&stored)?)? != expected {
        return Ok(false);
    }
    let unchanged = integration::table
        .filter(integration::id.eq(id.0.to_string()))
        .filter(integration::user_extensions.eq(stored));
    let changed = diesel::update(unchanged)
        .set(integration::user_extensions.eq(row::definitions(extensions).to_string()))
        .execute(connection)?;
    Ok(changed == 1)
}

pub(super) fn add_token(connection: &mut SqliteConnection, added: &NewToken) -> Result<(), Failure> {
    diesel::insert_into(token::table)
        .values((
            token::id.eq(added.id.as_str()),
            token::integration_id.eq(added.integration.0.to_string()),
            token::digest.eq(added.digest.0.as_slice()),
            token::created_at.eq(values::millis(added.created)),
            token::expires_at.eq(values::millis(added.expires)),
        ))
        .execute(connection)?;
    Ok(())
}

pub(super) fn credential(
    connection: &mut SqliteConnection,
    id: &TokenId,
) -> Result<Option<Credential>, Failure> {
    let found: Option<(IntegrationRow, Vec<u8>, i64, Option<i64>)> = token::table
        .inner_join(integration::table.on(token::integration_id.eq(integration::id)))
        .filter(token::id.eq(id.as_str()))
        .select((columns(), token::digest, token::expires_at, token::revoked_at))
        .first(connection)
        .optional()?;
    let Some((integration, digest, expires, revoked)) = found else {
        return Ok(None);
    };
    Ok(Some(Credential {
        integration: integration_of(integration)?,
        digest: row::digest(digest)?,
        expires: values::time(expires)?,
        revoked: revoked.map(values::time).transpose()?,
    }))
}

type IntegrationRow = (String, String, String, String, String, String, String);
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

fn integration_of(
    (id, slug, portal, environment, state, profile, user_extensions): IntegrationRow,
) -> Result<Integration, Failure> {
    let (id, user_extensions) = (values::uuid(&id)?, values::document(&user_extensions)?);
    let columns = IntegrationColumns { id, slug, portal, environment, state, profile, user_extensions };
    Ok(row::integration(columns)?)
}
