//! Credentials as both back ends keep them.

use chrono::{DateTime, Utc};
use directory::{
    Credential, CredentialId, CredentialKind, IntegrationId, LastUse, Proof, Revocation, Scopes,
    SecretDigest, TenantId, Usage,
};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::row::{RowError, unknown};

/// Credentials that are read of one integration. Chosen are those that are not revoked, and of these those that end last
/// or never: what can be used is always among them, however many have expired.
pub(crate) const MOST_READ: i64 = 100;

/// In the order of lists: those that are not revoked first, and of each the newest first.
pub(crate) fn newest_first(mut credentials: Vec<Credential>) -> Vec<Credential> {
    credentials
        .sort_by_key(|credential| (credential.revoked.is_some(), std::cmp::Reverse(credential.created)));
    credentials
}

/// What is set when a credential is made, and is not compared by any query.
#[derive(Serialize, Deserialize)]
struct Terms {
    name: String,
    scopes: Vec<String>,
    #[serde(default)]
    networks: Vec<IpNet>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audience: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

/// A credential's columns.
pub(crate) struct CredentialColumns {
    pub(crate) id: String,
    pub(crate) integration: Uuid,
    pub(crate) kind: String,
    pub(crate) digest: Option<Vec<u8>>,
    pub(crate) terms: Value,
    pub(crate) replaces: Option<String>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) created_by: String,
    pub(crate) expires: Option<DateTime<Utc>>,
    pub(crate) revoked: Option<DateTime<Utc>>,
    pub(crate) revoked_by: Option<String>,
    pub(crate) uses: i64,
    pub(crate) last_used: Option<DateTime<Utc>>,
    pub(crate) last_address: Option<String>,
    pub(crate) last_agent: Option<String>,
}

pub(crate) fn terms(credential: &Credential) -> Result<Value, serde_json::Error> {
    let (tenant, audience, subject) = match &credential.proof {
        Proof::Secret(_) | Proof::Client(_) => (None, None, None),
        Proof::Federated { tenant, audience, subject } => (Some(tenant), Some(audience), Some(subject)),
        Proof::Entra { tenant, audience } => (Some(tenant), Some(audience), None),
    };
    serde_json::to_value(Terms {
        name: credential.name.clone(),
        scopes: credential.scopes.names().into_iter().map(str::to_owned).collect(),
        networks: credential.networks.clone(),
        tenant: tenant.map(|tenant| tenant.as_str().to_owned()),
        audience: audience.cloned(),
        subject: subject.cloned(),
    })
}

pub(crate) fn digest(credential: &Credential) -> Option<&[u8]> {
    match &credential.proof {
        Proof::Secret(digest) | Proof::Client(digest) => Some(&digest.0),
        Proof::Federated { .. } | Proof::Entra { .. } => None,
    }
}

pub(crate) fn credential(columns: CredentialColumns) -> Result<Credential, RowError> {
    let terms: Terms =
        serde_json::from_value(columns.terms).map_err(|_| unknown("terms", "of another form"))?;
    let scopes = Scopes::parse(terms.scopes.iter().map(String::as_str))
        .map_err(|_| unknown("scopes", &terms.scopes.join(" ")))?;
    let kind = CredentialKind::parse(&columns.kind).ok_or_else(|| unknown("kind", &columns.kind))?;
    let secret = || {
        let bytes: Option<[u8; 32]> = columns.digest.as_deref().and_then(|bytes| bytes.try_into().ok());
        bytes.map(SecretDigest).ok_or_else(|| unknown("digest", "of another length"))
    };
    let tenant = || {
        let text = terms.tenant.as_deref().unwrap_or_default();
        TenantId::parse(text).map_err(|_| unknown("tenant", text))
    };
    let claim = |claim: &Option<String>| claim.clone().ok_or_else(|| unknown("terms", "without a claim"));
    let proof = match kind {
        CredentialKind::Secret => Proof::Secret(secret()?),
        CredentialKind::Client => Proof::Client(secret()?),
        CredentialKind::Federated => Proof::Federated {
            tenant: tenant()?,
            audience: claim(&terms.audience)?,
            subject: claim(&terms.subject)?,
        },
        CredentialKind::Entra => Proof::Entra { tenant: tenant()?, audience: claim(&terms.audience)? },
    };
    let id = |text: &str| CredentialId::parse(text).ok_or_else(|| unknown("id", text));
    Ok(Credential {
        id: id(&columns.id)?,
        integration: IntegrationId(columns.integration),
        proof,
        name: terms.name,
        scopes,
        networks: terms.networks,
        replaces: columns.replaces.as_deref().map(id).transpose()?,
        created: columns.created,
        created_by: columns.created_by,
        expires: columns.expires,
        revoked: columns.revoked.zip(columns.revoked_by).map(|(at, by)| Revocation { at, by }),
        usage: Usage {
            count: u64::try_from(columns.uses).unwrap_or_default(),
            last: columns.last_used.map(|at| LastUse {
                at,
                address: columns.last_address.as_deref().and_then(|text| text.parse().ok()),
                agent: columns.last_agent,
            }),
        },
    })
}
