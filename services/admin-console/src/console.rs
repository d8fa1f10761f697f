use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use reqwest::Url;
use secrecy::SecretString;
use tokio::sync::Semaphore;

use crate::api::{Api, ApiAddress, http_client};
use crate::http::Assets;
use crate::session::{Lifetime, Sessions};
use crate::settings::{OidcSettings, SessionSettings};
use crate::sign_in::{Flows, InvalidProvider, Links, OneTimeLink, Provider};
use crate::texts::{BrokenTexts, Texts};

/// Live views at the same moment, of everybody together: each asks the gateway every two seconds.
const TAILS: usize = 100;

/// How a console is set up.
#[derive(Clone, Debug)]
pub struct ConsoleOptions {
    /// Address that administrators use.
    pub base_url: String,
    /// Private listener of scim-gateway.
    pub gateway_url: String,
    /// That of user-sync.
    pub user_sync_url: String,
    /// The provider at which administrators sign in.
    pub oidc: Option<OidcSettings>,
    /// How long somebody stays signed in.
    pub session: SessionSettings,
    /// The file with the administrator's token, where `scimctl` needs to be told.
    pub bootstrap_file: Option<PathBuf>,
}

/// Everything that pages share. Cheap to clone.
#[derive(Clone)]
pub struct Console(Arc<Parts>);

/// See [`Console`].
pub struct Parts {
    pub(crate) api: Api,
    pub(crate) texts: Texts,
    pub(crate) assets: Assets,
    pub(crate) sessions: Sessions,
    pub(crate) links: Links,
    pub(crate) provider: Option<Provider>,
    pub(crate) tails: Arc<Semaphore>,
    /// Scheme, host and port that pages are served under.
    pub(crate) origin: String,
    pub(crate) is_https: bool,
    /// What gets a one-time link.
    pub(crate) link_command: String,
    base_url: String,
}

/// A console cannot be set up so.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// Cookies would go over the network in plain text.
    #[error("setting `public.base_url`: an https address is needed, or http on a loopback address")]
    BaseUrl,
    /// A service has no address.
    #[error(transparent)]
    Api(#[from] ApiAddress),
    /// The provider cannot be used.
    #[error(transparent)]
    Provider(#[from] InvalidProvider),
    /// The texts cannot be read.
    #[error(transparent)]
    Texts(#[from] BrokenTexts),
    /// Nothing could be kept from others.
    #[error("the system has no randomness")]
    Randomness(#[from] getrandom::Error),
    /// This machine cannot make HTTPS requests.
    #[error("no requests can be made from here")]
    Http(#[from] reqwest::Error),
}

impl Console {
    /// A console at which nobody is signed in.
    ///
    /// # Errors
    /// When an address is none, or not safe.
    pub fn new(options: ConsoleOptions) -> Result<Self, ConsoleError> {
        let ConsoleOptions { base_url, gateway_url, user_sync_url, oidc, session, bootstrap_file } = options;
        let base_url = base_url.trim_end_matches('/').to_owned();
        let url = Url::parse(&base_url).map_err(|_| ConsoleError::BaseUrl)?;
        let is_https = url.scheme() == "https";
        if url.path() != "/" || !(is_https || is_plain_on_loopback(&url)) {
            return Err(ConsoleError::BaseUrl);
        }
        let http = http_client()?;
        let flows = Flows::new()?;
        let provider = oidc.map(|oidc| Provider::new(oidc, http.clone(), &base_url, flows)).transpose()?;
        let lifetime = Lifetime {
            idle: Duration::minutes(session.idle_minutes.get().into()),
            absolute: Duration::hours(session.absolute_hours.get().into()),
        };
        Ok(Self(Arc::new(Parts {
            api: Api::new(http, &gateway_url, &user_sync_url)?,
            texts: Texts::load()?,
            assets: Assets::new(),
            sessions: Sessions::new(lifetime),
            links: Links::default(),
            provider,
            tails: Arc::new(Semaphore::new(TAILS)),
            origin: url.origin().ascii_serialization(),
            is_https,
            link_command: link_command(bootstrap_file.as_deref()),
            base_url,
        })))
    }

    /// The address that administrators use.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// A link by which the holder of a token can sign in once, as the one whom the token stands for.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn issue_link(
        &self,
        token: SecretString,
        subject: String,
        now: DateTime<Utc>,
    ) -> Result<OneTimeLink, getrandom::Error> {
        let (code, expires_at) = self.links.issue(token, subject, now)?;
        Ok(OneTimeLink { url: format!("{}/sign-in/link/{code}", self.base_url), expires_at })
    }
}

impl Deref for Console {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Without the folder: the command stands on pages that anybody can open.
fn link_command(bootstrap_file: Option<&Path>) -> String {
    let name = bootstrap_file.and_then(Path::file_name).map(|name| name.to_string_lossy());
    let file = name.map(|name| match name.contains(char::is_whitespace) {
        true => format!(" --bootstrap-file \"{name}\""),
        false => format!(" --bootstrap-file {name}"),
    });
    format!("scimctl console link{}", file.unwrap_or_default())
}

/// Whether nobody between could listen.
pub(crate) fn is_plain_on_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback =
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    url.scheme() == "http" && is_loopback
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_names_the_file_and_not_where_it_lies() {
        let of = |file: &str| link_command(Some(Path::new(file)));
        assert_eq!(
            of("/var/lib/illuxi/bootstrap.json"),
            "scimctl console link --bootstrap-file bootstrap.json"
        );
        assert_eq!(of("C/my token.json"), "scimctl console link --bootstrap-file \"my token.json\"");
        assert_eq!(link_command(None), "scimctl console link");
    }
}
