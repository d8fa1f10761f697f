//! scim-gateway and user-sync as two processes on PostgreSQL and RabbitMQ, and what happens when one of the four is
//! away.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

#[path = "pair/processes.rs"]
mod processes;

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use testkit::entra::{USER, user};
use testkit::person::Person;

use processes::Pair;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_lives_through_it_and_through_restarts() {
    let mut pair = Pair::start().await;
    let mut person = Person::hired(pair.entra(), pair.lms()).await;
    person.renamed("Costa").await;
    pair.kill_user_sync();
    person_change(&pair, &person, "while user-sync is away").await;
    pair.start_user_sync().await;
    person.until_learner("catches up", |l| l["job_title"] == "while user-sync is away").await;

    pair.kill_gateway();
    pair.start_gateway().await;
    person.disabled_and_enabled().await;
    person.deleted().await;
    person.hired_again().await;
    let unsent = pair.directory.query_i64(UNSENT).await;
    assert_eq!(unsent, 0);
}

const UNSENT: &str = "select count(*) from directory.event_log where published_at is null";

async fn person_change(pair: &Pair, person: &Person, title: &str) {
    let operations = json!([{ "op": "Replace", "path": "title", "value": title }]);
    let patched = pair.entra().patch(&format!("/Users/{}", person.scim_id), operations).await;
    assert_eq!(patched.status, 200, "{patched:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_broker_requests_are_answered_and_events_follow() {
    let pair = Pair::start().await;
    let person = Person::hired(pair.entra(), pair.lms()).await;
    pair.broker.refuse();
    pair.broker.cut();
    person_change(&pair, &person, "while RabbitMQ is away").await;
    assert_eq!(pair.ready().await, 200, "the gateway can serve without RabbitMQ");
    testkit::eventually(Duration::from_secs(20), "the event waits in the outbox", async || {
        pair.directory.query_i64(UNSENT).await == 1
    })
    .await;
    pair.broker.heal();
    person.until_learner("catches up", |l| l["job_title"] == "while RabbitMQ is away").await;
    testkit::eventually(Duration::from_secs(20), "the outbox is empty", async || {
        pair.directory.query_i64(UNSENT).await == 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_postgresql_the_answer_is_503_until_it_is_back() {
    let pair = Pair::start().await;
    let person = Person::hired(pair.entra(), pair.lms()).await;
    pair.directory_proxy.refuse();
    pair.directory_proxy.cut();
    let body = user("late@contoso.example", "late", "L", "Ate").to_string().into_bytes();
    let entra = pair.entra();
    for (method, path, body) in [
        (Method::POST, "/Users".to_owned(), Some(body)),
        (Method::GET, format!("/Users/{}", person.scim_id), None),
        (Method::GET, "/Users?filter=userName+eq+%22x%22".to_owned(), None),
        (Method::DELETE, format!("/Users/{}", person.scim_id), None),
    ] {
        let answer = entra.send(method.clone(), &path, &[], body).await;
        assert_eq!(answer.status, 503, "{method} {path}: {answer:?}");
        assert!(answer.header("retry-after").parse::<u32>().is_ok(), "{answer:?}");
        assert_eq!(answer.body["status"], "503");
    }
    assert_eq!(pair.ready().await, 503);
    pair.directory_proxy.heal();
    testkit::eventually(Duration::from_secs(20), "the gateway serves again", async || {
        entra.get(&format!("/Users/{}", person.scim_id)).await.status == 200
    })
    .await;
    person_change(&pair, &person, "after PostgreSQL came back").await;
    person.until_learner("follows", |l| l["job_title"] == "after PostgreSQL came back").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_lms_database_changes_wait_and_then_arrive() {
    let pair = Pair::start().await;
    let person = Person::hired(pair.entra(), pair.lms()).await;
    pair.lms_proxy.refuse();
    pair.lms_proxy.cut();
    person_change(&pair, &person, "while the LMS is away").await;
    testkit::eventually(Duration::from_secs(20), "the gateway is done with it", async || {
        pair.directory.query_i64(UNSENT).await == 0
    })
    .await;
    pair.lms_proxy.heal();
    person.until_learner("catches up", |l| l["job_title"] == "while the LMS is away").await;
    assert_eq!(pair.lms_database.query_i64("select count(*) from sync.parked_event").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_administrators_set_outlives_the_process() {
    let mut pair = Pair::start().await;
    let set = pair.administrator().put("/demo-production/profile", json!({ "profile": "strict" })).await;
    assert_eq!((set.status, &set.body["profile"]), (200, &json!("strict")), "{set:?}");
    pair.kill_gateway();
    pair.start_gateway().await;
    let quoted = json!({ "schemas": [USER], "userName": "q@contoso.example", "active": "True" });
    assert_eq!(pair.entra().post("/Users", quoted).await.status, 400);

    pair.directory_proxy.refuse();
    pair.directory_proxy.cut();
    let away = pair.administrator().get("/demo-production").await;
    assert_eq!((away.status, away.header("content-type")), (503, "application/problem+json"), "{away:?}");
    assert!(away.header("retry-after").parse::<u32>().is_ok(), "{away:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_setting_stops_the_start_with_its_name() {
    for (name, value, expected) in [
        ("ILLUXI__DATABASE__POOLSIZE", "3", "poolsize"),
        ("ILLUXI__DATABASE__POOL_SIZE", "many", "database.pool_size"),
        ("ILLUXI__ADMIN__KEY", "short", "admin.key"),
        ("ILLUXI__BROKER__URL", "http://user:s3cret@nowhere", "broker.url"),
        ("ILLUXI__DATABASE__URL", "", "database"),
    ] {
        let output = processes::start_with(name, value);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{name}");
        assert!(said.contains(expected), "{name}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{name}: {said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
}
