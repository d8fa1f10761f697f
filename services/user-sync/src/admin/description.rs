use actix_web::web;
use platform::admin::Administrator;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, Content, ContentBuilder, HttpMethod, InfoBuilder, ObjectBuilder, OpenApi,
    OpenApiBuilder, PathsBuilder, Ref, Required, Response, ResponseBuilder, Type,
};
use utoipa::{IntoParams, ToSchema};

use super::INTEGRATION;
use super::audit::ActQuery;
use super::casework::{Shown, shown};
use super::effects::EffectQuery;
use super::promotion::{ComparisonBody, ComparisonQuery, PromotionBody, PromotionRequest, VersionsBody};
use super::routes::{ROUTES, SUMMARIES};

/// Where the description is. The gateway describes its own part beside it.
pub(super) const PATH: &str = "/admin/v1/lms/openapi.json";

/// Describes this API (OpenAPI 3.1), from the same table that serves it. What most bodies hold is told in the
/// documentation.
pub(super) async fn read(_: Administrator) -> Shown<OpenApi> {
    shown(description())
}

fn description() -> OpenApi {
    let mut paths = PathsBuilder::new();
    for ((method, path), summary) in ROUTES.iter().zip(SUMMARIES) {
        let method = match *method {
            "put" => HttpMethod::Put,
            "post" => HttpMethod::Post,
            "delete" => HttpMethod::Delete,
            _ => HttpMethod::Get,
        };
        let operation = operation(path, summary);
        paths = paths.path(format!("{INTEGRATION}{path}"), PathItem::new(method, operation));
    }
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.bearer_format = Some("JWT".to_owned());
    let components = ComponentsBuilder::new()
        .schema("Problem", problem())
        .schema_from::<ComparisonBody>()
        .schema_from::<PromotionBody>()
        .schema_from::<PromotionRequest>()
        .schema_from::<VersionsBody>()
        .security_scheme("administrator", SecurityScheme::Http(bearer))
        .build();
    let info = InfoBuilder::new()
        .title("illuxi user-sync: administrators' API")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Learners, rules, what waits for a person, and what events did to the LMS."));
    OpenApiBuilder::new()
        .info(info.build())
        .paths(paths.build())
        .components(Some(components))
        .security(Some([SecurityRequirement::new("administrator", Vec::<String>::new())]))
        .build()
}

fn operation(path: &str, summary: &str) -> OperationBuilder {
    let whole = format!("{INTEGRATION}{path}");
    let names = whole.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let text = || ObjectBuilder::new().schema_type(Type::String).build();
    let of_path = names.map(|name| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(text()))
            .build()
    });
    let (request, answer) = match path {
        "/rules-comparison" => (None, Some(ComparisonBody::name())),
        "/rules-promotion" => (Some(PromotionRequest::name()), Some(PromotionBody::name())),
        _ => (None, None),
    };
    let done = ResponseBuilder::new().description("It was carried out");
    let done = match answer {
        Some(name) => done.content("application/json", content(&name)),
        None => done,
    };
    let request = request.map(|name| {
        let body = RequestBodyBuilder::new().required(Some(Required::True));
        body.content("application/json", content(&name)).build()
    });
    OperationBuilder::new()
        .summary(Some(summary))
        .parameters(Some(of_path.chain(query(path)).collect::<Vec<_>>()))
        .request_body(request)
        .response("2XX", done)
        .response("default", refusal())
}

fn query(path: &str) -> Vec<Parameter> {
    match path {
        "/effects" | "/effects/export" => EffectQuery::into_params(|| None),
        "/lms-audit" => ActQuery::into_params(|| None),
        "/rules-comparison" => ComparisonQuery::into_params(|| None),
        _ => Vec::new(),
    }
}

fn content(schema: &str) -> Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build()
}

/// RFC 9457.
fn problem() -> ObjectBuilder {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("title", text())
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .property("detail", text())
}

fn refusal() -> Response {
    ResponseBuilder::new()
        .description("It was not carried out")
        .content("application/problem+json", content("Problem"))
        .build()
}

/// Adds the route.
pub(super) fn configure(service: &mut web::ServiceConfig) {
    service.route(PATH, web::get().to(read));
}
