use serde::Serialize;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi, ToSchema};

use super::call::Call;
use super::shown::{Shown, shown};
use super::{
    audit, configuration, credentials, detachment, integrations, log, log_export, promotion, replay,
    rotation, snapshot, whoami,
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
        integrations::list, integrations::create, integrations::read,
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
        let operations = description.paths.paths.values_mut().flat_map(|item| {
            [&mut item.get, &mut item.put, &mut item.post, &mut item.delete].into_iter().flatten()
        });
        for operation in operations {
            let responses = &mut operation.responses.responses;
            responses.insert("default".to_owned(), RefOr::T(problem("It was not carried out")));
        }
    }
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
