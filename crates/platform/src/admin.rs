//! Who may use the administrators' API.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::problem;

const ISSUER: &str = "illuxi-scim";
const AUDIENCE: &str = "illuxi-scim-admin";

/// Shortest key, in bytes: as long as the digest that it signs.
const SHORTEST_KEY: usize = 32;

/// Issues and checks administrators' tokens: JWTs signed with a key that all processes of a deployment share.
#[derive(Clone)]
pub struct AdminTokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

/// The key is too short to be safe.
#[derive(Debug, thiserror::Error)]
#[error("setting `admin.key`: at least 32 bytes are needed")]
pub struct KeyTooShort;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl AdminTokens {
    /// Tokens signed with `key`.
    ///
    /// # Errors
    /// When the key has fewer than 32 bytes.
    pub fn new(key: &SecretString) -> Result<Self, KeyTooShort> {
        let key = key.expose_secret().as_bytes();
        if key.len() < SHORTEST_KEY {
            return Err(KeyTooShort);
        }
        Ok(Self { encoding: EncodingKey::from_secret(key), decoding: DecodingKey::from_secret(key) })
    }

    /// A token for `subject`.
    ///
    /// # Errors
    /// When the cryptography fails.
    pub fn issue(
        &self,
        subject: &str,
        now: DateTime<Utc>,
        life: Duration,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: subject.to_owned(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: (now + life).timestamp(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
    }

    fn verify(&self, token: &str) -> Option<Administrator> {
        // The algorithm is ours, never the header's. A claim that is there but malformed passes the library unless
        // the claim is required, so all are.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        let token = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).ok()?;
        Some(Administrator { subject: token.claims.sub })
    }
}

/// A caller of the administrators' API, checked.
#[derive(Clone, Debug)]
pub struct Administrator {
    /// Who.
    pub subject: String,
}

/// The caller is no administrator.
#[derive(Debug, thiserror::Error)]
#[error("an administrator's token is needed")]
pub struct Unauthorized;

impl ResponseError for Unauthorized {
    fn error_response(&self) -> HttpResponse {
        let mut response = problem::response(StatusCode::UNAUTHORIZED, &self.to_string());
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        response
    }
}

impl FromRequest for Administrator {
    type Error = Unauthorized;
    type Future = Ready<Result<Self, Unauthorized>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let bearer = request
            .headers()
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let tokens = request.app_data::<web::Data<AdminTokens>>();
        ready(bearer.zip(tokens).and_then(|(bearer, tokens)| tokens.verify(bearer)).ok_or(Unauthorized))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(key: char) -> AdminTokens {
        AdminTokens::new(&SecretString::from(key.to_string().repeat(SHORTEST_KEY))).unwrap()
    }

    #[test]
    fn a_token_is_good_until_it_expires_and_only_under_its_key() {
        let now = crate::clock::now();
        let token = tokens('a').issue("ops", now, Duration::hours(1)).unwrap();
        assert_eq!(tokens('a').verify(&token).unwrap().subject, "ops");
        assert!(tokens('b').verify(&token).is_none());
        let old = tokens('a').issue("ops", now - Duration::hours(3), Duration::hours(1)).unwrap();
        assert!(tokens('a').verify(&old).is_none());
        let early = tokens('a').issue("ops", now + Duration::hours(1), Duration::hours(1)).unwrap();
        assert!(tokens('a').verify(&early).is_none());
        assert!(tokens('a').verify("nonsense").is_none());
    }

    #[test]
    fn the_header_does_not_choose_the_algorithm() {
        let now = crate::clock::now();
        let good = tokens('a').issue("ops", now, Duration::hours(1)).unwrap();
        let [_, claims, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
        // {"alg":"none"}
        for signature in ["", signature] {
            assert!(tokens('a').verify(&format!("eyJhbGciOiJub25lIn0.{claims}.{signature}")).is_none());
        }
        let claims: Claims = jsonwebtoken::dangerous::insecure_decode(&good).unwrap().claims;
        let longer =
            jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims, &tokens('a').encoding).unwrap();
        assert!(tokens('a').verify(&longer).is_none());
    }

    #[test]
    fn every_claim_is_needed() {
        let now = crate::clock::now();
        let good = tokens('a').issue("ops", now, Duration::hours(1)).unwrap();
        let claims: serde_json::Value = jsonwebtoken::dangerous::insecure_decode(&good).unwrap().claims;
        for name in ["iss", "aud", "sub", "nbf", "exp"] {
            let mut lacking = claims.clone();
            lacking.as_object_mut().unwrap().remove(name);
            let header = Header::new(Algorithm::HS256);
            let token = jsonwebtoken::encode(&header, &lacking, &tokens('a').encoding).unwrap();
            assert!(tokens('a').verify(&token).is_none(), "{name}");
        }
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(AdminTokens::new(&SecretString::from("short")).is_err());
    }
}
