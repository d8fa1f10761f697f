use std::sync::{Arc, Mutex};

use actix_web::body::to_bytes;
use actix_web::http::header::{
    AUTHORIZATION, CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::test::{TestRequest, init_service, try_call_service};
use actix_web::{App, guard as route_guard};
use administration::{AuditError, NotAllowed, RecordedAct, Role};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::json;
use testkit::issuer::{Behaviour, Issuer};
use testkit::raw::exchange;
use tokio::task::LocalSet;

use super::*;
use crate::admin::{AdminTokens, BODY_TIME, Body};
use crate::body::BodyError;
use crate::server;
use crate::settings::{AdminSettings, OidcSettings};
use crate::shutdown::Shutdown;

/// A record of acts in memory.
#[derive(Default)]
struct Record {
    begun: Mutex<Vec<Act>>,
    finished: Mutex<Vec<(Uuid, ActOutcome)>>,
    is_away: bool,
    forgets: bool,
}

impl Record {
    fn unavailable() -> AuditError {
        AuditError::Unavailable("away".into())
    }
}

#[async_trait]
impl AuditLog for Record {
    async fn begin(&self, act: &Act) -> Result<(), AuditError> {
        if self.is_away {
            return Err(Self::unavailable());
        }
        self.begun.lock().unwrap().push(act.clone());
        Ok(())
    }

    async fn assign(&self, id: Uuid, integration: &str) -> Result<(), AuditError> {
        let mut begun = self.begun.lock().unwrap();
        begun.iter_mut().find(|act| act.id == id).unwrap().integration = Some(integration.to_owned());
        Ok(())
    }

    async fn finish(&self, id: Uuid, outcome: &ActOutcome) -> Result<(), AuditError> {
        if self.forgets {
            return Err(Self::unavailable());
        }
        self.finished.lock().unwrap().push((id, outcome.clone()));
        Ok(())
    }

    async fn acts(&self, _: Option<&str>, _: Option<i64>, _: u32) -> Result<Vec<RecordedAct>, AuditError> {
        Ok(Vec::new())
    }

    async fn forget_acts(&self, _: DateTime<Utc>, _: u32) -> Result<u64, AuditError> {
        Ok(0)
    }
}

fn tokens() -> AdminTokens {
    AdminTokens::new(&SecretString::from("k".repeat(32))).unwrap()
}

fn token(roles: &[&str]) -> String {
    tokens().issue("olga", roles, clock::now(), chrono::Duration::hours(1)).unwrap()
}

fn access(record: &Arc<Record>) -> AdminAccess {
    AdminAccess { tokens: tokens(), oidc: None, audit: record.clone(), body_time: BODY_TIME, reads: &[] }
}

/// Routes of which each would be a hole if it answered a stranger.
fn routes(service: &mut ServiceConfig) {
    let state = |administrator: Administrator, request: HttpRequest| async move {
        leave_details(&request, json!({ "state": "paused" }));
        match administrator.require(Role::Operator, "acme") {
            Ok(()) => HttpResponse::NoContent().finish(),
            Err(refusal) => problem::not_allowed(refusal),
        }
    };
    let forgetful = || async { "anybody" };
    let works = || async {
        tokio::task::yield_now().await;
        "done"
    };
    let breaks = || async {
        assert!(tokio::task::try_id().is_none(), "a fault");
        "never"
    };
    let makes = |request: HttpRequest| async move {
        leave_integration(&request, "acme-new");
        HttpResponse::Created().finish()
    };
    let reads = |body: Body| async move {
        match body.read(4).await {
            Ok(bytes) => HttpResponse::Ok().body(bytes),
            Err(BodyError::TooLarge { .. }) => HttpResponse::PayloadTooLarge().finish(),
            Err(BodyError::TooSlow) => HttpResponse::RequestTimeout().finish(),
            Err(BodyError::CutOff) => HttpResponse::BadRequest().finish(),
        }
    };
    let fails = || async { Err::<HttpResponse, _>(actix_web::error::ErrorConflict("changed")) };
    service
        .route("/health/live", web::get().to(forgetful))
        .route("/admin/v1/whoami", web::get().to(forgetful))
        .route("/admin/v1/tokens/{id}", web::delete().to(forgetful))
        .route("/admin/v1/made", web::post().to(makes))
        .route("/admin/v1/read", web::post().to(reads))
        .route("/admin/v1/broken", web::delete().to(breaks))
        .route("/admin/v1/integrations", web::post().to(fails))
        .route("/admin/v1/integrations/{slug}/schemas/{urn}", web::put().to(state))
        .service(
            web::scope("/admin/v1/integrations/{slug}")
                .route("/state", web::put().to(state))
                .route("/state", web::get().to(forgetful))
                .route("/work", web::put().to(works))
                .route("/credentials/{id}/uses/{use}", web::post().to(forgetful)),
        )
        .route("/anything/{tail:.*}", web::route().guard(route_guard::Get()).to(forgetful));
}

/// What came back: status, body, and whether the headers ask for a token and for a later attempt.
struct Answered {
    status: u16,
    body: Value,
    asks_for_token: bool,
    asks_for_patience: bool,
    /// What it says of caches and of guesses at its type.
    manners: [String; 2],
}

async fn ask(record: &Arc<Record>, request: TestRequest) -> Answered {
    ask_with(access(record), request).await
}

async fn ask_with(access: AdminAccess, request: TestRequest) -> Answered {
    // As in a thread of the server.
    LocalSet::new().run_until(ask_here(access, request)).await
}

async fn ask_here(access: AdminAccess, request: TestRequest) -> Answered {
    let app = init_service(App::new().configure(guarded(access, routes))).await;
    let response = match try_call_service(&app, request.to_request()).await {
        Ok(response) => response.into_parts().1.map_into_boxed_body(),
        Err(error) => HttpResponse::from_error(error),
    };
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = to_bytes(response.into_body()).await.unwrap_or_default();
    let is_problem = headers.get("content-type").is_some_and(|kind| kind == "application/problem+json");
    Answered {
        status,
        body: if is_problem { serde_json::from_slice(&body).unwrap() } else { Value::Null },
        asks_for_token: headers.get(WWW_AUTHENTICATE).is_some_and(|scheme| scheme == "Bearer"),
        asks_for_patience: headers.contains_key(RETRY_AFTER),
        manners: [CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS].map(|name| {
            headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        }),
    }
}

fn request(method: Method, path: &str) -> TestRequest {
    TestRequest::default().method(method).uri(path)
}

fn signed_in(method: Method, path: &str, roles: &[&str]) -> TestRequest {
    request(method, path).insert_header((AUTHORIZATION, format!("Bearer {}", token(roles))))
}

#[tokio::test]
async fn nothing_but_health_answers_a_stranger() {
    let record = Arc::new(Record::default());
    assert_eq!(ask(&record, request(Method::GET, "/health/live")).await.status, 200);
    let paths = [
        "/",
        "/admin/v1/whoami",
        "/%61dmin/v1/whoami",
        "/admin%2Fv1/whoami",
        "//admin/v1/whoami",
        "/./admin/v1/whoami",
        "/ADMIN/v1/whoami",
        "/admin/v1/whoami/",
        "/admin/v1/integrations/acme/state",
        "/admin",
        "/health/live/",
        "/health/live/../../admin/v1/whoami",
        "/health/%6Cive",
        "/health//live",
        "/health",
        "/metrics/x",
        "/nowhere",
    ];
    for path in paths {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE] {
            let answered = ask(&record, request(method.clone(), path)).await;
            assert_eq!(answered.status, 401, "{method} {path}");
            assert_eq!(answered.body["status"], 401, "{method} {path}");
            assert!(answered.asks_for_token, "{method} {path}");
        }
    }
    assert!(record.begun.lock().unwrap().is_empty(), "strangers cannot fill the record");
}

