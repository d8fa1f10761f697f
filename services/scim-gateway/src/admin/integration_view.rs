use chrono::{DateTime, SecondsFormat, Utc};
use directory::{Integration, IntegrationSettings, IntegrationState, Proof, Registration};
use scim::Schema;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::Gateway;

/// An integration.
#[derive(Serialize, ToSchema)]
#[schema(as = Integration)]
pub(super) struct IntegrationView {
    slug: String,
    portal: String,
    /// `production` or `staging`.
    environment: &'static str,
    /// `enabled`, `paused`, `disabled` or `detached`.
    state: &'static str,
    /// `entra` or `strict`.
    profile: &'static str,
    /// Azure's "Tenant URL".
    scim_url: String,
    /// Where clients get access tokens.
    token_url: String,
    settings: SettingsView,
    /// Schema documents (RFC 7643 section 7).
    #[schema(value_type = Vec<Object>)]
    user_extensions: Vec<Map<String, Value>>,
    /// Grows with every change; the number in the `ETag`.
    version: u32,
    /// What somebody should look at.
    warnings: Vec<WarningView>,
    /// Of a dry run, whether anything would be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) is_new: Option<bool>,
}

/// What can be set of an integration. What is left out has its default.
#[derive(Serialize, ToSchema)]
#[schema(as = Settings)]
pub(super) struct SettingsView {
    /// Days that an entry of the provisioning log is kept: 7 to 3650, 180 when not given.
    log_retention_days: u16,
    /// Paths of attributes whose values stand in the provisioning log; of all others the names do.
    logged_values: Vec<String>,
    /// Requests in a second, 25 at least; null for as many as the installation gives everybody, which is also the most.
    requests_per_second: Option<u32>,
}

/// What somebody should look at.
#[derive(Serialize, ToSchema)]
#[schema(as = Warning)]
pub(super) struct WarningView {
    /// `paused`, `disabled`, `detached`, `no_credential` or `credential_expires`.
    code: &'static str,
    text: String,
    /// The credential that ends, of `credential_expires`.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<EndingView>,
}

/// A credential that ends soon.
#[derive(Serialize, ToSchema)]
#[schema(as = EndingCredential)]
struct EndingView {
    id: String,
    /// `secret`, `client`, `federated` or `entra`.
    kind: &'static str,
    name: String,
    expires_at: Option<String>,
}

impl IntegrationView {
    pub(super) fn new(
        gateway: &Gateway,
        Registration { integration, credentials }: &Registration,
        now: DateTime<Utc>,
    ) -> Self {
        let Integration {
            slug, portal, environment, state, profile, user_extensions, settings, version, ..
        } = integration;
        let mut warnings: Vec<WarningView> = not_enabled(*state).into_iter().collect();
        if *state != IntegrationState::Detached {
            if credentials.iter().all(|credential| !credential.is_usable(now)) {
                let text = "no credential lets anybody in: issue one".to_owned();
                warnings.push(WarningView { code: "no_credential", text, credential: None });
            }
            let ending = credentials.iter().filter(|credential| credential.ends_soon(now));
            warnings.extend(ending.map(|credential| {
                let end = credential.expires.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
                let (id, name) = (credential.id.as_str().to_owned(), credential.name.clone());
                let advice = match credential.proof {
                    Proof::Secret(_) | Proof::Client(_) => "rotate it",
                    Proof::Federated { .. } | Proof::Entra { .. } => "issue another",
                };
                let text = format!(
                    "the credential {id} ({name}) ends at {}: {advice}",
                    end.as_deref().unwrap_or("")
                );
                let kind = credential.proof.kind().as_str();
                let credential = Some(EndingView { id, kind, name, expires_at: end });
                WarningView { code: "credential_expires", text, credential }
            }));
        }
        Self {
            slug: slug.to_string(),
            portal: portal.clone(),
            environment: environment.as_str(),
            state: state.as_str(),
            profile: profile.as_str(),
            scim_url: gateway.scim_url(slug),
            token_url: gateway.token_url(slug),
            settings: SettingsView::from(settings),
            user_extensions: user_extensions.iter().map(Schema::definition).collect(),
            version: *version,
            warnings,
            is_new: None,
        }
    }
}

impl From<&IntegrationSettings> for SettingsView {
    fn from(settings: &IntegrationSettings) -> Self {
        Self {
            log_retention_days: settings.log_retention_days,
            logged_values: settings.logged_values.clone(),
            requests_per_second: settings.requests_per_second.map(std::num::NonZeroU32::get),
        }
    }
}

fn not_enabled(state: IntegrationState) -> Option<WarningView> {
    let text = match state {
        IntegrationState::Enabled => return None,
        IntegrationState::Paused => "requests are put off: Entra is asked to come back",
        IntegrationState::Disabled => "requests are refused",
        IntegrationState::Detached => "the integration is detached, which is for ever",
    };
    Some(WarningView { code: state.as_str(), text: text.to_owned(), credential: None })
}
