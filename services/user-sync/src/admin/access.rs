use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use administration::{NotAllowed, Role};
use futures::future::LocalBoxFuture;
use lms::admin::Integrations;
use lms::{IntegrationSlug, StoreError};
use platform::admin::{Administrator, Unauthenticated};
use platform::problem;
use platform::telemetry::chain;

/// The administrator who calls, with a role in the portal of the integration that the path names.
///
/// An argument of every handler: which of [`Viewer`], [`Operator`] and [`Owner`] is the role that the route needs.
#[derive(Debug)]
pub(super) struct Caller<R> {
    administrator: Administrator,
    needed: PhantomData<R>,
}

/// Who may look.
pub(super) type Viewer = Caller<Looks>;
/// Who may keep an integration going.
pub(super) type Operator = Caller<Operates>;
/// Who may decide what an integration does.
pub(super) type Owner = Caller<Owns>;

/// Needs [`Role::Viewer`].
#[derive(Debug)]
pub(super) struct Looks;
/// Needs [`Role::Operator`].
#[derive(Debug)]
pub(super) struct Operates;
/// Needs [`Role::Owner`].
#[derive(Debug)]
pub(super) struct Owns;

/// The lowest role that a route needs.
pub(super) trait Needs {
    const ROLE: Role;
}

impl Needs for Looks {
    const ROLE: Role = Role::Viewer;
}

impl Needs for Operates {
    const ROLE: Role = Role::Operator;
}

impl Needs for Owns {
    const ROLE: Role = Role::Owner;
}

impl<R> Deref for Caller<R> {
    type Target = administration::Administrator;

    fn deref(&self) -> &Self::Target {
        &self.administrator
    }
}

/// The caller is not let do it (RFC 9457).
#[derive(Debug, thiserror::Error)]
pub(super) enum AccessProblem {
    #[error(transparent)]
    Unauthenticated(#[from] Unauthenticated),
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error("the LMS database is not available")]
    Store(#[from] StoreError),
}

impl ResponseError for AccessProblem {
    fn status_code(&self) -> StatusCode {
        self.error_response().status()
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Unauthenticated(refusal) => refusal.error_response(),
            Self::NotAllowed(refusal) => problem::not_allowed(*refusal),
            Self::Store(_) => {
                tracing::error!(error = %chain(self), "a request of an administrator failed");
                problem::response(StatusCode::SERVICE_UNAVAILABLE, &self.to_string())
            }
        }
    }
}

/// Requires a role in the portal of an integration. One that nobody has heard of is not told from one of a portal where
/// the administrator has no role.
pub(super) async fn require(
    integrations: &dyn Integrations,
    administrator: &administration::Administrator,
    needed: Role,
    slug: &IntegrationSlug,
) -> Result<(), AccessProblem> {
    let heard = integrations.integration(slug).await?.ok_or(NotAllowed::Unseen)?;
    Ok(administrator.require(needed, &heard.portal)?)
}

impl<R: Needs + 'static> FromRequest for Caller<R> {
    type Error = AccessProblem;
    type Future = LocalBoxFuture<'static, Result<Self, AccessProblem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let administrator = Administrator::from_request(request, payload);
        let slug = request.match_info().get("integration").map(str::to_owned);
        let integrations = request.app_data::<web::Data<dyn Integrations>>().cloned();
        Box::pin(async move {
            let administrator = administrator.await?;
            let (Some(slug), Some(integrations)) = (slug, integrations) else {
                return Err(NotAllowed::Unseen.into());
            };
            // A task of its own: when another argument of the handler is refused, this is not cut off in the middle.
            let caller = administrator.clone();
            let check =
                async move { require(integrations.as_ref(), &caller, R::ROLE, &IntegrationSlug(slug)).await };
            tokio::spawn(check).await.map_err(|error| StoreError::Unavailable(Box::new(error)))??;
            Ok(Self { administrator, needed: PhantomData })
        })
    }
}
