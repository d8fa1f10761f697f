//! Who may do what, how often, and from where.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use directory::admin::{revoke_credential, set_settings, set_state};
use directory::{IntegrationSettings, IntegrationSlug, IntegrationState, IntegrationStore, Outcome, Scopes};
use events::Environment;
use futures::future::join_all;
use platform::clock;
use reqwest::Method;
use serde_json::json;
use testkit::entra::{Entra, group, user};
use uuid::Uuid;

use crate::harness::{Setup, TestGateway, assert_refused};

const SLUG: &str = "acme-production";

fn slug() -> IntegrationSlug {
    IntegrationSlug::parse(SLUG).unwrap()
}

async fn with_scopes(gateway: &TestGateway, names: &[&str]) -> Entra {
    let scopes = Scopes::parse(names.iter().copied()).unwrap();
    let (_, secret) = gateway.credential(SLUG, |wanted| wanted.scopes = scopes).await;
    let entra = gateway.entra.with_token(secret.as_deref());
    let is_known = async || entra.get("/Schemas").await.status == 200;
    testkit::eventually(Duration::from_secs(5), "the credential is known", is_known).await;
    entra
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_allows_one_kind_of_access_to_one_kind_of_resource() {
    let gateway = TestGateway::start().await;
    let person = gateway.entra.post("/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")).await.id();
    let mut team = group("Team", "g-1");
    team["members"] = json!([{ "value": person }]);
    let team = gateway.entra.post("/Groups", team).await.id();
    gateway.events().await;
    let (a_user, a_group) = (format!("/Users/{person}"), format!("/Groups/{team}"));
    let patch = json!([{ "op": "replace", "path": "displayName", "value": "New" }]);
    for (scope, allowed) in [
        ("users.read", [true, false, false, false]),
        ("users.write", [false, true, false, false]),
        ("groups.read", [false, false, true, false]),
        ("groups.write", [false, false, false, true]),
    ] {
        let entra = with_scopes(&gateway, &[scope]).await;
        let answers = [
            entra.get(&a_user).await,
            entra.patch(&a_user, patch.clone()).await,
            entra.get(&a_group).await,
            entra.patch(&a_group, patch.clone()).await,
        ];
        for (answer, allowed) in answers.iter().zip(allowed) {
            match allowed {
                true => assert!(matches!(answer.status, 200 | 204), "{scope}: {answer:?}"),
                false => {
                    assert_refused(answer, 403, None, scope);
                    assert!(answer.header("www-authenticate").contains("insufficient_scope"));
                }
            }
        }
        assert_refused(&entra.get("/").await, 403, None, "both kinds are searched");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_tells_nothing_that_the_scope_may_not_see() {
    let gateway = TestGateway::start().await;
    let person = gateway.entra.post("/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")).await.id();
    let mut team = group("Team", "g-1");
    team["members"] = json!([{ "value": person }]);
    let team = gateway.entra.post("/Groups", team).await.id();
    let users = with_scopes(&gateway, &["users.read"]).await;
    let (hit, miss) = (
        users.get(&format!("/Users?filter=groups.value+eq+%22{team}%22")).await,
        users.get("/Users?filter=groups.value+eq+%22x%22").await,
    );
    assert_refused(&hit, 403, None, "a filter by groups");
    assert_eq!(hit.body, miss.body, "hit and miss are answered alike");
    for query in
        ["filter=not+(groups+pr)", "filter=groups[value+eq+%22x%22]", "filter=userName+pr+and+groups+pr"]
    {
        assert_refused(&users.get(&format!("/Users?{query}")).await, 403, None, query);
    }
    assert_eq!(users.get(&format!("/Users/{person}")).await.body.get("groups"), None);
    assert_eq!(users.get("/Users").await.body["Resources"][0].get("groups"), None);

    let groups = with_scopes(&gateway, &["groups.read"]).await;
    let answer = groups.get(&format!("/Groups/{team}")).await;
    assert_eq!(answer.body["members"][0]["value"], person.as_str());
    assert_eq!(answer.body["members"][0].get("display"), None, "{answer:?}");
    let by_name = groups.get("/Groups?filter=members.display+eq+%22Ana+Silva%22").await;
    assert_refused(&by_name, 403, None, "a filter by names of members");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_write_users_reads_nobody_by_changing_nothing() {
    let gateway = TestGateway::start().await;
    let body = user("ana@contoso.example", "a-1", "Ana", "Silva");
    let path = format!("/Users/{}", gateway.entra.post("/Users", body.clone()).await.id());
    let entra = with_scopes(&gateway, &["users.write"]).await;
    let nothing = json!([{ "op": "replace", "path": "active", "value": true }]);
    for answer in [
        entra.patch(&path, json!([])).await,
        entra.patch(&path, nothing).await,
        entra.put(&path, body).await,
        entra.patch(&format!("{path}?attributes=emails"), json!([])).await,
    ] {
        assert_eq!((answer.status, &answer.body), (204, &serde_json::Value::Null), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_write_groups_is_answered_without_them() {
    let gateway = TestGateway::start().await;
    let person = gateway.entra.post("/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")).await.id();
    let entra = with_scopes(&gateway, &["groups.write"]).await;
    let mut body = group("Team", "g-1");
    body["members"] = json!([{ "value": person }]);
    let created = entra.post("/Groups", body.clone()).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.body.get("members"), None);
    let path = format!("/Groups/{}", created.id());
    assert_eq!(entra.put(&path, body).await.status, 204);
    let rename = json!([{ "op": "replace", "path": "displayName", "value": "Crew" }]);
    assert_eq!(entra.patch(&path, rename).await.status, 204);
    assert_eq!(gateway.entra.get(&path).await.body["displayName"], "Crew");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_that_is_paused_or_off_says_so_to_who_has_a_token() {
    let gateway = TestGateway::start().await;
    let store = gateway.store.as_ref();
    assert_eq!(gateway.entra.get("/Users").await.status, 200);
    for (state, status) in [
        (IntegrationState::Paused, 503),
        (IntegrationState::Enabled, 200),
        (IntegrationState::Disabled, 403),
        (IntegrationState::Detached, 403),
    ] {
        set_state(store, &slug(), state, Uuid::new_v4(), clock::now()).await.unwrap();
        let is_known = async || gateway.entra.get("/Users").await.status == status;
        testkit::eventually(Duration::from_secs(5), "the state is known", is_known).await;
        assert_eq!(gateway.entra.with_token(None).get("/Users").await.status, 401, "{state:?}");
        if state == IntegrationState::Paused {
            assert_eq!(gateway.entra.get("/Users").await.header("retry-after"), "60");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_has_a_rate_of_its_own_and_others_do_not_feel_it() {
    let gateway = TestGateway::start_with(|limits| limits.requests_per_second = 25).await;
    let other = gateway.integration("globex-production", Environment::Production).await;
    let statuses = |answers: Vec<testkit::entra::Answer>| -> Vec<u16> {
        answers.into_iter().map(|answer| answer.status).collect()
    };
    let at_once = join_all((0..25).map(|_| gateway.entra.get("/Schemas"))).await;
    assert!(statuses(at_once).iter().all(|status| *status == 200), "Entra's 25 in a second are served");
    let many = join_all((0..200).map(|_| gateway.entra.get("/Schemas"))).await;
    let refused = many.iter().find(|answer| answer.status == 429).expect("more are too many");
    assert_refused(refused, 429, None, "too many");
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(other.get("/Schemas").await.status, 200);

    own_rate(&gateway, 5_000).await;
    let newer = gateway.integration("newer-production", Environment::Production).await;
    let is_known = async || newer.get("/Schemas").await.status == 200;
    testkit::eventually(Duration::from_secs(10), "what came later is known", is_known).await;
    let many = join_all((0..200).map(|_| gateway.entra.get("/Schemas"))).await;
    assert!(statuses(many).contains(&429), "nobody gives themselves more than the installation does");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_may_be_given_a_lower_rate_than_the_others() {
    let gateway = TestGateway::start_with(|limits| limits.requests_per_second = 1_000).await;
    let other = gateway.integration("globex-production", Environment::Production).await;
    own_rate(&gateway, 25).await;
    let is_slowed = async |entra: &Entra| {
        let many = join_all((0..100).map(|_| entra.get("/Schemas"))).await;
        many.iter().any(|answer| answer.status == 429)
    };
    testkit::eventually(Duration::from_secs(10), "the rate is known", async || {
        is_slowed(&gateway.entra).await
    })
    .await;
    assert!(!is_slowed(&other).await);
}

async fn own_rate(gateway: &TestGateway, per_second: u32) {
    let settings = IntegrationSettings {
        requests_per_second: std::num::NonZeroU32::new(per_second),
        ..IntegrationSettings::default()
    };
    set_settings(gateway.store.as_ref(), &slug(), &settings, 1).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down_and_a_good_token_is_not() {
    let gateway = TestGateway::start_with(|limits| limits.refusals_per_minute = 10).await;
    let guess = gateway.entra.with_token(Some("ilx_production_0123456789abcdef_00_00000000"));
    let mut statuses = vec![];
    for _ in 0..12 {
        statuses.push(guess.get("/Users").await.status);
    }
    assert_eq!(statuses[..10], [401; 10]);
    assert_eq!(statuses[11], 429);
    assert_eq!(gateway.entra.get("/Users").await.status, 200, "from the same address");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_may_be_tied_to_networks_and_a_proxy_says_who_comes() {
    let trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let gateway = TestGateway::start_as(Setup { trusted_proxies, ..Setup::default() }).await;
    let networks = vec!["192.0.2.0/24".parse().unwrap()];
    let (id, secret) = gateway.credential(SLUG, |wanted| wanted.networks = networks).await;
    let entra = gateway.entra.with_token(secret.as_deref());
    let from = async |address: &str| entra.get_with("/Users", &[("x-forwarded-for", address)]).await.status;
    let is_known = async || from("192.0.2.7").await == 200;
    testkit::eventually(Duration::from_secs(5), "the credential is known", is_known).await;
    assert_eq!(from("198.51.100.7").await, 401);
    assert_eq!(from("192.0.2.7, 198.51.100.7").await, 401, "the nearest hop counts");
    assert_eq!(entra.get("/Users").await.status, 401);
    let elsewhere = gateway.logged(SLUG, |entry| entry.origin.address == "198.51.100.7".parse().ok()).await;
    assert_eq!(elsewhere.outcome, Outcome::Denied);
    assert_eq!(elsewhere.origin.credential, Some(id));
    let mismatch = elsewhere.mismatch.unwrap();
    assert_eq!((mismatch.expected.as_str(), mismatch.received.as_str()), ("192.0.2.0/24", "198.51.100.7"));

    let plain = gateway.entra.get_with("/Users", &[("x-forwarded-proto", "http")]).await;
    assert_refused(&plain, 403, None, "without TLS");
    assert_eq!(plain.header("location"), "", "nobody is sent to another address with a token in hand");
    let believes_no_proxy = TestGateway::start().await;
    let plain = believes_no_proxy.entra.get_with("/Users", &[("x-forwarded-proto", "http")]).await;
    assert_refused(&plain, 403, None, "without TLS");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_64_creations_of_one_user_wins() {
    let gateway = TestGateway::start().await;
    let bodies = (0..64).map(|n| user("ana@contoso.example", &format!("a-{n}"), "Ana", "Silva"));
    let answers = join_all(bodies.map(|body| gateway.entra.post("/Users", body))).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(201), count(409)), (1, 63));
    let refused = answers.iter().find(|answer| answer.status == 409).unwrap();
    assert_refused(refused, 409, Some("uniqueness"), "taken");
}

/// Rotation and revocation while requests come without a pause.
#[tokio::test(flavor = "multi_thread")]
async fn no_request_with_a_valid_token_fails_while_tokens_come_and_go() {
    let gateway = TestGateway::start().await;
    let (old_id, old) = gateway.credential(SLUG, |_| {}).await;
    let old = gateway.entra.with_token(old.as_deref());
    let is_known = async |entra: &Entra| entra.get("/Users?count=1").await.status == 200;
    testkit::eventually(Duration::from_secs(5), "it is known", async || is_known(&old).await).await;

    let stop = AtomicBool::new(false);
    let steady = async |entra: &Entra, stop: &AtomicBool| {
        let mut statuses = std::collections::BTreeMap::<u16, u32>::new();
        while !stop.load(Ordering::Relaxed) {
            *statuses.entry(entra.get("/Users?count=1").await.status).or_default() += 1;
        }
        statuses
    };
    let rotating = async {
        let store = gateway.store.as_ref();
        let mut last = (old_id, old.clone());
        for _ in 0..3 {
            let (id, secret) = gateway.credential(SLUG, |_| {}).await;
            let new = gateway.entra.with_token(secret.as_deref());
            testkit::eventually(Duration::from_secs(5), "it is known", async || is_known(&new).await).await;
            let is_over = AtomicBool::new(false);
            let revoking = async {
                revoke_credential(store, &slug(), &last.0, "test", clock::now()).await.unwrap();
                let gone = async || last.1.get("/Users?count=1").await.status == 401;
                testkit::eventually(Duration::from_secs(5), "a revoked one is refused", gone).await;
                is_over.store(true, Ordering::Relaxed);
            };
            let (statuses, ()) = futures::join!(steady(&new, &is_over), revoking);
            assert_eq!(statuses.keys().collect::<Vec<_>>(), [&200], "of the successor: {statuses:?}");
            last = (id, new);
        }
        stop.store(true, Ordering::Relaxed);
    };
    let (one, two, ()) =
        futures::join!(steady(&gateway.entra, &stop), steady(&gateway.entra, &stop), rotating);
    for statuses in [one, two] {
        assert_eq!(statuses.keys().collect::<Vec<_>>(), [&200], "{statuses:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn uses_of_a_credential_are_counted_with_the_last_address_and_agent() {
    let gateway = TestGateway::start().await;
    let (id, secret) = gateway.credential(SLUG, |_| {}).await;
    let entra = gateway.entra.with_token(secret.as_deref());
    let headers = [("user-agent", "probe/1\t\u{e9}x")];
    let ask = async || entra.send(Method::GET, "/Schemas", &headers, None).await.status == 200;
    testkit::eventually(Duration::from_secs(5), "the credential is known", ask).await;
    assert!(ask().await && ask().await);
    let usage = async || {
        let registration = gateway.store.registration(&slug()).await.unwrap().unwrap();
        registration.credentials.into_iter().find(|known| known.id == id).unwrap().usage
    };
    let used = async || usage().await.count == 3;
    testkit::eventually(Duration::from_secs(15), "the three uses are written", used).await;
    let last = usage().await.last.unwrap();
    assert_eq!((last.address, last.agent.as_deref()), ("127.0.0.1".parse().ok(), Some("probe/1x")));
}
