use serde::Deserialize;

use crate::http::LocalPath;

/// Which integration a page is about; none stands for the one looked at last.
#[derive(Deserialize)]
pub(super) struct About {
    #[serde(default)]
    pub(super) integration: String,
}

/// Which credential of an integration.
#[derive(Deserialize)]
pub(super) struct AboutCredential {
    pub(super) integration: String,
    pub(super) id: String,
}

/// The page of an integration at a path.
pub(super) fn address_of(path: &str, slug: &str) -> LocalPath {
    LocalPath::with(path, &[("integration", slug)])
}

/// The page of one of its credentials.
pub(super) fn address_of_credential(path: &str, slug: &str, id: &str) -> LocalPath {
    LocalPath::with(path, &[("integration", slug), ("id", id)])
}
