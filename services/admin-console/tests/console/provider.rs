//! Sign-in at an OpenID provider: a stand-in with a key of its own, which checks what it is brought.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use actix_web::{HttpResponse, web};
use admin_console::settings::OidcSettings;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use platform::server;
use platform::shutdown::Shutdown;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::issuer::Issuer;

use super::browser::{Browser, Shown};
use super::running::{Running, Thread, in_thread};
use super::stub::Stub;

const CLIENT: &str = "console";

struct Provider {
    url: String,
    state: Arc<State>,
    _server: Thread,
}

struct State {
    url: String,
    keys: Issuer,
    behaviour: Mutex<Behaviour>,
    /// How often its description was asked for.
    described: AtomicUsize,
    /// Parameters of the last authorization request.
    asked: Mutex<HashMap<String, String>>,
}

#[derive(Clone, Copy)]
struct Behaviour {
    knows_them: bool,
    /// Seconds since they proved who they are.
    age: i64,
    /// Seconds for which its tokens are good.
    life: i64,
    audience: &'static str,
    /// Its description is not told.
    is_silent: bool,
    /// Its tokens do not say when somebody proved who they are.
    tells_no_time: bool,
}

impl Provider {
    async fn start() -> Self {
        let listener = server::listen("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let behaviour = Behaviour {
            knows_them: true,
            age: 0,
            life: 3_600,
            audience: CLIENT,
            is_silent: false,
            tells_no_time: false,
        };
        let state = Arc::new(State {
            url: url.clone(),
            keys: Issuer::start().await,
            behaviour: Mutex::new(behaviour),
            described: AtomicUsize::new(0),
            asked: Mutex::default(),
        });
        let data = web::Data::from(state.clone());
        let thread = in_thread(Shutdown::new(), move |shutdown| async move {
            let routes = move |service: &mut web::ServiceConfig| {
                service
                    .app_data(data.clone())
                    .route("/.well-known/openid-configuration", web::get().to(describe))
                    .route("/authorize", web::get().to(authorize))
                    .route("/token", web::post().to(exchange));
            };
            server::serve(listener, 1, &shutdown, routes).await.unwrap();
        });
        Self { url, state, _server: thread }
    }

    fn settings(&self) -> OidcSettings {
        OidcSettings {
            issuer: self.url.clone(),
            client_id: CLIENT.to_owned(),
            client_secret: Some("secret".to_owned().into()),
            scopes: vec!["profile".to_owned()],
            plain_http_on_loopback: true,
        }
    }

    fn behave(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.state.behaviour.lock().unwrap());
    }

    fn asked(&self, name: &str) -> Option<String> {
        self.state.asked.lock().unwrap().get(name).cloned()
    }
}

async fn describe(state: web::Data<State>) -> HttpResponse {
    state.described.fetch_add(1, Ordering::Relaxed);
    if state.behaviour.lock().unwrap().is_silent {
        return HttpResponse::InternalServerError().finish();
    }
    let url = &state.url;
    HttpResponse::Ok().json(json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"), "jwks_uri": state.keys.keys_url(),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn authorize(state: web::Data<State>, asked: web::Query<HashMap<String, String>>) -> HttpResponse {
    let asked = asked.into_inner();
    let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
    back.query_pairs_mut().append_pair("state", &asked["state"]);
    let is_silent = asked.get("prompt").is_some_and(|prompt| prompt == "none");
    if is_silent && !state.behaviour.lock().unwrap().knows_them {
        back.query_pairs_mut().append_pair("error", "login_required");
    } else {
        back.query_pairs_mut().append_pair("code", "the-code");
    }
    *state.asked.lock().unwrap() = asked;
    HttpResponse::Found().insert_header(("location", back.as_str())).finish()
}

async fn exchange(state: web::Data<State>, brought: web::Form<HashMap<String, String>>) -> HttpResponse {
    let asked = state.asked.lock().unwrap().clone();
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(brought["code_verifier"].as_bytes()));
    let is_good = brought["code"] == "the-code"
        && asked["code_challenge_method"] == "S256"
        && asked["code_challenge"] == challenge
        && brought["redirect_uri"] == asked["redirect_uri"];
    if !is_good {
        return HttpResponse::BadRequest().json(json!({ "error": "invalid_grant" }));
    }
    let (behaviour, now) = (*state.behaviour.lock().unwrap(), platform::clock::now().timestamp());
    let mut claims = json!({
        "iss": state.url, "aud": behaviour.audience, "sub": "olga", "iat": now, "exp": now + behaviour.life,
        "auth_time": now - behaviour.age, "nonce": asked["nonce"], "roles": ["owner"],
    });
    if behaviour.tells_no_time {
        claims.as_object_mut().unwrap().remove("auth_time");
    }
    let token = state.keys.sign(&claims);
    HttpResponse::Ok().json(json!({ "access_token": "unused", "token_type": "Bearer", "id_token": token }))
}

