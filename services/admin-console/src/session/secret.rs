use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// What is kept of a secret that somebody else holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// That of a secret.
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// A short name for it: 12 letters.
    pub fn short(&self) -> String {
        let [a, b, c, d, e, f, g, h, i, ..] = self.0;
        BASE64_URL_SAFE_NO_PAD.encode([a, b, c, d, e, f, g, h, i])
    }
}

/// A secret that nobody guesses: 32 random bytes, fit for addresses and cookies.
///
/// # Errors
/// When the system has no randomness.
pub fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Compares without telling by its time how far they agree.
pub fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
