use serde_json::{Value, json};
use testkit::entra::{ENTERPRISE, USER, user};

use crate::harness::TestGateway;

const LOGIN: &str = "amira.haddad@contoso.example";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_created_as_entra_sends_one() {
    let gateway = TestGateway::start().await;
    let mut body = user(LOGIN, "a-1", "Amira", "Haddad");
    body[ENTERPRISE] = json!({ "department": "Operations" });
    let created = gateway.entra.post("/Users", body).await;

    assert_eq!(created.status, 201, "{created:?}");
    let id = created.id();
    let location = format!("{}/Users/{id}", gateway.entra.base());
    assert_eq!(created.header("location"), location);
    assert_eq!(created.header("etag"), "W/\"1\"");
    assert_eq!(created.header("content-type"), "application/scim+json");
    assert_eq!(created.header("cache-control"), "no-store");
    assert_eq!(created.body["meta"]["location"], location.as_str());
    assert_eq!(created.body["meta"]["resourceType"], "User");
    assert_eq!(created.body["meta"]["created"], created.body["meta"]["lastModified"]);
    assert_eq!(created.body["schemas"], json!([USER, ENTERPRISE]));

    let read = gateway.entra.get(&format!("/Users/{id}")).await;
    assert_eq!(read.body, created.body);

    let events = gateway.events().await;
    assert_eq!(events.len(), 1);
    let envelope = &events[0].envelope;
    assert_eq!(envelope.event_type.routing_suffix(), "user.provisioned");
    assert_eq!(envelope.subject.to_string(), format!("Users/{id}"));
    assert_eq!(envelope.integration, "acme-production");
    assert_eq!(envelope.portal, "acme");
    assert_eq!(envelope.txn.to_string(), created.header("x-request-id"));
    assert_eq!((envelope.sequence.incarnation, envelope.sequence.version), (1, 1));
    let data: Value = serde_json::from_str(&events[0].data).unwrap();
    assert_eq!(data["after"]["userName"], LOGIN);
    assert_eq!(data["after"]["enterprise"]["department"], "Operations");
}

