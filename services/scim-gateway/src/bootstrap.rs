//! A first integration to begin with, and the file that tells how to use it.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use directory::admin::{self, ConfigureError, NewIntegration};
use directory::{
    IntegrationSettings, IntegrationSlug, IntegrationState, IntegrationStore, ProvisioningToken, SignInError,
};
use platform::admin::AdminTokens;
use platform::shutdown::Shutdown;
use platform::telemetry::chain;
use platform::{clock, secret_file};
use scim::Profile;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Gateway;
use crate::settings::BootstrapSettings;

/// Pause before the store is asked again when it is away.
const PAUSE: Duration = Duration::from_secs(1);

/// Whom the administrator's token of the file stands for: the name of what is done with it, on record too.
pub const ADMINISTRATOR: &str = "bootstrap";

/// Content of the bootstrap file.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct BootstrapFile {
    /// The integration's SCIM URL: Azure's "Tenant URL".
    pub scim_url: String,
    /// Azure's "Secret Token".
    pub scim_token: String,
    /// Address of the administrators' API of the LMS side, without the path `/admin/v1`.
    pub admin_url: String,
    /// Address of the administrators' API of the gateway, without the path `/admin/v1`.
    #[serde(default)]
    pub gateway_admin_url: String,
    /// Address of the administrators' console, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console_url: Option<String>,
    /// Bearer token of the administrators' API.
    pub admin_token: String,
}

/// What [`ensure`] found or made.
#[derive(Debug)]
pub struct Bootstrapped {
    /// The file's content now.
    pub file: BootstrapFile,
    /// Whether the SCIM token is new.
    pub first_start: bool,
}

/// Sees to it that the integration exists, that its requests are read as the settings say, and that the file holds a
/// working token for it. A token in the file that still works is kept; the administrator's token is issued anew.
///
/// Waits for a store that is away, until shutdown is requested.
///
/// # Errors
/// When the settings make no sense or the file cannot be written.
pub async fn ensure(
    gateway: &Gateway,
    settings: &BootstrapSettings,
    admin_tokens: &AdminTokens,
    shutdown: &Shutdown,
) -> anyhow::Result<Option<Bootstrapped>> {
    let profile = profile(settings)?;
    let wanted = NewIntegration {
        slug: IntegrationSlug::parse(&settings.integration).context("setting `bootstrap.integration`")?,
        portal: settings.portal.clone(),
        environment: settings.environment.parse().context("setting `bootstrap.environment`")?,
        state: IntegrationState::Enabled,
        profile: profile.unwrap_or_default(),
        settings: IntegrationSettings::default(),
    };
    let kept = read(&settings.file).map(|file| file.scim_token);
    loop {
        match integration(gateway.integrations.as_ref(), &wanted, profile, kept.as_deref()).await {
            Ok((scim_token, first_start)) => {
                let life = chrono::Duration::days(30);
                let file = BootstrapFile {
                    scim_url: gateway.scim_url(&wanted.slug),
                    scim_token,
                    admin_url: settings.admin_url.clone(),
                    gateway_admin_url: settings
                        .gateway_admin_url
                        .as_ref()
                        .unwrap_or(&settings.admin_url)
                        .clone(),
                    console_url: settings.console_url.clone(),
                    admin_token: admin_tokens.issue(ADMINISTRATOR, &["owner"], clock::now(), life)?,
                };
                secret_file::write(&settings.file, &serde_json::to_string_pretty(&file)?).with_context(
                    || format!("writing the bootstrap file {} (`bootstrap.file`)", settings.file.display()),
                )?;
                return Ok(Some(Bootstrapped { file, first_start }));
            }
            Err(NotNow::Configure(ConfigureError::Store(error))) => {
                tracing::warn!(error = %chain(&error), "waiting for the store to make the first integration");
            }
            Err(NotNow::Random(error)) => return Err(error.into()),
            Err(NotNow::Configure(error)) => return Err(error.into()),
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = shutdown.requested() => return Ok(None),
        }
    }
}

enum NotNow {
    Random(std::io::Error),
    Configure(ConfigureError),
}

impl From<ConfigureError> for NotNow {
    fn from(error: ConfigureError) -> Self {
        Self::Configure(error)
    }
}

/// The profile that is asked for, if any.
fn profile(settings: &BootstrapSettings) -> anyhow::Result<Option<Profile>> {
    let Some(name) = &settings.profile else { return Ok(None) };
    let profile = Profile::parse(name).context("setting `bootstrap.profile`: must be entra or strict")?;
    Ok(Some(profile))
}

/// Makes the integration when there is none, and answers a token that opens it.
async fn integration(
    store: &dyn IntegrationStore,
    wanted: &NewIntegration,
    profile: Option<Profile>,
    kept: Option<&str>,
) -> Result<(String, bool), NotNow> {
    let token = scim_token(store, wanted, kept).await?;
    if let Some(profile) = profile
        && admin::integration(store, &wanted.slug).await?.profile != profile
    {
        admin::set_profile(store, &wanted.slug, profile).await?;
    }
    Ok(token)
}

async fn scim_token(
    store: &dyn IntegrationStore,
    wanted: &NewIntegration,
    kept: Option<&str>,
) -> Result<(String, bool), NotNow> {
    if let Some(kept) = kept
        && works(store, &wanted.slug, kept).await?
    {
        return Ok((kept.to_owned(), false));
    }
    let random = secret_file::random().map_err(NotNow::Random)?;
    let token = admin::bootstrap(store, wanted.clone(), &random, Uuid::new_v4(), clock::now()).await?;
    Ok((token.reveal().to_owned(), true))
}

/// Whether a token opens the integration, or would if it were open.
async fn works(
    store: &dyn IntegrationStore,
    slug: &IntegrationSlug,
    kept: &str,
) -> Result<bool, ConfigureError> {
    let Some(token) = ProvisioningToken::parse(kept) else { return Ok(false) };
    let Some(registration) = store.registration(slug).await? else { return Ok(false) };
    let entering = registration.enter_with_token(&token, None, clock::now());
    Ok(!matches!(entering, Err(SignInError::Refused(_))))
}

fn read(path: &Path) -> Option<BootstrapFile> {
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}