#[tokio::test]
async fn a_post_that_only_reads_is_no_act() {
    let record = Arc::new(Record::default());
    let access = || access(&record).with_reads(&["/admin/v1/read", "/admin/v1/broken"]);
    let read =
        ask_with(access(), signed_in(Method::POST, "/admin/v1/read", &["viewer"]).set_payload("x")).await;
    assert_eq!(read.status, 200);
    assert!(record.begun.lock().unwrap().is_empty());
    assert_eq!(ask_with(access(), request(Method::POST, "/admin/v1/read")).await.status, 401);
    ask_with(access(), signed_in(Method::DELETE, "/admin/v1/broken", &["owner"])).await;
    ask_with(access(), signed_in(Method::POST, "/admin/v1/made", &["owner"])).await;
    assert_eq!(record.begun.lock().unwrap().len(), 2, "other methods there, and other addresses");
}

#[tokio::test]
async fn a_request_has_one_token_and_a_good_one() {
    let record = Arc::new(Record::default());
    let good = format!("Bearer {}", token(&["viewer"]));
    let with = |values: &[&str]| {
        let mut request = request(Method::GET, "/admin/v1/whoami");
        for value in values {
            request = request.append_header((AUTHORIZATION, *value));
        }
        request
    };
    assert_eq!(ask(&record, with(&[&good])).await.status, 200);
    assert_eq!(ask(&record, with(&[&good.replace("Bearer", "bearer")])).await.status, 200);
    let bare = good.replace("Bearer ", "");
    let basic = good.replace("Bearer", "Basic");
    for values in
        [&[&*good, &*good][..], &[&*good, "Bearer x"], &[&*bare], &[&*basic], &["Bearer "], &["Bearer"]]
    {
        assert_eq!(ask(&record, with(values)).await.status, 401, "{values:?}");
    }
}

