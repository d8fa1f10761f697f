//! scim-gateway and user-sync as two processes on PostgreSQL and RabbitMQ, and what happens when one of the four is
//! away.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

#[path = "pair/balancer.rs"]
mod balancer;
#[path = "pair/processes.rs"]
mod processes;
#[path = "pair/starting.rs"]
mod starting;
#[path = "pair/telemetry.rs"]
mod telemetry;

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use testkit::entra::{Entra, USER, user};
use testkit::person::Person;

use balancer::Balancer;
use processes::{ADMIN_KEY, OAUTH_KEY, Pair};

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

const UNSENT: &str = "select count(*) from directory.outbox";

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

/// As if the LMS had been restored from a backup of before the person came.
const FORGET_PEOPLE: &str = "
    set session_replication_role = replica;
    delete from sync.inbox; delete from sync.effect_member; delete from sync.effect; delete from sync.edge;
    delete from sync.provenance; delete from sync.link; delete from lms.cohort_membership;
    delete from lms.headcount; delete from lms.learner; delete from lms.cohort;";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_restored_lms_has_lost_is_published_again() {
    let pair = Pair::start().await;
    let person = Person::hired(pair.entra(), pair.lms()).await;
    person_change(&pair, &person, "Welder").await;
    person.until_learner("has a title", |l| l["job_title"] == "Welder").await;
    pair.lms_database.execute(FORGET_PEOPLE).await;
    assert_eq!(pair.lms_database.query_i64("select count(*) from lms.learner").await, 0);

    let hour_ago = (platform::clock::now() - chrono::Duration::hours(1)).to_rfc3339();
    let replayed = pair.administrator().post("/demo-production/replays", json!({ "since": hour_ago })).await;
    assert_eq!((replayed.status, &replayed.body["next"]), (200, &json!(null)), "{replayed:?}");
    assert!(replayed.body["replayed"].as_u64().unwrap() >= 4, "{replayed:?}");
    person.until_learner("is back", |l| l["job_title"] == "Welder" && l["status"] == "active").await;
    let members = "select count(*) from lms.cohort_membership";
    testkit::eventually(Duration::from_secs(20), "the cohort has its member", async || {
        pair.lms_database.query_i64(members).await == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_the_lms_that_was_damaged_is_mended_by_a_snapshot_of_its_user() {
    let pair = Pair::start().await;
    let person = Person::hired(pair.entra(), pair.lms()).await;
    person_change(&pair, &person, "Welder").await;
    person.until_learner("has a title", |l| l["job_title"] == "Welder").await;
    let damage = "set session_replication_role = replica; update lms.learner set job_title = 'damaged'";
    pair.lms_database.execute(damage).await;
    let only = json!({ "user": person.scim_id });
    let begun = pair.administrator().post("/demo-production/snapshots", only).await;
    assert_eq!(begun.status, 202, "{begun:?}");
    person.until_learner("is mended", |l| l["job_title"] == "Welder").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_gave_up_is_seen_and_tried_again() {
    let mut pair = Pair::start().await;
    let person = Person::hired(pair.entra(), pair.lms()).await;
    pair.kill_user_sync();
    person_change(&pair, &person, "given up").await;
    testkit::eventually(Duration::from_secs(20), "the gateway is done with it", async || {
        pair.directory.query_i64(UNSENT).await == 0
    })
    .await;
    pair.give_up_next_message().await;
    pair.start_user_sync().await;

    let administrator = pair.lms_administrator();
    let parked = async || administrator.get("/parked?reason=given_up").await.body["items"].clone();
    testkit::eventually(Duration::from_secs(20), "administrators see it", async || {
        parked().await.as_array().is_some_and(|items| items.len() == 1)
    })
    .await;
    let case = parked().await[0].clone();
    assert!(
        case["reason"].as_str().unwrap().starts_with("it was given up: the broker gave it up: "),
        "{case}"
    );
    assert_eq!(
        (&case["next_try_at"], &case["subject"]),
        (&json!(null), &json!(format!("Users/{}", person.scim_id)))
    );
    let retry = format!("/parked/{}/retry", case["event_id"].as_str().unwrap());
    assert_eq!(administrator.post(&retry, json!({})).await.status, 202);
    testkit::eventually(Duration::from_secs(60), "it is applied after all", async || {
        pair.lms_database.query_i64("select count(*) from sync.parked_event").await == 0
    })
    .await;
    person.until_learner("follows", |l| l["job_title"] == "given up").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_told_to_end_fails_no_request() {
    let mut pair = Pair::start().await;
    let second = pair.start_second_gateway().await;
    let load = Balancer::in_front_of([pair.first_gateway(), second]).load();
    load.answers(100).await;
    pair.terminate_gateway();
    load.leaves_the_first().await;
    // The second signal ends the wait for balancers.
    pair.terminate_gateway();
    pair.gateway_ends().await;
    load.answers(100).await;
    load.stop().await;
    testkit::eventually(Duration::from_secs(20), "the outbox is empty", async || {
        pair.directory.query_i64(UNSENT).await == 0
    })
    .await;
}

/// Values that must be found in the two databases and in events alone, and of secrets nowhere at all.
#[tokio::test(flavor = "multi_thread")]
async fn secrets_and_people_are_in_no_log_and_in_no_error() {
    const PEOPLE: [&str; 4] = ["canary.name", "Canarygiven", "Canaryfamily", "+15550009999"];
    let pair = Pair::start_logging("trace").await;
    let entra = pair.entra();
    let token = entra.token().unwrap().to_owned();
    let mut body = user("canary.name@contoso.example", "c-1", "Canarygiven", "Canaryfamily");
    body["phoneNumbers"] = json!([{ "type": "mobile", "value": "+15550009999" }]);
    body["password"] = json!("canary-password");
    let created = entra.post("/Users", body.clone()).await;
    assert_eq!(created.status, 201);
    let path = format!("/Users/{}", created.id());
    let wrong = json!([{ "op": "Replace", "path": "active", "value": "canary.name" }]);
    let nameless = json!([{ "op": "Replace", "path": "userName", "value": "" }]);
    let mut list = body.clone();
    list["emails"] = json!([{ "value": "canary.name", "type": "work" }]);
    let mut too_long = body.clone();
    too_long["displayName"] = json!("Canarygiven".repeat(2_000));
    let almost = format!("{}x", &token[..token.len() - 1]);
    let (client_secret, access_token) = access(&pair).await;
    let assertion = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJjYW5hcnkifQ.Y2FuYXJ5LXNpZ25hdHVyZQ";
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ];
    assert_eq!(token_request(&entra, &form).await.status(), 401);
    assert_eq!(entra.with_token(Some(&access_token)).get("/Users").await.status, 200);
    assert_eq!(entra.with_token(Some(assertion)).get("/Users").await.status, 401);
    let secrets = [&*token, &*almost, &*client_secret, &*access_token, assertion, "canary-password"];
    let errors = [
        entra.post("/Users", body.clone()).await,
        entra.patch(&path, wrong).await,
        entra.patch(&path, nameless).await,
        entra.put(&path, list).await,
        entra.put(&path, too_long).await,
        entra.get("/Users?filter=nickname2+eq+%22Canarygiven%22").await,
        entra.get("/Users?filter=displayName+eq+Canarygiven+Canaryfamily").await,
        entra.get("/Users?count=canary.name").await,
        entra
            .patch(&path, json!([{ "op": "add", "path": "emails[value eq \"canary.name\"", "value": "x" }]))
            .await,
        entra.get("/Users?filter=userName+eq+Canaryfamily").await,
        entra.get("/Users/canary.name@contoso.example").await,
        entra.with_token(Some(&almost)).get("/Users").await,
        entra.send(Method::POST, "/Users", &[], Some(b"{\"userName\": \"canary.name\", ".to_vec())).await,
    ];
    for answer in &errors {
        assert!(answer.status >= 400, "{answer:?}");
        for canary in PEOPLE.into_iter().chain(secrets) {
            assert!(!answer.body.to_string().contains(canary), "{canary}: {answer:?}");
        }
    }
    let learner = async || pair.lms().active_learner("canary.name@contoso.example").await.is_some();
    testkit::eventually(Duration::from_secs(20), "the learner is there", learner).await;

    let logs = pair.logs();
    assert!(logs.contains("request answered"), "the processes log");
    for canary in PEOPLE.into_iter().chain(secrets).chain([OAUTH_KEY, ADMIN_KEY]) {
        let lines: Vec<&str> = logs.lines().filter(|line| line.contains(canary)).collect();
        assert_eq!(lines, Vec::<&str>::new(), "{canary}");
    }
    for table in ["event_log", "outbox", "provisioning_log", "scim_user", "credential", "act"] {
        for secret in secrets {
            let count = format!("select count(*) from directory.{table} t where t::text like '%{secret}%'");
            assert_eq!(pair.directory.query_i64(&count).await, 0, "{table}: {secret}");
        }
    }
    for table in ["lms.learner", "sync.link", "sync.effect", "sync.act", "sync.inbox", "sync.parked_event"] {
        for secret in secrets {
            let count = format!("select count(*) from {table} t where t::text like '%{secret}%'");
            assert_eq!(pair.lms_database.query_i64(&count).await, 0, "{table}: {secret}");
        }
    }
    for person in PEOPLE {
        for table in ["provisioning_log", "act", "credential"] {
            let count = format!("select count(*) from directory.{table} t where t::text like '%{person}%'");
            assert_eq!(pair.directory.query_i64(&count).await, 0, "{table}: {person}");
        }
    }
}

/// Secret of a new client, and the access token that it gets.
async fn access(pair: &Pair) -> (String, String) {
    let wanted = json!({ "kind": "client", "name": "canary" });
    let made = pair.administrator().post("/demo-production/credentials", wanted).await;
    assert_eq!(made.status, 201, "{made:?}");
    let (id, secret) = (made.body["id"].as_str().unwrap(), made.body["secret"].as_str().unwrap());
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let granted = token_request(&pair.entra(), &form).await;
    let granted: serde_json::Value = granted.json().await.unwrap();
    (secret.to_owned(), granted["access_token"].as_str().unwrap().to_owned())
}

async fn token_request(entra: &Entra, form: &[(&str, &str)]) -> reqwest::Response {
    let url = entra.base().replace("/scim/v2", "/oauth2/token");
    reqwest::Client::new().post(url).form(form).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_setting_stops_the_start_with_its_name() {
    for (name, value, expected) in [
        ("ILLUXI__DATABASE__POOLSIZE", "3", "poolsize"),
        ("ILLUXI__DATABASE__POOL_SIZE", "many", "database.pool_size"),
        ("ILLUXI__DATABASE__POOL_SIZE", "3", "`database.pool_size`: must be 4 or more"),
        ("ILLUXI__PUBLIC__TRUSTED_PROXIES", "10.0.0.1/8", "write 10.0.0.0/8"),
        ("ILLUXI__TRACES__ENDPOINT", "collector:4318", "`traces.endpoint`: must be an address such as http"),
        ("ILLUXI__TRACES__RATIO", "3", "`traces.ratio`: must be from 0 to 1"),
        ("ILLUXI__LOG__FORMAT", "xml", "expected `json` or `text`"),
        ("ILLUXI__ADMIN__KEY", "short", "admin.key"),
        ("ILLUXI__OAUTH__KEY", "short", "oauth.key"),
        ("ILLUXI__OAUTH__KEY", ADMIN_KEY, "oauth.key"),
        ("ILLUXI__PUBLIC__BASE_URL", "nonsense", "public.base_url"),
        ("ILLUXI__LOG__FILTER", "wran", "log.filter"),
        ("ILLUXI__OAUTH__TOKEN_SECONDS", "5", "oauth.token_seconds"),
        ("ILLUXI__LIMITS__REQUESTS_PER_SECOND", "24", "limits.requests_per_second"),
        ("ILLUXI__FEDERATION__AUTHORITY", "http://evil.example", "federation.authority"),
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
