use crate::{DirectoryError, Version};

/// `If-Match` of a request, or what its `If-Match` and `If-None-Match` come to (RFC 7644 section 3.14).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IfMatch {
    /// None was sent, or `*`, which any existing resource meets.
    #[default]
    Any,
    /// One of these versions; none at all is met by no resource.
    OneOf(Vec<Version>),
    /// Any but these versions.
    NoneOf(Vec<Version>),
}

impl IfMatch {
    /// Checks a resource of version `current`.
    ///
    /// # Errors
    /// [`DirectoryError::PreconditionFailed`] when the client knew another version.
    pub fn check(&self, current: Version) -> Result<(), DirectoryError> {
        match self {
            Self::OneOf(versions) if !versions.contains(&current) => Err(DirectoryError::PreconditionFailed),
            Self::NoneOf(versions) if versions.contains(&current) => Err(DirectoryError::PreconditionFailed),
            Self::Any | Self::OneOf(_) | Self::NoneOf(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_version_that_is_asked_for_or_not_unwanted_meets_it() {
        let meets = |condition: IfMatch| condition.check(Version(2)).is_ok();
        assert!(meets(IfMatch::Any));
        assert!(meets(IfMatch::OneOf(vec![Version(1), Version(2)])));
        assert!(!meets(IfMatch::OneOf(vec![Version(1)])));
        assert!(!meets(IfMatch::OneOf(vec![])), "not even one");
        assert!(meets(IfMatch::NoneOf(vec![Version(1)])));
        assert!(!meets(IfMatch::NoneOf(vec![Version(2)])));
    }
}
