//! Credentials.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use directory::{
    Admission, Credential, CredentialId, IntegrationId, IntegrationSlug, Registration, Revocation, Usage,
};
use serde_json::Value;
use uuid::Uuid;

use super::error::QueryFailure;
use super::integrations;
use super::schema::{credential, integration};
use crate::credential_row::{self, CredentialColumns, MOST_READ};
use crate::row::RowError;

pub(super) async fn registration(
    connection: &mut AsyncPgConnection,
    slug: &IntegrationSlug,
) -> Result<Option<Registration>, QueryFailure> {
    let Some(integration) = integrations::find(connection, slug).await? else { return Ok(None) };
    let found: Vec<CredentialRow> = credential::table
        .filter(credential::integration_id.eq(integration.id.0))
        .order((
            credential::revoked_at.is_null().desc(),
            credential::expires_at.is_null().desc(),
            credential::expires_at.desc(),
        ))
        .limit(MOST_READ)
        .select(COLUMNS)
        .load(connection)
        .await?;
    let credentials = found.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(Some(Registration { integration, credentials: credential_row::newest_first(credentials) }))
}

pub(super) async fn add(
    connection: &mut AsyncPgConnection,
    added: &Credential,
) -> Result<Admission, QueryFailure> {
    connection
        .transaction(async |connection| {
            let of = integration::table.filter(integration::id.eq(added.integration.0));
            // Held until the commit, so that the next one counts this one.
            let _: Uuid = of.select(integration::id).for_no_key_update().first(connection).await?;
            let known = credential::table.filter(credential::id.eq(added.id.as_str()));
            if diesel::select(diesel::dsl::exists(known)).get_result(connection).await? {
                return Ok(Admission::Known);
            }
            let admission = added.admission(&usable(connection, &[added.integration], added.created).await?);
            // Another integration may take the id at the same moment.
            if admission == Admission::Admitted && !insert(connection, added).await? {
                return Ok(Admission::Known);
            }
            Ok(admission)
        })
        .await
}

pub(super) async fn usable(
    connection: &mut AsyncPgConnection,
    of: &[IntegrationId],
    at: DateTime<Utc>,
) -> Result<Vec<Credential>, QueryFailure> {
    let of: Vec<Uuid> = of.iter().map(|id| id.0).collect();
    let unexpired = credential::expires_at.is_null().or(credential::expires_at.gt(at).assume_not_null());
    let found: Vec<CredentialRow> = credential::table
        .filter(credential::integration_id.eq_any(of))
        .filter(credential::revoked_at.is_null().and(unexpired))
        .select(COLUMNS)
        .load(connection)
        .await?;
    Ok(found.into_iter().map(read).collect::<Result<_, _>>()?)
}

async fn insert(connection: &mut AsyncPgConnection, added: &Credential) -> Result<bool, QueryFailure> {
    let written = diesel::insert_into(credential::table)
        .values((
            credential::id.eq(added.id.as_str()),
            credential::integration_id.eq(added.integration.0),
            credential::kind.eq(added.proof.kind().as_str()),
            credential::digest.eq(credential_row::digest(added)),
            credential::terms.eq(credential_row::terms(added).map_err(RowError::Json)?),
            credential::replaces.eq(added.replaces.as_ref().map(CredentialId::as_str)),
            credential::created_at.eq(added.created),
            credential::created_by.eq(&added.created_by),
            credential::expires_at.eq(added.expires),
        ))
        .on_conflict(credential::id)
        .do_nothing()
        .execute(connection)
        .await?;
    Ok(written == 1)
}

pub(super) async fn revoke(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    id: &CredentialId,
    revocation: &Revocation,
) -> Result<bool, QueryFailure> {
    let named =
        credential::table.filter(credential::integration_id.eq(of.0)).filter(credential::id.eq(id.as_str()));
    let revoked = diesel::update(named.filter(credential::revoked_at.is_null()))
        .set((credential::revoked_at.eq(revocation.at), credential::revoked_by.eq(&revocation.by)))
        .execute(connection)
        .await?;
    if revoked == 1 {
        return Ok(true);
    }
    Ok(diesel::select(diesel::dsl::exists(named)).get_result(connection).await?)
}

pub(super) async fn add_uses(
    connection: &mut AsyncPgConnection,
    uses: &[(CredentialId, Usage)],
) -> Result<(), QueryFailure> {
    // In one order, so that two replicas cannot stand in each other's way.
    let mut uses: Vec<_> = uses.iter().collect();
    uses.sort_unstable_by(|(a, _), (b, _)| a.as_str().cmp(b.as_str()));
    connection
        .transaction(async |connection| {
            for (id, usage) in uses {
                let count = i64::try_from(usage.count).unwrap_or(i64::MAX);
                let named = credential::table.filter(credential::id.eq(id.as_str()));
                diesel::update(named)
                    .set(credential::uses.eq(credential::uses + count))
                    .execute(connection)
                    .await?;
                let Some(last) = &usage.last else { continue };
                let earlier = credential::last_used_at
                    .is_null()
                    .or(credential::last_used_at.lt(last.at).assume_not_null());
                diesel::update(named.filter(earlier))
                    .set((
                        credential::last_used_at.eq(last.at),
                        credential::last_used_address.eq(last.address.map(|address| address.to_string())),
                        credential::last_used_agent.eq(&last.agent),
                    ))
                    .execute(connection)
                    .await?;
            }
            Ok(())
        })
        .await
}

type CredentialRow = (
    (String, Uuid, String, Option<Vec<u8>>, Value),
    (Option<String>, DateTime<Utc>, String, Option<DateTime<Utc>>),
    (Option<DateTime<Utc>>, Option<String>),
    (i64, Option<DateTime<Utc>>, Option<String>, Option<String>),
);

type ColumnNames = (
    (credential::id, credential::integration_id, credential::kind, credential::digest, credential::terms),
    (credential::replaces, credential::created_at, credential::created_by, credential::expires_at),
    (credential::revoked_at, credential::revoked_by),
    (credential::uses, credential::last_used_at, credential::last_used_address, credential::last_used_agent),
);

const COLUMNS: ColumnNames = (
    (credential::id, credential::integration_id, credential::kind, credential::digest, credential::terms),
    (credential::replaces, credential::created_at, credential::created_by, credential::expires_at),
    (credential::revoked_at, credential::revoked_by),
    (credential::uses, credential::last_used_at, credential::last_used_address, credential::last_used_agent),
);

fn read((what, made, end, use_of): CredentialRow) -> Result<Credential, RowError> {
    let (id, integration, kind, digest, terms) = what;
    let (replaces, created, created_by, expires) = made;
    let (revoked, revoked_by) = end;
    let (uses, last_used, last_address, last_agent) = use_of;
    credential_row::credential(CredentialColumns {
        id,
        integration,
        kind,
        digest,
        terms,
        replaces,
        created,
        created_by,
        expires,
        revoked,
        revoked_by,
        uses,
        last_used,
        last_address,
        last_agent,
    })
}
