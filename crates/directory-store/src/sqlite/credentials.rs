//! Credentials.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use directory::{
    Admission, Credential, CredentialId, IntegrationId, IntegrationSlug, Registration, Revocation, Usage,
};

use super::error::Failure;
use super::integrations;
use super::schema::credential;
use super::values;
use crate::credential_row::{self, CredentialColumns, MOST_READ};
use crate::row::RowError;

pub(super) fn registration(
    connection: &mut SqliteConnection,
    slug: &IntegrationSlug,
) -> Result<Option<Registration>, Failure> {
    let Some(integration) = integrations::find(connection, slug)? else { return Ok(None) };
    let found: Vec<CredentialRow> = credential::table
        .filter(credential::integration_id.eq(integration.id.0.to_string()))
        .order((
            credential::revoked_at.is_null().desc(),
            credential::expires_at.is_null().desc(),
            credential::expires_at.desc(),
        ))
        .limit(MOST_READ)
        .select(COLUMNS)
        .load(connection)?;
    let credentials = found.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(Some(Registration { integration, credentials: credential_row::newest_first(credentials) }))
}

pub(super) fn add(connection: &mut SqliteConnection, added: &Credential) -> Result<Admission, Failure> {
    // The only writer, from before it counts.
    connection.immediate_transaction(|connection| {
        let known = credential::table.filter(credential::id.eq(added.id.as_str()));
        if diesel::select(diesel::dsl::exists(known)).get_result(connection)? {
            return Ok(Admission::Known);
        }
        let admission = added.admission(&usable(connection, &[added.integration], added.created)?);
        if admission == Admission::Admitted {
            insert(connection, added)?;
        }
        Ok(admission)
    })
}

pub(super) fn usable(
    connection: &mut SqliteConnection,
    of: &[IntegrationId],
    at: DateTime<Utc>,
) -> Result<Vec<Credential>, Failure> {
    let of: Vec<String> = of.iter().map(|id| id.0.to_string()).collect();
    let unexpired =
        credential::expires_at.is_null().or(credential::expires_at.gt(values::millis(at)).assume_not_null());
    let found: Vec<CredentialRow> = credential::table
        .filter(credential::integration_id.eq_any(of))
        .filter(credential::revoked_at.is_null().and(unexpired))
        .select(COLUMNS)
        .load(connection)?;
    found.into_iter().map(read).collect()
}

fn insert(connection: &mut SqliteConnection, added: &Credential) -> Result<(), Failure> {
    diesel::insert_into(credential::table)
        .values((
            credential::id.eq(added.id.as_str()),
            credential::integration_id.eq(added.integration.0.to_string()),
            credential::kind.eq(added.proof.kind().as_str()),
            credential::digest.eq(credential_row::digest(added)),
            credential::terms.eq(credential_row::terms(added).map_err(RowError::Json)?.to_string()),
            credential::replaces.eq(added.replaces.as_ref().map(CredentialId::as_str)),
            credential::created_at.eq(values::millis(added.created)),
            credential::created_by.eq(&added.created_by),
            credential::expires_at.eq(added.expires.map(values::millis)),
        ))
        .execute(connection)?;
    Ok(())
}

pub(super) fn revoke(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    id: &CredentialId,
    revocation: &Revocation,
) -> Result<bool, Failure> {
    let named = credential::table
        .filter(credential::integration_id.eq(of.0.to_string()))
        .filter(credential::id.eq(id.as_str()));
    let revoked = diesel::update(named.clone().filter(credential::revoked_at.is_null()))
        .set((
            credential::revoked_at.eq(values::millis(revocation.at)),
            credential::revoked_by.eq(&revocation.by),
        ))
        .execute(connection)?;
    if revoked == 1 {
        return Ok(true);
    }
    Ok(diesel::select(diesel::dsl::exists(named)).get_result(connection)?)
}

pub(super) fn add_uses(
    connection: &mut SqliteConnection,
    uses: &[(CredentialId, Usage)],
) -> Result<(), Failure> {
    connection.immediate_transaction(|connection| {
        for (id, usage) in uses {
            let count = i64::try_from(usage.count).unwrap_or(i64::MAX);
            let named = credential::table.filter(credential::id.eq(id.as_str()));
            diesel::update(named).set(credential::uses.eq(credential::uses + count)).execute(connection)?;
            let Some(last) = &usage.last else { continue };
            let earlier = credential::last_used_at
                .is_null()
                .or(credential::last_used_at.lt(values::millis(last.at)).assume_not_null());
            diesel::update(named.filter(earlier))
                .set((
                    credential::last_used_at.eq(values::millis(last.at)),
                    credential::last_used_address.eq(last.address.map(|address| address.to_string())),
                    credential::last_used_agent.eq(&last.agent),
                ))
                .execute(connection)?;
        }
        Ok(())
    })
}

type CredentialRow = (
    (String, String, String, Option<Vec<u8>>, String),
    (Option<String>, i64, String, Option<i64>),
    (Option<i64>, Option<String>),
    (i64, Option<i64>, Option<String>, Option<String>),
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

fn read((what, made, end, use_of): CredentialRow) -> Result<Credential, Failure> {
    let (id, integration, kind, digest, terms) = what;
    let (replaces, created, created_by, expires) = made;
    let (revoked, revoked_by) = end;
    let (uses, last_used, last_address, last_agent) = use_of;
    Ok(credential_row::credential(CredentialColumns {
        id,
        integration: values::uuid(&integration)?,
        kind,
        digest,
        terms: values::document(&terms)?,
        replaces,
        created: values::time(created)?,
        created_by,
        expires: expires.map(values::time).transpose()?,
        revoked: revoked.map(values::time).transpose()?,
        revoked_by,
        uses,
        last_used: last_used.map(values::time).transpose()?,
        last_address,
        last_agent,
    })?)
}
