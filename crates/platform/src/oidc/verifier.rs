use chrono::{DateTime, Utc};

use super::keys::KeyCache;
use super::refused::shown;
use super::token::Token;
use super::{KeysError, KeysUrl, Refused, VerifiedToken, claims};

/// What a token must be to be good. Compared as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Where the keys of the issuer are.
    pub keys: &'a KeysUrl,
    /// Whose it may be: one of these.
    pub issuers: &'a [&'a str],
    /// For whom it may be: one of these must be among its audiences.
    pub audiences: &'a [&'a str],
}

/// A token was not found to be good.
#[derive(Debug, thiserror::Error)]
pub enum VerificationError {
    /// It is not.
    #[error("the token was refused")]
    Refused(#[from] Refused),
    /// It could not be found out: nobody is let in unchecked.
    #[error("the token could not be checked")]
    KeysUnavailable(#[from] KeysError),
}

/// Checks tokens of issuers outside. Clones share the keys that were fetched.
#[derive(Clone)]
pub struct TokenVerifier {
    keys: KeyCache,
}

impl TokenVerifier {
    /// A verifier that has no keys yet.
    ///
    /// # Errors
    /// When this machine cannot make HTTPS requests, for want of trusted certificates for instance.
    pub fn try_new() -> Result<Self, reqwest::Error> {
        Ok(Self { keys: KeyCache::try_new()? })
    }

    /// Checks a token. Its claims are looked at first, so that one which is no good anyhow has no keys fetched.
    ///
    /// # Errors
    /// When the token is refused, or the issuer's keys cannot be had.
    ///
    /// # RFC
    /// RFC 8725 §3.1, §3.2, §3.8 to §3.10.
    pub async fn verify(
        &self,
        token: &str,
        expected: &Expected<'_>,
        now: DateTime<Utc>,
    ) -> Result<VerifiedToken, VerificationError> {
        let Token { algorithm, key_id, claims, message, signature } = Token::parse(token)?;
        let verified = claims::check(claims, expected, now)?;
        let keys = self.keys.keys(expected.keys, &key_id, now).await?;
        let Some(key) = keys.get(&key_id) else {
            return Err(Refused::UnknownKey { key_id: shown(&key_id) }.into());
        };
        if !key.is_for(&algorithm) {
            return Err(Refused::Algorithm { received: algorithm }.into());
        }
        if !key.verifies(message, signature) {
            return Err(Refused::Signature.into());
        }
        Ok(verified)
    }
}

#[cfg(test)]
mod tests;
