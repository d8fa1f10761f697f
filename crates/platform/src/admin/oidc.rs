use administration::Grants;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::tokens::{OIDC_SUBJECT, grants};
use crate::oidc::{Expected, InvalidUrl, KeysUrl, TokenVerifier, VerificationError};
use crate::settings::OidcSettings;

/// Administrators who come with tokens of an OpenID provider.
#[derive(Clone)]
pub struct OidcAdministrators {
    verifier: TokenVerifier,
    keys: KeysUrl,
    settings: OidcSettings,
}

impl OidcAdministrators {
    /// Those of the provider that the settings name.
    ///
    /// # Errors
    /// When its keys have no proper address.
    pub fn try_new(settings: &OidcSettings, verifier: TokenVerifier) -> Result<Self, InvalidUrl> {
        let parse =
            if settings.plain_http_on_loopback { KeysUrl::parse_for_development } else { KeysUrl::parse };
        Ok(Self { verifier, keys: parse(&settings.jwks_url)?, settings: settings.clone() })
    }

    /// The subject of a token that is good, and what it grants.
    pub(super) async fn verify(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<(String, Grants), VerificationError> {
        let expected = Expected {
            keys: &self.keys,
            issuers: &[&self.settings.issuer],
            audiences: &[&self.settings.audience],
        };
        let token = self.verifier.verify(token, &expected, now).await?;
        let roles = token.claims.get(&self.settings.roles_claim).unwrap_or(&Value::Null);
        // A provider may let people choose their subject: no such one is taken for one of the deployment's tokens.
        let subject = format!("{OIDC_SUBJECT}{}", token.subject);
        Ok((subject, grants(roles, &self.settings.role_prefix)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::issuer::{Behaviour, Issuer};

    use super::*;

    fn settings(issuer: &Issuer) -> OidcSettings {
        OidcSettings {
            issuer: "https://login.example".to_owned(),
            audience: "api://admin".to_owned(),
            jwks_url: issuer.keys_url(),
            roles_claim: "groups".to_owned(),
            role_prefix: "scim-".to_owned(),
            plain_http_on_loopback: true,
        }
    }

    fn claims(now: DateTime<Utc>, roles: &Value) -> Value {
        let now = now.timestamp();
        json!({
            "iss": "https://login.example",
            "aud": "api://admin",
            "sub": "olga",
            "nbf": now,
            "exp": now + 60,
            "roles": ["owner"],
            "groups": roles,
        })
    }

    #[tokio::test]
    async fn roles_stand_in_the_claim_and_behind_the_prefix_that_were_set() {
        let (issuer, now) = (Issuer::start().await, crate::clock::now());
        let administrators =
            OidcAdministrators::try_new(&settings(&issuer), TokenVerifier::try_new().unwrap()).unwrap();
        let roles = json!(["scim-acme:owner", "scim-viewer", "operator", "Scim-owner", "scim-", 7]);
        let token = issuer.sign(&claims(now, &roles));
        let (subject, grants) = administrators.verify(&token, now).await.unwrap();
        assert_eq!(
            (subject.as_str(), grants.to_claims()),
            ("oidc:olga", vec!["viewer".into(), "acme:owner".into()])
        );
        for none in [Value::Null, json!("scim-owner"), json!({ "scim-owner": true })] {
            let (_, grants) = administrators.verify(&issuer.sign(&claims(now, &none)), now).await.unwrap();
            assert!(grants.is_empty(), "{none}");
        }
    }

    #[tokio::test]
    async fn a_token_for_another_application_or_of_another_issuer_is_refused() {
        let (issuer, now) = (Issuer::start().await, crate::clock::now());
        let administrators =
            OidcAdministrators::try_new(&settings(&issuer), TokenVerifier::try_new().unwrap()).unwrap();
        for (name, value) in [("aud", "api://other"), ("iss", "https://login.example/")] {
            let mut claims = claims(now, &json!(["scim-owner"]));
            claims[name] = json!(value);
            let error = administrators.verify(&issuer.sign(&claims), now).await.unwrap_err();
            assert!(matches!(error, VerificationError::Refused(_)), "{error:?}");
        }
        issuer.behave(Behaviour::Fails);
        let error = administrators.verify(&issuer.sign(&claims(now, &json!([]))), now).await.unwrap_err();
        assert!(matches!(error, VerificationError::KeysUnavailable(_)), "{error:?}");
    }

    #[tokio::test]
    async fn keys_come_over_https_unless_it_is_set_otherwise() {
        let issuer = Issuer::start().await;
        let settings = OidcSettings { plain_http_on_loopback: false, ..settings(&issuer) };
        assert!(OidcAdministrators::try_new(&settings, TokenVerifier::try_new().unwrap()).is_err());
    }
}