#[tokio::test]
async fn a_token_without_a_role_opens_nothing_and_its_attempt_is_on_record() {
    let record = Arc::new(Record::default());
    for path in ["/admin/v1/whoami", "/nowhere"] {
        assert_eq!(ask(&record, signed_in(Method::GET, path, &["root"])).await.status, 403);
    }
    let put = signed_in(Method::PUT, "/admin/v1/integrations/acme/state", &[]);
    assert_eq!(ask(&record, put).await.status, 403);
    assert_eq!(record.finished.lock().unwrap()[0].1, ActOutcome { status: 403, details: Value::Null });
}

#[tokio::test]
async fn an_act_is_on_record_with_its_outcome() {
    let record = Arc::new(Record::default());
    let path = "/%61dmin/v1/integrations/acme%2Dproduction/state";
    let put = signed_in(Method::PUT, path, &["acme:operator"]).peer_addr("192.0.2.7:4000".parse().unwrap());
    assert_eq!(ask(&record, put).await.status, 204);

    let begun = record.begun.lock().unwrap();
    let act = &begun[0];
    assert_eq!((act.subject.as_str(), act.method.as_str()), ("olga", "PUT"));
    assert_eq!(act.address, Some("192.0.2.7".parse().unwrap()));
    assert_eq!(act.route, "/admin/v1/integrations/{slug}/state");
    assert_eq!((act.integration.as_deref(), act.target.as_deref()), (Some("acme-production"), None));
    let outcome = ActOutcome { status: 204, details: json!({ "state": "paused" }) };
    assert_eq!(*record.finished.lock().unwrap(), [(act.id, outcome)]);
}

#[tokio::test]
async fn an_act_that_was_denied_or_failed_is_on_record_too() {
    let record = Arc::new(Record::default());
    let lacking = ask(&record, signed_in(Method::PUT, "/admin/v1/integrations/a/state", &["viewer"])).await;
    assert_eq!(
        (lacking.status, &lacking.body["detail"]),
        (403, &json!("the role operator is needed in this portal"))
    );
    let unseen = ask(&record, signed_in(Method::PUT, "/admin/v1/integrations/a/state", &["b:owner"])).await;
    assert_eq!((unseen.status, &unseen.body["detail"]), (404, &json!("there is no such integration")));
    for (path, status) in [("/admin/v1/integrations", 409), ("/admin/v1/nowhere", 404)] {
        assert_eq!(ask(&record, signed_in(Method::POST, path, &["owner"])).await.status, status);
    }
    let statuses: Vec<u16> =
        record.finished.lock().unwrap().iter().map(|(_, outcome)| outcome.status).collect();
    assert_eq!(statuses, [403, 404, 409, 404]);
}

