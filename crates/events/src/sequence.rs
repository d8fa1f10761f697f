use std::fmt;
use std::str::FromStr;

/// Position of an event among the events of its subject.
///
/// Compared as a tuple. `epoch` grows when the directory was restored from a backup, `incarnation` when a deleted
/// resource was created anew for the same external id, `version` with every change. It is no clock, and says
/// nothing about the events of another subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence {
    /// Restores of the directory so far.
    pub epoch: i32,
    /// Number of this resource among those that held the same external id, from 1.
    pub incarnation: i32,
    /// The resource's version after the change, from 1.
    pub version: i64,
}

/// The text is not `epoch.incarnation.version`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a sequence reads epoch.incarnation.version")]
pub struct SequenceError;

impl fmt::Display for Sequence {
    /// Zero-padded, because CloudEvents compares a sequence as text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:010}.{:010}.{:020}", self.epoch, self.incarnation, self.version)
    }
}

impl FromStr for Sequence {
    type Err = SequenceError;

    fn from_str(text: &str) -> Result<Self, SequenceError> {
        let mut parts = text.split('.');
        let (Some(epoch), Some(incarnation), Some(version), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SequenceError);
        };
        Ok(Self {
            epoch: epoch.parse().map_err(|_| SequenceError)?,
            incarnation: incarnation.parse().map_err(|_| SequenceError)?,
            version: version.parse().map_err(|_| SequenceError)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_incarnation_is_newer_than_any_version_of_the_old_one() {
        let old = Sequence { epoch: 0, incarnation: 1, version: 900 };
        let new = Sequence { epoch: 0, incarnation: 2, version: 1 };
        assert!(new > old);
        assert!(new.to_string() > old.to_string(), "text sorts the same way");
    }

    #[test]
    fn text_of_another_shape_is_refused() {
        for text in ["", "1", "1.2", "1.2.3.4", "a.b.c", "1.2."] {
            assert_eq!(text.parse::<Sequence>(), Err(SequenceError), "{text}");
        }
    }
}
