//! Entity tags and the conditions on them.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::entra::{Answer, PATCH_OP, group, user};

use crate::harness::{TestGateway, assert_refused};

const NOBODY: &str = "/Users/00000000-0000-7000-8000-000000000001";

fn patch_body() -> Vec<u8> {
    let operations = json!([{ "op": "replace", "path": "displayName", "value": "New" }]);
    json!({ "schemas": [PATCH_OP], "Operations": operations }).to_string().into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_with_one_resource_has_its_version_as_a_tag() {
    let gateway = TestGateway::start().await;
    for (collection, body) in
        [("/Users", user("a@contoso.example", "a-1", "A", "B")), ("/Groups", group("G", "g-1"))]
    {
        let tagged = |answer: &Answer, tag: &str| {
            assert_eq!(answer.header("etag"), tag, "{answer:?}");
            assert_eq!(answer.body["meta"]["version"], tag, "{answer:?}");
        };
        let created = gateway.entra.post(collection, body.clone()).await;
        tagged(&created, "W/\"1\"");
        let path = format!("{collection}/{}", created.id());
        tagged(&gateway.entra.get(&path).await, "W/\"1\"");
        let patched = gateway.entra.send(Method::PATCH, &path, &[], Some(patch_body())).await;
        tagged(&patched, "W/\"2\"");
        tagged(&gateway.entra.put(&path, body).await, "W/\"3\"");
        assert_eq!(gateway.entra.head(&path).await.header("etag"), "W/\"3\"");
        assert_eq!(gateway.entra.get(collection).await.header("etag"), "", "a list has none");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_resource_already_is_not_sent_it_again() {
    let gateway = TestGateway::start().await;
    for (collection, body) in
        [("/Users", user("a@contoso.example", "a-1", "A", "B")), ("/Groups", group("G", "g-1"))]
    {
        let path = format!("{collection}/{}", gateway.entra.post(collection, body).await.id());
        for tag in ["W/\"1\"", "\"1\"", "\"9\", W/\"1\"", "*"] {
            for method in [Method::GET, Method::HEAD] {
                let answer = gateway.entra.send(method, &path, &[("if-none-match", tag)], None).await;
                assert_eq!((answer.status, &answer.body), (304, &Value::Null), "{tag}");
                assert_eq!(answer.header("etag"), "W/\"1\"", "{tag}");
                assert!(!answer.header("x-request-id").is_empty());
            }
        }
        assert_eq!(gateway.entra.get_with(&path, &[("if-none-match", "W/\"2\"")]).await.status, 200);
        assert_eq!(gateway.entra.get_with(&path, &[("if-match", "W/\"1\"")]).await.status, 200);
        let stale = gateway.entra.get_with(&path, &[("if-match", "W/\"2\"")]).await;
        assert_refused(&stale, 412, None, "if-match on GET");
    }
    assert_eq!(gateway.entra.get_with(NOBODY, &[("if-none-match", "*")]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_on_a_condition_that_is_not_met_is_refused() {
    let gateway = TestGateway::start().await;
    for (collection, body) in
        [("/Users", user("a@contoso.example", "a-1", "A", "B")), ("/Groups", group("G", "g-1"))]
    {
        let path = format!("{collection}/{}", gateway.entra.post(collection, body.clone()).await.id());
        let put = Some(body.to_string().into_bytes());
        for (method, body) in
            [(Method::PUT, put), (Method::PATCH, Some(patch_body())), (Method::DELETE, None)]
        {
            for header in [
                ("if-match", "W/\"7\""),
                ("if-match", "\"of another server\""),
                ("if-none-match", "*"),
                ("if-none-match", "W/\"1\""),
                ("if-none-match", "\"5\", \"1\""),
            ] {
                let answer = gateway.entra.send(method.clone(), &path, &[header], body.clone()).await;
                assert_refused(&answer, 412, None, &format!("{method} {header:?}"));
            }
            for header in [("if-match", "7"), ("if-match", "W/\"1"), ("if-none-match", "x")] {
                let answer = gateway.entra.send(method.clone(), &path, &[header], body.clone()).await;
                assert_refused(&answer, 400, Some("invalidValue"), &format!("{method} {header:?}"));
            }
        }
        assert_eq!(gateway.entra.get(&path).await.header("etag"), "W/\"1\"");
        for (tag, status) in [("W/\"1\"", 200), ("\"9\", \"2\"", 200), ("*", 200)] {
            let answer =
                gateway.entra.send(Method::PATCH, &path, &[("if-match", tag)], Some(patch_body())).await;
            if tag == "W/\"1\"" {
                assert_eq!((answer.status, answer.header("etag")), (status, "W/\"2\""), "{answer:?}");
            } else {
                assert_eq!(
                    (answer.status, answer.header("etag")),
                    (status, "W/\"2\""),
                    "nothing changes: {answer:?}"
                );
            }
        }
        let other = gateway.entra.send(Method::DELETE, &path, &[("if-none-match", "\"1\"")], None).await;
        assert_eq!(other.status, 204, "it has another version");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_version_of_nothing_is_nothing() {
    let gateway = TestGateway::start().await;
    let put = user("a@contoso.example", "a-1", "A", "B").to_string().into_bytes();
    for (method, body) in [
        (Method::GET, None),
        (Method::PUT, Some(put)),
        (Method::PATCH, Some(patch_body())),
        (Method::DELETE, None),
    ] {
        let answer = gateway.entra.send(method.clone(), NOBODY, &[("if-match", "*")], body).await;
        assert_refused(&answer, 404, None, method.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_who_insist_on_the_same_version_one_changes_it() {
    let gateway = TestGateway::start().await;
    let path = format!(
        "/Users/{}",
        gateway.entra.post("/Users", user("a@contoso.example", "a-1", "A", "B")).await.id()
    );
    let attempts: Vec<_> = (0..20)
        .map(|n| {
            let (entra, path) = (gateway.entra.clone(), path.clone());
            tokio::spawn(async move {
                let body = user("a@contoso.example", "a-1", "A", &format!("B{n}")).to_string().into_bytes();
                entra.send(Method::PUT, &path, &[("if-match", "W/\"1\"")], Some(body)).await.status
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for attempt in attempts {
        statuses.push(attempt.await.unwrap());
    }
    statuses.sort_unstable();
    let expected: Vec<u16> = std::iter::once(200).chain(std::iter::repeat_n(412, 19)).collect();
    assert_eq!(statuses, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_version_of_a_group_tells_of_its_members() {
    let gateway = TestGateway::start().await;
    let person = gateway.entra.post("/Users", user("a@contoso.example", "a-1", "A", "B")).await.id();
    let path = format!("/Groups/{}", gateway.entra.post("/Groups", group("G", "g-1")).await.id());
    let join = json!([{ "op": "add", "path": "members", "value": [{ "value": person }] }]);
    assert_eq!(gateway.entra.patch(&path, join.clone()).await.header("etag"), "W/\"2\"");
    assert_eq!(gateway.entra.patch(&path, join).await.header("etag"), "W/\"2\"", "no change, no version");
    gateway.entra.delete(&format!("/Users/{person}")).await;
    let read = gateway.entra.get(&path).await;
    assert_eq!((read.header("etag"), read.body.get("members")), ("W/\"3\"", None));
}
