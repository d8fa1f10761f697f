//! Values of attributes: which are taken, which are refused, and which are passed over.

use serde_json::{Value, json};
use testkit::entra::{ENTERPRISE, USER, user};

use crate::harness::{TestGateway, assert_refused};

fn named(members: Value) -> Value {
    let mut body = json!({ "schemas": [USER], "userName": "case@contoso.example" });
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_does_not_fit_its_attribute_is_refused() {
    let gateway = TestGateway::start().await;
    let phones: Vec<Value> = (0..51).map(|n| json!({ "type": "work", "value": n.to_string() })).collect();
    for members in [
        json!({ "userName": null }),
        json!({ "userName": "" }),
        json!({ "userName": "  " }),
        json!({ "userName": "x".repeat(10_000) }),
        json!({ "userName": 7 }),
        json!({ "userName": { "value": "x" } }),
        json!({ "userName": ["x", "y"] }),
        json!({ "userName": "a\u{0}b" }),
        json!({ "userName": "a\r\nSet-Cookie: x" }),
        json!({ "displayName": "a\nb" }),
        json!({ "displayName": "a\u{7}b" }),
        json!({ "displayName": "a\u{202e}b" }),
        json!({ "active": "maybe" }),
        json!({ "active": 0 }),
        json!({ "active": ["true", "false"] }),
        json!({ "emails": { "value": 1 } }),
        json!({ "emails": "a@contoso.example" }),
        json!({ "emails": [{ "type": "work", "value": "no address" }] }),
        json!({ "emails": [{ "type": "work", "value": format!("{}@contoso.example", "x".repeat(1_000)) }] }),
        json!({ "emails": [
            { "type": "work", "value": "a@contoso.example", "primary": true },
            { "type": "home", "value": "b@contoso.example", "primary": true }
        ] }),
        json!({ "name": "Amira" }),
        json!({ "name": ["Amira"] }),
        json!({ "phoneNumbers": phones }),
        json!({ "x509Certificates": [{ "value": "%%%" }] }),
    ] {
        let shown: String = members.to_string().chars().take(60).collect();
        let answer = gateway.entra.post("/Users", named(members)).await;
        assert_refused(&answer, 400, Some("invalidValue"), &shown);
    }
    let nameless = gateway.entra.post("/Users", json!({ "schemas": [USER] })).await;
    assert_refused(&nameless, 400, Some("invalidValue"), "no userName");
    assert_eq!(gateway.entra.get("/Users?count=0").await.body["totalResults"], 0);
    assert_eq!(gateway.event_types().await, Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_needs_a_name_and_a_list_of_members() {
    let gateway = TestGateway::start().await;
    let group = "urn:ietf:params:scim:schemas:core:2.0:Group";
    for body in [
        json!({ "schemas": [group] }),
        json!({ "schemas": [group], "displayName": "" }),
        json!({ "schemas": [group], "displayName": "G", "members": "u" }),
        json!({ "schemas": [group], "displayName": "G", "members": [{ "display": "no value" }] }),
    ] {
        let answer = gateway.entra.post("/Groups", body.clone()).await;
        assert_refused(&answer, 400, Some("invalidValue"), &body.to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_its_schema_is_refused() {
    let gateway = TestGateway::start().await;
    let patch = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    for schemas in [json!(null), json!([]), json!([patch]), json!(USER), json!([1])] {
        let body = json!({ "schemas": schemas, "userName": "x" });
        let answer = gateway.entra.post("/Users", body).await;
        assert_refused(&answer, 400, Some("invalidSyntax"), &schemas.to_string());
    }
    let missing = gateway.entra.post("/Users", json!({ "userName": "x" })).await;
    assert_refused(&missing, 400, Some("invalidSyntax"), "no schemas");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_count_in_any_letter_case_and_schemas_in_any_order() {
    let gateway = TestGateway::start().await;
    let created = gateway
        .entra
        .post(
            "/Users",
            json!({
                "SCHEMAS": [ENTERPRISE, USER], "USERNAME": "a@contoso.example",
                "Emails": [{ "Primary": true, "VALUE": "a@contoso.example", "TYPE": "work" }],
                (ENTERPRISE.to_uppercase()): { "DEPARTMENT": "Safety" }
            }),
        )
        .await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.body["userName"], "a@contoso.example");
    assert_eq!(
        created.body["emails"],
        json!([{ "primary": true, "type": "work", "value": "a@contoso.example" }])
    );
    assert_eq!(created.body[ENTERPRISE], json!({ "department": "Safety" }));
    assert_eq!(created.body["schemas"], json!([USER, ENTERPRISE]));
}

#[tokio::test(flavor = "multi_thread")]
async fn null_and_empty_are_the_same_as_nothing() {
    let gateway = TestGateway::start().await;
    let members =
        json!({ "nickName": null, "title": "", "phoneNumbers": [], "roles": [], "addresses": null });
    let created = gateway.entra.post("/Users", named(members)).await;
    assert_eq!(created.status, 201, "{created:?}");
    for name in ["nickName", "title", "phoneNumbers", "roles", "addresses"] {
        assert_eq!(created.body.get(name), None, "{name}");
    }
    assert_eq!(gateway.entra.get("/Users?filter=nickName+pr").await.body["totalResults"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_kept_as_it_was_sent() {
    let gateway = TestGateway::start().await;
    for (n, name) in [
        "Zoë 李 🎓",
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "'; drop table users; --",
        "100% _sure_ \\o/",
    ]
    .into_iter()
    .enumerate()
    {
        let body = user(&format!("text{n}@contoso.example"), &format!("t-{n}"), name, "X");
        let created = gateway.entra.post("/Users", body).await;
        assert_eq!(created.status, 201, "{name}: {created:?}");
        let read = gateway.entra.get(&format!("/Users/{}", created.id())).await;
        assert_eq!(read.body["name"]["givenName"], name);
    }
    let found = gateway.entra.get("/Users?filter=name.givenName+co+%22%E6%9D%8E%22").await;
    assert_eq!(found.body["totalResults"], 1, "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_written_otherwise_but_are_the_same_clash() {
    let gateway = TestGateway::start().await;
    for (first, same) in [("bob@contoso.example", "BOB@Contoso.EXAMPLE"), ("zo\u{e9}", "zoe\u{301}")] {
        assert_eq!(
            gateway.entra.post("/Users", json!({ "schemas": [USER], "userName": first })).await.status,
            201
        );
        let answer = gateway.entra.post("/Users", json!({ "schemas": [USER], "userName": same })).await;
        assert_refused(&answer, 409, Some("uniqueness"), same);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_who_create_the_same_person_at_once_one_does() {
    let gateway = TestGateway::start().await;
    let attempts = (0..50).map(|_| {
        let entra = gateway.entra.clone();
        tokio::spawn(async move {
            let body = json!({ "schemas": [USER], "userName": "race@contoso.example" });
            entra.post("/Users", body).await.status
        })
    });
    let mut statuses = Vec::new();
    for attempt in attempts.collect::<Vec<_>>() {
        statuses.push(attempt.await.unwrap());
    }
    statuses.sort_unstable();
    let expected: Vec<u16> = std::iter::once(201).chain(std::iter::repeat_n(409, 49)).collect();
    assert_eq!(statuses, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_entries_of_a_list_are_one() {
    let gateway = TestGateway::start().await;
    let work = json!({ "type": "work", "value": "a@contoso.example" });
    let created = gateway.entra.post("/Users", named(json!({ "emails": [work, work] }))).await;
    assert_eq!(created.body["emails"], json!([work]), "{created:?}");
}
