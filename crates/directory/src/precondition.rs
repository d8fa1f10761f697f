use crate::{DirectoryError, Version};

/// `If-Match` of a request (RFC 7644 section 3.14).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IfMatch {
    /// None was sent, or `*`, which any existing resource meets.
    #[default]
    Any,
    /// One of these versions.
    OneOf(Vec<Version>),
}

impl IfMatch {
    /// Checks a resource of version `current`.
    ///
    /// # Errors
    /// [`DirectoryError::PreconditionFailed`] when the client knew another version.
    pub fn check(&self, current: Version) -> Result<(), DirectoryError> {
        match self {
            Self::OneOf(versions) if !versions.contains(&current) => Err(DirectoryError::PreconditionFailed),
            Self::Any | Self::OneOf(_) => Ok(()),
        }
    }
}