#[tokio::test]
async fn an_act_goes_on_without_its_caller() {
    let record = Arc::new(Record::default());
    let tasks = LocalSet::new();
    let access = access(&record);
    let put = signed_in(Method::PUT, "/admin/v1/integrations/slow/work", &["owner"]);
    tasks
        .run_until(async {
            let asking = ask_here(access, put);
            tokio::pin!(asking);
            while record.begun.lock().unwrap().is_empty() {
                assert!(futures::poll!(&mut asking).is_pending());
                tokio::task::yield_now().await;
            }
        })
        .await;
    assert!(record.finished.lock().unwrap().is_empty());
    tasks.await;
    assert_eq!(record.finished.lock().unwrap()[0].1.status, 200);
}

#[tokio::test]
async fn an_act_that_breaks_off_has_no_outcome() {
    let record = Arc::new(Record::default());
    let answered = ask(&record, signed_in(Method::DELETE, "/admin/v1/broken", &["owner"])).await;
    assert_eq!((answered.status, &answered.body["status"]), (500, &json!(500)));
    assert_eq!(record.begun.lock().unwrap().len(), 1);
    assert!(record.finished.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_a_path_names_is_cut_on_record() {
    let record = Arc::new(Record::default());
    let path = format!("/admin/v1/integrations/{}/state", "a".repeat(9_999));
    ask(&record, signed_in(Method::PUT, &path, &["owner"])).await;
    assert_eq!(record.begun.lock().unwrap()[0].integration, Some("a".repeat(200)));
}

#[tokio::test]
async fn a_question_is_not_on_record() {
    let record = Arc::new(Record { is_away: true, ..Record::default() });
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        let answered = ask(&record, signed_in(method, "/admin/v1/integrations/a/state", &["viewer"])).await;
        assert_ne!(answered.status, 503);
    }
}

#[tokio::test]
async fn nothing_is_done_that_cannot_be_put_on_record() {
    let record = Arc::new(Record { is_away: true, ..Record::default() });
    let put = signed_in(Method::PUT, "/admin/v1/integrations/acme/state", &["owner"]);
    let answered = ask(&record, put).await;
    assert_eq!((answered.status, answered.asks_for_patience), (503, true));
    assert!(record.finished.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_outcome_that_cannot_be_put_on_record_does_not_change_the_answer() {
    let record = Arc::new(Record { forgets: true, ..Record::default() });
    let put = signed_in(Method::PUT, "/admin/v1/integrations/acme/state", &["owner"]);
    assert_eq!(ask(&record, put).await.status, 204);
}

#[tokio::test]
async fn the_record_says_what_a_path_names() {
    let record = Arc::new(Record::default());
    let cases = [
        ("DELETE", "/admin/v1/tokens/7", "/admin/v1/tokens/{id}", None, Some("7")),
        (
            "POST",
            "/admin/v1/integrations/a/credentials/0123456789abcdef/uses/ana%40acme.example",
            "/admin/v1/integrations/{slug}/credentials/{id}/uses/{use}",
            Some("a"),
            Some("0123456789abcdef/(no id)"),
        ),
        (
            "PUT",
            "/admin/v1/integrations/a/schemas/urn%3Aacme:x",
            "/admin/v1/integrations/{slug}/schemas/{urn}",
            Some("a"),
            Some("urn:acme:x"),
        ),
        ("DELETE", "/admin/v1/tokens/ana", "/admin/v1/tokens/{id}", None, Some("(no id)")),
        (
            "DELETE",
            "/admin/v1/tokens/8b4f3a3e-37a4-4b6c-9d5a-000000000001",
            "/admin/v1/tokens/{id}",
            None,
            Some("8b4f3a3e-37a4-4b6c-9d5a-000000000001"),
        ),
        (
            "PUT",
            "/admin/v1/integrations/a/schemas/urn:a@b",
            "/admin/v1/integrations/{slug}/schemas/{urn}",
            Some("a"),
            Some("(no id)"),
        ),
        ("POST", "/admin/v1/integrations/a/nowhere/7", "(no route)", Some("a"), None),
        ("POST", "/admin/v1/integrations/ana@acme.example/x", "(no route)", Some("(no id)"), None),
        ("POST", "/admin/v1/integrations/", "(no route)", None, None),
    ];
    for (index, (method, path, route, integration, target)) in cases.into_iter().enumerate() {
        ask(&record, signed_in(method.parse().unwrap(), path, &["owner"])).await;
        let act = record.begun.lock().unwrap()[index].clone();
        assert_eq!(act.route, route);
        assert_eq!((act.integration.as_deref(), act.target.as_deref()), (integration, target), "{path}");
    }
}

#[tokio::test]
async fn tokens_of_the_deployment_and_of_the_openid_provider_are_both_taken() {
    let issuer = Issuer::start().await;
    let settings = |jwks_url| AdminSettings {
        key: SecretString::from("k".repeat(32)),
        oidc: Some(OidcSettings {
            issuer: "https://login.example".to_owned(),
            audience: "api://admin".to_owned(),
            jwks_url,
            roles_claim: "roles".to_owned(),
            role_prefix: String::new(),
            plain_http_on_loopback: true,
        }),
    };
    let record = Arc::new(Record::default());
    assert!(AdminAccess::try_new(&settings("http://10.0.0.1/keys".to_owned()), record.clone()).is_err());
    let access = AdminAccess::try_new(&settings(issuer.keys_url()), record.clone()).unwrap();
    let seconds = clock::now().timestamp();
    let sign = |issuer_name: &str, roles: &[&str]| {
        let claims = json!({ "iss": issuer_name, "aud": "api://admin", "sub": "ines", "roles": roles,
            "nbf": seconds, "exp": seconds + 600 });
        format!("Bearer {}", issuer.sign(&claims))
    };
    let put = |bearer: String| {
        request(Method::PUT, "/admin/v1/integrations/acme/state").insert_header((AUTHORIZATION, bearer))
    };
    issuer.behave(Behaviour::Fails);
    let (own, others) =
        (format!("Bearer {}", token(&["owner"])), sign("https://login.example", &["acme:operator"]));
    assert_eq!(ask_with(access.clone(), put(own)).await.status, 204, "whatever the provider does");
    let unchecked = ask_with(access, put(others.clone())).await;
    assert_eq!((unchecked.status, unchecked.asks_for_patience, unchecked.asks_for_token), (503, true, false));

    issuer.behave(Behaviour::Serves);
    let access = AdminAccess::try_new(&settings(issuer.keys_url()), record.clone()).unwrap();
    assert_eq!(ask_with(access.clone(), put(others)).await.status, 204);
    assert_eq!(
        ask_with(access.clone(), put(sign("https://login.example", &["globex:owner"]))).await.status,
        404
    );
    for issuer_name in ["illuxi-scim", "https://evil.example"] {
        let refused = ask_with(access.clone(), put(sign(issuer_name, &["owner"]))).await;
        assert_eq!((refused.status, refused.asks_for_token), (401, true), "{issuer_name}");
    }
    let subjects: Vec<_> = record.begun.lock().unwrap().iter().map(|act| act.subject.clone()).collect();
    assert_eq!(subjects, ["olga", "oidc:ines", "oidc:ines"]);
}

#[tokio::test]
async fn a_name_with_a_nul_is_nowhere() {
    let record = Arc::new(Record::default());
    for path in ["/admin/v1/tokens/a%00", "/admin/v1/whoami?cursor=%00"] {
        for method in [Method::GET, Method::DELETE] {
            assert_eq!(ask(&record, signed_in(method, path, &["owner"])).await.status, 404, "{path}");
        }
    }
    assert!(record.begun.lock().unwrap().is_empty());
}

#[test]
fn a_refusal_of_a_role_is_an_answer() {
    assert_eq!(problem::not_allowed(NotAllowed::Unseen).status(), 404);
    assert_eq!(problem::not_allowed(NotAllowed::Lacks { needed: Role::Owner }).status(), 403);
}

#[tokio::test]
async fn a_listener_is_guarded_whatever_a_request_line_says() {
    let record = Arc::new(Record::default());
    let access = access(&record);
    let listener = server::listen("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let shutdown = Shutdown::new();
    let until = shutdown.clone();
    let served = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(server::serve(listener, 1, &until, guarded(access, routes)))
    });
    let ask = async |line: &str, authorization: &str| {
        let request = format!("{line} HTTP/1.1\r\nhost: x\r\n{authorization}connection: close\r\n\r\n");
        exchange(&address, request.as_bytes()).await.status
    };
    assert_eq!(ask("GET /health/live", "").await, 200);
    assert_eq!(ask("GET http://x/health/live", "").await, 200);
    let lines = [
        ("GET http://x/admin/v1/whoami", 401),
        ("GET http://x//admin/v1/whoami", 401),
        ("GET http:///health/live", 400),
        ("GET /admin/v1/whoami?/health/live", 401),
        ("GET /admin/v1/whoami#/health/live", 401),
        ("GET /health/live;x", 401),
        ("GET /health/live%2F..%2F..%2Fadmin%2Fv1%2Fwhoami", 401),
        ("GET /admin%5Cv1%5Cwhoami", 401),
        ("GET /admin/v1/whoami%00", 401),
        ("GET admin/v1/whoami", 400),
        ("OPTIONS *", 404),
        ("BREW /admin/v1/whoami", 401),
    ];
    for (line, status) in lines {
        assert_eq!(ask(line, "").await, status, "{line}");
    }
    assert!(record.begun.lock().unwrap().is_empty());

    let authorization = format!("authorization: Bearer {}\r\ncontent-length: 0\r\n", token(&["owner"]));
    assert_eq!(ask("PUT /admin/v1/integrations/acme/state", &authorization).await, 204);
    assert_eq!(record.begun.lock().unwrap()[0].address, Some("127.0.0.1".parse().unwrap()));
    assert_eq!(record.finished.lock().unwrap()[0].1.status, 204);
    shutdown.request();
    served.join().unwrap().unwrap();
}

#[tokio::test]
async fn every_answer_says_that_it_is_not_kept_and_what_it_is() {
    let record = Arc::new(Record::default());
    let manners = ["no-store".to_owned(), "nosniff".to_owned()];
    for (method, path, roles, status) in [
        (Method::GET, "/health/live", &["viewer"][..], 200),
        (Method::GET, "/admin/v1/whoami", &["viewer"], 200),
        (Method::GET, "/admin/v1/whoami", &[], 403),
        (Method::GET, "/nowhere", &["viewer"], 404),
        (Method::GET, "/nowhere%00", &["viewer"], 404),
        (Method::PUT, "/admin/v1/integrations/a/state", &["viewer"], 403),
        (Method::PUT, "/admin/v1/integrations/a/state", &["owner"], 204),
        (Method::POST, "/admin/v1/integrations", &["owner"], 409),
        (Method::DELETE, "/admin/v1/broken", &["owner"], 500),
    ] {
        let answered = ask(&record, signed_in(method, path, roles)).await;
        assert_eq!((answered.status, &answered.manners), (status, &manners), "{path}");
    }
    assert_eq!(ask(&record, request(Method::GET, "/")).await.manners, manners, "a stranger");
}

#[tokio::test]
async fn an_act_is_on_record_with_the_integration_that_it_made() {
    let record = Arc::new(Record::default());
    assert_eq!(ask(&record, signed_in(Method::POST, "/admin/v1/made", &["owner"])).await.status, 201);
    assert_eq!(record.begun.lock().unwrap()[0].integration.as_deref(), Some("acme-new"));
}

#[tokio::test]
async fn a_body_is_read_when_the_handler_says_so() {
    let record = Arc::new(Record::default());
    let read = |body: &'static str| signed_in(Method::POST, "/admin/v1/read", &["owner"]).set_payload(body);
    assert_eq!(ask(&record, read("four")).await.status, 200);
    assert_eq!(ask(&record, read("fives")).await.status, 413);
}
