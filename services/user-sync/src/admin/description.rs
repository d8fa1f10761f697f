use platform::admin::{AdminRoute, Administrator};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, HttpMethod, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, PathsBuilder,
    Required, ResponseBuilder, Type,
};

use super::body::{Shown, shown};
use super::described::NamedSchema;
use super::routes::{Described, ROUTES};

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

/// Describes this API (OpenAPI 3.1), from the same table that serves it.
pub(super) async fn read(_: Administrator) -> Shown<OpenApi> {
    shown(description())
}

fn description() -> OpenApi {
    let mut paths = PathsBuilder::new();
    let problem = NamedSchema::of::<ProblemView>();
    let mut components = ComponentsBuilder::new().schemas_from_iter(problem.schemas.iter().cloned());
    for route in ROUTES {
        let answer = (route.answer)();
        let refusal = ResponseBuilder::new()
            .description("It was not carried out")
            .content("application/problem+json", problem.content());
        let mut operation = operation(route).response("default", refusal.build());
        operation = operation.response(answer.status, answer.response);
        components = components.schemas_from_iter(answer.schemas);
        if let Some(body) = route.body {
            let body = body();
            let taken = RequestBodyBuilder::new().content("application/json", body.content()).build();
            operation = operation.request_body(Some(taken));
            components = components.schemas_from_iter(body.schemas);
        }
        paths = paths.path(route.route.path, PathItem::new(method(route), operation));
    }
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.bearer_format = Some("JWT".to_owned());
    let components = components.security_scheme("administrator", SecurityScheme::Http(bearer));
    let info = InfoBuilder::new()
        .title("illuxi user-sync: administrators' API")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Learners, rules, what waits for a person, and what events did to the LMS."));
    OpenApiBuilder::new()
        .info(info.build())
        .paths(paths.build())
        .components(Some(components.build()))
        .security(Some([SecurityRequirement::new("administrator", Vec::<String>::new())]))
        .build()
}

fn method(described: &Described) -> HttpMethod {
    match described.route.method {
        "PUT" => HttpMethod::Put,
        "POST" => HttpMethod::Post,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn operation(described: &Described) -> OperationBuilder {
    let AdminRoute { path, role, .. } = described.route;
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let parameters: Vec<_> = names.map(of_path).chain(described.parameters()).collect();
    let operation = OperationBuilder::new().summary(Some(described.summary)).parameters(Some(parameters));
    let operation = match role {
        Some(role) => operation.description(Some(format!("Role `{}`.", role.as_str()))),
        None => operation,
    };
    let needed = role.map_or(Value::Null, |role| role.as_str().into());
    operation.extensions(Some(ExtensionsBuilder::new().add("x-required-role", needed).build()))
}

fn of_path(name: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}
