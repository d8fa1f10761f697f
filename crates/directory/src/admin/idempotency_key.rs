use sha2::{Digest, Sha256};

use crate::IntegrationId;
use crate::token::{ID_BYTES, RANDOM_BYTES};

/// Longest key, in characters.
const LONGEST: usize = 255;

/// By what a caller's repetition of a request is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The text is no key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("an idempotency key has 1 to {LONGEST} printable ASCII characters")]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// Parses a key.
    ///
    /// # Errors
    /// When it is empty or too long, or has a character that is not printable ASCII.
    pub fn parse(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        let printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        match (1..=LONGEST).contains(&text.len()) && printable {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidIdempotencyKey),
        }
    }

    /// Random bytes whose part for the public id follows from the key, so that a repetition asks for the id of the
    /// credential that was made the first time. The secret stays as it was drawn.
    pub fn fix_id(&self, of: IntegrationId, random: [u8; RANDOM_BYTES]) -> [u8; RANDOM_BYTES] {
        let digest = Sha256::new().chain_update(of.0).chain_update(&self.0).finalize();
        let mut fixed = random;
        fixed.iter_mut().zip(digest).take(ID_BYTES).for_each(|(to, from)| *to = from);
        fixed
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_key_is_printable_and_not_endless() {
        for text in ["a", " ~", &"k".repeat(255)] {
            assert!(IdempotencyKey::parse(text).is_ok(), "{text}");
        }
        for text in ["", "\t", "ä", "a\n", &"k".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(text), Err(InvalidIdempotencyKey), "{text:?}");
        }
    }

    #[test]
    fn a_key_fixes_the_id_within_one_integration_and_leaves_the_secret() {
        let (one, other) = (IntegrationId(Uuid::from_u128(1)), IntegrationId(Uuid::from_u128(2)));
        let key = IdempotencyKey::parse("rollout-7").unwrap();
        let (first, second) = (key.fix_id(one, [1; RANDOM_BYTES]), key.fix_id(one, [2; RANDOM_BYTES]));
        assert_eq!(first[..8], second[..8]);
        assert_eq!((&first[8..], &second[8..]), (&[1; 32][..], &[2; 32][..]));
        assert_ne!(first[..8], key.fix_id(other, [1; RANDOM_BYTES])[..8]);
        assert_ne!(first[..8], IdempotencyKey::parse("rollout-8").unwrap().fix_id(one, [1; 40])[..8]);
    }
}
