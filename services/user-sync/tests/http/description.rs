//! The description of the API, which is what is served.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{TestApi, assert_problem};

/// Where it is, seen from the address of all integrations.
const PATH: &str = "/../lms/openapi.json";

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_described_and_nothing_else_is() {
    let api = TestApi::start().await;
    let document = api.administrator.get(PATH).await.body;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{document}");
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let about = format!("{method} {path}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{about}");
            let problem = &operation["responses"]["default"]["content"]["application/problem+json"];
            assert_eq!(problem["schema"]["$ref"], "#/components/schemas/Problem", "{about}");
            assert_eq!(parameters(operation, "path"), placeholders(path), "{about}");
            described.insert((method.clone(), path.clone()));
        }
    }
    let served = user_sync::ROUTES.iter().map(|(method, path)| {
        ((*method).to_owned(), format!("/admin/v1/integrations/{{integration}}{path}"))
    });
    assert_eq!(described, served.collect());
    assert_eq!(document["components"]["securitySchemes"]["administrator"]["scheme"], "bearer");
    assert_eq!(document["security"][0]["administrator"], Value::Array(vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_schema_that_is_named_is_there() {
    let api = TestApi::start().await;
    let document = api.administrator.get(PATH).await.body;
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for named in text.split("#/components/schemas/").skip(1) {
        let name = named.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    let effects = &document["paths"]["/admin/v1/integrations/{integration}/effects"]["get"];
    for name in
        ["request_id", "learner_id", "cohort_id", "scim_id", "outcome", "from", "to", "cursor", "limit"]
    {
        assert!(parameters(effects, "query").contains(name), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_for_administrators_of_any_role_and_for_nobody_else() {
    let api = TestApi::start().await;
    assert_problem(&api.administrator.with_token(None).get(PATH).await, 401, "no token");
    assert_problem(&api.administrator.with_token(Some("garbage")).get(PATH).await, 401, "garbage");
    assert_problem(&api.caller("ulla", &[]).get(PATH).await, 403, "no role");
    assert_eq!(api.caller("vera", &["globex:viewer"]).get(PATH).await.status, 200);
}

fn parameters(operation: &Value, place: &str) -> BTreeSet<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let there = parameters.filter(|parameter| parameter["in"] == place);
    there.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
}

fn placeholders(path: &str) -> BTreeSet<String> {
    path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()).collect()
}