/// Follows redirections between the console and the provider, to the first page that is none.
async fn follow(browser: &mut Browser, path: &str) -> (String, Shown) {
    let mut path = path.to_owned();
    for _ in 0..8 {
        let shown = browser.get(&path).await;
        let Some(to) = shown.location.clone() else { return (path, shown) };
        path = match to.strip_prefix(&browser.url) {
            Some(own) => own.to_owned(),
            None if to.starts_with('/') => to,
            None => {
                let mut provider = Browser::new("");
                let back = provider.get(&to).await.location.unwrap();
                back.strip_prefix(&browser.url).unwrap().to_owned()
            }
        };
    }
    panic!("round and round, last to {path}");
}

async fn start() -> (Stub, Provider, Running) {
    let (stub, provider) = (Stub::start(), Provider::start().await);
    let running = Running::with(&stub.url, &stub.url, Some(provider.settings()));
    (stub, provider, running)
}

#[tokio::test]
async fn whoever_the_provider_knows_is_signed_in_where_they_wanted_to_be() {
    let (stub, provider, running) = start().await;
    let mut browser = Browser::new(&running.url);
    let (path, page) = follow(&mut browser, "/log?kind=user").await;
    assert_eq!((path.as_str(), page.status), ("/log?kind=user", 200), "{}", page.html);
    assert!(page.html.contains("Signed in as olga"));
    assert_eq!(provider.asked("prompt").as_deref(), Some("none"));
    assert_eq!(provider.asked("response_type").as_deref(), Some("code"));
    assert_eq!(provider.asked("scope").as_deref(), Some("openid profile"));
    let (_, token) = stub.seen().pop().unwrap();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(
        (&claims["sub"], &claims["aud"]),
        (&json!("olga"), &json!(CLIENT)),
        "the ID token is passed on"
    );
}

#[tokio::test]
async fn whoever_it_does_not_know_is_asked_and_nobody_goes_in_circles() {
    let (_stub, provider, running) = start().await;
    provider.behave(|behaviour| behaviour.knows_them = false);
    let mut browser = Browser::new(&running.url);
    let (path, page) = follow(&mut browser, "/log").await;
    assert_eq!((path.as_str(), page.status), ("/sign-in?to=%2Flog", 200));
    assert!(page.html.contains("/sign-in/provider?to=%2Flog"), "{}", page.html);
    let (path, page) = follow(&mut browser, "/sign-in/provider?to=%2Flog").await;
    assert_eq!((path.as_str(), page.status), ("/log", 200));
    assert_eq!(provider.asked("prompt"), None);
}

#[tokio::test]
async fn a_way_back_that_this_browser_did_not_begin_leads_nowhere() {
    let (_stub, provider, running) = start().await;
    let mut olga = Browser::new(&running.url);
    let to_provider = olga.get("/sign-in/provider?to=/").await.location.unwrap();
    let back = Browser::new("").get(&to_provider).await.location.unwrap();
    let back = back.strip_prefix(&running.url).unwrap().to_owned();
    let mut mallory = Browser::new(&running.url);
    mallory.get("/sign-in/provider?to=/").await;
    assert_eq!(mallory.get(&back).await.status, 403);
    let let_in = olga.get(&back).await;
    assert_eq!(
        (let_in.status, let_in.location.as_deref()),
        (303, Some("/")),
        "what strangers do is nothing to her"
    );
    assert_eq!(olga.get(&back).await.status, 403, "it is used up");
    assert_eq!(olga.get("/sign-in/callback?state=x&code=the-code").await.status, 403);

    provider.behave(|behaviour| behaviour.audience = "another");
    let (_, page) = follow(&mut olga, "/sign-in/provider?to=/").await;
    assert!(page.status == 403 && page.html.contains("Signing in did not work"), "{}", page.html);
}

/// Signs in at the provider, and goes no further than to the session.
async fn sign_in(browser: &mut Browser) {
    let to_provider = browser.get("/sign-in/provider?to=/").await.location.unwrap();
    let back = Browser::new("").get(&to_provider).await.location.unwrap();
    let back = back.strip_prefix(&browser.url).unwrap().to_owned();
    assert_eq!(browser.get(&back).await.location.as_deref(), Some("/"));
}

