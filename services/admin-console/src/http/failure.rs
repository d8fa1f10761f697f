use actix_web::http::StatusCode;
use actix_web::http::header::{CONNECTION, HeaderName, LOCATION, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use askama::Template;

use super::{Page, Visitor, answer_with};
use crate::api::{ApiError, Refusal, Service};
use crate::session::Way;
use crate::sign_in::{self, Silent};

/// Why there is no page. Handlers answer it with `?`; the door makes a page of it in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The token ends soon: the provider is asked for another one on the way.
    #[error("the token ends soon")]
    TokenEnds,
    /// They have to prove anew who they are.
    #[error("a fresh proof is needed")]
    NotFresh,
    /// There is no integration that they may see.
    #[error("there is no integration")]
    NoIntegration,
    /// There is no such page.
    #[error("there is no such page")]
    NotFound,
    /// The request was made by a page of somebody else.
    #[error("the request comes from another site")]
    ForeignOrigin,
    /// The form is not of this session.
    #[error("the form is not of this session")]
    StaleForm,
    /// What was sent is not understood, or too long.
    #[error("what was sent is not understood")]
    Malformed,
    /// A one-time link was used, or is too old.
    #[error("the link is not good any more")]
    SpentLink,
    /// The provider did not let them in.
    #[error("the provider did not let them in")]
    Provider,
    /// The provider does not tell when they proved who they are.
    #[error("the token has no claim auth_time")]
    NoProofTime,
    /// The provider cannot be reached.
    #[error("the provider cannot be reached")]
    ProviderAway,
    /// A service does not take a token that the provider gave a moment ago.
    #[error("{0} does not take the token")]
    NotTaken(Service),
    /// Too many live views are open.
    #[error("too many live views are open")]
    TooManyTails,
    /// A service refused, or is away.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// A defect of this program.
    #[error("something is broken")]
    Broken,
}

