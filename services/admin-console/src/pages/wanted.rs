use serde::Deserialize;

use crate::api::ApiError;
use crate::http::{Failure, Page};

/// What most addresses hold: the integration, and where a list goes on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    pub(super) integration: String,
    pub(super) cursor: String,
}

impl Wanted {
    pub(super) fn cursor(&self) -> Option<String> {
        Some(self.cursor.clone()).filter(|cursor| !cursor.is_empty())
    }
}

/// One part of a page that has several: none while the LMS has heard nothing of the integration, or where the service is
/// older than the console, which the page then tells.
pub(super) fn told<T>(page: Page, answer: Result<T, ApiError>) -> Result<(Page, Option<T>), Failure> {
    match answer {
        Err(ApiError::Outdated(service)) => Ok((page.with_outdated(service), None)),
        answer => Ok((page, heard(answer)?)),
    }
}

/// What the LMS says of an integration; none while it has heard nothing of it.
pub(super) fn heard<T>(answer: Result<T, ApiError>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(ApiError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
