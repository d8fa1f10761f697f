//! The same requests, read as Entra's and to the letter.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::entra::{Answer, ENTERPRISE, Entra, GROUP, PATCH_OP, USER, user};

use crate::harness::{TestGateway, assert_refused};

/// A request, what of the answer shows that it was followed as Entra's, and the refusal of the strict.
struct Deviation {
    about: &'static str,
    method: Method,
    collection: &'static str,
    body: Value,
    followed: fn(&Answer) -> bool,
    refused: &'static str,
}

fn patch(operations: Value) -> Value {
    json!({ "schemas": [PATCH_OP], "Operations": operations })
}

fn deviations(person: &str) -> Vec<Deviation> {
    let post = |about, body, followed, refused| Deviation {
        about,
        method: Method::POST,
        collection: "/Users",
        body,
        followed,
        refused,
    };
    let patched = |about, collection, operations, followed, refused| Deviation {
        about,
        method: Method::PATCH,
        collection,
        body: patch(operations),
        followed,
        refused,
    };
    let named = |name: &str, members: Value| {
        let mut body = json!({ "schemas": [USER], "userName": name });
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        body
    };
    vec![
        post(
            "a boolean in quotes",
            named("quoted", json!({ "active": "False" })),
            |answer| answer.body["active"] == false,
            "invalidValue",
        ),
        post(
            "a bare manager",
            named("managed", json!({ (ENTERPRISE): { "manager": "m-1" } })),
            |answer| answer.body[ENTERPRISE]["manager"]["value"] == "m-1",
            "invalidValue",
        ),
        post(
            "a schema that nobody knows",
            json!({ "schemas": [USER, "urn:x:unknown"], "userName": "foreign" }),
            |answer| answer.body["schemas"] == json!([USER]),
            "invalidSyntax",
        ),
        patched(
            "no operations",
            "/Users",
            json!([]),
            |answer| answer.body["meta"]["version"] == "W/\"1\"",
            "invalidSyntax",
        ),
        patched(
            "a boolean in quotes in a PATCH",
            "/Users",
            json!([{ "op": "replace", "path": "active", "value": "False" }]),
            |answer| answer.body["active"] == false,
            "invalidValue",
        ),
        patched(
            "a bare manager in a PATCH",
            "/Users",
            json!([{ "op": "add", "path": format!("{ENTERPRISE}:manager"), "value": "m-1" }]),
            |answer| answer.body[ENTERPRISE]["manager"]["value"] == "m-1",
            "invalidValue",
        ),
        patched(
            "a value path that meets no entry",
            "/Users",
            json!([{ "op": "replace", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "1" }]),
            |answer| answer.body["phoneNumbers"] == json!([{ "type": "mobile", "value": "1" }]),
            "noTarget",
        ),
        patched(
            "an attribute that nobody knows",
            "/Users",
            json!([{ "op": "add", "path": "shoeSize", "value": "39" }]),
            |answer| answer.body["meta"]["version"] == "W/\"1\"",
            "invalidPath",
        ),
        patched(
            "a removal that lists its values",
            "/Groups",
            json!([{ "op": "remove", "path": "members", "value": [{ "value": person }] }]),
            |answer| answer.body.get("members").is_none(),
            "",
        ),
        patched(
            "a member whom nobody knows",
            "/Groups",
            json!([{ "op": "add", "path": "members", "value": [{ "value": "00000000-0000-7000-8000-000000000001" }] }]),
            |answer| answer.status == 200,
            "invalidValue",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_entra_does_otherwise_is_followed_or_refused() {
    let gateway = TestGateway::start().await;
    let strict = gateway.strict().await;
    for (entra, is_strict) in [(&gateway.entra, false), (&strict, true)] {
        let person = entra.post("/Users", json!({ "schemas": [USER], "userName": "somebody" })).await.id();
        for deviation in deviations(&person) {
            let answer = send(entra, &deviation, &person).await;
            let about = deviation.about;
            if !is_strict {
                assert!((200..300).contains(&answer.status), "{about}: {answer:?}");
                assert!((deviation.followed)(&answer), "{about}: {answer:?}");
            } else if deviation.refused.is_empty() {
                assert_eq!(answer.status, 400, "{about}: {answer:?}");
            } else {
                assert_refused(&answer, 400, Some(deviation.refused), about);
            }
        }
    }
}

/// Sends the request, a PATCH to a fresh resource.
async fn send(entra: &Entra, deviation: &Deviation, person: &str) -> Answer {
    let fresh = uuid::Uuid::new_v4().to_string();
    let path = match (&deviation.method, deviation.collection) {
        (&Method::POST, collection) => collection.to_owned(),
        (_, "/Users") => {
            let body = json!({ "schemas": [USER], "userName": fresh });
            format!("/Users/{}", entra.post("/Users", body).await.id())
        }
        (_, collection) => {
            let members = json!([{ "value": person }]);
            let body = json!({ "schemas": [GROUP], "displayName": fresh, "members": members });
            format!("{collection}/{}", entra.post(collection, body).await.id())
        }
    };
    let body = deviation.body.to_string().into_bytes();
    entra.send(deviation.method.clone(), &path, &[], Some(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_letter_is_followed_where_it_can_be() {
    let gateway = TestGateway::start().await;
    let strict = gateway.strict().await;
    let created = strict.post("/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")).await;
    assert_eq!(created.status, 201, "{created:?}");
    let path = format!("/Users/{}", created.id());
    let operations = json!([
        { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "new@contoso.example" },
        { "op": "add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "1" },
        { "op": "replace", "value": { "title": "Lead", "name": { "givenName": "Anna" } } }
    ]);
    let patched = strict.patch(&path, operations).await;
    assert_eq!(patched.status, 200, "{patched:?}");
    assert_eq!(patched.body["name"]["familyName"], "Silva");
    let group = json!({ "schemas": [GROUP], "displayName": "G", "members": [{ "value": created.id() }] });
    let group = strict.post("/Groups", group).await;
    assert_eq!(group.status, 201, "{group:?}");
    let member = format!("members[value eq \"{}\"]", created.id());
    let left =
        strict.patch(&format!("/Groups/{}", group.id()), json!([{ "op": "remove", "path": member }])).await;
    assert_eq!((left.status, left.body.get("members")), (200, None), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_refused_alike_where_members_must_be_known() {
    let gateway = TestGateway::start().await;
    let strict = gateway.strict().await;
    let theirs = gateway.entra.post("/Users", user("f@contoso.example", "f-1", "F", "G")).await.id();
    let group = strict.post("/Groups", json!({ "schemas": [GROUP], "displayName": "G" })).await.id();
    let mut answers = Vec::new();
    for id in [theirs.as_str(), "00000000-0000-7000-8000-000000000001", "no id of ours", &group] {
        let join = json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]);
        let answer = strict.patch(&format!("/Groups/{group}"), join).await;
        assert_refused(&answer, 400, Some("invalidValue"), id);
        answers.push(answer.body);
        let body = json!({ "schemas": [GROUP], "displayName": "H", "members": [{ "value": id }] });
        assert_refused(&strict.post("/Groups", body).await, 400, Some("invalidValue"), id);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_in_quotes_is_one_for_entra_only() {
    let gateway = TestGateway::start().await;
    let strict = gateway.strict().await;
    let body = json!({ "schemas": [testkit::entra::SEARCH_REQUEST], "count": "1" });
    assert_eq!(gateway.entra.post("/Users/.search", body.clone()).await.status, 200);
    assert_refused(&strict.post("/Users/.search", body).await, 400, Some("invalidValue"), "count");
}
