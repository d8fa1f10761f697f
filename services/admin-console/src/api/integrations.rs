use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::credentials::has_secret;
use super::{ApiError, Caller, List, Query, Service};

/// Of one page: as many as the gateway tells in one answer.
const MOST: usize = 1_000;

/// An integration, as far as pages need it.
#[derive(Clone, Debug, Deserialize)]
pub struct Integration {
    /// Its name in addresses.
    pub slug: String,
    /// The customer's LMS.
    pub portal: String,
    /// `production` or `staging`.
    pub environment: String,
    /// `enabled`, `paused`, `disabled` or `detached`.
    pub state: String,
    /// Azure's "Tenant URL".
    pub scim_url: String,
    /// Where clients get access tokens.
    pub token_url: String,
    /// What somebody should look at.
    pub warnings: Vec<Warning>,
}

/// What somebody should look at.
#[derive(Clone, Debug, Deserialize)]
pub struct Warning {
    /// `paused`, `disabled`, `detached`, `no_credential` or `credential_expires`.
    pub code: String,
    /// The same in English, with names.
    pub text: String,
    /// The token that ends, of `credential_expires`.
    pub credential: Option<Ending>,
}

/// A token that ends soon.
#[derive(Clone, Debug, Deserialize)]
pub struct Ending {
    /// Its name.
    pub name: String,
    /// Its kind, as far as the gateway says it.
    pub kind: Option<String>,
    /// When.
    pub expires_at: DateTime<Utc>,
}

impl Ending {
    /// Whether it is exchanged for a successor. What has no secret is not.
    pub fn is_rotated(&self) -> bool {
        self.kind.as_deref().is_none_or(has_secret)
    }
}

impl Caller<'_> {
    /// The integrations that the administrator may see, by slug.
    pub async fn integrations(&self, cursor: Option<String>) -> Result<List<Integration>, ApiError> {
        let query = Query::new().with("limit", MOST.to_string()).with("cursor", cursor);
        self.get(Service::Gateway, &["integrations"], &query).await
    }

    /// One of them.
    pub async fn integration(&self, slug: &str) -> Result<Integration, ApiError> {
        self.get(Service::Gateway, &["integrations", slug], &Query::new()).await
    }
}
