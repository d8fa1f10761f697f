use std::fmt;

use events::Environment;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Random bytes that a token is made of: 8 for its public id and 32 for its secret.
pub(crate) const RANDOM_BYTES: usize = 40;
pub(crate) const ID_BYTES: usize = 8;

/// A bearer token of an integration: `ilx_<environment>_<public id>_<secret>_<checksum>`.
///
/// The public id finds the row, the secret's digest is compared, and the checksum (CRC-32) refuses what was mistyped
/// or made up before any database is asked. The fixed prefix lets secret scanners find a leaked one.
#[derive(Debug)]
pub struct ProvisioningToken {
    id: CredentialId,
    environment: Environment,
    text: SecretString,
}

/// Public id of a credential. No secret: it may stand in a log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CredentialId(String);

/// SHA-256 of a token. A plain digest is enough, because the secret has 256 random bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecretDigest(pub [u8; 32]);

impl ProvisioningToken {
    /// How every one begins, so that scanners and people recognise it.
    pub const PREFIX: &str = "ilx_";

    /// Makes a token of bytes that the caller drew from the operating system.
    pub fn mint(environment: Environment, random: &[u8; RANDOM_BYTES]) -> Self {
        let (_, secret) = random.split_at(ID_BYTES);
        let id = CredentialId::of_random(random);
        let body = format!("{}{}_{}_{}", Self::PREFIX, environment.as_str(), id.0, hex(secret));
        let text = format!("{body}_{:08x}", crc32fast::hash(body.as_bytes()));
        Self { id, environment, text: SecretString::from(text) }
    }

    /// Recognises a token by its form and checksum; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (body, checksum) = text.rsplit_once('_')?;
        if format!("{:08x}", crc32fast::hash(body.as_bytes())) != checksum {
            return None;
        }
        let mut parts = body.strip_prefix(Self::PREFIX)?.split('_');
        let (environment, id, _secret, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next())
        else {
            return None;
        };
        Some(Self {
            id: CredentialId::parse(id)?,
            environment: environment.parse().ok()?,
            text: SecretString::from(text),
        })
    }

    /// Public id.
    pub fn id(&self) -> &CredentialId {
        &self.id
    }

    /// Environment that the token says it is for.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// What is kept of the token.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(Sha256::digest(self.text.expose_secret()).into())
    }

    /// The token itself, to be shown once.
    pub fn reveal(&self) -> &str {
        self.text.expose_secret()
    }
}

impl CredentialId {
    /// The id that a token made of these bytes has, and any credential that is drawn like one.
    pub(crate) fn of_random(random: &[u8; RANDOM_BYTES]) -> Self {
        let (id, _) = random.split_at(ID_BYTES);
        Self(hex(id))
    }

    /// Parses a public id: 16 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        (text.len() == 2 * ID_BYTES && digits).then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl SecretDigest {
    /// Compares in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(***)")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_recognised_and_a_changed_one_is_not() {
        let token = ProvisioningToken::mint(Environment::Staging, &[7; RANDOM_BYTES]);
        let text = token.reveal();
        assert!(text.starts_with("ilx_staging_0707070707070707_0707"), "{text}");
        let again = ProvisioningToken::parse(text).unwrap();
        assert_eq!(again.id(), token.id());
        assert_eq!(again.environment(), Environment::Staging);
        assert!(again.digest().matches(&token.digest()));
        assert!(ProvisioningToken::parse(&text.replacen("0707", "0708", 1)).is_none());
    }

    #[test]
    fn other_texts_are_no_tokens() {
        for text in ["", "_", "abc", "ilx_production", "Bearer x", "ilx_production_x_y_00000000"] {
            assert!(ProvisioningToken::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_token_prints_no_secret() {
        let token = ProvisioningToken::mint(Environment::Production, &[0xab; RANDOM_BYTES]);
        let printed = format!("{token:?} {:?}", token.digest());
        assert!(!printed.contains(&"ab".repeat(32)), "{printed}");
    }
}
