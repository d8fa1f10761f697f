use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::{FromRequest, HttpRequest, web};
use administration::{NotAllowed, Role};
use directory::{Integration, IntegrationSlug, Registration};
use platform::admin::{Administrator, input, leave_details, leave_integration};
use serde_json::Value;

use super::problem::Problem;
use crate::Gateway;

/// A request of an administrator, before it is known what they may do.
pub(super) struct Call {
    pub(super) gateway: web::Data<Gateway>,
    pub(super) administrator: Administrator,
    request: HttpRequest,
}

impl FromRequest for Call {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let administrator = Administrator::from_request(request, payload).into_inner();
        let gateway = web::Data::<Gateway>::from_request(request, payload).into_inner();
        let call = administrator.map_err(actix_web::Error::from).and_then(|administrator| {
            Ok(Self { gateway: gateway?, administrator, request: request.clone() })
        });
        ready(call)
    }
}

impl Call {
    /// The integration of that name with its credentials, once the caller is seen to have the role in its portal. To who
    /// has none there it is an integration that does not exist.
    pub(super) async fn admit(&self, slug: &str, needed: Role) -> Result<Registration, Problem> {
        let slug = IntegrationSlug::parse(slug).map_err(|_| NotAllowed::Unseen)?;
        let found = self.gateway.integrations.registration(&slug).await?.ok_or(NotAllowed::Unseen)?;
        self.administrator.require(needed, &found.integration.portal)?;
        Ok(found)
    }

    /// As [`Call::admit`], for what needs no credentials.
    pub(super) async fn admit_to(&self, slug: &str, needed: Role) -> Result<Integration, Problem> {
        let slug = IntegrationSlug::parse(slug).map_err(|_| NotAllowed::Unseen)?;
        let found = self.gateway.integrations.integration(&slug).await?.ok_or(NotAllowed::Unseen)?;
        self.administrator.require(needed, &found.portal)?;
        Ok(found)
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// The parameters of the address.
    pub(super) fn query<T: serde::de::DeserializeOwned>(&self) -> Result<T, Problem> {
        Ok(input::query(self.request.query_string())?)
    }

    /// Leaves word of what was done for the record of acts. Never a secret.
    pub(super) fn leave(&self, details: Value) {
        leave_details(&self.request, details);
    }

    /// Leaves word of the integration that was made, which the address does not name.
    pub(super) fn made(&self, integration: &Integration) {
        leave_integration(&self.request, integration.slug.as_str());
    }

    /// Leaves word of what was changed, which this replica acts on from now on.
    pub(super) fn changed(&self, details: Value) {
        self.gateway.doubt_registry();
        self.leave(details);
    }
}
