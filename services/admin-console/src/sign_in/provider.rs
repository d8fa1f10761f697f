mod description;
mod exchange;
mod flows;

use chrono::{DateTime, Utc};
use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow, CoreClient};
use openidconnect::{
    ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge, RedirectUrl, Scope,
};
use reqwest::{Client, Url};
use secrecy::ExposeSecret;

use crate::console::is_plain_on_loopback;
use crate::http::{Failure, LocalPath};
use crate::settings::OidcSettings;

use description::Description;
pub(super) use exchange::Vouched;
pub(crate) use flows::Flows;
pub(super) use flows::{Flow, Manner};

/// How recently somebody must have proved who they are, when they are asked anew.
const MAX_AGE: std::time::Duration = std::time::Duration::from_secs(600);

/// The OpenID provider at which administrators sign in.
pub(crate) struct Provider {
    settings: OidcSettings,
    redirect: RedirectUrl,
    http: Client,
    description: Description,
    pub(super) flows: Flows,
}

/// The settings name no provider.
#[derive(Debug, thiserror::Error)]
#[error("setting `oidc.issuer`: an https address is needed")]
pub struct InvalidProvider;

impl Provider {
    /// The provider of the settings; it is asked only once somebody signs in.
    pub(crate) fn new(
        settings: OidcSettings,
        http: Client,
        base_url: &str,
        flows: Flows,
    ) -> Result<Self, InvalidProvider> {
        let url = Url::parse(&settings.issuer).map_err(|_| InvalidProvider)?;
        if url.scheme() != "https" && !(settings.plain_http_on_loopback && is_plain_on_loopback(&url)) {
            return Err(InvalidProvider);
        }
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| InvalidProvider)?;
        let redirect =
            RedirectUrl::new(format!("{base_url}/sign-in/callback")).map_err(|_| InvalidProvider)?;
        Ok(Self { settings, redirect, description: Description::new(issuer, http.clone()), http, flows })
    }

    /// Where to send a browser, and what it keeps meanwhile.
    pub(super) async fn begin(
        &self,
        to: &LocalPath,
        manner: Manner,
        now: DateTime<Utc>,
    ) -> Result<(Url, Flow), Failure> {
        let metadata = self.description.get(now).await?;
        let client = CoreClient::from_provider_metadata(
            (*metadata).clone(),
            ClientId::new(self.settings.client_id.clone()),
            self.secret(),
        )
        .set_redirect_uri(self.redirect.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = Flow::begin(verifier.into_secret(), to, manner, now)?;
        let (state, nonce) = (CsrfToken::new(flow.state.clone()), Nonce::new(flow.nonce.clone()));
        let mut request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .set_pkce_challenge(challenge)
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new));
        request = match manner {
            Manner::Asked => request,
            Manner::Silent => request.add_prompt(CoreAuthPrompt::None),
            Manner::Anew => request.add_prompt(CoreAuthPrompt::Login).set_max_age(MAX_AGE),
        };
        let (url, _, _) = request.url();
        Ok((url, flow))
    }

    fn secret(&self) -> Option<ClientSecret> {
        let secret = self.settings.client_secret.as_ref()?;
        Some(ClientSecret::new(secret.expose_secret().to_owned()))
    }
}
