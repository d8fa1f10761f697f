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
            { "name": "azure", "state": "active", "expires_at": "2027-01-02T03:04:05Z" },
            { "name": "old", "state": "revoked", "expires_at": "2026-01-02T03:04:05Z" }], "next": null }),
        );
        for list in ["/log", "/parked", "/holds", "/adoptions", "/effects"] {
            stub.on_acme(list, json!({ "items": [], "next": null }));
        }
        stub
    }

    pub(crate) fn on(&self, path: &str, status: u16, body: Value) {
        self.state.answers.lock().unwrap().insert(format!("/admin/v1{path}"), (status, body));
    }

    pub(crate) fn on_acme(&self, path: &str, body: Value) {
        self.on(&format!("/integrations/acme-production{path}"), 200, body);
    }

    /// Path and query of what was asked, and with which token.
    pub(crate) fn seen(&self) -> Vec<(String, String)> {
        self.state.seen.lock().unwrap().clone()
    }
}

pub(crate) fn integration() -> Value {
    json!({
        "slug": "acme-production", "portal": "acme", "environment": "production", "state": "enabled",
        "scim_url": "https://scim.example/integrations/acme-production/scim/v2",
        "warnings": [{ "code": "credential_expires", "text": "the credential azure ends soon" }],
    })
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

async fn answer(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let header = request.headers().get("authorization").map(|value| value.to_str().unwrap());
    let token = header.unwrap_or_default().trim_start_matches("Bearer ").to_owned();
    let address = request.uri().path_and_query().unwrap().as_str().to_owned();
    state.seen.lock().unwrap().push((address, token));
    let nothing = (404, json!({ "title": "Not Found", "status": 404, "detail": "there is none" }));
    let (status, body) = state.answers.lock().unwrap().get(request.path()).cloned().unwrap_or(nothing);
    HttpResponse::build(StatusCode::from_u16(status).unwrap()).json(body)
}
