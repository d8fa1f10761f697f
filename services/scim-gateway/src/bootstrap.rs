//! A first integration to begin with, and the file that tells how to use it.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use directory::admin::{self, AuthenticationError, ConfigureError};
use directory::{IntegrationSlug, IntegrationStore};
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

/// Content of the bootstrap file.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct BootstrapFile {
    /// The integration's SCIM URL: Azure's "Tenant URL".
    pub scim_url: String,
    /// Azure's "Secret Token".
    pub scim_token: String,
    /// Address of the administrators' API, without the path `/admin/v1`.
    pub admin_url: String,
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
    let wanted = admin::Bootstrap {
        slug: IntegrationSlug::parse(&settings.integration).context("setting `bootstrap.integration`")?,
        portal: settings.portal.clone(),
        environment: settings.environment.parse().context("setting `bootstrap.environment`")?,
        profile: profile.unwrap_or_default(),
    };
    let kept = read(&settings.file).map(|file| file.scim_token);
    loop {
        match integration(gateway.integrations.as_ref(), &wanted, profile, kept.as_deref()).await {
            Ok((scim_token, first_start)) => {
                let life = chrono::Duration::days(365);
                let file = BootstrapFile {
                    scim_url: gateway.scim_url(&wanted.slug),
                    scim_token,
                    admin_url: settings.admin_url.clone(),
                    admin_token: admin_tokens.issue("bootstrap", &["owner"], clock::now(), life)?,
                };
                secret_file::write(&settings.file, &serde_json::to_string_pretty(&file)?)
                    .with_context(|| format!("writing {}", settings.file.display()))?;
                return Ok(Some(Bootstrapped { file, first_start }));
            }
            Err(NotNow::Store(error)) => {
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
    Store(directory::StoreError),
    Random(std::io::Error),
    Configure(ConfigureError),
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
    wanted: &admin::Bootstrap,
    profile: Option<Profile>,
    kept: Option<&str>,
) -> Result<(String, bool), NotNow> {
    let token = scim_token(store, wanted, kept).await?;
    if let Some(profile) = profile {
        set_profile(store, &wanted.slug, profile).await.map_err(|error| match error {
            ConfigureError::Store(error) => NotNow::Store(error),
            other => NotNow::Configure(other),
        })?;
    }
    Ok(token)
}

async fn set_profile(
    store: &dyn IntegrationStore,
    slug: &IntegrationSlug,
    profile: Profile,
) -> Result<(), ConfigureError> {
    if admin::integration(store, slug).await?.profile != profile {
        admin::set_profile(store, slug, profile).await?;
    }
    Ok(())
}

async fn scim_token(
    store: &dyn IntegrationStore,
    wanted: &admin::Bootstrap,
    kept: Option<&str>,
) -> Result<(String, bool), NotNow> {
    if let Some(token) = kept {
        match admin::authenticate(store, wanted.slug.as_str(), token, clock::now()).await {
            Err(AuthenticationError::Store(error)) => return Err(NotNow::Store(error)),
            Err(AuthenticationError::Refused(_)) => {}
            Ok(_) | Err(AuthenticationError::Paused | AuthenticationError::Disabled) => {
                return Ok((token.to_owned(), false));
            }
        }
    }
    let random = secret_file::random().map_err(NotNow::Random)?;
    let token = admin::bootstrap(store, wanted.clone(), &random, Uuid::new_v4(), clock::now())
        .await
        .map_err(NotNow::Store)?;
    Ok((token.reveal().to_owned(), true))
}

fn read(path: &Path) -> Option<BootstrapFile> {
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}
