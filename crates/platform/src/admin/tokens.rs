use administration::Grants;
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// Who signs with the key of the deployment.
pub(super) const ISSUER: &str = "illuxi-scim";
/// How the names of those begin whom an OpenID provider vouches for, and of nobody else.
pub(super) const OIDC_SUBJECT: &str = "oidc:";
/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 200;

const AUDIENCE: &str = "illuxi-scim-admin";

/// Longest life of a token, in days.
const LONGEST_LIFE_DAYS: i64 = 366;

/// Seconds by which the clocks of two processes may differ.
const LEEWAY_SECONDS: i64 = 60;

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

/// Why a token is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoToken(pub(super) &'static str);

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    /// Tells tokens of one subject apart.
    #[serde(default)]
    jti: String,
    /// As it comes: what is no list of words grants nothing.
    #[serde(default)]
    roles: Value,
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

    /// A token for `subject` with grants as [`Grants::parse`] reads them.
    ///
    /// # Errors
    /// When the cryptography fails.
    pub fn issue(
        &self,
        subject: &str,
        roles: &[&str],
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
            jti: Uuid::new_v4().to_string(),
            roles: roles.iter().copied().collect(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
    }

    /// The subject of a token that is good, and what it grants; or why it is not, for the operator.
    pub(super) fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<(String, Grants), NoToken> {
        // The algorithm is ours, never the header's. A claim that is there but malformed passes the library unless
        // the claim is required, so all are.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        let token = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation)
            .map_err(|error| NoToken(what_is_wrong(error.kind())))?;
        // RFC 7515 §4.1.11: whoever does not understand all that it lists must refuse, and nothing is understood here.
        if token.header.crit.is_some() {
            return Err(NoToken("its header asks for something that is not understood here"));
        }
        let Claims { sub, roles, iat, exp, .. } = token.claims;
        if !is_a_name(&sub) {
            return Err(NoToken("its subject is no name"));
        }
        if iat > now.timestamp() + LEEWAY_SECONDS {
            return Err(NoToken("it was issued in the future: do the clocks agree?"));
        }
        if exp.saturating_sub(iat) > Duration::days(LONGEST_LIFE_DAYS).num_seconds() {
            return Err(NoToken("it lives for longer than a year"));
        }
        Ok((sub, grants(&roles, "")))
    }
}

/// What is wrong with a token, without what stands in it.
fn what_is_wrong(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::ExpiredSignature => "it has expired",
        ErrorKind::ImmatureSignature => "it is not valid yet",
        ErrorKind::InvalidSignature => "it was signed with another key",
        ErrorKind::InvalidIssuer | ErrorKind::InvalidAudience => "it is no administrator's token",
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => "it is signed in another way",
        ErrorKind::MissingRequiredClaim(_) => "it lacks a claim",
        _ => "it is no token of this deployment",
    }
}

/// Whether a subject can stand on record: nobody is nameless there, and no name breaks a line.
fn is_a_name(subject: &str) -> bool {
    !subject.is_empty()
        && !subject.starts_with(OIDC_SUBJECT)
        && subject.chars().count() <= LONGEST_SUBJECT
        && !subject.contains(char::is_control)
}

