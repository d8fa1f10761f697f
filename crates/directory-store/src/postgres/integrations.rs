//! Integrations and their tokens.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{Credential, Integration, IntegrationSlug, NewToken, TokenId};
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
            integration::created_at.eq(at),
        ))
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    Ok(())
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
type IntegrationRow = (Uuid, String, String, String, String);
type IntegrationColumnNames =
    (integration::id, integration::slug, integration::portal, integration::environment, integration::state);

fn columns() -> IntegrationColumnNames {
    (integration::id, integration::slug, integration::portal, integration::environment, integration::state)
}

fn integration_of(row: IntegrationRow) -> Result<Integration, row::RowError> {
    row::integration(row.into())
}

impl From<IntegrationRow> for IntegrationColumns {
    fn from((id, slug, portal, environment, state): IntegrationRow) -> Self {
        Self { id, slug, portal, environment, state }
    }
}
