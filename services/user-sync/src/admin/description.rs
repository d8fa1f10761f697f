use actix_web::web;
use platform::admin::Administrator;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HttpMethod, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder,
    PathsBuilder, Ref, Required, Response, ResponseBuilder, Type,
};

use super::INTEGRATION;
use super::casework::{Shown, shown};
use super::routes::{ROUTES, SUMMARIES};

/// Where the description is. The gateway describes its own part beside it.
pub(super) const PATH: &str = "/admin/v1/lms/openapi.json";

/// Describes this API (OpenAPI 3.1), from the same table that serves it. What the bodies hold is told in the
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
        let path = format!("{INTEGRATION}{path}");
        let operation = operation(&path, summary);
        paths = paths.path(path, PathItem::new(method, operation));
    }
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.bearer_format = Some("JWT".to_owned());
    let components = ComponentsBuilder::new()
        .schema("Problem", problem())
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
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let text = || ObjectBuilder::new().schema_type(Type::String).build();
    let parameters = names.map(|name| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(text()))
            .build()
    });
    OperationBuilder::new()
        .summary(Some(summary))
        .parameters(Some(parameters.collect::<Vec<_>>()))
        .response("2XX", Response::new("It was carried out"))
        .response("default", refusal())
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
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new()
        .description("It was not carried out")
        .content("application/problem+json", content)
        .build()
}

/// Adds the route.
pub(super) fn configure(service: &mut web::ServiceConfig) {
    service.route(PATH, web::get().to(read));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_with_all_that_its_path_names() {
        let described = serde_json::to_value(description()).unwrap();
        let paths = described["paths"].as_object().unwrap();
        let operations: usize = paths.values().map(|item| item.as_object().unwrap().len()).sum();
        assert_eq!(operations, ROUTES.len());
        for (method, path) in ROUTES {
            let operation = &paths[&format!("{INTEGRATION}{path}")][*method];
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}");
            let parameters = operation["parameters"].as_array().unwrap();
            assert_eq!(parameters.len(), 1 + path.matches('{').count(), "{method} {path}");
            let refusal = &operation["responses"]["default"]["content"]["application/problem+json"];
            assert_eq!(refusal["schema"]["$ref"], "#/components/schemas/Problem");
        }
    }
}
