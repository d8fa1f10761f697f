use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::Refused;
use super::refused::shown;

/// Longest token, in bytes: as long as a header of a request may get.
const LONGEST_TOKEN_BYTES: usize = 16 * 1024;

/// A signed token in the compact form, read and not yet believed (RFC 7515 §7.1).
#[derive(Debug)]
pub(super) struct Token<'a> {
    /// The algorithm that its header names.
    pub(super) algorithm: String,
    /// The key that its header names.
    pub(super) key_id: String,
    /// The claims.
    pub(super) claims: Map<String, Value>,
    /// What is signed.
    pub(super) message: &'a str,
    /// The signature, still encoded.
    pub(super) signature: &'a str,
}

impl<'a> Token<'a> {
    pub(super) fn parse(token: &'a str) -> Result<Self, Refused> {
        let Parts { header, claims, message, signature } = Parts::split(token)?;
        let header = object(header).ok_or(Refused::Malformed)?;
        // RFC 7515 §4.1.11: whoever does not understand all that it lists must refuse, and nothing is understood here.
        if header.contains_key("crit") {
            return Err(Refused::Critical);
        }
        let algorithm = header.get("alg").and_then(Value::as_str).ok_or(Refused::Malformed)?.to_owned();
        if !super::jwk::is_accepted(&algorithm) {
            return Err(Refused::Algorithm { received: shown(&algorithm) });
        }
        let key_id = header.get("kid").and_then(Value::as_str).filter(|key_id| !key_id.is_empty());
        let key_id = key_id.ok_or(Refused::NoKeyId)?.to_owned();
        let claims = object(claims).ok_or(Refused::Malformed)?;
        Ok(Self { algorithm, key_id, claims, message, signature })
    }
}

/// The issuer that a token says it has, if it looks like a signed token at all. Only good for choosing what to verify it
/// against.
pub fn unverified_issuer(token: &str) -> Option<String> {
    let claims = object(Parts::split(token).ok()?.claims)?;
    Some(claims.get("iss")?.as_str()?.to_owned())
}

struct Parts<'a> {
    header: &'a str,
    claims: &'a str,
    message: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    fn split(token: &'a str) -> Result<Self, Refused> {
        if token.len() > LONGEST_TOKEN_BYTES {
            return Err(Refused::TooLong);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Refused::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(Refused::Malformed)?;
        Ok(Self { header, claims, message, signature })
    }
}

/// Decodes a part. One with another dot in it is no base64.
fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
