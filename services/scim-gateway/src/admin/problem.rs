use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use administration::{AuditError, NotAllowed};
use directory::StoreError;
use directory::admin::{ConfigureError, SnapshotError};
use platform::admin::NoVersion;
use platform::admin::input::Mistake;
use platform::body::BodyError;
use platform::problem::{self, Mark};
use platform::telemetry::chain;

/// A request of an administrator was not carried out (RFC 9457).
#[derive(Debug, thiserror::Error)]
pub(super) enum Problem {
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// It cannot be understood.
    #[error("{0}")]
    Malformed(String),
    #[error(transparent)]
    Input(#[from] Mistake),
    #[error(transparent)]
    Body(#[from] BodyError),
    /// It is understood, and cannot be.
    #[error("{0}")]
    Unprocessable(String),
    /// The same of one member of the body.
    #[error("{1}")]
    Unfit(&'static str, String),
    #[error(transparent)]
    Version(#[from] NoVersion),
    #[error("not configured")]
    Configure(#[from] ConfigureError),
    #[error("no snapshot")]
    Snapshot(#[from] SnapshotError),
    #[error("the store failed")]
    Store(#[from] StoreError),
    #[error("the record of acts failed")]
    Audit(#[from] AuditError),
    #[error("the operating system gave no random bytes")]
    Random(#[from] std::io::Error),
}

impl Problem {
    /// What the caller is told. Causes are for the log.
    fn detail(&self) -> String {
        match self {
            Self::Store(_)
            | Self::Configure(ConfigureError::Store(_))
            | Self::Snapshot(SnapshotError::Store(_)) => "the directory database is not available".to_owned(),
            Self::Configure(error) => error.to_string(),
            Self::Snapshot(error) => error.to_string(),
            _ => self.to_string(),
        }
    }

    /// What of it programs go by.
    fn mark(&self) -> Mark {
        match self {
            Self::Unfit(field, _) | Self::Configure(ConfigureError::Unfit { field, .. }) => {
                Mark { code: None, field: Some(*field) }
            }
            Self::NotAllowed(refusal) => Mark::of(*refusal),
            Self::Configure(error) => Mark { code: configure_code(error), field: None },
            _ => Mark::default(),
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotAllowed(NotAllowed::Lacks { .. }) => StatusCode::FORBIDDEN,
            Self::NotAllowed(NotAllowed::Unseen) | Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Malformed(_) | Self::Input(_) => StatusCode::BAD_REQUEST,
            Self::Body(error) => error.status(),
            Self::Unprocessable(_) | Self::Unfit(..) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Version(NoVersion::Missing) => StatusCode::PRECONDITION_REQUIRED,
            Self::Version(NoVersion::NotOne) => StatusCode::PRECONDITION_FAILED,
            Self::Configure(error) => configure_status(error),
            Self::Snapshot(SnapshotError::NoIntegration | SnapshotError::NoSnapshot) => StatusCode::NOT_FOUND,
            Self::Snapshot(SnapshotError::Detached) => StatusCode::CONFLICT,
            Self::Snapshot(SnapshotError::Store(error)) | Self::Store(error) => store_status(error),
            Self::Audit(AuditError::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Audit(AuditError::Unexpected(_)) | Self::Random(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        if status.is_server_error() {
            tracing::error!(error = %chain(self), "a request of an administrator failed");
        }
        problem::response_with_mark(status, &self.detail(), self.mark())
    }
}

fn configure_status(error: &ConfigureError) -> StatusCode {
    match error {
        ConfigureError::NotFound | ConfigureError::NoCredential => StatusCode::NOT_FOUND,
        ConfigureError::Schema(_) | ConfigureError::Invalid(_) | ConfigureError::Unfit { .. } => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        ConfigureError::Contended
        | ConfigureError::Taken
        | ConfigureError::Detached
        | ConfigureError::ExampleDetached
        | ConfigureError::TooMany { .. }
        | ConfigureError::Issued(_)
        | ConfigureError::Succeeded(_)
        | ConfigureError::Named(_)
        | ConfigureError::Loses(_)
        | ConfigureError::InUse(_) => StatusCode::CONFLICT,
        ConfigureError::Changed(_) => StatusCode::PRECONDITION_FAILED,
        ConfigureError::Event(_) => StatusCode::INTERNAL_SERVER_ERROR,
        ConfigureError::Store(error) => store_status(error),
    }
}

/// A word for what stands against it, where somebody at a form can do something about it.
fn configure_code(error: &ConfigureError) -> Option<&'static str> {
    Some(match error {
        ConfigureError::Taken => "slug_taken",
        ConfigureError::Detached => "detached",
        ConfigureError::ExampleDetached => "example_detached",
        ConfigureError::TooMany { .. } => "too_many",
        ConfigureError::Issued(_) => "issued_before",
        ConfigureError::Named(_) => "name_taken",
        ConfigureError::Succeeded(_) => "has_successor",
        ConfigureError::InUse(_) => "in_use",
        ConfigureError::Contended => "contended",
        ConfigureError::NotFound
        | ConfigureError::NoCredential
        | ConfigureError::Changed(_)
        | ConfigureError::Invalid(_)
        | ConfigureError::Unfit { .. }
        | ConfigureError::Schema(_)
        | ConfigureError::Loses(_)
        | ConfigureError::Event(_)
        | ConfigureError::Store(_) => return None,
    })
}

fn store_status(error: &StoreError) -> StatusCode {
    match error {
        StoreError::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        StoreError::Unexpected(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
