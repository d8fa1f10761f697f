//! Search requests, and queries over all resources.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::entra::{Answer, SEARCH_REQUEST, group, user};

use crate::harness::{TestGateway, assert_refused};

async fn gateway() -> TestGateway {
    let gateway = TestGateway::start().await;
    let ana = gateway.entra.post("/Users", user("ana@contoso.example", "u-1", "Ana", "Silva")).await.id();
    gateway.entra.post("/Users", user("bo@contoso.example", "u-2", "Bo", "Berg")).await;
    let mut forklift = group("Forklift", "g-1");
    forklift["members"] = json!([{ "value": ana }]);
    assert_eq!(gateway.entra.post("/Groups", forklift).await.status, 201);
    gateway
}

fn search(members: Value) -> Value {
    let mut body = json!({ "schemas": [SEARCH_REQUEST] });
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    body
}

/// The displayName of everything found, in order.
fn names(answer: &Answer) -> Vec<&str> {
    let resources = answer.body["Resources"].as_array().map(Vec::as_slice).unwrap_or_default();
    resources.iter().filter_map(|resource| resource["displayName"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_request_finds_what_the_query_would() {
    let gateway = gateway().await;
    for (path, members, expected) in [
        ("/Users/.search", json!({ "filter": "userName eq \"ANA@contoso.example\"" }), vec!["Ana Silva"]),
        (
            "/Users/.search",
            json!({ "sortBy": "userName", "sortOrder": "descending" }),
            vec!["Bo Berg", "Ana Silva"],
        ),
        ("/Users/.search", json!({ "SORTBY": "userName", "startIndex": 2, "Count": 1 }), vec!["Bo Berg"]),
        ("/Users/.search", json!({ "sortBy": "userName", "count": "1", "nonsense": [1] }), vec!["Ana Silva"]),
        ("/Groups/.search", json!({ "filter": "displayName sw \"fork\"" }), vec!["Forklift"]),
        ("/.search", json!({ "sortBy": "displayName" }), vec!["Ana Silva", "Bo Berg", "Forklift"]),
        (
            "/.search",
            json!({ "filter": "displayName co \"o\"", "sortBy": "displayName" }),
            vec!["Bo Berg", "Forklift"],
        ),
    ] {
        let answer = gateway.entra.post(path, search(members.clone())).await;
        assert_eq!(answer.status, 200, "{path} {members}: {answer:?}");
        assert_eq!(names(&answer), expected, "{path} {members}: {answer:?}");
        assert_eq!(answer.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
    }
    let paged = gateway.entra.post("/Users/.search", search(json!({ "startIndex": 2, "count": 1 }))).await;
    assert_eq!((&paged.body["startIndex"], &paged.body["totalResults"]), (&json!(2), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_request_chooses_attributes_by_list_or_text() {
    let gateway = gateway().await;
    for names in [json!(["userName", "displayName"]), json!("userName, displayName")] {
        let answer = gateway.entra.post("/.search", search(json!({ "attributes": names }))).await;
        for resource in answer.body["Resources"].as_array().unwrap() {
            assert_eq!((resource.get("members"), resource.get("meta")), (None, None), "{resource}");
            assert!(resource.get("displayName").is_some(), "{resource}");
        }
    }
    let without = search(json!({ "excludedAttributes": ["members", "emails"] }));
    let answer = gateway.entra.post("/.search", without).await;
    assert_eq!(answer.body["totalResults"], 3);
    assert!(
        !answer.body.to_string().contains("\"members\"") && !answer.body.to_string().contains("\"emails\"")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_over_everything_takes_an_attribute_of_one_kind_for_absent_in_the_other() {
    let gateway = gateway().await;
    for (query, expected) in [
        ("", vec!["Ana Silva", "Bo Berg", "Forklift"]),
        ("filter=meta.resourceType+eq+%22Group%22", vec!["Forklift"]),
        ("filter=userName+eq+%22bo@contoso.example%22", vec!["Bo Berg"]),
        (
            "filter=userName+eq+%22bo@contoso.example%22+or+displayName+eq+%22forklift%22",
            vec!["Bo Berg", "Forklift"],
        ),
        ("filter=not+(userName+pr)", vec!["Forklift"]),
        ("filter=members+pr", vec!["Forklift"]),
        ("filter=id+pr", vec!["Ana Silva", "Bo Berg", "Forklift"]),
    ] {
        for root in ["", "/"] {
            let answer = gateway.entra.get(&format!("{root}?{query}&sortBy=displayName")).await;
            assert_eq!(answer.status, 200, "{query}: {answer:?}");
            assert_eq!(names(&answer), expected, "{query}: {answer:?}");
            assert_eq!(answer.body["totalResults"], expected.len(), "{query}");
        }
    }
    let by_login = gateway.entra.get("/?sortBy=userName").await;
    assert_eq!(names(&by_login), ["Ana Silva", "Bo Berg", "Forklift"], "a group has no userName: last");
    for filter in ["nothing+eq+%22x%22", "active+gt+true", "userName+eq"] {
        let refused = gateway.entra.get(&format!("/?filter={filter}")).await;
        assert_refused(&refused, 400, Some("invalidFilter"), filter);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_everything_too_far_off_is_refused() {
    let gateway = TestGateway::start().await;
    let far = gateway.entra.get("/?startIndex=950&count=100").await;
    assert_refused(&far, 400, Some("tooMany"), "by index");
    assert_eq!(gateway.entra.get("/?startIndex=901&count=100").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_search_request_is_refused() {
    let gateway = TestGateway::start().await;
    for path in ["/.search", "/Users/.search", "/Groups/.search"] {
        for (body, scim_type) in [
            (json!({ "filter": "id pr" }), "invalidSyntax"),
            (json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"] }), "invalidSyntax"),
            (search(json!({ "filter": 7 })), "invalidValue"),
            (search(json!({ "attributes": [7] })), "invalidValue"),
            (search(json!({ "count": true })), "invalidValue"),
            (search(json!({ "count": 1.5 })), "invalidValue"),
            (search(json!({ "filter": "id zz 1" })), "invalidFilter"),
            (search(json!({ "attributes": ["id"], "excludedAttributes": ["meta"] })), "invalidValue"),
        ] {
            let answer = gateway.entra.post(path, body.clone()).await;
            assert_refused(&answer, 400, Some(scim_type), &format!("{path} {body}"));
        }
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let body = (method == Method::PUT).then(|| b"{}".to_vec());
            let answer = gateway.entra.send(method, path, &[], body).await;
            assert_refused(&answer, 405, None, path);
            assert_eq!(answer.header("allow"), "POST, OPTIONS");
        }
    }
}
