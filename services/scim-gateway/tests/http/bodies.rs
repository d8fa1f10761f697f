use reqwest::Method;
use serde_json::json;
use testkit::entra::{USER, user};

use crate::harness::{TestGateway, assert_refused};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_object_is_refused_and_changes_nothing() {
    let gateway = TestGateway::start().await;
    let id = gateway.entra.post("/Users", user("a@contoso.example", "a", "A", "B")).await.id();
    let path = format!("/Users/{id}");
    let before = gateway.entra.get(&path).await.body;
    gateway.events().await;

    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!("{{\"schemas\":[\"{USER}\"],\"userName\":{open}1{close}}}").into_bytes()
    };
    let with = |value: &str| {
        format!("{{\"schemas\":[\"{USER}\"],\"userName\":\"n\",\"title\":{value}}}").into_bytes()
    };
    for body in [
        Vec::new(),
        b"{ \"acve\": tre, ".to_vec(),
        b"{}trailing".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        b"{\"a\":\"\xff\"}".to_vec(),
        with("\"\\ud800\""),
        b"[1,2]".to_vec(),
        b"\"text\"".to_vec(),
        b"7".to_vec(),
        b"null".to_vec(),
        b"{\"schemas\":[],\"schemas\":[]}".to_vec(),
        nested(1_000),
        nested(30_000),
        with("1e999"),
        with(&"9".repeat(400)),
    ] {
        let shown: String = String::from_utf8_lossy(&body).chars().take(60).collect();
        for (method, path) in [
            (Method::POST, "/Users"),
            (Method::PUT, &path),
            (Method::PATCH, &path),
            (Method::POST, "/Groups"),
            (Method::POST, "/.search"),
            (Method::POST, "/Bulk"),
        ] {
            let answer = gateway.entra.send(method.clone(), path, &[], Some(body.clone())).await;
            assert_refused(&answer, 400, Some("invalidSyntax"), &format!("{method} {path} {shown}"));
        }
    }
    let deepest = gateway.entra.send(Method::POST, "/Groups", &[], Some(nested(100_000))).await;
    assert_refused(&deepest, 400, Some("invalidSyntax"), "100,000 levels");
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
    for header in [
        ("content-type", "text/xml"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-type", "application/scim+json; charset=utf-16"),
        ("content-encoding", "gzip"),
        ("content-encoding", "br"),
    ] {
        let refused = post(&[header], body.clone()).await;
        assert_refused(&refused, 415, None, &format!("{header:?}"));
    }
    let large = json!({ "schemas": [USER], "userName": "a", "title": "x".repeat(70_000) }).to_string();
    let refused = post(&[], large.into_bytes()).await;
    assert_refused(&refused, 413, None, "70 kB");
    assert!(refused.body["detail"].as_str().unwrap().contains("65536"), "{refused:?}");
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
