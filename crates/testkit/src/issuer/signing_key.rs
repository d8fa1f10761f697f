use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A private key, made for one test.
#[derive(Debug)]
pub enum SigningKey {
    /// RSA of 2048 bits, which signs RS256.
    Rsa(RsaKeyPair),
    /// On the curve P-256, which signs ES256.
    P256(EcdsaKeyPair),
}

impl SigningKey {
    /// A fresh RSA key.
    ///
    /// # Panics
    /// When there is no randomness.
    pub fn rsa() -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key"))
    }

    /// A fresh key on the curve P-256.
    ///
    /// # Panics
    /// When there is no randomness.
    pub fn p256() -> Self {
        Self::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a P-256 key"))
    }

    /// The algorithm that it signs with.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::P256(_) => "ES256",
        }
    }

    /// Its public half.
    pub fn to_jwk(&self, key_id: &str) -> Value {
        match self {
            Self::Rsa(pair) => json!({
                "kty": "RSA",
                "use": "sig",
                "kid": key_id,
                "n": encoded(pair.public_key().modulus().big_endian_without_leading_zero()),
                "e": encoded(pair.public_key().exponent().big_endian_without_leading_zero()),
            }),
            Self::P256(pair) => {
                // 4, then both coordinates.
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": key_id, "x": encoded(x), "y": encoded(y) })
            }
        }
    }

    /// A token in the compact form, whatever the header says of its algorithm.
    ///
    /// # Panics
    /// When there is no randomness.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let random = SystemRandom::new();
        let signature = match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature)
                    .expect("a signature");
                signature
            }
            Self::P256(pair) => {
                pair.sign(&random, message.as_bytes()).expect("a signature").as_ref().to_vec()
            }
        };
        format!("{message}.{}", encoded(signature))
    }
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