#[tokio::test]
async fn a_token_that_ends_soon_is_renewed_on_the_way_and_the_session_goes_on() {
    let (stub, provider, running) = start().await;
    provider.behave(|behaviour| behaviour.life = 240);
    let mut olga = Browser::new(&running.url);
    sign_in(&mut olga).await;
    let session = olga.cookies["illuxi-console"].clone();
    let (_, first) = stub.seen().pop().unwrap();
    provider.behave(|behaviour| behaviour.life = 3_600);
    let (path, page) = follow(&mut olga, "/log").await;
    assert_eq!((path.as_str(), page.status), ("/log", 200));
    let (_, second) = stub.seen().pop().unwrap();
    assert!(first != second && olga.cookies["illuxi-console"] != session);
    assert_eq!(olga.get("/log").await.status, 200, "without another round");
}

#[tokio::test]
async fn where_tokens_always_end_soon_or_cannot_be_renewed_each_is_used_to_its_end() {
    let (_stub, provider, running) = start().await;
    provider.behave(|behaviour| behaviour.life = 240);
    let mut olga = Browser::new(&running.url);
    let (path, page) = follow(&mut olga, "/log").await;
    assert_eq!((path.as_str(), page.status), ("/log", 200));

    let mut other = Browser::new(&running.url);
    sign_in(&mut other).await;
    provider.behave(|behaviour| behaviour.knows_them = false);
    let (path, _) = follow(&mut other, "/log").await;
    assert_eq!(path, "/sign-in?to=%2Flog");
    assert_eq!(other.get("/log").await.status, 200);
}

#[tokio::test]
async fn a_proof_that_is_too_old_has_to_be_given_anew() {
    let (_stub, provider, running) = start().await;
    provider.behave(|behaviour| behaviour.age = 660);
    let mut olga = Browser::new(&running.url);
    follow(&mut olga, "/").await;
    let page = olga.get("/sign-in/fresh?to=/log").await;
    assert_eq!(page.status, 403);
    let (_, rest) = page.html.split_once("class=\"button\" href=\"").unwrap();
    let anew = rest.split('"').next().unwrap().replace("&#38;", "&");

    // A provider that does not ask, whatever it was told.
    let (_, page) = follow(&mut olga, &anew).await;
    assert_eq!(page.status, 403);
    assert_eq!(provider.asked("prompt").as_deref(), Some("login"));
    assert_eq!(provider.asked("max_age").as_deref(), Some("600"));

    provider.behave(|behaviour| behaviour.age = 0);
    let (path, page) = follow(&mut olga, &anew).await;
    assert_eq!((path.as_str(), page.status), ("/log", 200), "{}", page.html);
}

#[tokio::test]
async fn whoever_issues_a_token_proved_recently_who_they_are_and_comes_back_to_the_form() {
    let (stub, provider, running) = start().await;
    provider.behave(|behaviour| behaviour.age = 660);
    let mut olga = Browser::new(&running.url);
    follow(&mut olga, "/").await;
    let form = "/setup/credential?integration=acme-production&kind=secret";
    assert_eq!(olga.get(form).await.status, 403);
    let fields = [("integration", "acme-production"), ("kind", "secret"), ("name", "Entra"), ("key", "k")];
    let page = olga.post("/setup/credential", &fields).await;
    assert_eq!(page.status, 403);
    let rotation = olga.post("/setup/rotate", &[("integration", "acme-production"), ("id", "a1")]).await;
    assert_eq!(rotation.status, 403);
    assert!(stub.sent().is_empty(), "{:?}", stub.sent());

    let (_, rest) = page.html.split_once("class=\"button\" href=\"").unwrap();
    let anew = rest.split('"').next().unwrap().replace("&#38;", "&");
    provider.behave(|behaviour| behaviour.age = 0);
    let (path, page) = follow(&mut olga, &anew).await;
    assert_eq!((path.as_str(), page.status), (form, 200), "{}", page.html);
}

#[tokio::test]
async fn a_provider_that_is_away_is_told_and_links_still_work() {
    let stub = Stub::start();
    let settings = OidcSettings {
        issuer: "http://127.0.0.1:9".to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: None,
        scopes: vec![],
        plain_http_on_loopback: true,
    };
    let running = Running::with(&stub.url, &stub.url, Some(settings));
    let page = Browser::new(&running.url).get("/sign-in/provider?to=/").await;
    assert_eq!(page.status, 503, "{}", page.html);
    assert_eq!(running.olga().await.get("/").await.status, 200);
}

