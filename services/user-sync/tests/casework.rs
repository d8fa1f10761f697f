//! The administrators' API of what waits for a person, in process over SQLite.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use actix_web::{App, test};
use chrono::Duration;
use events::v1::{User, UserChange};
use events::{
    ContentType, Envelope, Environment, Event, EventData, EventHandler, EventId, EventType, Message,
    Sequence, Subject, SubjectKind,
};
use lms::DirectorySync;
use lms_store::sqlite::SqliteLmsStore;
use platform::admin::{AdminAccess, AdminTokens, BODY_TIME, guarded};
use platform::clock;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::task::LocalSet;
use uuid::Uuid;

const BASE: &str = "/admin/v1/integrations/acme-production";

struct World {
    store: Arc<SqliteLmsStore>,
    sync: DirectorySync,
    tokens: AdminTokens,
}

impl World {
    async fn new() -> Self {
        let store = Arc::new(SqliteLmsStore::open_in_memory().await.unwrap());
        let key = SecretString::from("k".repeat(32));
        let sync = DirectorySync::new(store.clone());
        Self { store, sync, tokens: AdminTokens::new(&key).unwrap() }
    }

    async fn tell(&self, messages: &[Message]) {
        self.sync.handle(messages).await.unwrap();
    }

    /// The answer to a request, by the one who asks.
    async fn ask(&self, by: &str, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let token = self.tokens.issue(by, &["owner"], clock::now(), Duration::hours(1)).unwrap();
        self.send(method, path, Some(&token), body).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask("ops", Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.ask("ops", Method::POST, path, Some(body)).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        // As a worker of the listener has one.
        LocalSet::new().run_until(self.send_here(method, path, token, body)).await
    }

    async fn send_here(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let access = AdminAccess {
            tokens: self.tokens.clone(),
            oidc: None,
            audit: self.store.clone(),
            body_time: BODY_TIME,
            reads: user_sync::READS,
        };
        let routes = user_sync::configure(self.store.clone(), self.store.clone());
        let app = App::new().configure(guarded(access, routes));
        let app = test::init_service(app).await;
        let mut request = test::TestRequest::with_uri(&format!("{BASE}{path}")).method(method);
        if let Some(token) = token {
            request = request.insert_header(("authorization", format!("Bearer {token}")));
        }
        if let Some(body) = body {
            request = request.set_json(body);
        }
        let response = test::call_service(&app, request.to_request()).await;
        let status = response.status();
        if status.is_client_error() || status.is_server_error() {
            assert_eq!(response.headers().get("content-type").unwrap(), "application/problem+json", "{path}");
        }
        let body = test::read_body(response).await;
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn learner(&self) -> String {
        self.get("/learners").await["items"][0]["learner_id"].as_str().unwrap().to_owned()
    }
}

fn told(event_type: EventType, id: u128, version: i64, user: User) -> Message {
    let subject = Subject { kind: SubjectKind::User, id: Uuid::from_u128(id) };
    let envelope = Envelope {
        id: EventId(Uuid::from_u128(id << 64 | version as u128)),
        event_type,
        integration: "acme-production".to_owned(),
        environment: Environment::Production,
        portal: "acme".to_owned(),
        subject,
        time: "2026-03-01T10:00:00Z".parse().unwrap(),
        sequence: Sequence { epoch: 0, incarnation: 1, version },
        txn: Uuid::from_u128(9),
        traceparent: None,
    };
    let change = UserChange { after: Some(user), ..UserChange::default() };
    Event { envelope, data: EventData::User(Box::new(change)) }.encode(ContentType::Json).unwrap()
}

fn user(name: &str, active: bool) -> User {
    User {
        external_id: format!("object-{name}"),
        user_name: format!("{name}@contoso.example"),
        display_name: name.to_owned(),
        active: Some(active),
        ..User::default()
    }
}

fn provisioned(id: u128, name: &str) -> Message {
    told(EventType::UserProvisioned, id, 1, user(name, true))
}

/// Twenty people, all of whom are disabled: the guard's threshold in percent holds those after the nineteenth.
async fn world_with_a_hold() -> (World, String) {
    let world = World::new().await;
    let arrivals: Vec<Message> = (1..=22).map(|id| provisioned(id, &format!("p{id}"))).collect();
    world.tell(&arrivals).await;
    let departures =
        (1..=22).map(|id| told(EventType::UserDeactivated, id, 2, user(&format!("p{id}"), false)));
    world.tell(&departures.collect::<Vec<_>>()).await;
    let holds = world.get("/holds?state=open").await;
    let id = holds["items"][0]["hold_id"].as_str().unwrap().to_owned();
    (world, id)
}

#[tokio::test]
async fn a_hold_is_shown_and_decided() {
    let (world, id) = world_with_a_hold().await;
    let hold = world.get(&format!("/holds/{id}")).await;
    assert_eq!((&hold["state"], &hold["departed"], &hold["people"]), (&json!("open"), &json!(19), &json!(3)));
    assert_eq!(hold["sample"].as_array().unwrap().len(), 3);
    assert_eq!(hold["sample"][0]["inactive_reason"], "source_disabled");
    let approve = format!("/holds/{id}/approve");
    assert_eq!(world.post(&approve, json!({})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(world.post(&approve, json!([1])).await.0, StatusCode::BAD_REQUEST);
    let (status, decided) = world.post(&approve, json!({ "comment": "they left" })).await;
    assert_eq!(status, StatusCode::OK, "{decided}");
    assert_eq!((&decided["state"], &decided["decided_by"]), (&json!("approved"), &json!("ops")));
    assert_eq!(world.post(&approve, json!({ "comment": "again" })).await.0, StatusCode::OK);
    let (status, problem) = world.post(&format!("/holds/{id}/reject"), json!({ "comment": "no" })).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(problem["detail"], "the hold was approved already");
    world.sync.recheck().await.unwrap();
    assert_eq!(world.get(&format!("/holds/{id}")).await["people"], 0);
    for unknown in [Uuid::from_u128(5).to_string(), "nonsense".to_owned()] {
        let (status, _) = world.ask("ops", Method::GET, &format!("/holds/{unknown}"), None).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    let (status, _) = world.ask("ops", Method::GET, "/holds?state=strange", None).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn newcomers_are_decided() {
    let world = World::new().await;
    let numbered = |name: &str, active: bool| {
        let enterprise =
            events::v1::EnterpriseUser { employee_number: "E7".to_owned(), ..Default::default() };
        User { enterprise: Some(enterprise), ..user(name, active) }
    };
    world.tell(&[told(EventType::UserProvisioned, 1, 1, numbered("ana", true))]).await;
    world.tell(&[told(EventType::UserDeactivated, 1, 2, numbered("ana", false))]).await;
    world.tell(&[told(EventType::UserProvisioned, 2, 1, numbered("ana.silva", true))]).await;
    let cases = world.get("/adoptions").await;
    let case = &cases["items"][0];
    assert_eq!(case["login"], "ana.silva@contoso.example");
    assert_eq!(case["candidates"][0]["matched"], json!(["employee_number"]));
    let learner = case["candidates"][0]["learner_id"].clone();
    let scim_id = case["scim_id"].as_str().unwrap();
    let email = world.post("/adoptions/link-all", json!({ "likeness": "email" })).await;
    assert_eq!(email.0, StatusCode::UNPROCESSABLE_ENTITY);
    let link = format!("/adoptions/{scim_id}/link");
    assert_eq!(world.post(&link, json!({})).await.0, StatusCode::BAD_REQUEST);
    let stranger = world.post(&link, json!({ "learner_id": Uuid::from_u128(77) })).await;
    assert_eq!(stranger.0, StatusCode::CONFLICT);
    let (status, adopted) = world.post(&link, json!({ "learner_id": learner })).await;
    assert_eq!((status, &adopted["learner_id"]), (StatusCode::OK, &learner));
    assert_eq!(world.post(&format!("/adoptions/{scim_id}/create"), json!({})).await.0, StatusCode::CONFLICT);
    let all = world.post("/adoptions/link-all", json!({ "likeness": "employee_number" })).await;
    assert_eq!(all, (StatusCode::OK, json!({ "linked": 0 })));
    assert_eq!(world.get("/adoptions").await, json!({ "items": [], "next": null }));
}

#[tokio::test]
async fn parked_events_are_listed_and_retried() {
    let world = World::new().await;
    let twin = User { user_name: "ana@contoso.example".to_owned(), ..user("bea", true) };
    world.tell(&[provisioned(1, "ana"), told(EventType::UserProvisioned, 2, 1, twin)]).await;
    let parked = world.get("/parked?reason=refused").await;
    let event = parked["items"][0]["event_id"].as_str().unwrap();
    assert!(parked["items"][0]["reason"].as_str().unwrap().contains("holds the login"));
    assert!(parked["items"][0]["next_try_at"].is_string());
    assert_eq!(world.get("/parked?reason=no_seat").await["items"], json!([]));
    let retry = world.post(&format!("/parked/{event}/retry"), json!({})).await;
    assert_eq!(retry, (StatusCode::ACCEPTED, json!({ "due": 1 })));
    assert_eq!(world.post("/parked/retry", json!({ "reason": "no_seat" })).await.1, json!({ "due": 0 }));
    let path = format!("/parked/{event}");
    let discard = async || world.ask("ops", Method::DELETE, &path, None).await.0;
    assert_eq!(discard().await, StatusCode::NO_CONTENT);
    assert_eq!(world.get("/parked").await["items"], json!([]));
    assert_eq!(discard().await, StatusCode::NOT_FOUND);
    let unknown = world.post(&format!("/parked/{}/retry", Uuid::from_u128(3)), json!({})).await;
    assert_eq!(unknown.0, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/stuck").await["items"], json!([]));
    assert_eq!(world.get("/missing-managers").await["total"], 0);
}

#[tokio::test]
async fn a_learner_is_exempted_and_follows_again() {
    let world = World::new().await;
    world.tell(&[provisioned(1, "ana")]).await;
    let path = format!("/learners/{}/exemption", world.learner().await);
    let ends_at = clock::now() + Duration::days(30);
    let wanted = json!({ "reason": "long leave", "ends_at": ends_at });
    for (refused, status) in [
        (json!({ "reason": "long leave" }), StatusCode::BAD_REQUEST),
        (json!({ "ends_at": ends_at }), StatusCode::UNPROCESSABLE_ENTITY),
        (
            json!({ "reason": "x", "ends_at": clock::now() + Duration::days(800) }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        assert_eq!(world.ask("ops", Method::PUT, &path, Some(refused)).await.0, status);
    }
    let (status, granted) = world.ask("ops", Method::PUT, &path, Some(wanted.clone())).await;
    assert_eq!((status, &granted["granted_by"]), (StatusCode::OK, &json!("ops")));
    assert_eq!(world.get("/exemptions").await["items"][0], granted);
    assert_eq!(world.ask("ops", Method::DELETE, &path, None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(world.ask("ops", Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
    let stranger = format!("/learners/{}/exemption", Uuid::from_u128(5));
    assert_eq!(world.ask("ops", Method::PUT, &stranger, Some(wanted)).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn two_people_erase_a_learner() {
    let world = World::new().await;
    world.tell(&[provisioned(1, "ana")]).await;
    let path = format!("/learners/{}/erasure", world.learner().await);
    let confirm = format!("{path}/confirm");
    assert_eq!(world.ask("dpo", Method::POST, &confirm, None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.post(&path, json!({})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, erasure) = world.post(&path, json!({ "reason": "ticket 1" })).await;
    assert_eq!((status, &erasure["requested_by"]), (StatusCode::ACCEPTED, &json!("ops")));
    let number = erasure["erasure_id"].as_i64().unwrap();
    let waiting = json!({ "items": [erasure], "next": number });
    assert_eq!(world.get("/erasures?limit=1").await, waiting);
    let empty = json!({ "items": [], "next": null });
    assert_eq!(world.get(&format!("/erasures?cursor={number}")).await, empty);
    assert_eq!(world.ask("ops", Method::POST, &confirm, None).await.0, StatusCode::CONFLICT);
    assert_eq!(world.ask("ops", Method::DELETE, &path, None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(world.ask("dpo", Method::POST, &confirm, None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.post(&path, json!({ "reason": "ticket 2" })).await.0, StatusCode::ACCEPTED);
    let (status, erasure) = world.ask("dpo", Method::POST, &confirm, None).await;
    assert_eq!((status, &erasure["confirmed_by"]), (StatusCode::OK, &json!("dpo")));
    assert_eq!(world.get("/erasures").await, empty, "nobody waits for it any more");
    assert_eq!(world.get(&path).await["reason"], "ticket 2");
    let learner = &world.get("/learners").await["items"][0];
    assert_eq!((&learner["status"], learner.get("login")), (&json!("erased"), None));
    assert_eq!(world.post(&path, json!({ "reason": "ticket 3" })).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn reports_are_pages() {
    let world = World::new().await;
    world.tell(&[provisioned(1, "ana")]).await;
    let learner = world.learner().await;
    let empty = json!({ "items": [], "next": null });
    assert_eq!(world.get(&format!("/conflicts?learner={learner}&limit=5")).await, empty);
    assert_eq!(world.get("/findings").await, empty);
    let runs = world.get("/reconcile/runs").await;
    assert!(runs["how_to_start"].as_str().unwrap().contains("/acme-production/snapshots"));
    for path in ["/conflicts?cursor=x", "/reconcile/runs?limit=x"] {
        assert_eq!(world.ask("ops", Method::GET, path, None).await.0, StatusCode::BAD_REQUEST, "{path}");
    }
    let run = format!("/reconcile/runs/{}", Uuid::from_u128(5));
    let (status, problem) = world.ask("ops", Method::GET, &run, None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(problem["detail"].as_str().unwrap().contains("POST …/snapshots"));
    let drift = format!("{run}/drift");
    assert_eq!(world.ask("ops", Method::GET, &drift, None).await.0, StatusCode::BAD_REQUEST);
    let drift = format!("{drift}?kind=missing_user");
    assert_eq!(world.ask("ops", Method::GET, &drift, None).await.0, StatusCode::NOT_FOUND);
}
