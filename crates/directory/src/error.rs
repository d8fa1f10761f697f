use scim::{ResourceKind, ScimError};

use crate::listing::too_many;
use crate::{Access, CommitError, QueryError, StoreError, UniqueAttribute};

/// A request was not carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The request is wrong in itself.
    #[error(transparent)]
    Invalid(#[from] ScimError),
    /// The caller's credential has not the scope.
    #[error("the credential may not {1:?} {0:?} resources")]
    Forbidden(ResourceKind, Access),
    /// There is no such live resource in the caller's integration.
    #[error("there is no such resource")]
    NotFound,
    /// Another live resource has the value.
    #[error("another resource has the same {0:?}")]
    Taken(UniqueAttribute),
    /// The resource is not of a version that the client named.
    #[error("the resource has another version")]
    PreconditionFailed,
    /// Others changed the resource again and again while this request tried to.
    #[error("the resource is being changed by many at once")]
    Contended,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// A resource could not be told as an event. A fault of this program.
    #[error("the event could not be written")]
    Event(#[from] serde_json::Error),
}

impl From<QueryError> for DirectoryError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::TooMany => too_many(),
            QueryError::Store(error) => Self::Store(error),
        }
    }
}

impl From<CommitError> for DirectoryError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::VersionConflict => Self::Contended,
            CommitError::NotFound => Self::NotFound,
            CommitError::Taken(attribute) => Self::Taken(attribute),
            CommitError::Store(error) => Self::Store(error),
        }
    }
}
