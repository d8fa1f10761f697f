use serde::Deserialize;

use super::{ApiError, Caller, Query, Service};

/// Whom a token stands for.
#[derive(Clone, Debug, Deserialize)]
pub struct Whoami {
    /// Their name.
    pub subject: String,
    /// `ROLE`, or `PORTAL:ROLE`.
    pub roles: Vec<String>,
}

impl Caller<'_> {
    /// Who asks.
    pub async fn whoami(&self) -> Result<Whoami, ApiError> {
        self.get(Service::Gateway, &["whoami"], &Query::new()).await
    }
}
