//! Access tokens of ours, those of Entra, and assertions.

use std::time::Duration;

use directory::admin::{NewProof, revoke_credential};
use directory::{IntegrationSlug, LoggedRequest, Mismatch, Outcome, Scopes, TenantId};
use events::Environment;
use platform::clock;
use reqwest::{Method, StatusCode};
use scim_gateway::settings::FederationSettings;
use serde_json::{Value, json};
use testkit::entra::{Entra, user};
use testkit::issuer::{self, Behaviour, Issuer};

use crate::harness::{Setup, TestGateway, assert_refused};

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const OTHER_TENANT: &str = "11111111-2222-3333-4444-555555555555";
const APP: &str = "5f3a";
const OBJECT: &str = "9b1c";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A gateway that takes a stand-in for Entra's issuer.
struct House {
    gateway: TestGateway,
    issuer: Issuer,
}

impl House {
    async fn new() -> Self {
        let issuer = Issuer::start().await;
        let entra = FederationSettings::default();
        let federation =
            FederationSettings { authority: issuer.url().to_owned(), plain_http_on_loopback: true, ..entra };
        let gateway = TestGateway::start_as(Setup { federation, ..Setup::default() }).await;
        Self { gateway, issuer }
    }

    async fn federated(&self) -> String {
        let tenant = TenantId::parse(TENANT).unwrap();
        let proof =
            NewProof::Federated { tenant, audience: format!("api://{APP}"), subject: OBJECT.to_owned() };
        self.gateway.credential("acme-production", |wanted| wanted.proof = proof).await.0.as_str().to_owned()
    }

    async fn trust_entra(&self) {
        let tenant = TenantId::parse(TENANT).unwrap();
        let proof = NewProof::Entra { tenant, audience: issuer::ENTRA_PROVISIONING.to_owned() };
        self.gateway.credential("acme-production", |wanted| wanted.proof = proof).await;
    }

    fn assertion(&self) -> Value {
        issuer::federation_assertion(TENANT, APP, OBJECT, clock::now().timestamp())
    }

    fn access_token(&self) -> Value {
        issuer::access_token(TENANT, APP, OBJECT, clock::now().timestamp())
    }

    async fn exchange(&self, assertion: &str, client_id: &str) -> Granted {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", assertion),
        ];
        ask(&self.gateway, "acme-production", &form).await
    }

    async fn enter(&self, token: &str) -> u16 {
        self.gateway.entra.with_token(Some(token)).get("/Users").await.status
    }
}

struct Granted {
    status: StatusCode,
    body: Value,
}

impl Granted {
    fn token(&self) -> &str {
        self.body["access_token"].as_str().unwrap_or_else(|| panic!("{}", self.body))
    }
}

async fn ask(gateway: &TestGateway, slug: &str, form: &[(&str, &str)]) -> Granted {
    let url = format!("{}/integrations/{slug}/oauth2/token", gateway.origin());
    let answer = reqwest::Client::new().post(url).form(form).send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    Granted { status: answer.status(), body: answer.json().await.unwrap() }
}

