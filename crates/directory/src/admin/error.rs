use scim::InvalidSchema;

use crate::{CredentialId, StoreError};

/// An administrator's request about an integration was not carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigureError {
    /// There is no such integration.
    #[error("there is no such integration")]
    NotFound,
    /// The integration has no such credential.
    #[error("there is no such credential")]
    NoCredential,
    /// Another integration has the name.
    #[error("another integration has this slug")]
    Taken,
    /// It was detached: nothing can be changed any more.
    #[error("the integration is detached, which is for ever")]
    Detached,
    /// The one that was to be an example was detached: what it says is in force nowhere.
    #[error("the integration to promote from is detached, which is for ever")]
    ExampleDetached,
    /// It has another version than the caller saw.
    #[error("the integration has version {0} by now")]
    Changed(u32),
    /// A value cannot be used.
    #[error("{0}")]
    Invalid(String),
    /// What was given as a member of the request cannot be used.
    #[error("{said}")]
    Unfit {
        /// The member.
        field: &'static str,
        /// What it must be.
        said: String,
    },
    /// The schema cannot be added.
    #[error(transparent)]
    Schema(#[from] InvalidSchema),
    /// There are enough.
    #[error("an integration can have at most {limit} {of}")]
    TooMany {
        /// How many it can have.
        limit: usize,
        /// Of what.
        of: &'static str,
    },
    /// The same request, asked before, made this credential.
    #[error("the request was carried out before: it made the credential {}, whose secret is not shown again", .0.as_str())]
    Issued(CredentialId),
    /// This one took over from the credential before.
    #[error("the credential has the successor {} already: to have another, revoke that one first", .0.as_str())]
    Succeeded(CredentialId),
    /// Another that can be used has the name.
    #[error("the credential {} has this name already: give it another, so that it is clear which is revoked", .0.as_str())]
    Named(CredentialId),
    /// What people may have values of would be lost.
    #[error("{0}")]
    Loses(String),
    /// The credential is still needed.
    #[error("{0}")]
    InUse(String),
    /// Others changed the integration at the same moment, again and again.
    #[error("the integration is being changed by somebody else")]
    Contended,
    /// An event could not be written as JSON.
    #[error("an event could not be made")]
    Event(#[from] serde_json::Error),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}
