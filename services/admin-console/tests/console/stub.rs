use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use platform::server;
use platform::shutdown::Shutdown;
use serde_json::{Value, json};

use super::running::in_thread;

/// Both services on one port: a path below `/admin/v1` has an answer, or is a 404.
#[derive(Clone)]
pub(crate) struct Stub {
    pub(crate) url: String,
    state: Arc<State>,
    _server: Arc<super::running::Thread>,
}

#[derive(Default)]
struct State {
    answers: Mutex<HashMap<String, (u16, Value)>>,
    seen: Mutex<Vec<(String, String)>>,
    sent: Mutex<Vec<Sent>>,
}

/// What was sent to have something changed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    /// Method, and path below the integration.
    pub(crate) what: String,
    pub(crate) body: Value,
    /// The version that was seen.
    pub(crate) if_match: Option<String>,
    /// `Idempotency-Key`.
    pub(crate) key: Option<String>,
}

impl Sent {
    pub(crate) fn of(what: &str, body: Value) -> Self {
        Self { what: what.to_owned(), body, if_match: None, key: None }
    }
}

impl Stub {
    /// One integration, one usable token, an empty log, nothing waiting; whoever asks is olga.
    pub(crate) fn start() -> Self {
        let listener = server::listen("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State::default());
        let data = web::Data::from(state.clone());
        let shutdown = Shutdown::new();
        let thread = in_thread(shutdown, move |shutdown| async move {
            let routes = move |service: &mut web::ServiceConfig| {
                service.app_data(data.clone()).default_service(web::to(answer));
            };
            server::serve(listener, 1, &shutdown, routes).await.unwrap();
        });
        let stub = Self { url, state, _server: Arc::new(thread) };
        stub.on("/whoami", 200, json!({ "subject": "olga", "roles": ["acme:owner"] }));
        stub.on("/integrations", 200, json!({ "items": [integration()], "next": null }));
        stub.on_acme(
            "/credentials",
            json!({ "items": [
            credential("a1", &json!({ "name": "azure", "expires_at": "2027-01-02T03:04:05Z" })),
            credential("b2", &json!({ "name": "old", "state": "revoked", "expires_at": "2026-01-02T03:04:05Z" }))] }),
        );
        stub.on_acme("/summary", summary());
        stub.on_acme("/lms-summary", lms_summary());
        for list in ["/log", "/parked", "/holds", "/adoptions", "/effects", "/conflicts", "/erasures"] {
            stub.on_acme(list, json!({ "items": [], "next": null }));
        }
        stub
    }

    pub(crate) fn on(&self, path: &str, status: u16, body: Value) {
        self.state.answers.lock().unwrap().insert(format!("/admin/v1{path}"), (status, body));
    }

    /// What a method is answered at a path, where GET is answered otherwise.
    pub(crate) fn on_method(&self, method: &str, path: &str, status: u16, body: Value) {
        let key = format!("{method} /admin/v1{path}");
        self.state.answers.lock().unwrap().insert(key, (status, body));
    }

    /// What was sent to have something changed, in order.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.state.sent.lock().unwrap().clone()
    }

    /// The same, below the integration.
    pub(crate) fn on_acme_method(&self, method: &str, path: &str, status: u16, body: Value) {
        self.on_method(method, &format!("/integrations/acme-production{path}"), status, body);
    }

    pub(crate) fn on_acme(&self, path: &str, body: Value) {
        self.on(&format!("/integrations/acme-production{path}"), 200, body);
    }

    /// Path and query of what was asked, and with which token.
    pub(crate) fn seen(&self) -> Vec<(String, String)> {
        self.state.seen.lock().unwrap().clone()
    }
}

/// Nothing wrong, nothing waiting.
pub(crate) fn summary() -> Value {
    let none = json!({ "count": 0, "more": false });
    json!({ "last_request_at": "2026-03-01T12:00:00Z", "last_success_at": null, "last_problem_at": null,
            "health_check_last_at": null, "problems_last_day": none, "events_waiting": none,
            "oldest_waiting_at": null,
            "credentials": { "usable": 1, "next_expiry": "2027-01-02T03:04:05Z", "last_used": null } })
}

/// Two learners, nothing waiting.
pub(crate) fn lms_summary() -> Value {
    let none = json!({ "count": 0, "more": false });
    json!({ "last_applied_at": "2026-03-01T12:00:01Z", "learners": { "active": 2, "inactive": none },
            "parked": none, "held": none, "adoptions": none, "stuck": none, "erasures": none,
            "findings_open": none, "conflicts_last_day": none })
}

pub(crate) fn integration() -> Value {
    json!({
        "slug": "acme-production", "portal": "acme", "environment": "production", "state": "enabled",
        "scim_url": "https://scim.example/integrations/acme-production/scim/v2",
        "token_url": "https://scim.example/integrations/acme-production/oauth2/token",
        "warnings": [{ "code": "credential_expires", "text": "the credential azure ends soon" }],
    })
}

/// A secret that is good, with these members otherwise.
pub(crate) fn credential(id: &str, members: &Value) -> Value {
    let mut credential = json!({
        "id": id, "kind": "secret", "name": id, "scopes": ["users.read"], "networks": [],
        "created_at": "2026-03-01T12:00:00Z", "created_by": "olga", "expires_at": null, "state": "active",
        "revoked_at": null, "revoked_by": null, "uses": 0, "last_used": null,
        "retirement": { "state": "no_successor" },
    });
    for (name, value) in members.as_object().unwrap() {
        credential[name] = value.clone();
    }
    credential
}

/// An entry of the log, with these members otherwise.
pub(crate) fn entry(number: i64, members: &Value) -> Value {
    let mut entry = json!({
        "entry_id": number, "at": "2026-03-01T12:00:00Z",
        "request_id": format!("0198c0de-0000-7000-8000-{number:012}"), "bulk_request_id": null,
        "operation": "patch", "kind": "user", "scim_id": null, "outcome": "changed", "status": null,
        "reason": null, "changed": [], "credential_id": null, "address": null, "agent": null,
        "duration_ms": null, "expected": null, "received": null,
    });
    for (name, value) in members.as_object().unwrap() {
        entry[name] = value.clone();
    }
    entry
}

async fn answer(request: HttpRequest, body: web::Bytes, state: web::Data<State>) -> HttpResponse {
    let header = request.headers().get("authorization").map(|value| value.to_str().unwrap());
    let token = header.unwrap_or_default().trim_start_matches("Bearer ").to_owned();
    let address = request.uri().path_and_query().unwrap().as_str().to_owned();
    state.seen.lock().unwrap().push((address, token));
    let method = request.method().as_str();
    if method != "GET" {
        let path = request.path();
        let path = path.strip_prefix("/admin/v1/integrations/acme-production").unwrap_or(path);
        let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (if_match, key) = (header("if-match"), header("idempotency-key"));
        let body = serde_json::from_slice(&body).unwrap_or_default();
        state.sent.lock().unwrap().push(Sent { what: format!("{method} {path}"), body, if_match, key });
    }
    let nothing = (404, json!({ "title": "Not Found", "status": 404, "detail": "there is none" }));
    let answers = state.answers.lock().unwrap();
    let own = answers.get(&format!("{method} {}", request.path()));
    let (status, body) = own.or_else(|| answers.get(request.path())).cloned().unwrap_or(nothing);
    HttpResponse::build(StatusCode::from_u16(status).unwrap()).json(body)
}
