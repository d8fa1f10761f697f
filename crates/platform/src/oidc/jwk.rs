use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Shortest RSA modulus, in bits (NIST SP 800-131A), and the longest that the cryptography takes.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;

/// Bytes of a coordinate on the curve P-256.
const COORDINATE_BYTES: usize = 32;

/// Members that only a private or a symmetric key has (RFC 7518 §6).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The keys of an issuer by their ids.
pub(super) type Keys = HashMap<String, PublicKey>;

/// A key that verifies signatures of one algorithm.
#[derive(Debug)]
pub(super) struct PublicKey {
    algorithm: Algorithm,
    key: DecodingKey,
}

/// Whether there may be a key for the algorithm. `none`, and all that need a secret, are not among them.
pub(super) fn is_accepted(algorithm: &str) -> bool {
    [Algorithm::RS256, Algorithm::ES256].into_iter().any(|accepted| name(accepted) == algorithm)
}

fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::RS256 => "RS256",
        Algorithm::ES256 => "ES256",
        _ => "",
    }
}

impl PublicKey {
    /// Whether a token that names `algorithm` may be signed with this key.
    pub(super) fn is_for(&self, algorithm: &str) -> bool {
        name(self.algorithm) == algorithm
    }

    /// Whether `signature`, encoded, is that of `message`.
    pub(super) fn verifies(&self, message: &str, signature: &str) -> bool {
        let verified = jsonwebtoken::crypto::verify(signature, message.as_bytes(), &self.key, self.algorithm);
        verified.unwrap_or_default()
    }
}

/// Reads an issuer's document. Keys that are not for verifying signatures, or not safe, are left out; which algorithm a
/// key is for follows from its type, whatever its `alg` says.
pub(super) fn parse(document: &[u8]) -> Result<Keys, serde_json::Error> {
    #[derive(Deserialize)]
    struct Document {
        keys: Vec<Value>,
    }
    let document: Document = serde_json::from_slice(document)?;
    let mut keys = Keys::new();
    for jwk in document.keys.iter().filter_map(Value::as_object) {
        if let Some((id, key)) = usable(jwk) {
            keys.entry(id).or_insert(key);
        }
    }
    Ok(keys)
}

fn usable(jwk: &Map<String, Value>) -> Option<(String, PublicKey)> {
    let text = |name| jwk.get(name).and_then(Value::as_str);
    if PRIVATE_MEMBERS.iter().any(|name| jwk.contains_key(*name)) || !is_for_signatures(jwk) {
        return None;
    }
    let key = match text("kty")? {
        "RSA" => rsa(text("n")?, text("e")?)?,
        "EC" if text("crv")? == "P-256" => p256(text("x")?, text("y")?)?,
        _ => return None,
    };
    Some((text("kid")?.to_owned(), key))
}

fn is_for_signatures(jwk: &Map<String, Value>) -> bool {
    let verifies =
        |operations: &Value| operations.as_array().is_some_and(|all| all.iter().any(|one| one == "verify"));
    jwk.get("use").is_none_or(|purpose| purpose == "sig") && jwk.get("key_ops").is_none_or(verifies)
}

fn rsa(modulus: &str, exponent: &str) -> Option<PublicKey> {
    let (modulus, exponent) = (number(modulus)?, number(exponent)?);
    let bits = modulus.len() * 8 - modulus.first()?.leading_zeros() as usize;
    RSA_BITS.contains(&bits).then(|| PublicKey {
        algorithm: Algorithm::RS256,
        key: DecodingKey::from_rsa_raw_components(&modulus, &exponent),
    })
}

/// A number without zeros before it.
fn number(encoded: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn p256(x: &str, y: &str) -> Option<PublicKey> {
    let is_coordinate =
        |encoded| URL_SAFE_NO_PAD.decode(encoded).is_ok_and(|bytes| bytes.len() == COORDINATE_BYTES);
    if !is_coordinate(x) || !is_coordinate(y) {
        return None;
    }
    Some(PublicKey { algorithm: Algorithm::ES256, key: DecodingKey::from_ec_components(x, y).ok()? })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::issuer::SigningKey;

    use super::*;

    fn ids(keys: &[Value]) -> Vec<String> {
        let mut ids: Vec<_> =
            parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap().into_keys().collect();
        ids.sort();
        ids
    }

    fn with(mut jwk: Value, name: &str, value: Value) -> Value {
        jwk[name] = value;
        jwk
    }

    #[test]
    fn rsa_and_p256_keys_are_used_and_others_left_out() {
        let (rsa, p256) = (SigningKey::rsa(), SigningKey::p256());
        let (rsa, p256) = (rsa.to_jwk("rsa"), p256.to_jwk("p256"));
        let weak = URL_SAFE_NO_PAD.encode([255; 128]);
        // As many bytes as 2048 bits take, of which the first is zero.
        let padded = URL_SAFE_NO_PAD.encode([[0; 128], [255; 128]].concat());
        let left_out = [
            with(rsa.clone(), "use", json!("enc")),
            with(rsa.clone(), "use", json!(["sig"])),
            with(rsa.clone(), "key_ops", json!(["encrypt"])),
            with(rsa.clone(), "d", json!("AQAB")),
            with(p256.clone(), "d", json!("AQAB")),
            with(rsa.clone(), "k", json!("AQAB")),
            with(rsa.clone(), "n", json!(weak)),
            with(rsa.clone(), "n", json!(padded)),
            with(rsa.clone(), "n", json!("")),
            with(rsa.clone(), "n", json!("no base64!")),
            with(rsa.clone(), "n", json!(URL_SAFE_NO_PAD.encode([255; 2_048]))),
            with(rsa.clone(), "kid", json!(7)),
            with(rsa.clone(), "kty", json!("rsa")),
            with(p256.clone(), "crv", json!("P-384")),
            with(p256.clone(), "x", json!("AQAB")),
            json!({ "kty": "oct", "kid": "oct", "k": "c2VjcmV0" }),
            json!({ "kty": "OKP", "kid": "okp", "crv": "Ed25519", "x": "AQAB" }),
            json!({ "kty": "quantum", "kid": "new" }),
            json!({ "kid": "none" }),
            json!("key"),
            Value::Null,
        ];
        assert_eq!(ids(&left_out), [""; 0]);
        let more = [rsa.clone(), with(p256, "key_ops", json!(["verify"]))];
        assert_eq!(ids(&[&left_out[..], &more].concat()), ["p256", "rsa"]);
        let bare = with(rsa, "alg", json!("HS256"));
        assert!(parse(json!({ "keys": [bare] }).to_string().as_bytes()).unwrap()["rsa"].is_for("RS256"));
    }

    #[test]
    fn a_document_that_is_none_is_an_error_and_one_without_keys_is_not() {
        assert_eq!(ids(&[]), [""; 0]);
        for document in ["", "{}", "[]", "<html>", r#"{"keys":{}}"#] {
            assert!(parse(document.as_bytes()).is_err(), "{document}");
        }
    }

    #[test]
    fn nothing_unsigned_or_signed_with_a_secret_is_accepted() {
        assert!(is_accepted("RS256") && is_accepted("ES256"));
        for other in ["none", "", "HS256", "rs256", "RS384", "PS256", "ES384", "EdDSA"] {
            assert!(!is_accepted(other), "{other}");
        }
    }
}
