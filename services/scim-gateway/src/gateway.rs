use std::sync::Arc;
use std::time::Duration;

use directory::{Directory, IntegrationSlug, IntegrationStore, Snapshots};
use serde::Deserialize;

/// What the request handlers work with.
#[derive(Clone)]
pub struct Gateway {
    /// The use cases.
    pub directory: Directory,
    /// Who may call.
    pub integrations: Arc<dyn IntegrationStore>,
    /// Snapshots that administrators ask for.
    pub snapshots: Arc<dyn Snapshots>,
    /// Address under which clients reach the public listener, without a slash at the end.
    pub base_url: String,
    /// What a request may cost.
    pub limits: Limits,
}

/// What a request may cost.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Largest body of a request about a user, in bytes.
    pub user_body_bytes: usize,
    /// Largest body of a request about a group, in bytes: 20,000 members are about 1.2 MB.
    pub group_body_bytes: usize,
    /// Largest body of a bulk request, in bytes; `bulk.maxPayloadSize` of the service provider configuration.
    pub bulk_body_bytes: usize,
    /// Time for a body to arrive, in seconds.
    pub body_seconds: u64,
    /// Time for a request once its body is there, in seconds.
    pub request_seconds: u64,
}

impl Limits {
    pub(crate) fn body_time(&self) -> Duration {
        Duration::from_secs(self.body_seconds)
    }

    pub(crate) fn request_time(&self) -> Duration {
        Duration::from_secs(self.request_seconds)
    }
}

impl Gateway {
    /// The integration's SCIM URL: what an administrator pastes into Azure.
    pub fn scim_url(&self, integration: &IntegrationSlug) -> String {
        format!("{}/integrations/{integration}/scim/v2", self.base_url)
    }
}
