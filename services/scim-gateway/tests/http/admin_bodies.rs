//! What an administrator's program may get wrong.

use reqwest::Method;
use serde_json::json;

use crate::administration::assert_problem;
use crate::harness::TestGateway;

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_none_is_refused() {
    let gateway = TestGateway::start().await;
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100), "]".repeat(100)).into_bytes();
    let bodies: [(&str, Option<Vec<u8>>); 7] = [
        ("nothing", None),
        ("no JSON", Some(b"kind=secret".to_vec())),
        ("cut off", Some(b"{\"kind\":".to_vec())),
        ("no object", Some(b"[]".to_vec())),
        ("no UTF-8", Some(b"{\"kind\":\"\xff\"}".to_vec())),
        ("a member twice", Some(b"{\"kind\":\"secret\",\"kind\":\"client\",\"name\":\"x\"}".to_vec())),
        ("too deep", Some(deep)),
    ];
    for path in ["", "/acme-production/credentials", "/acme-production/promotion", "/acme-production/detach"]
    {
        for (about, body) in &bodies {
            let answer = gateway.administrator.send(Method::POST, path, &[], body.clone()).await;
            assert_problem(&answer, 400, &format!("{path}: {about}"));
        }
        let large = format!("{{\"name\":\"{}\"}}", "x".repeat(65 * 1024)).into_bytes();
        let answer = gateway.administrator.send(Method::POST, path, &[], Some(large)).await;
        assert_problem(&answer, 413, path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_made_is_not_made() {
    let gateway = TestGateway::start().await;
    let body = |name: &str, value: serde_json::Value| {
        let mut body = json!({ "slug": "acme-x", "portal": "acme", "environment": "production" });
        body[name] = value;
        body
    };
    for (name, value, status) in [
        ("slug", json!("Acme X"), 422),
        ("slug", json!("x".repeat(10 * 1024)), 422),
        ("slug", json!(7), 400),
        ("portal", json!("a b"), 422),
        ("portal", json!(""), 422),
        ("environment", json!("test"), 422),
        ("environment", json!(null), 400),
        ("state", json!("detached"), 422),
        ("state", json!("on"), 422),
        ("profile", json!("lenient"), 422),
        ("settings", json!({ "log_retention_days": 1 }), 422),
        ("settings", json!({ "colour": "red" }), 400),
        ("colour", json!("red"), 400),
    ] {
        let answer = gateway.administrator.post("", body(name, value.clone())).await;
        assert_problem(&answer, status, &format!("{name} {value}"));
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.len() < 400 && (status == 422 || detail.contains(name)), "{answer:?}");
        for internal in ["expected", "invalid type", "u32", "struct", "variant", "deserialize", "line "] {
            assert!(!detail.contains(internal), "{answer:?}");
        }
    }
    assert_problem(&gateway.administrator.get("/acme-x").await, 404, "there is none");
}
