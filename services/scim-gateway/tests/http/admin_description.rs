//! The description of the API, which is what is served.

use std::collections::BTreeSet;

use platform::admin::AdminRoute;
use scim_gateway::ADMIN_ROUTES;
use serde_json::{Value, json};

use crate::harness::TestGateway;

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_described_and_nothing_else_is() {
    let gateway = TestGateway::start().await;
    let document = gateway.administrator.get("/../openapi.json").await.body;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{document}");
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let about = format!("{method} {path}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{about}");
            let problem = &operation["responses"]["default"]["content"]["application/problem+json"];
            assert_eq!(problem["schema"]["$ref"], "#/components/schemas/Problem", "{about}");
            for answer in operation["responses"].as_object().unwrap().values() {
                assert!(!answer["description"].as_str().unwrap().is_empty(), "{about}");
            }
            assert_eq!(parameters(operation), placeholders(path), "{about}");
            let is_this = |route: &&AdminRoute| route.path == path && route.method == method.to_uppercase();
            let role = ADMIN_ROUTES.iter().find(is_this).unwrap().role.map(administration::Role::as_str);
            assert_eq!(operation["x-required-role"].as_str(), role, "{about}");
            let description = operation["description"].as_str().unwrap_or_default();
            assert!(role.is_none_or(|role| description.contains(&format!("Role `{role}`"))), "{about}");
            described.insert((method.to_uppercase(), path.clone()));
        }
    }
    let registered = ADMIN_ROUTES.iter().map(|route| (route.method.to_owned(), route.path.to_owned()));
    assert_eq!(described, registered.collect());
    assert_eq!(document["components"]["securitySchemes"]["administrator"]["scheme"], "bearer");
    assert_eq!(document["security"][0]["administrator"], Value::Array(vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_schema_that_is_named_is_there() {
    let gateway = TestGateway::start().await;
    let document = gateway.administrator.get("/../openapi.json").await.body;
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for named in text.split("#/components/schemas/").skip(1) {
        let name = named.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    let integration = schemas["Integration"]["properties"].as_object().unwrap();
    let present =
        json!({ "slug": "acme-production", "portal": "acme", "environment": "production", "dry_run": true });
    let seen = gateway.administrator.post("", present).await.body;
    let names = |object: &serde_json::Map<String, Value>| object.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(integration), names(seen.as_object().unwrap()));
}

fn parameters(operation: &Value) -> BTreeSet<String> {
    let of_path = |parameter: &&Value| parameter["in"] == "path";
    let parameters = operation["parameters"].as_array().into_iter().flatten().filter(of_path);
    parameters.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
}

fn placeholders(path: &str) -> BTreeSet<String> {
    path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()).collect()
}
