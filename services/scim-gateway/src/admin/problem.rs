use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use directory::StoreError;
use directory::admin::{ConfigureError, SnapshotError};
use platform::problem;
use platform::telemetry::chain;

/// A request of an administrator was not carried out (RFC 9457).
#[derive(Debug, thiserror::Error)]
pub(super) enum Problem {
    #[error("there is no such integration")]
    NotFound,
    #[error("there is no such snapshot")]
    NoSnapshot,
    #[error("{0}")]
    Invalid(String),
    #[error("not configured")]
    Configure(#[from] ConfigureError),
    #[error("no snapshot")]
    Snapshot(#[from] SnapshotError),
}

impl Problem {
    /// What the caller is told. Causes are for the log.
    fn detail(&self) -> String {
        match self {
            Self::NotFound | Self::NoSnapshot | Self::Invalid(_) => self.to_string(),
            Self::Configure(ConfigureError::Store(_)) | Self::Snapshot(SnapshotError::Store(_)) => {
                "the directory database is not available".to_owned()
            }
            Self::Configure(error) => error.to_string(),
            Self::Snapshot(error) => error.to_string(),
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound
            | Self::NoSnapshot
            | Self::Configure(ConfigureError::NotFound)
            | Self::Snapshot(SnapshotError::NoIntegration | SnapshotError::NoSnapshot) => {
                StatusCode::NOT_FOUND
            }
            Self::Invalid(_) | Self::Configure(ConfigureError::Schema(_) | ConfigureError::TooMany) => {
                StatusCode::BAD_REQUEST
            }
            Self::Configure(ConfigureError::Contended) => StatusCode::CONFLICT,
            Self::Configure(ConfigureError::Store(error)) | Self::Snapshot(SnapshotError::Store(error)) => {
                match error {
                    StoreError::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
                    StoreError::Unexpected(_) => StatusCode::INTERNAL_SERVER_ERROR,
                }
            }
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        if status.is_server_error() {
            tracing::error!(error = %chain(self), "a request of an administrator failed");
        }
        problem::response(status, &self.detail())
    }
}
