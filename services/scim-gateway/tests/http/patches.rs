//! PATCH requests that are wrong, and what of a right one is told.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::entra::{PATCH_OP, group, user};

use crate::harness::{TestGateway, assert_refused};

async fn with_user() -> (TestGateway, String) {
    let gateway = TestGateway::start().await;
    let created = gateway.entra.post("/Users", user("a@contoso.example", "a-1", "Amira", "Haddad")).await;
    let path = format!("/Users/{}", created.id());
    gateway.events().await;
    (gateway, path)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_is_wrong_changes_nothing() {
    let (gateway, path) = with_user().await;
    let before = gateway.entra.get(&path).await.body;
    for (operation, scim_type) in [
        (json!({ "op": "move", "path": "title", "value": "x" }), "invalidSyntax"),
        (json!({ "op": "test", "path": "title", "value": "x" }), "invalidSyntax"),
        (json!({ "path": "title", "value": "x" }), "invalidSyntax"),
        (json!("replace"), "invalidSyntax"),
        (json!({ "op": "remove" }), "noTarget"),
        (json!({ "op": "replace", "path": "title" }), "invalidValue"),
        (json!({ "op": "add", "path": "title" }), "invalidValue"),
        (json!({ "op": "replace", "path": "emails[type eq \"work\"", "value": "x" }), "invalidPath"),
        (json!({ "op": "replace", "path": "a..b", "value": "x" }), "invalidPath"),
        (json!({ "op": "replace", "path": "[x]", "value": "x" }), "invalidPath"),
        (json!({ "op": "replace", "path": "emails[type zz \"work\"].value", "value": "x" }), "invalidFilter"),
        (json!({ "op": "replace", "path": "phoneNumbers[type co \"x\"].value", "value": "1" }), "noTarget"),
        (json!({ "op": "replace", "path": "id", "value": "x" }), "mutability"),
        (json!({ "op": "replace", "path": "meta.created", "value": "x" }), "mutability"),
        (json!({ "op": "add", "path": "groups", "value": [{ "value": "g" }] }), "mutability"),
        (json!({ "op": "add", "path": "GROUPS", "value": [{ "value": "g" }] }), "mutability"),
        (
            json!({ "op": "remove", "path": "urn:ietf:params:scim:schemas:core:2.0:User:groups" }),
            "mutability",
        ),
        (json!({ "op": "remove", "path": "userName" }), "mutability"),
        (json!({ "op": "replace", "path": "name", "value": "text" }), "invalidValue"),
        (
            json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "no address" }),
            "invalidValue",
        ),
        (json!({ "op": "replace", "path": "active", "value": "maybe" }), "invalidValue"),
    ] {
        let answer = gateway.entra.patch(&path, json!([operation])).await;
        assert_refused(&answer, 400, Some(scim_type), &operation.to_string());
    }
    assert_eq!(gateway.entra.get(&path).await.body, before);
    assert_eq!(gateway.event_types().await, Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_patch_is_refused() {
    let (gateway, path) = with_user().await;
    let operations = json!([{ "op": "replace", "path": "title", "value": "x" }]);
    for body in [
        json!({ "Operations": operations }),
        json!({ "schemas": [], "Operations": operations }),
        json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "Operations": operations }),
        json!({ "schemas": [PATCH_OP] }),
        json!({ "schemas": [PATCH_OP], "Operations": {} }),
        json!({ "schemas": [PATCH_OP], "Operations": "x" }),
    ] {
        let sent = body.to_string();
        let answer = gateway.entra.send(Method::PATCH, &path, &[], Some(sent.clone().into_bytes())).await;
        assert_refused(&answer, 400, Some("invalidSyntax"), &sent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_operation_undoes_the_first_when_it_fails() {
    let (gateway, path) = with_user().await;
    gateway.entra.post("/Users", user("taken@contoso.example", "t-1", "T", "A")).await;
    gateway.events().await;
    let before = gateway.entra.get(&path).await.body;
    let taken = json!([
        { "op": "replace", "path": "displayName", "value": "Never" },
        { "op": "replace", "path": "userName", "value": "TAKEN@contoso.example" }
    ]);
    assert_refused(&gateway.entra.patch(&path, taken).await, 409, Some("uniqueness"), "taken");
    let wrong = json!([
        { "op": "replace", "path": "displayName", "value": "Never" },
        { "op": "replace", "path": "active", "value": "perhaps" }
    ]);
    let refused = gateway.entra.patch(&path, wrong).await;
    assert_refused(&refused, 400, Some("invalidValue"), "wrong");
    assert!(refused.body["detail"].as_str().unwrap().starts_with("Operation 2"), "{refused:?}");
    assert_eq!(gateway.entra.get(&path).await.body, before);
    assert_eq!(gateway.event_types().await, Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_operations_and_members_are_refused_with_the_limit() {
    let (gateway, path) = with_user().await;
    let operation = json!({ "op": "add", "path": "title", "value": "x" });
    let many: Vec<Value> = std::iter::repeat_n(operation, 1_001).collect();
    let answer = gateway.entra.patch(&path, json!(many)).await;
    assert_refused(&answer, 413, None, "1,001 operations");
    assert!(answer.body["detail"].as_str().unwrap().contains("1000"), "{answer:?}");

    let id = gateway.entra.post("/Groups", group("G", "g-1")).await.id();
    let members: Vec<Value> = (0..20_001).map(|n| json!({ "value": n.to_string() })).collect();
    let join = json!([{ "op": "add", "path": "members", "value": members }]);
    let answer = gateway.entra.patch(&format!("/Groups/{id}"), join).await;
    assert_refused(&answer, 413, None, "20,001 members");
    assert!(answer.body["detail"].as_str().unwrap().contains("20000"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_named_a_thousand_times_joins_once() {
    let (gateway, path) = with_user().await;
    let person = path.trim_start_matches("/Users/");
    let id = gateway.entra.post("/Groups", group("G", "g-1")).await.id();
    gateway.events().await;
    let members: Vec<Value> = std::iter::repeat_n(json!({ "value": person }), 1_000).collect();
    let join = json!([{ "op": "Add", "path": "members", "value": members }]);
    let joined = gateway.entra.patch(&format!("/Groups/{id}"), join).await;
    assert_eq!(joined.body["members"].as_array().unwrap().len(), 1, "{joined:?}");
    let events = gateway.events().await;
    let data: Value = serde_json::from_str(&events[0].data).unwrap();
    assert_eq!((events.len(), &data["added"]), (1, &json!([person])));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_group_itself_and_other_groups_are_nobody() {
    let gateway = TestGateway::start().await;
    let one = gateway.entra.post("/Groups", group("One", "g-1")).await.id();
    let other = gateway.entra.post("/Groups", group("Other", "g-2")).await.id();
    gateway.events().await;
    for id in [&one, &other] {
        let join = json!([{ "op": "add", "path": "members", "value": [{ "value": id, "type": "Group" }] }]);
        let answer = gateway.entra.patch(&format!("/Groups/{one}"), join).await;
        assert_eq!((answer.status, answer.body.get("members")), (200, None), "{answer:?}");
    }
    assert_eq!(gateway.event_types().await, Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_of_a_user_is_answered_with_the_user_or_as_preferred() {
    let (gateway, path) = with_user().await;
    let title = |title: &str| json!([{ "op": "replace", "path": "title", "value": title }]);
    let whole = gateway.entra.patch(&path, title("A")).await;
    assert_eq!((whole.status, &whole.body["title"]), (200, &json!("A")));
    assert_eq!((whole.header("etag"), &whole.body["meta"]["version"]), ("W/\"2\"", &json!("W/\"2\"")));

    let minimal = gateway.entra.patch_with(&path, &[("prefer", "return=minimal")], title("B")).await;
    assert_eq!((minimal.status, &minimal.body), (204, &Value::Null));
    assert_eq!(minimal.header("preference-applied"), "return=minimal");
    assert_eq!(minimal.header("etag"), "W/\"3\"");

    let chosen = format!("{path}?attributes=title");
    let chosen = gateway.entra.patch_with(&chosen, &[("prefer", "return=minimal")], title("C")).await;
    assert_eq!((chosen.status, &chosen.body["title"], chosen.body.get("userName")), (200, &json!("C"), None));
    assert_eq!(chosen.header("preference-applied"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_of_a_group_is_answered_with_the_group_while_it_is_small() {
    let gateway = TestGateway::start().await;
    let mut people = Vec::new();
    for n in 0..101 {
        let body = json!({ "schemas": [testkit::entra::USER], "userName": format!("u{n}") });
        people.push(json!({ "value": gateway.entra.post("/Users", body).await.id() }));
    }
    let path = format!("/Groups/{}", gateway.entra.post("/Groups", group("G", "g-1")).await.id());
    let join = |people: &[Value]| json!([{ "op": "add", "path": "members", "value": people }]);
    let small = gateway.entra.patch(&path, join(&people[..100])).await;
    assert_eq!(small.status, 200);
    assert_eq!(small.body["members"].as_array().unwrap().len(), 100);
    assert_eq!((small.header("etag"), &small.body["meta"]["version"]), ("W/\"2\"", &json!("W/\"2\"")));

    let large = gateway.entra.patch(&path, join(&people[100..])).await;
    assert_eq!((large.status, &large.body, large.header("etag")), (204, &Value::Null, "W/\"3\""));
    let chosen = gateway.entra.patch(&format!("{path}?excludedAttributes=members"), join(&people)).await;
    assert_eq!((chosen.status, chosen.body.get("members")), (200, None));
    assert_eq!(chosen.body["displayName"], "G");
    let minimal = gateway.entra.patch_with(&path, &[("prefer", "return=minimal")], join(&people)).await;
    assert_eq!((minimal.status, minimal.header("preference-applied")), (204, "return=minimal"));
    let both =
        gateway.entra.patch(&format!("{path}?attributes=id&excludedAttributes=members"), json!([])).await;
    assert_refused(&both, 400, Some("invalidValue"), "both parameters");
}
