use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Under it lie the digests. Never change it: every value would look edited.
const NAMESPACE: Uuid = Uuid::from_u128(0x6c6d_7300_0000_5000_8000_0000_0000_0002);

/// Enough of a value to recognise it again, and not the value.
///
/// No secret: whoever knows the candidates can try them. It keeps values from being stored twice, that is all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Digest(u64);

impl Digest {
    /// The digest of a value; none of none.
    pub fn of(value: Option<&str>) -> Option<Self> {
        value.map(|value| Self(Uuid::new_v5(&NAMESPACE, value.as_bytes()).as_u64_pair().0))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl FromStr for Digest {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

impl TryFrom<String> for Digest {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}
