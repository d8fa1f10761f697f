use std::sync::Arc;
use std::time::Instant;

use actix_web::http::{Method, StatusCode};
use chrono::{DateTime, Utc};
use directory::{
    CredentialId, DirectoryError, LoggedOperation, LoggedRequest, Mismatch, Origin, Outcome, Registration,
    SignInError,
};
use platform::telemetry::RequestSpan;
use scim::ResourceKind;
use uuid::Uuid;

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::RequestError;
use super::noted::Noted;
use crate::cause;

/// One request from door to answer: all that its log entry says.
pub(super) struct Visit {
    pub(super) request_id: Uuid,
    pub(super) at: DateTime<Utc>,
    pub(super) began: Instant,
    pub(super) client: Client,
    /// The integration, once one was found.
    pub(super) registration: Option<Arc<Registration>>,
    /// The credential, once it was found good.
    pub(super) credential: Option<CredentialId>,
    pub(super) aim: Aim,
    /// The route, once one was found.
    pub(super) route: &'static str,
    /// Its part of a trace, if it is traced.
    pub(super) span: Option<RequestSpan>,
    pub(super) noted: Noted,
    /// The bulk request that it is an operation of.
    bulk_request_id: Option<Uuid>,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Aim {
    operation: LoggedOperation,
    kind: Option<ResourceKind>,
    subject: Option<Uuid>,
}

impl Aim {
    /// That of a request that got no further than the door.
    pub(super) const SIGN_IN: Self = Self::of(LoggedOperation::SignIn);
    pub(super) const TOKEN: Self = Self::of(LoggedOperation::Token);
    /// That of an operation of a bulk request that cannot be read.
    pub(super) const OPERATION: Self = Self::of(LoggedOperation::Bulk);

    const fn of(operation: LoggedOperation) -> Self {
        Self { operation, kind: None, subject: None }
    }

    /// That of a request whose address leads nowhere: what it was to be follows from the method alone.
    pub(super) fn astray(method: &Method) -> Self {
        Self::of(operation(method, None))
    }

    pub(super) fn new(method: &Method, endpoint: &Endpoint) -> Self {
        let about = |kind, subject: Option<Uuid>| Self {
            operation: operation(method, subject),
            kind: Some(kind),
            subject,
        };
        let search = |kind| Self { kind, ..Self::of(LoggedOperation::Search) };
        match endpoint {
            Endpoint::Users => about(ResourceKind::User, None),
            Endpoint::User(id) => about(ResourceKind::User, Some(id.0)),
            Endpoint::Groups => about(ResourceKind::Group, None),
            Endpoint::Group(id) => about(ResourceKind::Group, Some(id.0)),
            Endpoint::Root | Endpoint::RootSearch => search(None),
            Endpoint::UserSearch => search(Some(ResourceKind::User)),
            Endpoint::GroupSearch => search(Some(ResourceKind::Group)),
            Endpoint::Bulk => Self::of(LoggedOperation::Bulk),
            Endpoint::Discovery(_) | Endpoint::NotSupported(_) => Self::of(LoggedOperation::Discovery),
        }
    }
}

fn operation(method: &Method, subject: Option<Uuid>) -> LoggedOperation {
    match (method, subject) {
        (&Method::POST, _) => LoggedOperation::Create,
        (&Method::PUT, _) => LoggedOperation::Replace,
        (&Method::PATCH, _) => LoggedOperation::Patch,
        (&Method::DELETE, _) => LoggedOperation::Delete,
        (_, Some(_)) => LoggedOperation::Read,
        (_, None) => LoggedOperation::Search,
    }
}

impl Visit {
    pub(super) fn new(client: Client, request_id: Uuid, at: DateTime<Utc>) -> Self {
        Self {
            request_id,
            at,
            began: Instant::now(),
            client,
            registration: None,
            credential: None,
            aim: Aim::SIGN_IN,
            route: "/scim",
            span: None,
            noted: Noted::default(),
            bulk_request_id: None,
        }
    }

    /// That of an operation of this bulk request.
    pub(super) fn operation(&self, request_id: Uuid) -> Self {
        Self {
            request_id,
            at: self.at,
            began: Instant::now(),
            client: self.client.clone(),
            registration: self.registration.clone(),
            credential: self.credential.clone(),
            aim: Aim::OPERATION,
            route: self.route,
            span: None,
            noted: Noted::default(),
            bulk_request_id: Some(self.request_id),
        }
    }