#[tokio::test]
async fn keys_are_asked_for_anew_once_the_provider_signs_with_another_one() {
    let (_stub, provider, running) = start().await;
    sign_in(&mut Browser::new(&running.url)).await;
    provider.state.keys.rotate();
    let (path, page) = follow(&mut Browser::new(&running.url), "/log").await;
    assert_eq!((path.as_str(), page.status), ("/log", 200), "{}", page.html);
    assert_eq!(provider.state.described.load(Ordering::Relaxed), 2);

    provider.state.keys.rotate();
    let (_, page) = follow(&mut Browser::new(&running.url), "/log").await;
    assert_eq!(page.status, 403, "{}", page.html);
    assert_eq!(provider.state.described.load(Ordering::Relaxed), 2, "once a minute at most");
}

#[tokio::test]
async fn a_provider_that_did_not_answer_is_not_asked_by_everybody() {
    let (_stub, provider, running) = start().await;
    provider.behave(|behaviour| behaviour.is_silent = true);
    for _ in 0..3 {
        let page = Browser::new(&running.url).get("/sign-in/provider?to=/").await;
        assert_eq!(page.status, 503, "{}", page.html);
    }
    assert_eq!(provider.state.described.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_service_that_does_not_take_a_new_token_is_named_and_nobody_goes_in_circles() {
    let (stub, _provider, running) = start().await;
    stub.on("/integrations/acme-production/learners", 401, json!({}));
    let mut olga = Browser::new(&running.url);
    let (path, page) = follow(&mut olga, "/people").await;
    assert_eq!((path.as_str(), page.status), ("/people", 403), "{}", page.html);
    assert!(page.html.contains("user-sync does not take the sign-in"), "{}", page.html);
    assert_eq!(olga.get("/").await.status, 200, "still signed in");
}

#[tokio::test]
async fn tabs_sign_in_side_by_side_and_eight_at_most_are_under_way() {
    let (_stub, _provider, running) = start().await;
    let mut olga = Browser::new(&running.url);
    let mut ways_back = Vec::new();
    for tab in 0..9 {
        let to_provider =
            olga.get(&format!("/sign-in/provider?to=/log%3Ftab%3D{tab}")).await.location.unwrap();
        ways_back.push(Url::parse(&to_provider).unwrap());
    }
    let is_flow =
        |(name, value): &(&String, &String)| name.starts_with("illuxi-console-sign-in-") && !value.is_empty();
    assert_eq!(olga.cookies.iter().filter(is_flow).count(), 8);
    for (tab, url) in ways_back.iter().enumerate().skip(7) {
        let back = Browser::new("").get(url.as_str()).await.location.unwrap();
        let back = olga.get(back.strip_prefix(&running.url).unwrap()).await;
        assert_eq!((back.status, back.location), (303, Some(format!("/log?tab={tab}"))));
    }
    assert_eq!(olga.cookies.iter().filter(is_flow).count(), 6);
}

#[tokio::test]
async fn a_live_view_is_not_sent_to_the_provider_in_a_page_s_place() {
    let (_stub, provider, running) = start().await;
    provider.behave(|behaviour| behaviour.life = 240);
    let mut olga = Browser::new(&running.url);
    sign_in(&mut olga).await;
    let cookie = format!("illuxi-console={}", olga.cookies["illuxi-console"]);
    let tail = olga.request(Method::GET, "/log/tail").header("cookie", cookie);
    let tail = tail.header("sec-fetch-mode", "cors").send().await.unwrap();
    assert_eq!(tail.headers()["content-type"], "text/event-stream");
    let page = olga.request(Method::GET, "/log").header("sec-fetch-mode", "navigate");
    assert_eq!(olga.send(page).await.location.as_deref(), Some("/sign-in/provider?to=%2Flog&silent=true"));
}

#[tokio::test]
async fn a_provider_that_does_not_tell_when_is_told_apart_by_the_claim_that_is_missing() {
    let (_stub, provider, running) = start().await;
    provider.behave(|behaviour| behaviour.tells_no_time = true);
    let mut olga = Browser::new(&running.url);
    follow(&mut olga, "/").await;
    assert_eq!(olga.get("/sign-in/fresh?to=/log").await.status, 403);
    let (_, page) = follow(&mut olga, "/sign-in/provider?to=/log&anew=true").await;
    assert!(page.status == 403 && page.html.contains("lacks the claim auth_time"), "{}", page.html);
    assert_eq!(olga.get("/").await.status, 200, "still signed in");
}
