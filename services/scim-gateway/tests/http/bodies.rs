use reqwest::Method;
use serde_json::{Value, json};
use testkit::entra::{PATCH_OP, USER, user};

use crate::harness::TestGateway;

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_wrong_changes_nothing_and_says_why() {
    let gateway = TestGateway::start().await;
    let id = gateway.entra.post("/Users", user("a@contoso.example", "a", "A", "B")).await.id();
    let path = format!("/Users/{id}");
    let before = gateway.entra.get(&path).await.body;
    gateway.events().await;

    let deep =
        format!("{{\"schemas\":[\"{USER}\"],\"userName\":{}1{}}}", "[".repeat(2_000), "]".repeat(2_000));
    let create = |body: &str| ("POST", "/Users".to_owned(), body.as_bytes().to_vec());
    let patch = |operations: Value| {
        let body = json!({ "schemas": [PATCH_OP], "Operations": operations });
        ("PATCH", path.clone(), body.to_string().into_bytes())
    };
    let cases = [
        (create(""), "invalidSyntax"),
        (create("{ \"acve\": tre, "), "invalidSyntax"),
        (create("[1,2]"), "invalidSyntax"),
        (create("{\"schemas\":[],\"schemas\":[]}"), "invalidSyntax"),
        (create(&deep), "invalidSyntax"),
        (("POST", "/Users".to_owned(), vec![b'{', 0xff, b'}']), "invalidSyntax"),
        (create(&json!({ "userName": "x" }).to_string()), "invalidSyntax"),
        (create(&json!({ "schemas": [USER], "displayName": "Nameless" }).to_string()), "invalidValue"),
        (create(&json!({ "schemas": [USER], "userName": "  " }).to_string()), "invalidValue"),
        (create(&json!({ "schemas": [USER], "userName": "a\u{0}b" }).to_string()), "invalidValue"),
        (
            create(&json!({ "schemas": [USER], "userName": "x", "active": "maybe" }).to_string()),
            "invalidValue",
        ),
        (patch(json!([{ "op": "move", "path": "title", "value": "x" }])), "invalidSyntax"),
        (patch(json!([{ "op": "replace", "path": "emails[type eq \"work\"", "value": "x" }])), "invalidPath"),
        (patch(json!([{ "op": "replace", "path": "id", "value": "x" }])), "mutability"),
        (patch(json!([{ "op": "remove", "path": "userName" }])), "mutability"),
        (
            patch(json!([
                { "op": "replace", "path": "title", "value": "first" },
                { "op": "replace", "path": "active", "value": "perhaps" }
            ])),
            "invalidValue",
        ),
    ];
    for ((method, path, body), scim_type) in cases {
        let shown = String::from_utf8_lossy(&body).chars().take(80).collect::<String>();
        let answer = gateway.entra.send(method.parse().unwrap(), &path, &[], Some(body)).await;
        assert_eq!(
            (answer.status, &answer.body["scimType"]),
            (400, &json!(scim_type)),
            "{shown}: {answer:?}"
        );
        assert!(!answer.body["detail"].as_str().unwrap().is_empty());
    }
    assert_eq!(gateway.entra.get(&path).await.body, before);
    assert_eq!(gateway.entra.get("/Users?count=0").await.body["totalResults"], 1);
    assert_eq!(gateway.event_types().await, Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_json_is_taken_and_not_too_much_of_it() {
    let gateway = TestGateway::start().await;
    let body = json!({ "schemas": [USER], "userName": "a@contoso.example" }).to_string().into_bytes();
    let post = async |headers: &[(&str, &str)], body: Vec<u8>| {
        gateway.entra.send(Method::POST, "/Users", headers, Some(body)).await
    };
    assert_eq!(post(&[("content-type", "text/xml")], body.clone()).await.status, 415);
    assert_eq!(post(&[("content-encoding", "gzip")], body.clone()).await.status, 415);
    let large = json!({ "schemas": [USER], "userName": "a", "title": "x".repeat(70_000) }).to_string();
    let refused = post(&[], large.into_bytes()).await;
    assert_eq!((refused.status, &refused.body["status"]), (413, &json!("413")));
    assert_eq!(post(&[("content-type", "application/json")], body).await.status, 201);
    let bare = json!({ "schemas": [USER], "userName": "b@contoso.example" }).to_string().into_bytes();
    assert_eq!(post(&[("content-type", "")], bare).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_must_not_set_is_not_set() {
    let gateway = TestGateway::start().await;
    let mut body = user("a@contoso.example", "1", "A", "B");
    body["id"] = json!("admin");
    body["password"] = json!("hunter2");
    body["groups"] = json!([{ "value": "g" }]);
    body["isAdmin"] = json!(true);
    body["tenant_id"] = json!("other");
    let created = gateway.entra.post("/Users", body).await;
    assert_eq!(created.status, 201);
    assert_ne!(created.id(), "admin");
    for name in ["password", "groups", "isAdmin", "tenant_id"] {
        assert_eq!(created.body.get(name), None, "{name}");
    }
    let events = gateway.events().await;
    assert!(!events[0].data.contains("hunter2"));
}