impl From<getrandom::Error> for Failure {
    fn from(error: getrandom::Error) -> Self {
        tracing::error!(%error, "the system has no randomness");
        Self::Broken
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotSignedIn | Self::Api(ApiError::Unauthorized(_)) => StatusCode::UNAUTHORIZED,
            Self::NotFresh
            | Self::ForeignOrigin
            | Self::StaleForm
            | Self::Provider
            | Self::NoProofTime
            | Self::NotTaken(_) => StatusCode::FORBIDDEN,
            Self::Api(ApiError::Forbidden(_)) => StatusCode::FORBIDDEN,
            Self::NotFound | Self::NoIntegration | Self::Api(ApiError::NotFound) => StatusCode::NOT_FOUND,
            Self::SpentLink => StatusCode::GONE,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Api(ApiError::Conflict(_)) => StatusCode::CONFLICT,
            Self::Api(ApiError::Precondition(_)) => StatusCode::PRECONDITION_FAILED,
            Self::Api(ApiError::Invalid(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyTails => StatusCode::TOO_MANY_REQUESTS,
            Self::ProviderAway | Self::Api(ApiError::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Api(ApiError::Outdated(_)) => StatusCode::BAD_GATEWAY,
            Self::TokenEnds => StatusCode::SEE_OTHER,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The door puts the page in its place.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Problem<'a> {
    page: Page,
    text: String,
    /// What a service said.
    said: Option<&'a Refusal>,
    /// The service that is away.
    service: Option<Service>,
    /// Where to try again.
    retry: Option<String>,
    /// Where to prove anew who they are; none for those who came by a link.
    prove: Option<String>,
    /// Whether a one-time link helps.
    asks_for_link: bool,
    /// Whether they can make what is missing.
    may_make: bool,
}

impl Failure {
    /// The answer for whoever asked.
    pub(super) fn page(&self, visitor: &Visitor) -> HttpResponse {
        match self {
            Self::Api(ApiError::Unauthorized(service)) => match &visitor.session {
                // The provider would vouch for them once more, and so on without an end.
                Some(session) if session.way == Way::Oidc && session.is_young(visitor.now) => {
                    Self::NotTaken(*service).page(visitor)
                }
                Some(session) => {
                    visitor.console.sessions.end(session);
                    to_sign_in(visitor)
                }
                None => to_sign_in(visitor),
            },
            Self::NotSignedIn => to_sign_in(visitor),
            Self::TokenEnds => see_other(&sign_in::at_provider(visitor.whereabouts(), Silent::Yes)),
            _ => self.explained(visitor).unwrap_or_else(|_| HttpResponse::new(self.status_code())),
        }
    }

    fn explained(&self, visitor: &Visitor) -> Result<HttpResponse, Self> {
        let kind = self.kind();
        let is_of_provider = visitor.session.as_ref().is_some_and(|session| session.way == Way::Oidc);
        let prove = (is_of_provider && *self == Self::NotFresh).then(|| {
            let to = visitor.session.as_ref().and_then(|session| session.take_return());
            sign_in::anew_at_provider(to.as_deref().unwrap_or_else(|| visitor.whereabouts()))
        });
        let key = format!("problem-{kind}-text");
        let text = match self {
            Self::NotTaken(service) | Self::Api(ApiError::Outdated(service)) => {
                visitor.phrase().with("service", service.to_string()).t(&key)
            }
            _ => visitor.phrase().t(&key),
        };
        let problem = Problem {
            page: visitor.page(&format!("problem-{kind}-title")),
            text,
            said: match self {
                Self::Api(
                    ApiError::Forbidden(said)
                    | ApiError::Conflict(said)
                    | ApiError::Precondition(said)
                    | ApiError::Invalid(said),
                ) => Some(said),
                _ => None,
            },
            service: match self {
                Self::Api(ApiError::Unavailable(service)) => Some(*service),
                _ => None,
            },
            retry: matches!(self, Self::Api(ApiError::Unavailable(_)) | Self::ProviderAway)
                .then(|| visitor.whereabouts().to_owned()),
            asks_for_link: *self == Self::SpentLink || (*self == Self::NotFresh && prove.is_none()),
            prove,
            may_make: *self == Self::NoIntegration
                && visitor.session.as_ref().is_some_and(|session| session.may_make()),
        };
        let mut response = answer_with(self.status_code(), &problem)?;
        if self.status_code() == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, 10.into());
        }
        // Of a body that was not read to its end.
        if *self == Self::Malformed {
            response
                .headers_mut()
                .insert(CONNECTION, actix_web::http::header::HeaderValue::from_static("close"));
        }
        Ok(response)
    }

    /// Its name in the keys of texts.
    fn kind(&self) -> &'static str {
        match self {
            Self::NotSignedIn | Self::TokenEnds | Self::Api(ApiError::Unauthorized(_)) => "not-signed-in",
            Self::NotFresh => "not-fresh",
            Self::NoIntegration => "no-integration",
            Self::NotFound | Self::Api(ApiError::NotFound) => "not-found",
            Self::ForeignOrigin => "foreign-origin",
            Self::StaleForm => "stale-form",
            Self::Malformed => "malformed",
            Self::SpentLink => "spent-link",
            Self::Provider => "provider",
            Self::NoProofTime => "no-proof-time",
            Self::ProviderAway => "provider-away",
            Self::NotTaken(_) => "not-taken",
            Self::TooManyTails => "too-many-tails",
            Self::Api(ApiError::Forbidden(_)) => "forbidden",
            Self::Api(ApiError::Conflict(_)) => "conflict",
            Self::Api(ApiError::Precondition(_)) => "precondition",
            Self::Api(ApiError::Invalid(_)) => "invalid",
            Self::Api(ApiError::Unavailable(_)) => "unavailable",
            Self::Api(ApiError::Outdated(_)) => "outdated",
            Self::Broken => "broken",
        }
    }
}

/// To the provider, which may know them still, else to the page that says how to sign in.
fn to_sign_in(visitor: &Visitor) -> HttpResponse {
    let to = visitor.whereabouts();
    let address = if visitor.is_read { sign_in::address(to) } else { sign_in::address_after_form(to) };
    if visitor.is_htmx {
        let redirect = HeaderName::from_static("hx-redirect");
        return HttpResponse::Unauthorized().insert_header((redirect, address)).finish();
    }
    match visitor.console.provider.is_some() && visitor.is_navigation() {
        true => see_other(&sign_in::at_provider(to, Silent::Yes)),
        false => see_other(&address),
    }
}

fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, to)).finish()
}
