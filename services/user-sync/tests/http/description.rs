//! The description of the API, which is what is served.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{TestApi, ana, assert_problem};
use crate::schema;

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
            let description = operation["description"].as_str().unwrap_or_default();
            let role = operation["x-required-role"].as_str();
            assert!(role.is_none_or(|role| description.contains(&format!("`{role}`"))), "{about}");
            let done: Vec<_> = operation["responses"].as_object().unwrap().keys().collect();
            assert_eq!(done.len(), 2, "{about}: one answer, and problems");
            described.insert((method.clone(), path.clone()));
        }
    }
    let routes = user_sync::admin_routes();
    let served = routes.iter().map(|route| (route.method.to_lowercase(), route.path.to_owned()));
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

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_as_they_are_described() {
    let api = TestApi::start().await;
    api.hear("acme", 1, 2, events::v1::User { title: "Director".to_owned(), ..ana() }).await;
    api.hear_of_group("acme", 2, "Welders").await;
    let document = api.administrator.get(PATH).await.body;
    let learner = api.learner("acme").await;
    let of_learner = format!("/learners/{learner}");
    let rules = json!({ "comment": "none", "rules": { "guard": { "people": 100 } } });
    assert_eq!(api.save(0, &rules).await.status, 200);
    let soon = platform::clock::now() + chrono::Duration::days(30);
    let exemption = json!({ "reason": "parental leave", "ends_at": soon });
    let person = json!({ "learner_id": learner });
    let groups = json!({ "rules": { "cohorts": [{ "name": "all", "when": "any", "then": "ignore" }] } });
    let promotion = json!({ "from": "globex-production", "from_version": 0, "to_version": 1 });
    for (method, path, filled, body) in [
        ("get", "/learners", "/learners", None),
        ("get", "/learners/{learner}/explain", &*format!("{of_learner}/explain"), None),
        ("get", "/learners/{learner}/cohorts", &*format!("{of_learner}/cohorts"), None),
        ("get", "/cohorts", "/cohorts", None),
        ("get", "/cohort-sizes", "/cohort-sizes", None),
        ("get", "/rules", "/rules", None),
        ("get", "/rules/versions", "/rules/versions", None),
        ("get", "/rules/versions/{version}", "/rules/versions/0", None),
        ("post", "/rules/preview", "/rules/preview", Some(person)),
        ("post", "/rules/preview-cohorts", "/rules/preview-cohorts", Some(groups)),
        ("get", "/rules-comparison", "/rules-comparison?with=globex-production", None),
        ("post", "/rules-promotion", "/rules-promotion", Some(promotion)),
        ("get", "/effects", "/effects", None),
        ("get", "/detachment", "/detachment", None),
        ("get", "/lms-audit", "/lms-audit", None),
        ("put", "/learners/{id}/exemption", &format!("{of_learner}/exemption"), Some(exemption)),
        ("get", "/learners/{id}/exemption", &format!("{of_learner}/exemption"), None),
        ("get", "/exemptions", "/exemptions", None),
        (
            "post",
            "/learners/{id}/erasure",
            &format!("{of_learner}/erasure"),
            Some(json!({ "reason": "asked" })),
        ),
        ("get", "/erasures", "/erasures", None),
        ("get", "/learners/{id}/erasure", &format!("{of_learner}/erasure"), None),
        ("post", "/parked/retry", "/parked/retry", Some(json!({}))),
        ("get", "/holds", "/holds", None),
        ("get", "/adoptions", "/adoptions", None),
        ("get", "/parked", "/parked", None),
        ("get", "/stuck", "/stuck", None),
        ("get", "/missing-managers", "/missing-managers", None),
        ("get", "/conflicts", "/conflicts", None),
        ("get", "/findings", "/findings", None),
        ("get", "/reconcile/runs", "/reconcile/runs", None),
    ] {
        let about = format!("{method} {path}");
        let operation = &document["paths"][format!("/admin/v1/integrations/{{integration}}{path}")][method];
        let schema_of = |of: &Value| of["content"]["application/json"]["schema"].clone();
        if let Some(body) = &body {
            let taken = schema_of(&operation["requestBody"]);
            assert_eq!(schema::check(&document, &taken, body), Ok(()), "{about}: what is sent");
        }
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let body = body.map(|body| body.to_string().into_bytes());
        let answer = api.administrator.send(method, &format!("/acme-production{filled}"), &[], body).await;
        let described = schema_of(&operation["responses"][answer.status.to_string()]);
        assert!(described.is_object(), "{about}: {answer:?}");
        assert_eq!(schema::check(&document, &described, &answer.body), Ok(()), "{about}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_described_as_they_are_read() {
    let api = TestApi::start().await;
    let document = api.administrator.get(PATH).await.body;
    let described = &document["components"]["schemas"]["Rules"];
    for rules in [
        json!({}),
        json!({ "ownership": { "preferred_language": { "mode": "source" } } }),
        json!({ "ownership": { "job_title": { "mode": "fill_if_empty", "on_clear": "keep" } } }),
        json!({ "mapping": { "login": { "from": ["userName"] },
            "job_title": { "from": ["title"], "transforms": [{ "template": "Senior {value}" }, "trim",
                { "lookup": { "table": { "a": "b" }, "otherwise": "clear" } }, { "default": "none" }] } } }),
        json!({ "cohorts": [
            { "name": "tests", "when": { "prefix": "test-" }, "then": "ignore" },
            { "name": "one", "when": { "external_id": "x" }, "then": { "create": {} }, "on_leave": "suspend",
                "grants_role": "instructor" },
            { "name": "all others", "when": "any", "then": { "create": { "name_template": "aad-{displayName}" } } } ] }),
        json!({ "guard": { "people": 5, "enabled": false }, "adoption": { "by_email": false } }),
    ] {
        assert_eq!(schema::check(&document, described, &rules), Ok(()), "{rules}");
        lms::Rules::read(rules.clone()).unwrap_or_else(|errors| panic!("{rules}: {errors:?}"));
    }
    for rules in [
        json!({ "colour": "red" }),
        json!({ "ownership": { "shoe_size": { "mode": "source" } } }),
        json!({ "ownership": { "login": { "mode": "somebody" } } }),
        json!({ "ownership": { "login": {} } }),
        json!({ "mapping": { "login": { "from": "userName" } } }),
        json!({ "cohorts": [{ "name": "x", "when": { "suffix": "y" }, "then": "ignore" }] }),
        json!({ "cohorts": [{ "name": "x", "when": "any" }] }),
        json!({ "guard": { "people": "many" } }),
        json!({ "guard": { "persons": 5 } }),
    ] {
        assert!(schema::check(&document, described, &rules).is_err(), "{rules}");
        assert!(lms::Rules::read(rules.clone()).is_err(), "{rules}");
    }
}

fn parameters(operation: &Value, place: &str) -> BTreeSet<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let there = parameters.filter(|parameter| parameter["in"] == place);
    there.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
}

fn placeholders(path: &str) -> BTreeSet<String> {
    path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()).collect()
}