/// What a claim of roles grants, each role behind `prefix`.
pub(super) fn grants(roles: &Value, prefix: &str) -> Grants {
    let roles = roles.as_array().into_iter().flatten().filter_map(Value::as_str);
    Grants::parse(roles.filter_map(|role| role.strip_prefix(prefix)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tokens(key: char) -> AdminTokens {
        AdminTokens::new(&SecretString::from(key.to_string().repeat(SHORTEST_KEY))).unwrap()
    }

    #[test]
    fn a_token_is_good_until_it_expires_and_only_under_its_key() {
        let now = crate::clock::now();
        let token = tokens('a').issue("ops", &["owner"], now, Duration::hours(1)).unwrap();
        assert_eq!(tokens('a').verify(&token, now).unwrap().0, "ops");
        assert_eq!(tokens('b').verify(&token, now).unwrap_err().0, "it was signed with another key");
        let old = tokens('a').issue("ops", &["owner"], now - Duration::hours(3), Duration::hours(1)).unwrap();
        assert_eq!(tokens('a').verify(&old, now).unwrap_err().0, "it has expired");
        let early =
            tokens('a').issue("ops", &["owner"], now + Duration::hours(1), Duration::hours(1)).unwrap();
        assert_eq!(tokens('a').verify(&early, now).unwrap_err().0, "it is not valid yet");
        assert!(tokens('a').verify("nonsense", now).is_err());
    }

    #[test]
    fn the_header_does_not_choose_the_algorithm() {
        let now = crate::clock::now();
        let good = tokens('a').issue("ops", &["owner"], now, Duration::hours(1)).unwrap();
        let [_, claims, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
        // {"alg":"none"}
        for signature in ["", signature] {
            assert!(tokens('a').verify(&format!("eyJhbGciOiJub25lIn0.{claims}.{signature}"), now).is_err());
        }
        let claims: Claims = jsonwebtoken::dangerous::insecure_decode(&good).unwrap().claims;
        let longer =
            jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims, &tokens('a').encoding).unwrap();
        assert!(tokens('a').verify(&longer, now).is_err());
    }

    #[test]
    fn every_claim_is_needed() {
        let now = crate::clock::now();
        let good = tokens('a').issue("ops", &["owner"], now, Duration::hours(1)).unwrap();
        let claims: Value = jsonwebtoken::dangerous::insecure_decode(&good).unwrap().claims;
        for name in ["iss", "aud", "sub", "nbf", "exp"] {
            let mut lacking = claims.clone();
            lacking.as_object_mut().unwrap().remove(name);
            let header = Header::new(Algorithm::HS256);
            let token = jsonwebtoken::encode(&header, &lacking, &tokens('a').encoding).unwrap();
            assert!(tokens('a').verify(&token, now).is_err(), "{name}");
        }
    }

    #[test]
    fn a_token_grants_what_its_roles_say() {
        let now = crate::clock::now();
        let of = |roles: &[&str]| {
            let token = tokens('a').issue("ops", roles, now, Duration::hours(1)).unwrap();
            tokens('a').verify(&token, now).unwrap().1.to_claims()
        };
        assert_eq!(of(&["acme:owner", "viewer"]), ["viewer", "acme:owner"]);
        assert_eq!(of(&[]), [""; 0]);
        assert_eq!(of(&["root"]), [""; 0]);
    }

    #[test]
    fn a_token_without_proper_roles_grants_nothing() {
        let now = crate::clock::now();
        let good = tokens('a').issue("ops", &["owner"], now, Duration::hours(1)).unwrap();
        let claims: Value = jsonwebtoken::dangerous::insecure_decode(&good).unwrap().claims;
        assert_eq!(claims["roles"], json!(["owner"]));
        assert_eq!(claims["jti"].as_str().unwrap().len(), 36);
        for roles in [None, Some(json!("owner")), Some(json!({ "owner": true })), Some(json!([["owner"], 1]))]
        {
            let mut changed = claims.clone();
            let members = changed.as_object_mut().unwrap();
            members.remove("roles");
            members.extend(roles.clone().map(|roles| ("roles".to_owned(), roles)));
            let header = Header::new(Algorithm::HS256);
            let token = jsonwebtoken::encode(&header, &changed, &tokens('a').encoding).unwrap();
            let (_, grants) = tokens('a').verify(&token, now).unwrap();
            assert!(grants.is_empty(), "{roles:?}");
        }
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(AdminTokens::new(&SecretString::from("short")).is_err());
    }

    #[test]
    fn nobody_is_nameless_or_breaks_a_line() {
        let now = crate::clock::now();
        for subject in ["", "a\0b", "a\nb", &"x".repeat(201)] {
            let token = tokens('a').issue(subject, &["owner"], now, Duration::hours(1)).unwrap();
            assert!(tokens('a').verify(&token, now).is_err(), "{subject:?}");
        }
    }

    #[test]
    fn a_token_is_of_the_present_and_for_a_year_at_most() {
        let now = crate::clock::now();
        let good = tokens('a').issue("ops", &["owner"], now, Duration::days(366)).unwrap();
        assert!(tokens('a').verify(&good, now).is_ok());
        let claims: Value = jsonwebtoken::dangerous::insecure_decode(&good).unwrap().claims;
        let seconds = now.timestamp();
        for (iat, exp, is_good) in [
            (seconds + 60, seconds + 3_600, true),
            (seconds + 61, seconds + 3_600, false),
            (seconds, seconds + 366 * 86_400 + 1, false),
            (seconds - 86_400, seconds + 366 * 86_400, false),
            (i64::MIN, seconds + 3_600, false),
        ] {
            let mut changed = claims.clone();
            (changed["iat"], changed["exp"]) = (json!(iat), json!(exp));
            let header = Header::new(Algorithm::HS256);
            let token = jsonwebtoken::encode(&header, &changed, &tokens('a').encoding).unwrap();
            assert_eq!(tokens('a').verify(&token, now).is_ok(), is_good, "{iat} {exp}");
        }
    }

    #[test]
    fn an_extension_that_must_be_understood_is_not() {
        let now = crate::clock::now();
        let good = tokens('a').issue("ops", &["owner"], now, Duration::hours(1)).unwrap();
        let claims: Value = jsonwebtoken::dangerous::insecure_decode(&good).unwrap().claims;
        for crit in [vec![], vec!["b64".to_owned()]] {
            let header = Header { crit: Some(crit), ..Header::new(Algorithm::HS256) };
            let token = jsonwebtoken::encode(&header, &claims, &tokens('a').encoding).unwrap();
            assert!(tokens('a').verify(&token, now).is_err());
        }
    }
}
