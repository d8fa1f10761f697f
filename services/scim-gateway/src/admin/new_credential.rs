use directory::admin::{NewCredential, NewProof};
use directory::{CredentialKind, Scopes, TenantId};
use platform::admin::input::Instant;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::networks;

/// A credential to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCredentialBody {
    /// `secret`, `client`, `federated` or `entra`.
    kind: String,
    /// 1 to 100 characters, for those who see the list.
    name: String,
    /// Of `users.read`, `users.write`, `groups.read` and `groups.write`; all when not given.
    scopes: Option<Vec<String>>,
    /// Networks that a caller may come from (CIDR); any when not given.
    #[serde(default)]
    #[schema(required = false)]
    networks: Vec<String>,
    /// 180 days from now when not given for a kind with a secret; 730 days at most.
    #[schema(value_type = Option<DateTime<Utc>>)]
    expires_at: Option<Instant>,
    /// Of `federated` and `entra`: the Entra tenant that signs.
    tenant_id: Option<String>,
    /// Of `federated` and `entra`: `aud` of what it signs.
    audience: Option<String>,
    /// Of `federated`: `sub` of what it signs.
    subject: Option<String>,
}

impl NewCredentialBody {
    pub(super) fn into_wanted(self) -> Result<NewCredential, Problem> {
        let wrong = |field, text: &str| Problem::Unfit(field, text.to_owned());
        let kind = CredentialKind::parse(&self.kind)
            .ok_or_else(|| wrong("kind", "kind must be secret, client, federated or entra"))?;
        let scopes = self.scopes.map(|names| Scopes::parse(names.iter().map(String::as_str))).transpose();
        let scopes = scopes.map_err(|error| wrong("scopes", &error.to_string()))?.unwrap_or(Scopes::ALL);
        let tenant = self.tenant_id.as_deref().map(TenantId::parse).transpose();
        let tenant = tenant.map_err(|error| wrong("tenant_id", &format!("tenant_id: {error}")))?;
        let proof = match (kind, tenant, self.audience, self.subject) {
            (CredentialKind::Secret, None, None, None) => NewProof::Secret,
            (CredentialKind::Client, None, None, None) => NewProof::Client,
            (CredentialKind::Federated, Some(tenant), Some(audience), Some(subject)) => {
                NewProof::Federated { tenant, audience, subject }
            }
            (CredentialKind::Entra, Some(tenant), Some(audience), None) => {
                NewProof::Entra { tenant, audience }
            }
            _ => {
                return Err(wrong(
                    "kind",
                    "federated has tenant_id, audience and subject, entra has tenant_id and audience, others have none",
                ));
            }
        };
        let networks = self.networks.iter().map(|network| networks::parse(network));
        let networks = networks.collect::<Result<_, _>>();
        let networks = networks.map_err(|error| wrong("networks", &format!("networks: {error}")))?;
        let expires = self.expires_at.map(|Instant(at)| at);
        Ok(NewCredential { proof, name: self.name, scopes, networks, expires, replaces: None })
    }
}
