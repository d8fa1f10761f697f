//! Values that users are found by, as the table of lookups holds them.

use directory::KeyChange;
use scim::LookupKey;
use sha2::{Digest, Sha256};

/// Attributes whose values are in columns with indexes of their own.
const IN_COLUMNS: [&str; 3] = ["userName", "externalId", "displayName"];

/// Longest value that is kept as it is, in bytes: a row of PostgreSQL's indexes has 2,704 at most.
const LONGEST_VALUE: usize = 400;

/// What a row of the table of lookups says of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LookupRow {
    pub(crate) attribute: String,
    /// The value, or the digest of a long one; who finds a user by it compares again.
    pub(crate) value: String,
}

impl LookupRow {
    pub(crate) fn of(key: &LookupKey) -> Self {
        let value = match key.value.len() {
            0..=LONGEST_VALUE => key.value.clone(),
            _ => format!("sha256:{:x}", Sha256::digest(&key.value)),
        };
        Self { attribute: key.attribute.clone(), value }
    }

    pub(crate) fn all(keys: &[LookupKey]) -> Vec<Self> {
        keys.iter().filter(|key| !IN_COLUMNS.contains(&key.attribute.as_str())).map(Self::of).collect()
    }
}

/// What becomes of the rows of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LookupChange {
    pub(crate) added: Vec<LookupRow>,
    pub(crate) removed: Vec<LookupRow>,
}

impl LookupChange {
    pub(crate) fn of(keys: &KeyChange) -> Self {
        Self { added: LookupRow::all(&keys.added), removed: LookupRow::all(&keys.removed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(attribute: &str, value: &str) -> LookupKey {
        LookupKey { attribute: attribute.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn what_columns_hold_gets_no_row() {
        let keys = [key("userName", "a"), key("emails.value", "b"), key("urn:a:b:User:displayName", "c")];
        let rows = LookupRow::all(&keys);
        assert_eq!(rows.iter().map(|row| row.value.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    }

    #[test]
    fn a_long_value_is_digested() {
        assert_eq!(LookupRow::of(&key("a", &"é".repeat(200))).value, "é".repeat(200));
        assert_eq!(LookupRow::of(&key("a", &"é".repeat(201))).value.len(), "sha256:".len() + 64);
    }
}