#[tokio::test(flavor = "multi_thread")]
async fn either_dialect_changes_the_same_and_tells_it_once() {
    let gateway = TestGateway::start().await;
    let id = gateway.entra.post("/Users", user(LOGIN, "a-1", "Amira", "Haddad")).await.id();
    let path = format!("/Users/{id}");
    gateway.events().await;

    let by_default = json!([
        { "op": "Replace", "path": "displayName", "value": "Amira Roy" },
        { "op": "Replace", "path": "name.familyName", "value": "Roy" },
        { "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "9025550199" },
        { "op": "Replace", "path": format!("{ENTERPRISE}:department"), "value": "Safety" }
    ]);
    let patched = gateway.entra.patch(&path, by_default).await;
    assert_eq!(patched.status, 200, "{patched:?}");
    assert_eq!(patched.body["name"]["familyName"], "Roy");
    assert_eq!(patched.body["name"]["givenName"], "Amira");
    assert_eq!(patched.body["phoneNumbers"], json!([{ "type": "mobile", "value": "9025550199" }]));
    assert_eq!(patched.body["meta"]["version"], "W/\"2\"");
    assert_eq!(gateway.event_types().await, ["user.changed"]);

    let by_flag = json!([{ "op": "replace", "value": {
        "displayName": "Amira Roy", "name.familyName": "Roy", (format!("{ENTERPRISE}:department")): "Safety"
    } }]);
    let again = gateway.entra.patch(&path, by_flag).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.body, patched.body, "nothing changed: no version, no lastModified");
    assert_eq!(gateway.event_types().await, Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_person_is_still_found_and_can_come_back() {
    let gateway = TestGateway::start().await;
    let id = gateway.entra.post("/Users", user(LOGIN, "a-1", "Amira", "Haddad")).await.id();
    let path = format!("/Users/{id}");
    gateway.events().await;

    let off = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
    let disabled = gateway.entra.patch(&path, off).await;
    assert_eq!(disabled.body["active"], false);
    assert_eq!(gateway.event_types().await, ["user.deactivated"]);

    let found = gateway.entra.get("/Users?filter=userName+eq+%22AMIRA.Haddad%40contoso.example%22").await;
    assert_eq!(found.body["totalResults"], 1);
    assert_eq!(found.body["Resources"][0]["active"], false);
    assert_eq!(gateway.entra.post("/Users", user(LOGIN, "a-2", "A", "H")).await.status, 409);

    let on = json!([{ "op": "replace", "path": "active", "value": true }]);
    assert_eq!(gateway.entra.patch(&path, on).await.body["active"], true);
    assert_eq!(gateway.event_types().await, ["user.reactivated"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_person_is_gone_and_the_name_is_free() {
    let gateway = TestGateway::start().await;
    let id = gateway.entra.post("/Users", user(LOGIN, "a-1", "Amira", "Haddad")).await.id();
    let path = format!("/Users/{id}");
    let deleted = gateway.entra.delete(&path).await;
    assert_eq!((deleted.status, deleted.body), (204, Value::Null));

    let off = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
    assert_eq!(gateway.entra.get(&path).await.status, 404);
    assert_eq!(gateway.entra.patch(&path, off).await.status, 404);
    assert_eq!(gateway.entra.put(&path, user(LOGIN, "a-1", "A", "H")).await.status, 404);
    assert_eq!(gateway.entra.delete(&path).await.status, 404);

    let again = gateway.entra.post("/Users", user(LOGIN, "a-1", "Amira", "Haddad")).await;
    assert_eq!(again.status, 201);
    assert_ne!(again.id(), id);
    let sequences: Vec<_> = gateway
        .events()
        .await
        .iter()
        .map(|event| (event.envelope.sequence.incarnation, event.envelope.sequence.version))
        .collect();
    assert_eq!(sequences, [(1, 1), (1, 2), (2, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_is_refused_without_regard_to_case() {
    let gateway = TestGateway::start().await;
    gateway.entra.post("/Users", user(LOGIN, "a-1", "Amira", "Haddad")).await;
    let other = gateway.entra.post("/Users", user("erik@contoso.example", "e-1", "Erik", "Lund")).await.id();
    gateway.events().await;

    for answer in [
        gateway.entra.post("/Users", user("AMIRA.haddad@Contoso.example", "a-2", "A", "H")).await,
        gateway.entra.post("/Users", user("third@contoso.example", "a-1", "A", "H")).await,
        gateway
            .entra
            .patch(
                &format!("/Users/{other}"),
                json!([
                    { "op": "Replace", "path": "title", "value": "never" },
                    { "op": "Replace", "path": "userName", "value": LOGIN }
                ]),
            )
            .await,
        gateway.entra.put(&format!("/Users/{other}"), user(LOGIN, "e-1", "Erik", "Lund")).await,
    ] {
        assert_eq!(answer.status, 409, "{answer:?}");
        assert_eq!(answer.body["scimType"], "uniqueness");
        assert_eq!(answer.body["status"], "409");
    }
    let unchanged = gateway.entra.get(&format!("/Users/{other}")).await;
    assert_eq!(unchanged.body["userName"], "erik@contoso.example");
    assert_eq!(unchanged.body.get("title"), None);
    assert_eq!(gateway.event_types().await, Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn put_replaces_what_it_does_not_name() {
    let gateway = TestGateway::start().await;
    let mut body = user(LOGIN, "a-1", "Amira", "Haddad");
    body["title"] = json!("Trainer");
    let id = gateway.entra.post("/Users", body).await.id();
    let put = gateway.entra.put(&format!("/Users/{id}"), user(LOGIN, "a-1", "Amira", "Roy")).await;
    assert_eq!(put.status, 200);
    assert_eq!(put.body["id"], id.as_str());
    assert_eq!(put.body["name"]["familyName"], "Roy");
    assert_eq!(put.body.get("title"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn put_takes_back_what_get_answered() {
    let gateway = TestGateway::start().await;
    let mut body = user(LOGIN, "a-1", "Amira", "Haddad");
    body[ENTERPRISE] = json!({ "department": "Operations", "manager": { "value": "m-1" } });
    let path = format!("/Users/{}", gateway.entra.post("/Users", body).await.id());
    let mut whole = gateway.entra.get(&path).await.body;
    assert_eq!(gateway.entra.put(&path, whole.clone()).await.body, whole);
    let before = whole.clone();
    whole["id"] = json!("another");
    whole["meta"] = json!({ "created": "1999-01-01T00:00:00Z", "version": "W/\"9\"" });
    whole["groups"] = json!([{ "value": "g" }]);
    assert_eq!(gateway.entra.put(&path, whole).await.body, before, "what is the server's is passed over");
}

#[tokio::test(flavor = "multi_thread")]
async fn put_neither_creates_nor_brings_anybody_back() {
    let gateway = TestGateway::start().await;
    let nobody = "/Users/00000000-0000-7000-8000-000000000001";
    assert_eq!(gateway.entra.put(nobody, user(LOGIN, "a-1", "A", "H")).await.status, 404);
    let path = format!("/Users/{}", gateway.entra.post("/Users", user(LOGIN, "a-1", "A", "H")).await.id());
    let off = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
    gateway.entra.patch(&path, off).await;
    let mut body = user(LOGIN, "a-1", "A", "H");
    body.as_object_mut().unwrap().remove("active");
    assert_eq!(gateway.entra.put(&path, body.clone()).await.body["active"], false);
    body.as_object_mut().unwrap().remove("userName");
    let nameless = gateway.entra.put(&path, body).await;
    assert_eq!((nameless.status, &nameless.body["scimType"]), (400, &json!("invalidValue")));
}

#[tokio::test(flavor = "multi_thread")]
async fn times_and_an_external_id_are_kept_as_the_rules_say() {
    let gateway = TestGateway::start().await;
    let created = gateway.entra.post("/Users", json!({ "schemas": [USER], "userName": LOGIN })).await;
    assert_eq!(created.body.get("externalId"), None, "the server writes none of its own");
    let path = format!("/Users/{}", created.id());
    let title = json!([{ "op": "add", "path": "title", "value": "Lead" }]);
    let patched = gateway.entra.patch(&path, title).await;
    let meta = |name: &str| {
        (created.body["meta"][name].as_str().unwrap(), patched.body["meta"][name].as_str().unwrap())
    };
    let (before, after) = meta("created");
    assert_eq!(before, after);
    let (before, after) = meta("lastModified");
    assert!(before < after, "{before} {after}");
    for accept in ["application/scim+json", "application/json", "*/*"] {
        let answer = gateway.entra.get_with(&path, &[("accept", accept)]).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, "application/scim+json"),
            "{accept}"
        );
    }
}
