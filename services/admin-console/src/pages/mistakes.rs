//! Why something was not done, beside what was typed.

use crate::api::{ApiError, Refusal};
use crate::http::Failure;

/// What is to be mended first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    /// What this page noticed: the text `mistake-…`.
    Noticed(&'static str),
    /// What a service said.
    Said(Refusal),
}

impl Mistake {
    /// Of what a service refused; any other error is a page of its own.
    pub(super) fn of(error: ApiError) -> Result<Self, Failure> {
        match error {
            ApiError::Invalid(said) | ApiError::Conflict(said) => Ok(Self::Said(said)),
            other => Err(other.into()),
        }
    }
}

/// Whether something was typed as it had to be.
pub(super) fn is_typed(typed: &str, wanted: &str) -> bool {
    typed.trim() == wanted
}
