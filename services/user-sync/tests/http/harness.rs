//! A private listener on a port of its own, and what it shows.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use events::v1::{Group, GroupChange, IntegrationChange, IntegrationState, User, UserChange};
use events::{
    ContentType, Envelope, Environment, Event, EventData, EventHandler, EventId, EventType, Sequence, Subject,
};
use lms::DirectorySync;
use lms_store::sqlite::SqliteLmsStore;
use platform::admin::{AdminAccess, AdminTokens, BODY_TIME, guarded};
use platform::shutdown::Shutdown;
use platform::{clock, server};
use secrecy::SecretString;
use serde_json::Value;
use testkit::entra::{Answer, Entra};
use uuid::Uuid;

/// The administrators' API of user-sync, which has heard of `acme-production` and `globex-production`.
pub(crate) struct TestApi {
    /// An administrator, at the address of all integrations.
    pub(crate) administrator: Entra,
    pub(crate) sync: DirectorySync,
    tokens: AdminTokens,
    shutdown: Shutdown,
}

impl TestApi {
    pub(crate) async fn start() -> Self {
        Self::start_with(BODY_TIME).await
    }

    /// One that gives a body so much time.
    pub(crate) async fn start_with(body_time: Duration) -> Self {
        let store = Arc::new(SqliteLmsStore::open_in_memory().await.unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let tokens = AdminTokens::new(&SecretString::from("k".repeat(32))).unwrap();
        let administrator = Entra::new(
            format!("http://{}/admin/v1/integrations", listener.local_addr().unwrap()),
            tokens.issue("olga", &["owner"], clock::now(), chrono::Duration::hours(1)).unwrap(),
        );
        let shutdown = Shutdown::new();
        let until = shutdown.clone();
        let access = AdminAccess {
            tokens: tokens.clone(),
            oidc: None,
            audit: store.clone(),
            body_time,
            reads: user_sync::READS,
        };
        let routes = guarded(access, user_sync::configure(store.clone(), store.clone()));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(server::serve(listener, 1, &until, routes)).unwrap();
        });
        let api = Self { administrator, sync: DirectorySync::new(store), tokens, shutdown };
        api.hear("acme", 1, 1, ana()).await;
        api.hear("globex", 7, 1, ana()).await;
        api
    }

    /// The same address for somebody else, with these roles.
    pub(crate) fn caller(&self, subject: &str, roles: &[&str]) -> Entra {
        let token = self.tokens.issue(subject, roles, clock::now(), chrono::Duration::hours(1)).unwrap();
        self.administrator.with_token(Some(&token))
    }

    /// Has the directory of a portal say something of a user.
    pub(crate) async fn hear(&self, portal: &str, id: u128, version: i64, user: User) {
        let change = UserChange { after: Some(user), ..UserChange::default() };
        let data = EventData::User(Box::new(change));
        self.apply(portal, EventType::UserChanged, id, version, data).await;
    }

    /// Has the directory of a portal say something of a group.
    pub(crate) async fn hear_of_group(&self, portal: &str, id: u128, name: &str) {
        let group = Group { display_name: name.to_owned(), ..Group::default() };
        let change = GroupChange { after: Some(group), ..GroupChange::default() };
        self.apply(portal, EventType::GroupProvisioned, id, 1, EventData::Group(change)).await;
    }

    /// Has the directory of a portal end.
    pub(crate) async fn detach(&self, portal: &str) {
        let change = IntegrationChange { state: IntegrationState::Detached.into() };
        self.apply(portal, EventType::IntegrationChanged, 99, 1, EventData::Integration(change)).await;
    }

    pub(crate) async fn apply(
        &self,
        portal: &str,
        event_type: EventType,
        id: u128,
        version: i64,
        data: EventData,
    ) {
        let envelope = Envelope {
            id: EventId(Uuid::new_v4()),
            event_type,
            integration: format!("{portal}-production"),
            environment: Environment::Production,
            portal: portal.to_owned(),
            subject: Subject { kind: event_type.subject_kind(), id: Uuid::from_u128(id) },
            time: "2026-03-01T12:00:00Z".parse().unwrap(),
            sequence: Sequence { epoch: 0, incarnation: 1, version },
            txn: Uuid::from_u128(9),
            traceparent: None,
        };
        let message = Event { envelope, data }.encode(ContentType::Json).unwrap();
        self.sync.handle(&[message]).await.unwrap();
    }

    /// The id of the only learner of a portal.
    pub(crate) async fn learner(&self, portal: &str) -> String {
        let answer = self.administrator.get(&format!("/{portal}-production/learners")).await;
        answer.body["items"][0]["learner_id"].as_str().unwrap().to_owned()
    }

    /// Saves rules of `acme-production` over a version.
    pub(crate) async fn save(&self, version: u32, body: &Value) -> Answer {
        let tag = format!("\"{version}\"");
        self.put(&[("if-match", &tag)], body.to_string().into_bytes()).await
    }

    pub(crate) async fn put(&self, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let path = "/acme-production/rules";
        self.administrator.send(reqwest::Method::PUT, path, headers, Some(body)).await
    }
}

impl Drop for TestApi {
    fn drop(&mut self) {
        self.shutdown.request();
    }
}

pub(crate) fn ana() -> User {
    User {
        user_name: "ana@acme.example".to_owned(),
        active: Some(true),
        title: "Engineer".to_owned(),
        preferred_language: "pt-BR".to_owned(),
        ..User::default()
    }
}

/// Requires a problem document of that status.
pub(crate) fn assert_problem(answer: &Answer, status: u16, about: &str) {
    assert_eq!(answer.status, status, "{about}: {answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{about}");
    assert_eq!(answer.body["status"], status, "{about}");
    assert!(!answer.body["detail"].as_str().unwrap().is_empty(), "{about}");
}
