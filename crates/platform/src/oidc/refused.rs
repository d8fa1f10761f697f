use chrono::{DateTime, Utc};

/// Longest value of a caller that is repeated, in characters.
const LONGEST_VALUE: usize = 200;

/// Why a token was refused, in words for an administrator's log. The caller learns nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is longer than any token needs to be.
    #[error("the token is too long")]
    TooLong,
    /// It is no signed token in the compact form, or a part of it cannot be read.
    #[error("the token is malformed")]
    Malformed,
    /// It is signed in another way than its key is for.
    #[error("the token is signed with the algorithm {received}, which is not accepted")]
    Algorithm {
        /// What its header says.
        received: String,
    },
    /// Its header says that it must be understood in a way that is not understood.
    #[error("the token needs an extension that is not supported")]
    Critical,
    /// Its header names no key.
    #[error("the token names no key")]
    NoKeyId,
    /// The issuer has no such key for signatures.
    #[error("the issuer has no usable key {key_id}")]
    UnknownKey {
        /// What its header says.
        key_id: String,
    },
    /// The signature is not that of the key.
    #[error("the signature is wrong")]
    Signature,
    /// A claim that every token must have is missing.
    #[error("the claim {claim} is missing")]
    Missing {
        /// Its name.
        claim: &'static str,
    },
    /// A claim is not what a claim of its name must be.
    #[error("the claim {claim} is malformed")]
    MalformedClaim {
        /// Its name.
        claim: &'static str,
    },
    /// It is good no longer.
    #[error("the token expired at {at}")]
    Expired {
        /// When it did.
        at: DateTime<Utc>,
    },
    /// It is not good yet.
    #[error("the token is not valid before {at}")]
    NotYetValid {
        /// When it will be.
        at: DateTime<Utc>,
    },
    /// It is another issuer's.
    #[error("the token is of another issuer")]
    Issuer {
        /// Whose it must be.
        expected: String,
        /// Whose it says it is.
        received: String,
    },
    /// It is for another receiver.
    #[error("the token is for another audience")]
    Audience {
        /// For whom it must be.
        expected: String,
        /// For whom it says it is.
        received: String,
    },
    /// Another claim, such as the tenant, has another value.
    #[error("the claim {claim} is another")]
    Claim {
        /// Its name.
        claim: &'static str,
        /// What it must be.
        expected: String,
        /// What it is; empty when it is missing.
        received: String,
    },
}

impl Refused {
    /// What was expected of a claim, and what stood there, fit to be shown.
    pub fn values(&self) -> Option<(&str, &str)> {
        match self {
            Self::Issuer { expected, received }
            | Self::Audience { expected, received }
            | Self::Claim { expected, received, .. } => Some((expected, received)),
            Self::TooLong
            | Self::Malformed
            | Self::Algorithm { .. }
            | Self::Critical
            | Self::NoKeyId
            | Self::UnknownKey { .. }
            | Self::Signature
            | Self::Missing { .. }
            | Self::MalformedClaim { .. }
            | Self::Expired { .. }
            | Self::NotYetValid { .. } => None,
        }
    }
}

/// A value of a caller, fit to be shown: cut, and without control characters.
pub(super) fn shown(value: &str) -> String {
    value.chars().filter(|character| !character.is_control()).take(LONGEST_VALUE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_a_caller_is_cut_and_has_no_control_characters() {
        assert_eq!(shown("a\r\nb\u{0}\u{1b}[2J\u{85}ö"), "ab[2Jö");
        assert_eq!(shown(&"ä".repeat(300)), "ä".repeat(200));
    }
}