async fn client(gateway: &TestGateway, scopes: &[&str]) -> (String, String) {
    let scopes = Scopes::parse(scopes.iter().copied()).unwrap();
    let (id, secret) = gateway
        .credential("acme-production", |wanted| {
            wanted.proof = NewProof::Client;
            wanted.scopes = scopes;
        })
        .await;
    (id.as_str().to_owned(), secret.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_gets_an_access_token_for_its_secret() {
    let gateway = TestGateway::start().await;
    let (id, secret) = client(&gateway, &["users.read", "users.write"]).await;
    let form = [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", &secret)];
    let granted = ask(&gateway, "acme-production", &form).await;
    assert_eq!(granted.status, 200, "{}", granted.body);
    assert_eq!(granted.body["token_type"], "Bearer");
    assert_eq!(granted.body["expires_in"], 3_600);
    assert_eq!(granted.body["scope"], "users.read users.write");
    let entra = gateway.entra.with_token(Some(granted.token()));
    assert_eq!(entra.post("/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")).await.status, 201);
    assert_refused(&entra.get("/Groups").await, 403, None, "outside its scopes");
    assert_eq!(
        gateway.entra.with_token(Some(&secret)).get("/Users").await.status,
        401,
        "it is no bearer token"
    );

    let less = [&form[..], &[("scope", "users.read openid api://x/.default")]].concat();
    let granted = ask(&gateway, "acme-production", &less).await;
    assert_eq!(granted.body["scope"], "users.read");
    let entra = gateway.entra.with_token(Some(granted.token()));
    let refused = entra.post("/Users", user("bea@contoso.example", "b-1", "Bea", "Costa")).await;
    assert_refused(&refused, 403, None, "less was asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_came_without_tls_gets_no_token() {
    let gateway = TestGateway::start().await;
    let (id, secret) = client(&gateway, &["users.read"]).await;
    let url = format!("{}/integrations/acme-production/oauth2/token", gateway.origin());
    let form = [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", &secret)];
    let request = reqwest::Client::new().post(url).header("x-forwarded-proto", "http").form(&form);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.json::<Value>().await.unwrap()["error"], "invalid_request");
    let entry = gateway.logged("acme-production", |entry| entry.reason.is_some()).await;
    assert_eq!(entry.outcome, Outcome::Denied);
    assert_eq!(entry.reason.unwrap(), "This service is reached over TLS only.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_shows_who_it_is_in_one_way_and_by_basic_too() {
    let gateway = TestGateway::start().await;
    let (id, secret) = client(&gateway, &["users.read"]).await;
    let url = format!("{}/integrations/acme-production/oauth2/token", gateway.origin());
    let form = [("grant_type", "client_credentials")];
    let post = || reqwest::Client::new().post(&url);
    let basic = post().basic_auth(&id, Some(&secret)).form(&form).send().await.unwrap();
    assert_eq!(basic.status(), 200);
    let both = [form[0], ("client_id", &id), ("client_secret", &secret)];
    let twice = post().basic_auth(&id, Some(&secret)).form(&both).send().await.unwrap();
    assert_eq!(twice.status(), 400);
    let wrong_id = [form[0], ("client_id", "0123456789abcdef"), ("client_secret", &secret)];
    for (form, status, error) in [
        (&wrong_id[..], 401, "invalid_client"),
        (&[form[0], ("client_id", &id), ("client_secret", "ilx_production_x")], 401, "invalid_client"),
        (&[form[0]], 401, "invalid_client"),
        (&[("grant_type", "password"), both[1], both[2]], 400, "unsupported_grant_type"),
        (&[both[1], both[2]], 400, "unsupported_grant_type"),
        (&[both[0], both[1], both[1], both[2]], 400, "invalid_request"),
        (&[both[0], both[2]], 400, "invalid_request"),
    ] {
        let refused = ask(&gateway, "acme-production", form).await;
        assert_eq!((refused.status.as_u16(), &refused.body["error"]), (status, &json!(error)), "{form:?}");
        assert!(!refused.body.to_string().contains(&secret));
    }
    assert_eq!(ask(&gateway, "unknown", &both).await.status, 401);
    gateway.integration("acme-staging", Environment::Staging).await;
    assert_eq!(ask(&gateway, "acme-staging", &both).await.status, 401, "another integration's address");
    let get = reqwest::Client::new().get(&url).send().await.unwrap();
    assert_eq!(get.status(), 405);
    let body = json!({ "grant_type": "client_credentials" });
    assert_eq!(post().json(&body).send().await.unwrap().status(), 400, "not a form");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_is_no_better_than_its_credential_and_opens_one_address() {
    let gateway = TestGateway::start().await;
    let (id, secret) = client(&gateway, &["users.read"]).await;
    let form = [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", &secret)];
    let token = ask(&gateway, "acme-production", &form).await.token().to_owned();
    let staging = gateway.integration("acme-staging", Environment::Staging).await;
    assert_eq!(gateway.entra.with_token(Some(&token)).get("/Users").await.status, 200);
    assert_eq!(staging.with_token(Some(&token)).get("/Users").await.status, 401);
    let refused = gateway.log("acme-staging", 1).await;
    assert_eq!(refused[0].request.reason.as_deref(), Some("the access token is of another integration"));

    let [header, claims, signature]: [&str; 3] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    for forged in [
        format!("{header}.{claims}."),
        format!("eyJhbGciOiJub25lIn0.{claims}."),
        format!("eyJhbGciOiJub25lIn0.{claims}.{signature}"),
        format!("{header}.{claims}x.{signature}"),
        "a.b.c".to_owned(),
        "..".to_owned(),
        format!("{header}.{claims}.{}", "A".repeat(100_000)),
    ] {
        let answer = gateway.entra.with_token(Some(&forged)).get("/Users").await;
        assert!(matches!(answer.status, 401 | 431 | 400), "{}", answer.status);
    }

    let slug = IntegrationSlug::parse("acme-production").unwrap();
    let id = directory::CredentialId::parse(&id).unwrap();
    revoke_credential(gateway.store.as_ref(), &slug, &id, "test", clock::now()).await.unwrap();
    let entra = gateway.entra.with_token(Some(&token));
    let is_refused = async || entra.get("/Users").await.status == 401;
    testkit::eventually(Duration::from_secs(5), "the revocation is known", is_refused).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assertion_of_the_right_principal_is_worth_an_access_token() {
    let house = House::new().await;
    let id = house.federated().await;
    let granted = house.exchange(&house.issuer.sign(&house.assertion()), &id).await;
    assert_eq!(granted.status, 200, "{}", granted.body);
    assert_eq!(house.enter(granted.token()).await, 200);
    let assertion = house.issuer.sign(&house.assertion());
    assert_eq!(house.enter(&assertion).await, 401, "the assertion itself is no bearer token");
    assert_eq!(house.exchange(&assertion, "0123456789abcdef").await.status, 401);

    let wrong: [(&str, Value); 8] = [
        ("iss", json!(format!("https://login.microsoftonline.com/{OTHER_TENANT}/v2.0"))),
        ("iss", json!("https://evil.example/v2.0")),
        ("tid", json!(OTHER_TENANT)),
        ("aud", json!("api://another")),
        ("sub", json!("another")),
        ("exp", json!(clock::now().timestamp() - 120)),
        ("nbf", json!(clock::now().timestamp() + 600)),
        ("exp", json!("tomorrow")),
    ];
    for (claim, value) in wrong {
        let mut claims = house.assertion();
        claims[claim] = value.clone();
        let refused = house.exchange(&house.issuer.sign(&claims), &id).await;
        assert_eq!(refused.status, 401, "{claim} {value}");
        assert_eq!(refused.body["error"], "invalid_client");
    }
    let of_another = |entry: &LoggedRequest| {
        entry.reason.as_deref() == Some("the assertion is of another service principal")
    };
    let mismatch = house.gateway.logged("acme-production", of_another).await.mismatch.unwrap();
    assert_eq!((mismatch.expected.as_str(), mismatch.received.as_str()), (OBJECT, "another"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_that_entra_sends_by_itself_is_taken_of_the_pinned_tenant_only() {
    let house = House::new().await;
    let token = house.issuer.sign(&house.access_token());
    assert_eq!(house.enter(&token).await, 401, "nobody trusts Entra yet");
    assert_eq!(house.issuer.fetches(), 0);
    house.trust_entra().await;
    // Refused less often than an integration's log takes such requests in a minute: the one below must stand there.
    let pace = tokio::sync::Mutex::new(tokio::time::interval(Duration::from_millis(100)));
    let is_known = async || {
        pace.lock().await.tick().await;
        house.enter(&token).await == 200
    };
    testkit::eventually(Duration::from_secs(5), "the credential is known", is_known).await;
    let staging = house.gateway.integration("acme-staging", Environment::Staging).await;
    assert_eq!(staging.with_token(Some(&token)).get("/Users").await.status, 401);

    let claims = issuer::access_token(OTHER_TENANT, APP, OBJECT, clock::now().timestamp());
    assert_eq!(house.enter(&house.issuer.sign(&claims)).await, 401, "another tenant with the same audience");
    let expected = Mismatch {
        expected: format!("https://sts.windows.net/{TENANT}/"),
        received: format!("https://sts.windows.net/{OTHER_TENANT}/"),
    };
    let of_other_tenant = |entry: &LoggedRequest| entry.mismatch.as_ref() == Some(&expected);
    let entry = house.gateway.logged("acme-production", of_other_tenant).await;
    assert_eq!(entry.outcome, Outcome::Denied);
    for (claim, value) in
        [("tid", json!(OTHER_TENANT)), ("aud", json!("https://graph.microsoft.com")), ("aud", json!(7))]
    {
        let mut claims = house.access_token();
        claims[claim] = value;
        assert_eq!(house.enter(&house.issuer.sign(&claims)).await, 401, "{claim}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_of_a_token_choose_nothing_and_a_storm_of_unknown_keys_is_none() {
    let house = House::new().await;
    house.trust_entra().await;
    let good = house.issuer.sign(&house.access_token());
    let is_known = async || house.enter(&good).await == 200;
    testkit::eventually(Duration::from_secs(5), "the credential is known", is_known).await;
    let evil = Issuer::start().await;
    let fetches = house.issuer.fetches();
    for header in [
        json!({ "alg": "none" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "made-up" }),
        json!({ "crit": ["exp"] }),
        json!({ "kid": "../../../etc/passwd" }),
        json!({ "kid": "'; drop table credential; --" }),
        json!({ "kid": null }),
    ] {
        let token = house.issuer.sign_with(&header, &house.access_token());
        assert_eq!(house.enter(&token).await, 401, "{header}");
    }
    let own_keys = json!({ "jku": evil.keys_url(), "x5u": evil.keys_url(), "jwk": { "kty": "RSA" } });
    assert_eq!(house.enter(&evil.sign_with(&own_keys, &house.access_token())).await, 401);
    let ignored = house.issuer.sign_with(&own_keys, &house.access_token());
    assert_eq!(house.enter(&ignored).await, 200, "what is not looked at does no harm");
    assert_eq!(evil.fetches(), 0, "no address of a token is ever called");
    assert!(house.issuer.fetches() <= fetches + 1, "unknown keys are looked for once a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_keys_of_the_issuer_nobody_is_let_in_and_it_heals() {
    let house = House::new().await;
    house.trust_entra().await;
    house.issuer.behave(Behaviour::Fails);
    let token = house.issuer.sign(&house.access_token());
    let entra: Entra = house.gateway.entra.with_token(Some(&token));
    let answered = async || entra.get("/Users").await.status == 503;
    testkit::eventually(Duration::from_secs(5), "the credential is known", answered).await;
    let answer = entra.get("/Users").await;
    assert_refused(&answer, 503, None, "no keys");
    assert_eq!(answer.header("retry-after"), "5");

    house.issuer.behave(Behaviour::Serves);
    let heals = async || entra.get("/Users").await.status == 200;
    testkit::eventually(Duration::from_secs(20), "the keys are fetched again", heals).await;
}

/// What costs nothing to send must not cost much to refuse, nor fill the log.
#[tokio::test(flavor = "multi_thread")]
async fn requests_without_a_good_proof_are_counted_whatever_they_lack() {
    for form in [
        &[("grant_type", "password")][..],
        &[("grant_type", "client_credentials")],
        &[("grant_type", "client_credentials"), ("client_secret", "x")],
        &[("grant_type", "client_credentials"), ("client_id", "x"), ("client_secret", "x")],
    ] {
        let gateway = TestGateway::start_with(|limits| limits.refusals_per_minute = 3).await;
        let (id, secret) = client(&gateway, &["users.read"]).await;
        let mut statuses = vec![];
        for _ in 0..5 {
            statuses.push(ask(&gateway, "acme-production", form).await.status.as_u16());
        }
        assert!(!statuses[..3].contains(&429) && statuses[4] == 429, "{form:?}: {statuses:?}");
        let good = [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", &secret)];
        assert_eq!(ask(&gateway, "acme-production", &good).await.status, 200, "from the same address");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_form_is_refused_before_it_is_read() {
    let gateway = TestGateway::start().await;
    let (id, secret) = client(&gateway, &["users.read"]).await;
    let url = format!("{}/integrations/acme-production/oauth2/token", gateway.origin());
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let send = async |method: Method, headers: &[(&str, &str)], body: String| {
        let mut request = reqwest::Client::new().request(method, &url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let allowed = answer.headers().get("allow").map(|methods| methods.to_str().unwrap().to_owned());
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        assert!(status == 200 || body["error"] == "invalid_request", "{body}");
        (status, allowed)
    };
    let of_type = |text| [("content-type", text)];
    let plain = "application/x-www-form-urlencoded";
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let (status, allowed) = send(method, &[], String::new()).await;
        assert_eq!((status, allowed.as_deref()), (405, Some("POST")));
    }
    let long = format!("{form}&x={}", "x".repeat(32 * 1024));
    assert_eq!(send(Method::POST, &of_type(plain), long).await.0, 413);
    let many = format!("{form}{}", "&x".repeat(100));
    assert_eq!(send(Method::POST, &of_type(plain), many).await.0, 400);
    let packed = [("content-type", plain), ("content-encoding", "gzip")];
    assert_eq!(send(Method::POST, &packed, form.clone()).await.0, 415);
    for (content_type, status) in [
        (plain, 200),
        ("Application/X-WWW-Form-Urlencoded; Charset=\"UTF-8\"", 200),
        ("application/x-www-form-urlencoded; charset=utf-16", 400),
        ("application/json", 400),
    ] {
        assert_eq!(
            send(Method::POST, &of_type(content_type), form.clone()).await.0,
            status,
            "{content_type}"
        );
    }
}
