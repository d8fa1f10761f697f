use platform::admin::AdminRoute;
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi, ToSchema};

use super::call::Call;
use super::shown::{Shown, shown};
use super::{
    ADMIN_ROUTES, audit, configuration, credentials, detachment, integrations, log, log_export, promotion,
    replay, rotation, setup_check, snapshot, summary, whoami,
};

/// Why a request was not carried out (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
struct ProblemView {
    /// The words of the status.
    title: String,
    status: u16,
    /// What to do about it.
    detail: String,
    /// What stands against it, as a word.
    code: Option<String>,
    /// The member of the body that cannot be used.
    field: Option<String>,
    /// Everything that is wrong, where several things are.
    errors: Option<Vec<MistakeView>>,
}

/// One of several things that are wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = Mistake)]
struct MistakeView {
    /// The place, as a JSON pointer (RFC 6901).
    pointer: String,
    problem: String,
}

#[derive(OpenApi)]
#[openapi(
    info(title = "illuxi SCIM gateway: administrators' API", description = "Integrations, credentials, the provisioning log and the record of acts."),
    paths(
        whoami::read, read,
        integrations::list, integrations::create, integrations::read, summary::read, setup_check::read,
        configuration::set_state, configuration::set_profile, configuration::set_settings,
        configuration::put_schema,
        credentials::list, credentials::issue, credentials::read, credentials::revoke,
        rotation::rotate, rotation::retire,
        log::list, log::of_request, log_export::export,
        audit::list, promotion::compare, promotion::promote, detachment::detach,
        replay::replay, snapshot::request, snapshot::list, snapshot::read,
    ),
    components(schemas(ProblemView, MistakeView)),
    security(("administrator" = [])),
    modifiers(&Common)
)]
struct Description;

/// What is the same of every operation.
struct Common;

impl Modify for Common {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        if let Some(components) = &mut description.components {
            let mut bearer = Http::new(HttpAuthScheme::Bearer);
            bearer.bearer_format = Some("JWT".to_owned());
            components.add_security_scheme("administrator", SecurityScheme::Http(bearer));
        }
        for route in ADMIN_ROUTES {
            let item = description.paths.paths.get_mut(route.path);
            let Some(operation) = item.and_then(|item| operation_mut(item, route.method)) else { continue };
            // The names of the handlers, of which several have the same.
            operation.operation_id = None;
            let responses = &mut operation.responses.responses;
            for response in responses.values_mut() {
                // OpenAPI requires one.
                if let RefOr::T(response) = response
                    && response.description.is_empty()
                {
                    response.description = "It was carried out".to_owned();
                }
            }
            responses.insert("default".to_owned(), RefOr::T(problem("It was not carried out")));
            let role = route.role.map_or(Value::Null, |role| role.as_str().into());
            operation.extensions.get_or_insert_default().insert("x-required-role".to_owned(), role);
        }
    }
}

fn operation_mut<'a>(item: &'a mut PathItem, method: &str) -> Option<&'a mut Operation> {
    match method {
        "GET" => item.get.as_mut(),
        "PUT" => item.put.as_mut(),
        "POST" => item.post.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}

/// Each route with the names of its query parameters: those that are described are taken, and no others.
pub(super) fn with_parameters(routes: &[AdminRoute]) -> Vec<(AdminRoute, Vec<String>)> {
    let mut description = Description::openapi();
    let mut names = |route: &AdminRoute| -> Vec<String> {
        let item = description.paths.paths.get_mut(route.path);
        let operation = item.and_then(|item| operation_mut(item, route.method));
        let parameters = operation.and_then(|operation| operation.parameters.take()).unwrap_or_default();
        let of_query = parameters.into_iter().filter_map(|parameter| match parameter {
            RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => Some(parameter.name),
            RefOr::T(_) | RefOr::Ref(_) => None,
        });
        of_query.collect()
    };
    routes.iter().map(|route| (*route, names(route))).collect()
}

fn problem(description: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    let content = utoipa::openapi::ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

/// Describes this API (OpenAPI 3.1).
#[utoipa::path(get, path = "/admin/v1/openapi.json", responses((status = 200, body = Object)))]
pub(super) async fn read(_: Call) -> Shown<utoipa::openapi::OpenApi> {
    shown(Description::openapi())
}
