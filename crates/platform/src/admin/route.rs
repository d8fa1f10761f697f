use std::collections::BTreeMap;
use std::rc::Rc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::guard::fn_guard;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Error, Route};
use administration::Role;

use super::input;
use crate::problem;

/// A route of the administrators' API.
#[derive(Clone, Copy)]
pub struct AdminRoute {
    /// HTTP method.
    pub method: &'static str,
    /// Pattern of the path.
    pub path: &'static str,
    /// The lowest role that may; `None` where any role does.
    pub role: Option<Role>,
    /// The handler, for any method.
    pub handler: fn() -> Route,
}

impl AdminRoute {
    /// The methods that it answers: whatever can be got can be asked for without its body.
    fn methods(&self) -> &'static [&'static str] {
        match self.method {
            "GET" => &["GET", "HEAD"],
            "POST" => &["POST"],
            "PUT" => &["PUT"],
            "DELETE" => &["DELETE"],
            _ => &[],
        }
    }
}

/// Names of the parameters that each method of an address takes.
type Parameters = BTreeMap<&'static str, Vec<String>>;

/// Adds routes to a private listener, each with the names of the query parameters that it takes, in the order in which
/// they are tried.
///
/// An address that is known answers any other method 405, and any other parameter 400.
pub fn serve(service: &mut ServiceConfig, routes: impl IntoIterator<Item = (AdminRoute, Vec<String>)>) {
    let mut addresses: Vec<Vec<(AdminRoute, Vec<String>)>> = Vec::new();
    for served in routes {
        let is_same = |address: &&mut Vec<(AdminRoute, Vec<String>)>| {
            address.iter().any(|(route, _)| route.path == served.0.path)
        };
        match addresses.iter_mut().find(is_same) {
            Some(address) => address.push(served),
            None => addresses.push(vec![served]),
        }
    }
    for address in addresses {
        if let Some((AdminRoute { path, .. }, _)) = address.first() {
            service.service(resource(path, &address));
        }
    }
}

fn resource(
    path: &'static str,
    served: &[(AdminRoute, Vec<String>)],
) -> impl HttpServiceFactory + use<> + 'static {
    let mut resource = web::resource(path);
    let mut parameters = Parameters::new();
    for (route, names) in served {
        let methods = route.methods();
        parameters.extend(methods.iter().map(|method| (*method, names.clone())));
        let is_meant = fn_guard(move |context| methods.contains(&context.head().method.as_str()));
        resource = resource.route((route.handler)().guard(is_meant));
    }
    let allowed: Vec<_> = parameters.keys().copied().collect();
    let allowed = allowed.join(", ");
    let parameters = Rc::new(parameters);
    resource
        .default_service(web::to(move || {
            let detail = format!("this address answers {allowed}");
            let mut response = problem::response(StatusCode::METHOD_NOT_ALLOWED, &detail);
            if let Ok(allowed) = HeaderValue::from_str(&allowed) {
                response.headers_mut().insert(ALLOW, allowed);
            }
            async { response }
        }))
        .wrap(from_fn(move |request, next| known_parameters(parameters.clone(), request, next)))
}

/// Lets a request through whose parameters are all known, and none of them given twice.
async fn known_parameters(
    parameters: Rc<Parameters>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if let Some(names) = parameters.get(request.method().as_str())
        && let Err(mistake) = input::check_names(request.query_string(), names)
    {
        let answer = problem::response(StatusCode::BAD_REQUEST, &mistake.to_string());
        return Ok(request.into_response(answer));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}
