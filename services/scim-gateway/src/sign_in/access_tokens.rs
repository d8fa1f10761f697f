use std::sync::Arc;

use anyhow::ensure;
use chrono::{DateTime, Utc};
use directory::{AccessGrant, CredentialId, Integration, Refusal, Scopes};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::settings::OauthSettings;

/// Shortest key, in bytes: as long as the digest that it signs.
const SHORTEST_KEY: usize = 32;

/// Life of an access token, in seconds: Entra wants 1 to 6 hours.
const LIFE_SECONDS: std::ops::RangeInclusive<u32> = 300..=21_600;

/// Seconds by which the clocks of two replicas may differ.
const LEEWAY_SECONDS: i64 = 60;

/// `typ` of an access token (RFC 9068 section 2.1).
const TYPE: &str = "at+jwt";

/// Issues and checks our own access tokens: short-lived JWTs (RFC 9068) of one integration and one credential.
///
/// They are no better than their credential: sign-in looks at that too, with every request.
pub(crate) struct AccessTokens {
    issuer: Arc<str>,
    encoding: EncodingKey,
    decoding: DecodingKey,
    life_seconds: u32,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    /// SCIM URL of the integration, which holds its environment too.
    aud: String,
    /// Public id of the credential.
    sub: String,
    client_id: String,
    scope: String,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl AccessTokens {
    pub(crate) fn new(issuer: Arc<str>, settings: &OauthSettings) -> anyhow::Result<Self> {
        let key = settings.key.expose_secret().as_bytes();
        ensure!(key.len() >= SHORTEST_KEY, "setting `oauth.key`: at least {SHORTEST_KEY} bytes are needed");
        let (least, most) = LIFE_SECONDS.into_inner();
        ensure!(
            LIFE_SECONDS.contains(&settings.token_seconds),
            "setting `oauth.token_seconds`: must be {least} to {most}"
        );
        Ok(Self {
            issuer,
            encoding: EncodingKey::from_secret(key),
            decoding: DecodingKey::from_secret(key),
            life_seconds: settings.token_seconds,
        })
    }

    /// Seconds that a token lives.
    pub(crate) fn life_seconds(&self) -> u32 {
        self.life_seconds
    }

    /// A token for a credential of an integration.
    pub(crate) fn issue(
        &self,
        integration: &Integration,
        grant: &AccessGrant,
        now: DateTime<Utc>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            iss: self.issuer.to_string(),
            aud: self.audience(integration),
            sub: grant.credential.as_str().to_owned(),
            client_id: grant.credential.as_str().to_owned(),
            scope: grant.scopes.to_string(),
            jti: Uuid::new_v4().to_string(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: now.timestamp() + i64::from(self.life_seconds),
        };
        let header = Header { typ: Some(TYPE.to_owned()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &claims, &self.encoding)
    }

    /// Whether a token says that it is one of ours. Nothing is believed on that word.
    pub(crate) fn may_be(&self, token: &str) -> bool {
        #[derive(Deserialize)]
        struct Issuer {
            iss: String,
        }
        jsonwebtoken::dangerous::insecure_decode::<Issuer>(token)
            .is_ok_and(|token| token.claims.iss == *self.issuer)
    }

    /// What a token of the integration grants.
    pub(crate) fn verify(
        &self,
        integration: &Integration,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<AccessGrant, Refusal> {
        // The algorithm is ours, never the header's; every claim is required, because the library passes one that is
        // there but malformed. Times are compared with the request's.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[&*self.issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.validate_exp = false;
        validation.validate_aud = false;
        let decoded = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation)
            .map_err(|_| Refusal::because("the access token has no good signature, or lacks a claim"))?;
        if decoded.header.typ.as_deref() != Some(TYPE) {
            return Err(Refusal::because("the token is no access token"));
        }
        // RFC 7515 §4.1.11: whoever does not understand all that it lists must refuse, and nothing is understood here.
        if decoded.header.crit.is_some() {
            return Err(Refusal::because("the access token needs an extension that is not supported"));
        }
        let claims = decoded.claims;
        let audience = self.audience(integration);
        if claims.aud != audience {
            let refusal = Refusal::because("the access token is of another integration");
            return Err(refusal.expecting(audience, shown(&claims.aud)));
        }
        let Some(credential) = CredentialId::parse(&claims.sub) else {
            return Err(Refusal::because("the access token names no credential"));
        };
        if claims.exp <= now.timestamp() {
            return Err(Refusal::because("the access token has expired").of(&credential));
        }
        if claims.nbf > now.timestamp() + LEEWAY_SECONDS {
            return Err(Refusal::because(
                "the access token is not good yet: the clocks of the replicas differ",
            )
            .of(&credential));
        }
        let scopes = Scopes::parse(claims.scope.split(' '))
            .map_err(|_| Refusal::because("the access token has no scope").of(&credential))?;
        Ok(AccessGrant { credential, scopes })
    }

    fn audience(&self, integration: &Integration) -> String {
        format!("{}/integrations/{}/scim/v2", self.issuer, integration.slug)
    }
}

/// A signed claim of ours needs no escaping, but no more than an address is shown of it.
fn shown(claim: &str) -> String {
    claim.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use directory::{IntegrationId, IntegrationSlug};
    use events::Environment;
    use secrecy::SecretString;

    use super::*;

    const ISSUER: &str = "https://scim.example";

    fn tokens() -> AccessTokens {
        let settings = OauthSettings { key: SecretString::from("k".repeat(32)), token_seconds: 600 };
        AccessTokens::new(ISSUER.into(), &settings).unwrap()
    }

    fn integration(slug: &str) -> Integration {
        let slug = IntegrationSlug::parse(slug).unwrap();
        Integration::new(IntegrationId(Uuid::from_u128(1)), slug, "acme".to_owned(), Environment::Production)
    }

    #[test]
    fn a_token_says_what_it_is_and_for_whom() {
        let now: DateTime<Utc> = "2026-01-01T12:00:00Z".parse().unwrap();
        let (tokens, acme) = (tokens(), integration("acme-production"));
        let credential = CredentialId::parse("0123456789abcdef").unwrap();
        let grant = AccessGrant { credential, scopes: Scopes::parse(["users.read"]).unwrap() };
        let token = tokens.issue(&acme, &grant, now).unwrap();
        assert!(tokens.may_be(&token));
        assert_eq!(tokens.verify(&acme, &token, now), Ok(grant));
        let refused = |integration: &Integration, seconds: i64| {
            let at = now + chrono::Duration::seconds(seconds);
            tokens.verify(integration, &token, at).unwrap_err().reason.into_owned()
        };
        assert_eq!(refused(&integration("acme-staging"), 0), "the access token is of another integration");
        assert_eq!(refused(&acme, 600), "the access token has expired");
        assert!(tokens.verify(&acme, &token, now - chrono::Duration::seconds(60)).is_ok());
        assert!(refused(&acme, -61).starts_with("the access token is not good yet"));

        let header = jsonwebtoken::decode_header(&token).unwrap();
        assert_eq!(header.typ.as_deref(), Some("at+jwt"));
        let claims: Claims = jsonwebtoken::dangerous::insecure_decode(&token).unwrap().claims;
        assert_eq!(claims.aud, "https://scim.example/integrations/acme-production/scim/v2");
        let other = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &tokens.encoding).unwrap();
        assert_eq!(tokens.verify(&acme, &other, now), Err(Refusal::because("the token is no access token")));
        let critical = Header { typ: Some(TYPE.to_owned()), crit: Some(vec!["b64".to_owned()]), ..header };
        let critical = jsonwebtoken::encode(&critical, &claims, &tokens.encoding).unwrap();
        let refusal = Refusal::because("the access token needs an extension that is not supported");
        assert_eq!(tokens.verify(&acme, &critical, now), Err(refusal));
    }
}
