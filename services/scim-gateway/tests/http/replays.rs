//! Events published once more, as administrators ask for it.

use serde_json::json;
use testkit::entra::{self, Answer};

use crate::administration::assert_problem;
use crate::harness::TestGateway;

const PATH: &str = "/acme-production/replays";

async fn ask(gateway: &TestGateway, body: serde_json::Value) -> Answer {
    gateway.administrator.post(PATH, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_again_as_they_were() {
    let gateway = TestGateway::start().await;
    let user = gateway.entra.post("/Users", entra::user("ana@acme.example", "1", "Ana", "Silva")).await.id();
    gateway.entra.post("/Users", entra::user("bo@acme.example", "2", "Bo", "Lund")).await;
    gateway.entra.post("/Groups", entra::group("Welders", "3")).await;
    let sent = gateway.events().await;
    assert_eq!(gateway.events().await, []);

    let all = ask(&gateway, json!({ "since": "2026-01-01T00:00:00Z" })).await;
    // That an integration was made is told, too.
    assert_eq!((all.status, &all.body), (200, &json!({ "replayed": 4, "next": null })), "{all:?}");
    assert_eq!(gateway.events().await, sent);
    let one = ask(&gateway, json!({ "user": user })).await;
    assert_eq!(one.body, json!({ "replayed": 1, "next": null }));
    assert_eq!(gateway.events().await, sent[..1]);
    let late = ask(&gateway, json!({ "since": "2999-01-01T00:00:00Z", "user": user })).await;
    assert_eq!(late.body, json!({ "replayed": 0, "next": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wanted_must_be_said_and_is_on_record() {
    let gateway = TestGateway::start().await;
    let id = "0198c0de-0000-7000-8000-000000000001";
    for body in [json!({}), json!({ "cursor": 5 }), json!({ "user": id, "group": id })] {
        assert_problem(&ask(&gateway, body.clone()).await, 422, &body.to_string());
    }
    for body in [json!({ "since": "yesterday" }), json!({ "user": "ana" }), json!({ "all": true })] {
        assert_problem(&ask(&gateway, body.clone()).await, 400, &body.to_string());
    }
    ask(&gateway, json!({ "group": id })).await;
    let acts = gateway.administrator.get("/acme-production/audit").await;
    let act = &acts.body["items"][0];
    let subject = format!("Groups/{id}");
    assert_eq!(
        act["details"],
        json!({ "since": null, "subject": subject, "replayed": 0, "next": null }),
        "{act}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_may_be_of_one_resource() {
    let gateway = TestGateway::start().await;
    let user = gateway.entra.post("/Users", entra::user("ana@acme.example", "1", "Ana", "Silva")).await.id();
    let asked = gateway.administrator.post("/acme-production/snapshots", json!({ "user": user })).await;
    assert_eq!((asked.status, &asked.body["only"]), (202, &json!(format!("Users/{user}"))), "{asked:?}");
    let all = gateway.administrator.post("/acme-production/snapshots", json!({})).await;
    assert_eq!((all.status, &all.body["only"]), (202, &json!(null)));
    assert_ne!(all.body["id"], asked.body["id"]);
    let both = json!({ "user": user, "group": user });
    assert_problem(&gateway.administrator.post("/acme-production/snapshots", both).await, 422, "both");
}
