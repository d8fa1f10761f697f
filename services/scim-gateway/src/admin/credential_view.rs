use std::net::IpAddr;

use chrono::{DateTime, Utc};
use directory::admin::{Issued, Retirement, retirement};
use directory::{Credential, Proof, Registration};
use serde::Serialize;
use utoipa::ToSchema;

/// A credential. Never its secret, but in the answer that made it.
#[derive(Serialize, ToSchema)]
#[schema(as = Credential)]
pub(super) struct CredentialView {
    /// Public id; of an OAuth client its `client_id`.
    id: String,
    /// `secret`, `client`, `federated` or `entra`.
    kind: &'static str,
    name: String,
    scopes: Vec<&'static str>,
    /// Networks that a caller may come from (CIDR); any when there is none.
    networks: Vec<String>,
    created_at: DateTime<Utc>,
    created_by: String,
    expires_at: Option<DateTime<Utc>>,
    /// `active`, `expiring`, `expired` or `revoked`.
    state: &'static str,
    revoked_at: Option<DateTime<Utc>>,
    revoked_by: Option<String>,
    /// Requests let in, as far as they are counted: some seconds behind.
    uses: u64,
    last_used: Option<LastUseView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// The one that it was made to take over from.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<String>,
    retirement: RetirementView,
    /// Shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// When and from where a credential was used last.
#[derive(Serialize, ToSchema)]
#[schema(as = LastUse)]
pub(super) struct LastUseView {
    at: DateTime<Utc>,
    #[schema(value_type = Option<String>)]
    address: Option<IpAddr>,
    /// `User-Agent`.
    agent: Option<String>,
}

/// Whether a credential can be retired without anybody being shut out.
#[derive(Serialize, ToSchema)]
#[schema(as = Retirement)]
pub(super) struct RetirementView {
    /// `safe`, `no_successor`, `still_used` or `revoked`.
    state: &'static str,
    /// The newer credential that is in use, when it is safe.
    #[serde(skip_serializing_if = "Option::is_none")]
    successor: Option<String>,
    /// When it was used last, when it is still used.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<DateTime<Utc>>,
}

impl CredentialView {
    pub(super) fn new(registration: &Registration, credential: &Credential, now: DateTime<Utc>) -> Self {
        let retirement = retirement(registration, &credential.id, now).unwrap_or(Retirement::NoSuccessor);
        let (tenant, audience, subject) = match &credential.proof {
            Proof::Secret(_) | Proof::Client(_) => (None, None, None),
            Proof::Federated { tenant, audience, subject } => (Some(tenant), Some(audience), Some(subject)),
            Proof::Entra { tenant, audience } => (Some(tenant), Some(audience), None),
        };
        let last_used = credential.usage.last.as_ref();
        Self {
            id: credential.id.as_str().to_owned(),
            kind: credential.proof.kind().as_str(),
            name: credential.name.clone(),
            scopes: credential.scopes.names(),
            networks: credential.networks.iter().map(ToString::to_string).collect(),
            created_at: credential.created,
            created_by: credential.created_by.clone(),
            expires_at: credential.expires,
            state: state(credential, now),
            revoked_at: credential.revoked.as_ref().map(|revoked| revoked.at),
            revoked_by: credential.revoked.as_ref().map(|revoked| revoked.by.clone()),
            uses: credential.usage.count,
            last_used: last_used.map(|last| LastUseView {
                at: last.at,
                address: last.address,
                agent: last.agent.clone(),
            }),
            tenant_id: tenant.map(|tenant| tenant.as_str().to_owned()),
            audience: audience.cloned(),
            subject: subject.cloned(),
            replaces: credential.replaces.as_ref().map(|replaced| replaced.as_str().to_owned()),
            retirement: RetirementView::from(retirement),
            secret: None,
        }
    }

    /// That of a credential that was made just now, with its secret.
    pub(super) fn issued(mut registration: Registration, issued: &Issued, now: DateTime<Utc>) -> Self {
        registration.credentials.push(issued.credential.clone());
        let secret = issued.secret.as_ref().map(|secret| secret.reveal().to_owned());
        Self { secret, ..Self::new(&registration, &issued.credential, now) }
    }
}

impl From<Retirement> for RetirementView {
    fn from(retirement: Retirement) -> Self {
        let without_more = |state| Self { state, successor: None, last_used_at: None };
        match retirement {
            Retirement::Safe { successor } => {
                Self { successor: Some(successor.as_str().to_owned()), ..without_more("safe") }
            }
            Retirement::NoSuccessor => without_more("no_successor"),
            Retirement::StillUsed { at } => Self { last_used_at: Some(at), ..without_more("still_used") },
            Retirement::Revoked => without_more("revoked"),
        }
    }
}

fn state(credential: &Credential, now: DateTime<Utc>) -> &'static str {
    match credential {
        Credential { revoked: Some(_), .. } => "revoked",
        _ if !credential.is_usable(now) => "expired",
        _ if credential.ends_soon(now) => "expiring",
        _ => "active",
    }
}