    /// The entry of the request, when it is one of an integration and does not stand in the log already.
    pub(super) fn entry(&self, status: StatusCode, refused: Option<&RequestError>) -> Option<LoggedRequest> {
        let registration = self.registration.as_ref()?;
        // Who asks too often must not fill the log as well.
        if matches!(refused, Some(RequestError::TooOften(_))) {
            return None;
        }
        let Aim { operation, kind, subject } = self.aim;
        let outcome = match refused {
            // Nothing is missing: the address was typed wrongly.
            Some(RequestError::NoSuchEndpoint) => Outcome::Refused,
            _ => self.outcome(operation, status),
        };
        // Where something was changed the transaction wrote of it.
        if matches!(outcome, Outcome::Created | Outcome::Deleted) || self.noted.is_changed() {
            return None;
        }
        let refusal = refused.and_then(RequestError::refusal);
        Some(LoggedRequest {
            integration: registration.integration.id,
            request_id: self.request_id,
            at: self.at,
            origin: Origin {
                credential: self.credential.clone().or_else(|| refused.and_then(credential_of)),
                address: self.client.address,
                agent: self.client.agent.clone(),
                bulk_request_id: self.bulk_request_id,
            },
            operation,
            kind,
            subject: subject.or_else(|| self.noted.known_holder()),
            person: self.noted.person(),
            outcome,
            status: Some(status.as_u16()),
            reason: refused.map(RequestError::words),
            changed: match outcome {
                Outcome::Refused => self.noted.asked(),
                _ => Vec::new(),
            },
            duration_ms: u32::try_from(self.began.elapsed().as_millis()).ok(),
            mismatch: refusal.and_then(|refusal| refusal.mismatch.as_ref()).map(cut),
        })
    }

    fn outcome(&self, operation: LoggedOperation, status: StatusCode) -> Outcome {
        if status == StatusCode::NOT_MODIFIED {
            return Outcome::Read;
        }
        if !status.is_success() {
            return match status.as_u16() {
                401 | 403 => Outcome::Denied,
                404 => Outcome::NotFound,
                400..=499 => Outcome::Refused,
                _ => Outcome::Failed,
            };
        }
        match operation {
            LoggedOperation::Read => Outcome::Read,
            LoggedOperation::Search => match self.noted.total_found() {
                Some(0) if self.noted.asks_for_nobody() => Outcome::HealthCheck,
                Some(0) => Outcome::NotFound,
                _ => Outcome::Found,
            },
            LoggedOperation::Create => Outcome::Created,
            LoggedOperation::Delete => Outcome::Deleted,
            LoggedOperation::Replace | LoggedOperation::Patch => Outcome::Unchanged,
            LoggedOperation::Bulk
            | LoggedOperation::Discovery
            | LoggedOperation::Token
            | LoggedOperation::SignIn => Outcome::Answered,
        }
    }
}

/// The credential that a refused request is known to have tried.
fn credential_of(refused: &RequestError) -> Option<CredentialId> {
    match refused {
        RequestError::SignIn(SignInError::Paused(id) | SignInError::Disabled(id)) => Some(id.clone()),
        _ => refused.refusal()?.credential.clone(),
    }
}

/// What a caller sent is shown without control characters, and not without end.
pub(super) fn cut(mismatch: &Mismatch) -> Mismatch {
    let plain = |text: &str| text.chars().filter(|letter| !letter.is_control()).take(300).collect();
    Mismatch { expected: plain(&mismatch.expected), received: plain(&mismatch.received) }
}

impl RequestError {
    fn refusal(&self) -> Option<&directory::Refusal> {
        match self {
            Self::SignIn(SignInError::Refused(refusal)) => Some(refusal),
            _ => None,
        }
    }

    /// Why, for an administrator.
    fn words(&self) -> String {
        match self {
            Self::NoToken => cause::NO_TOKEN.to_owned(),
            Self::NoSuchEndpoint => cause::NO_ENDPOINT.to_owned(),
            Self::Unreadable(error) => format!("{}: {}", cause::UNREADABLE, error.detail),
            Self::SignIn(SignInError::Refused(refusal)) => refusal.reason.to_string(),
            Self::Directory(DirectoryError::Store(_)) => "the directory database is not available".to_owned(),
            _ => self.to_scim().detail,
        }
    }
}
