//! Integrations and their tokens.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use directory::{Credential, Integration, IntegrationSlug, NewToken, TokenId};

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
            integration::created_at.eq(values::millis(at)),
        ))
        .execute(connection)?;
    Ok(())
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

type IntegrationRow = (String, String, String, String, String);
type IntegrationColumnNames =
    (integration::id, integration::slug, integration::portal, integration::environment, integration::state);

fn columns() -> IntegrationColumnNames {
    (integration::id, integration::slug, integration::portal, integration::environment, integration::state)
}

fn integration_of((id, slug, portal, environment, state): IntegrationRow) -> Result<Integration, Failure> {
    let id = values::uuid(&id)?;
    Ok(row::integration(IntegrationColumns { id, slug, portal, environment, state })?)
}
