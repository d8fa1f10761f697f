//! Bulk requests.

use std::time::Duration;

use directory::{LoggedOperation, LoggedRequest, Outcome};
use serde_json::{Value, json};
use testkit::entra::{Answer, BULK_REQUEST, Entra, PATCH_OP, USER, group, user};

use crate::harness::{TestGateway, assert_refused};

async fn bulk(entra: &Entra, operations: Value) -> Answer {
    entra.post("/Bulk", json!({ "schemas": [BULK_REQUEST], "Operations": operations })).await
}

fn post(bulk_id: &str, path: &str, data: Value) -> Value {
    json!({ "method": "POST", "bulkId": bulk_id, "path": path, "data": data })
}

fn patch(path: &str, operations: Value) -> Value {
    json!({ "method": "PATCH", "path": path, "data": { "schemas": [PATCH_OP], "Operations": operations } })
}

fn statuses(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]));
    let results = answer.body["Operations"].as_array().unwrap();
    results.iter().map(|result| result["status"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_are_carried_out_in_order_and_each_is_answered() {
    let gateway = TestGateway::start().await;
    let other = gateway.entra.post("/Users", user("other@contoso.example", "o-1", "O", "T")).await.id();
    gateway.events().await;
    let answer = bulk(
        &gateway.entra,
        json!([
            post("u", "/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")),
            patch("/Users/bulkId:u", json!([{ "op": "replace", "path": "title", "value": "Lead" }])),
            { "method": "PUT", "path": format!("/Users/{other}"), "version": "W/\"1\"",
              "data": user("other@contoso.example", "o-1", "O", "Z") },
            { "method": "delete", "path": format!("/Users/{other}") },
        ]),
    )
    .await;
    assert_eq!(statuses(&answer), ["201", "200", "200", "204"], "{answer:?}");
    let results = &answer.body["Operations"];
    let location = results[0]["location"].as_str().unwrap();
    assert_eq!((&results[0]["bulkId"], &results[0]["version"]), (&json!("u"), &json!("W/\"1\"")));
    assert_eq!((&results[1]["location"], &results[1]["version"]), (&json!(location), &json!("W/\"2\"")));
    assert_eq!(results[3]["method"], "DELETE");
    assert_eq!(results[3]["location"], format!("{}/Users/{other}", gateway.entra.base()));
    for result in results.as_array().unwrap() {
        assert_eq!(result.get("response"), None, "{result}");
    }
    let created = gateway.entra.get(location.strip_prefix(gateway.entra.base()).unwrap()).await;
    assert_eq!(created.body["title"], "Lead");
    assert_eq!(gateway.entra.get(&format!("/Users/{other}")).await.status, 404);
    assert_eq!(
        gateway.event_types().await,
        ["user.provisioned", "user.changed", "user.changed", "user.deprovisioned"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_created_can_be_changed_and_deleted_in_the_same_request() {
    let gateway = TestGateway::start().await;
    let answer = bulk(
        &gateway.entra,
        json!([
            post("u", "/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")),
            patch("/Users/bulkId:u", json!([{ "op": "replace", "path": "active", "value": false }])),
            { "method": "DELETE", "path": "/Users/bulkId:u", "version": "W/\"2\"" },
            post("again", "/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")),
        ]),
    )
    .await;
    assert_eq!(statuses(&answer), ["201", "200", "204", "201"], "{answer:?}");
    let told = ["user.provisioned", "user.deactivated", "user.deprovisioned", "user.provisioned"];
    assert_eq!(gateway.event_types().await, told);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_a_request_of_its_own() {
    let gateway = TestGateway::start().await;
    let answer = bulk(
        &gateway.entra,
        json!([
            post("u", "/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")),
            post("v", "/Users", user("bo@contoso.example", "b-1", "Bo", "Berg")),
        ]),
    )
    .await;
    assert_eq!(statuses(&answer), ["201", "201"]);
    let txns: Vec<_> = gateway.events().await.iter().map(|event| event.envelope.txn).collect();
    assert_ne!(txns[0], txns[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_is_resolved_forwards_and_backwards() {
    let gateway = TestGateway::start().await;
    let mut team = group("Team", "g-1");
    team["members"] = json!([{ "value": "bulkId:ana" }]);
    let join = json!([{ "op": "add", "path": "members", "value": [{ "value": "bulkId:bo" }] }]);
    let answer = bulk(
        &gateway.entra,
        json!([
            post("team", "/Groups", team),
            post("ana", "/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")),
            patch("/Groups/bulkId:team", join),
            post("bo", "/Users", user("bo@contoso.example", "b-1", "Bo", "Berg")),
        ]),
    )
    .await;
    assert_eq!(statuses(&answer), ["201", "201", "200", "201"], "{answer:?}");
    let found = gateway.entra.get("/Groups").await;
    let members = found.body["Resources"][0]["members"].as_array().unwrap();
    let mut names: Vec<_> = members.iter().map(|member| member["display"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Ana Silva", "Bo Berg"]);
    let ids: std::collections::HashSet<_> =
        gateway.events().await.iter().map(|event| event.envelope.id).collect();
    assert_eq!(ids.len(), 5, "three created, two who join: each event has an id of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_fails_says_why_and_the_others_go_on() {
    let gateway = TestGateway::start().await;
    let ana = gateway.entra.post("/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")).await.id();
    let other = gateway.integration("globex-production", events::Environment::Production).await;
    let theirs = other.post("/Users", user("f@contoso.example", "f-1", "F", "G")).await.id();
    let title = json!([{ "op": "replace", "path": "title", "value": "x" }]);
    let answer = bulk(
        &gateway.entra,
        json!([
            post("taken", "/Users", user("ANA@contoso.example", "a-2", "A", "S")),
            { "method": "PATCH", "path": format!("/Users/{ana}"), "version": "W/\"9\"",
              "data": { "schemas": [PATCH_OP], "Operations": title } },
            patch(&format!("/Users/{theirs}"), title.clone()),
            patch("/Users/bulkId:nobody", title.clone()),
            patch("/Users/bulkId:taken", title.clone()),
            { "method": "POST", "path": "/Users", "data": { "schemas": [USER], "userName": "x" } },
            { "method": "GET", "path": format!("/Users/{ana}") },
            { "method": "DELETE", "path": "/Users" },
            { "method": "DELETE", "path": "/Widgets/1" },
            { "method": "PATCH", "path": format!("/Users/{ana}"), "version": "9", "data": {} },
            patch(&format!("/Users/{ana}"), title),
        ]),
    )
    .await;
    let expected = ["409", "412", "404", "400", "409", "400", "400", "405", "404", "400", "200"];
    assert_eq!(statuses(&answer), expected, "{answer:?}");
    let results = answer.body["Operations"].as_array().unwrap();
    assert_eq!(results[0].get("location"), None, "nothing was created");
    assert_eq!(results[0]["response"]["scimType"], "uniqueness");
    assert_eq!(results[1]["location"], format!("{}/Users/{ana}", gateway.entra.base()));
    for result in &results[..10] {
        let error = "urn:ietf:params:scim:api:messages:2.0:Error";
        assert_eq!(result["response"]["schemas"], json!([error]), "{result}");
        assert_eq!(result["response"]["status"], result["status"], "{result}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn enough_errors_end_it() {
    let gateway = TestGateway::start().await;
    let operations = json!([
        { "method": "DELETE", "path": "/Users/00000000-0000-7000-8000-000000000001" },
        post("u", "/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")),
    ]);
    let body = json!({ "schemas": [BULK_REQUEST], "failOnErrors": 1, "Operations": operations });
    let answer = gateway.entra.post("/Bulk", body).await;
    assert_eq!(statuses(&answer), ["404"], "{answer:?}");
    assert_eq!(gateway.entra.get("/Users?count=0").await.body["totalResults"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_bulk_request_is_refused_whole() {
    let gateway = TestGateway::start().await;
    let create = post("u", "/Users", user("ana@contoso.example", "a-1", "Ana", "Silva"));
    for (body, scim_type) in [
        (json!({ "Operations": [create] }), "invalidSyntax"),
        (json!({ "schemas": [PATCH_OP], "Operations": [create] }), "invalidSyntax"),
        (json!({ "schemas": [BULK_REQUEST] }), "invalidSyntax"),
        (json!({ "schemas": [BULK_REQUEST], "Operations": {} }), "invalidSyntax"),
        (json!({ "schemas": [BULK_REQUEST], "Operations": [create, create] }), "invalidValue"),
        (json!({ "schemas": [BULK_REQUEST], "failOnErrors": "x", "Operations": [create] }), "invalidValue"),
    ] {
        let answer = gateway.entra.post("/Bulk", body.clone()).await;
        assert_refused(&answer, 400, Some(scim_type), &body.to_string());
    }
    assert_eq!(gateway.entra.get("/Users?count=0").await.body["totalResults"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_are_told_and_kept() {
    let gateway = TestGateway::start().await;
    let config = gateway.entra.get("/ServiceProviderConfig").await.body["bulk"].clone();
    assert_eq!(config, json!({ "supported": true, "maxOperations": 1000, "maxPayloadSize": 131_072 }));
    let delete = json!({ "method": "DELETE", "path": "/Users/x" });
    let many = bulk(&gateway.entra, Value::Array(vec![delete; 1_001])).await;
    assert_refused(&many, 413, None, "1,001 operations");
    assert!(many.body["detail"].as_str().unwrap().contains("1000"), "{many:?}");
    let large =
        bulk(&gateway.entra, json!([post("u", "/Users", json!({ "title": "x".repeat(131_072) }))])).await;
    assert_refused(&large, 413, None, "128 kB");
    assert!(large.body["detail"].as_str().unwrap().contains("131072"), "{large:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_there_is_no_time_for_is_answered_so() {
    // All of it is kept for the answer.
    let gateway = TestGateway::start_with(|limits| limits.request_seconds = 1).await;
    let answer = bulk(
        &gateway.entra,
        json!([post("u", "/Users", user("ana@contoso.example", "a-1", "Ana", "Silva"))]),
    )
    .await;
    assert_eq!(statuses(&answer), ["503"], "{answer:?}");
    assert_eq!(gateway.entra.get("/Users?count=0").await.body["totalResults"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_has_an_entry_in_the_log_that_names_the_request() {
    let gateway = TestGateway::start().await;
    let title = json!([{ "op": "replace", "path": "title", "value": "Lead" }]);
    let answer = bulk(
        &gateway.entra,
        json!([
            post("u", "/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")),
            post("taken", "/Users", user("ANA@contoso.example", "a-2", "A", "S")),
            patch("/Users/bulkId:u", title.clone()),
            patch("/Users/bulkId:u", title),
            { "method": "DELETE", "path": "/Users/00000000-0000-7000-8000-000000000001" },
            { "method": "GET", "path": "/Users" },
            { "method": "DELETE", "path": "/Users/bulkId:u" },
        ]),
    )
    .await;
    let bulk_request_id = answer.header("x-request-id").to_owned();
    let log = async || -> Vec<LoggedRequest> {
        gateway.log("acme-production", 8).await.into_iter().map(|entry| entry.request).collect()
    };
    let (bulk_entry, operations): (Vec<_>, Vec<_>) =
        log().await.into_iter().partition(|entry| entry.origin.bulk_request_id.is_none());
    assert_eq!(bulk_entry[0].request_id.to_string(), bulk_request_id);
    let is_of_it =
        |entry: &LoggedRequest| entry.origin.bulk_request_id.unwrap().to_string() == bulk_request_id;
    assert!(operations.iter().all(is_of_it), "{operations:?}");
    use LoggedOperation::{Bulk, Create, Delete, Patch};
    for expected in [
        (Create, Outcome::Created, None),
        (Create, Outcome::Refused, Some(409)),
        (Patch, Outcome::Changed, None),
        (Patch, Outcome::Unchanged, Some(200)),
        (Delete, Outcome::NotFound, Some(404)),
        (Bulk, Outcome::Refused, Some(400)),
        (Delete, Outcome::Deleted, None),
    ] {
        let is_so = |entry: &&LoggedRequest| (entry.operation, entry.outcome, entry.status) == expected;
        assert_eq!(operations.iter().filter(is_so).count(), 1, "{expected:?}: {operations:?}");
    }
    let path = format!("/acme-production/log/{bulk_request_id}");
    let shown = gateway.administrator.get(&path).await;
    assert_eq!(shown.body["items"].as_array().map(Vec::len), Some(8), "{shown:?}");
}

/// So many users, each of an operation of its own.
fn people(count: usize) -> Value {
    let person = |n| user(&format!("p{n}@contoso.example"), &format!("p-{n}"), "P", "Q");
    (0..count).map(|n| post(&n.to_string(), "/Users", person(n))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_wait_for_their_turn_and_leave_other_requests_their_rate() {
    let gateway = TestGateway::start_with(|limits| {
        limits.requests_per_second = 25;
        limits.request_seconds = 2;
    })
    .await;
    let answer = bulk(&gateway.entra, people(100)).await;
    let statuses = statuses(&answer);
    let done = statuses.iter().filter(|status| **status == "201").count();
    // At once what a second allows, and in the second that there is time about as many again.
    assert!((26..=55).contains(&done), "{done} of 100");
    assert!(statuses[done..].iter().all(|status| *status == "429" || *status == "503"), "{statuses:?}");
    for n in 0..24 {
        assert_eq!(gateway.entra.get("/Users?count=0").await.status, 200, "request {n}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_is_revoked_meanwhile_stops_what_is_left() {
    let gateway = TestGateway::start_with(|limits| limits.requests_per_second = 25).await;
    let (id, secret) = gateway.credential("acme-production", |_| {}).await;
    let entra = gateway.entra.with_token(secret.as_deref());
    let is_known = async || entra.get("/Schemas").await.status == 200;
    testkit::eventually(Duration::from_secs(5), "the credential is known", is_known).await;
    // With 25 at once, the others take seven seconds.
    let (answer, ()) = tokio::join!(bulk(&entra, people(200)), async {
        let has_begun = async || {
            let found = gateway.entra.get("/Users?count=0").await;
            found.body["totalResults"].as_u64().is_some_and(|total| total > 0)
        };
        testkit::eventually(Duration::from_secs(5), "the first are there", has_begun).await;
        let path = format!("/acme-production/credentials/{}", id.as_str());
        assert_eq!(gateway.administrator.delete(&path).await.status, 204);
    });
    let statuses = statuses(&answer);
    let done = statuses.iter().filter(|status| **status == "201").count();
    assert!((1..200).contains(&done), "{done} of 200");
    assert!(statuses[done..].iter().all(|status| *status == "401"), "{statuses:?}");
}
