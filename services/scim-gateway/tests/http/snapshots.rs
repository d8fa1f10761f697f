//! Snapshots, as administrators ask for them.

use chrono::Duration;
use directory::{SnapshotSettings, SnapshotStep, SnapshotWorker, WorkerId};
use platform::clock;
use reqwest::Method;
use serde_json::json;
use testkit::entra::{self, Answer, Entra};
use uuid::Uuid;

use crate::harness::TestGateway;

const PATH: &str = "/acme-production/snapshots";

fn worker(gateway: &TestGateway) -> SnapshotWorker {
    let store = || gateway.store.clone();
    let settings =
        SnapshotSettings { lease: std::time::Duration::from_secs(60), margin: Duration::seconds(120) };
    SnapshotWorker::new(WorkerId(Uuid::new_v4()), store(), store(), store(), settings)
}

async fn ask(administrator: &Entra, path: &str) -> Answer {
    administrator.send(Method::POST, path, &[], None).await
}

fn assert_problem(answer: &Answer, status: u16, about: &str) {
    assert_eq!(answer.status, status, "{about}: {answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{about}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_asked_for_and_followed_to_its_end() {
    let gateway = TestGateway::start().await;
    let user = gateway.entra.post("/Users", entra::user("ana@acme.example", "1", "Ana", "Silva")).await.id();
    let group = gateway.entra.post("/Groups", entra::group("Welders", "2")).await.id();
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": user }] }]);
    gateway.entra.patch(&format!("/Groups/{group}"), add).await;
    gateway.events().await;

    let asked = ask(&gateway.administrator, PATH).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    let id = asked.body["id"].as_str().unwrap();
    assert_eq!(asked.header("location"), format!("/admin/v1/integrations/acme-production/snapshots/{id}"));
    assert_eq!((&asked.body["state"], &asked.body["phase"]), (&json!("running"), &json!("users")));
    assert_eq!(asked.body["requested_by"], "test");
    assert_eq!(ask(&gateway.administrator, PATH).await.body["id"], asked.body["id"], "one at a time");

    let worker = worker(&gateway);
    let mut phases = vec![];
    while let SnapshotStep::Told(_) = worker.step(clock::now()).await.unwrap() {
        let now = gateway.administrator.get(&format!("{PATH}/{id}")).await;
        phases.push(now.body["phase"].as_str().unwrap().to_owned());
    }
    assert_eq!(phases, ["groups", "members", "members", "ended"]);
    let ended = gateway.administrator.get(&format!("{PATH}/{id}")).await;
    assert_eq!((ended.status, &ended.body["state"]), (200, &json!("finished")));
    let counts = ["chunks", "users", "groups", "members"].map(|name| ended.body[name].as_u64().unwrap());
    assert_eq!(counts, [3, 1, 1, 1]);
    assert!(ended.body["finished_at"].is_string() && ended.body["began_at"].is_string());
    let types = ["snapshot.chunk", "snapshot.chunk", "snapshot.chunk", "snapshot.ended"];
    assert_eq!(gateway.event_types().await, types);

    let next = ask(&gateway.administrator, PATH).await;
    assert_ne!(next.body["id"], asked.body["id"]);
    let listed = gateway.administrator.get(PATH).await;
    assert_eq!(listed.status, 200);
    let ids: Vec<_> = listed.body["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
    assert_eq!(ids, [&next.body["id"], &asked.body["id"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_users_state_is_that_of_its_own_event() {
    let gateway = TestGateway::start().await;
    gateway.entra.post("/Users", entra::user("ana@acme.example", "1", "Ana", "Silva")).await;
    let live = gateway.events().await;
    ask(&gateway.administrator, PATH).await;
    worker(&gateway).step(clock::now()).await.unwrap();
    let chunk: serde_json::Value = serde_json::from_str(&gateway.events().await[0].data).unwrap();
    let live_data: serde_json::Value = serde_json::from_str(&live[0].data).unwrap();
    let told = &chunk["users"]["users"][0];
    assert_eq!(told["user"], live_data["after"]);
    assert_eq!(told["sequence"], live[0].envelope.sequence.to_string());
    let changed_at: chrono::DateTime<chrono::Utc> = told["changedAt"].as_str().unwrap().parse().unwrap();
    assert_eq!(changed_at, live[0].envelope.time);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_ask_and_only_for_what_exists() {
    let gateway = TestGateway::start().await;
    let one = format!("{PATH}/{}", Uuid::nil());
    for token in [None, Some("nonsense"), gateway.entra.token()] {
        let other = gateway.administrator.with_token(token);
        assert_problem(&ask(&other, PATH).await, 401, "ask");
        assert_problem(&other.get(PATH).await, 401, "list");
        assert_problem(&other.get(&one).await, 401, "read");
    }
    assert_problem(&ask(&gateway.administrator, "/globex/snapshots").await, 404, "ask for unknown");
    assert_problem(&gateway.administrator.get("/globex/snapshots").await, 404, "list of unknown");
    assert_problem(&gateway.administrator.get("/Not%20A%20Slug/snapshots").await, 404, "no slug");
    assert_problem(&gateway.administrator.get(&one).await, 404, "unknown snapshot");
    assert_problem(&gateway.administrator.get(&format!("{PATH}/x")).await, 404, "no id");

    gateway.integration("globex-production", events::Environment::Production).await;
    let asked = ask(&gateway.administrator, PATH).await;
    let elsewhere = format!("/globex-production/snapshots/{}", asked.body["id"].as_str().unwrap());
    assert_problem(&gateway.administrator.get(&elsewhere).await, 404, "of another integration");
}
