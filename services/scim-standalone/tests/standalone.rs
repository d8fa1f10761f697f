//! The whole product in one process, end to end.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

use std::path::Path;
use std::thread::JoinHandle;

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use platform::shutdown::Shutdown;
use platform::telemetry::TraceSettings;
use scim_gateway::bootstrap::BootstrapFile;
use scim_gateway::settings::FederationSettings;
use scim_standalone::{ServeOptions, Standalone};
use serde_json::{Value, json};
use testkit::collector::{Collector, ToldSpan};
use testkit::entra::{Entra, user};
use testkit::issuer::{self, Issuer};
use testkit::lms_reader::LmsReader;
use testkit::person::Person;

/// A standalone on ports of its own, in a thread of its own, until it is dropped.
struct Running {
    file: BootstrapFile,
    first_start: bool,
    shutdown: Shutdown,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    fn start(folder: &Path) -> Self {
        Self::start_as(folder, None)
    }

    fn start_as(folder: &Path, profile: Option<&str>) -> Self {
        Self::start_with(folder, profile, FederationSettings::default())
    }

    fn start_with(folder: &Path, profile: Option<&str>, federation: FederationSettings) -> Self {
        Self::start_tracing(folder, profile, federation, TraceSettings::default())
    }

    fn start_tracing(
        folder: &Path,
        profile: Option<&str>,
        federation: FederationSettings,
        traces: TraceSettings,
    ) -> Self {
        let options = ServeOptions {
            data_dir: folder.to_owned(),
            listen: "127.0.0.1:0".parse().unwrap(),
            admin_listen: "127.0.0.1:0".parse().unwrap(),
            console_listen: "127.0.0.1:0".parse().unwrap(),
            console_base_url: None,
            base_url: None,
            trusted_proxies: vec![],
            federation,
            bootstrap_file: folder.join("bootstrap.json"),
            profile: profile.map(str::to_owned),
            traces,
        };
        let shutdown = Shutdown::new();
        let until = shutdown.clone();
        let (opened, open) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let standalone = Standalone::open(&options).await.unwrap();
                let bootstrapped = &standalone.bootstrapped;
                opened.send((bootstrapped.file.clone(), bootstrapped.first_start)).unwrap();
                standalone.serve(&until).await.unwrap();
            });
        });
        let (file, first_start) = open.recv().unwrap();
        Self { file, first_start, shutdown, thread: Some(thread) }
    }

    fn entra(&self) -> Entra {
        Entra::new(&self.file.scim_url, &self.file.scim_token)
    }

    fn lms(&self) -> LmsReader {
        LmsReader::new(&self.file.admin_url, &self.file.admin_token, "demo-production")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.request();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_lives_through_it() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path());
    let mut person = Person::hired(running.entra(), running.lms()).await;
    person.renamed("Costa").await;
    person.disabled_and_enabled().await;
    person.deleted().await;
    person.hired_again().await;
}

/// With a bearer token, with an access token for an assertion, and with the token that Entra sends by itself; each
/// credential is made through the administrators' API.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_lives_through_it_whichever_way_entra_signs_in() {
    const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    let (folder, stand_in) = (tempfile::tempdir().unwrap(), Issuer::start().await);
    let federation = FederationSettings {
        authority: stand_in.url().to_owned(),
        plain_http_on_loopback: true,
        ..FederationSettings::default()
    };
    let running = Running::start_with(folder.path(), None, federation);
    let administrator = Entra::new(
        format!("{}/admin/v1/integrations/demo-production", running.file.admin_url),
        &running.file.admin_token,
    );
    let make = async |wanted: Value| {
        let made = administrator.post("/credentials", wanted).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.body
    };
    let now = platform::clock::now().timestamp();

    let secret =
        make(json!({ "kind": "secret", "name": "token" })).await["secret"].as_str().unwrap().to_owned();
    let federated = make(json!({ "kind": "federated", "name": "federated", "tenant_id": TENANT,
        "audience": "api://app", "subject": "object" }))
    .await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", federated["id"].as_str().unwrap()),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &stand_in.sign(&issuer::federation_assertion(TENANT, "app", "object", now))),
    ];
    let token_url = running.file.scim_url.replace("/scim/v2", "/oauth2/token");
    let granted: Value =
        reqwest::Client::new().post(token_url).form(&form).send().await.unwrap().json().await.unwrap();
    let access_token = granted["access_token"].as_str().unwrap_or_else(|| panic!("{granted}")).to_owned();
    make(json!({ "kind": "entra", "name": "own", "tenant_id": TENANT, "audience": issuer::ENTRA_PROVISIONING })).await;
    let own = stand_in.sign(&issuer::access_token(TENANT, "app", "object", now));

    for token in [secret, access_token, own] {
        let entra = Entra::new(&running.file.scim_url, &token);
        let mut person = Person::hired(entra, running.lms()).await;
        person.renamed("Costa").await;
        person.disabled_and_enabled().await;
        person.deleted().await;
        person.hired_again().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_was_changed_by_hand_is_put_right_and_what_the_lms_owns_stays() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path());
    let person = Person::hired(running.entra(), running.lms()).await;
    let mut lms = SqliteConnection::establish(folder.path().join("lms.db").to_str().unwrap()).unwrap();
    lms.batch_execute("update lms_learner set given_name = 'By hand', phone = '+351 1', bio = 'Climber'")
        .unwrap();

    person.renamed("Costa").await;
    let learner = person.until_learner("is put right", |l| l["given_name"] == "Ana").await;
    assert_eq!(learner["phone"], "+351 1", "seeded once, then the LMS's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_the_address_the_token_and_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let first = Running::start(folder.path());
    assert!(first.first_start);
    let login = Person::hired(first.entra(), first.lms()).await.login;
    let token = first.file.scim_token.clone();
    drop(first);

    let second = Running::start(folder.path());
    assert!(!second.first_start);
    assert_eq!(second.file.scim_token, token);
    assert!(second.lms().active_learner(&login).await.is_some());
    let found = second.entra().get(&format!("/Users?filter=userName+eq+%22{login}%22")).await;
    assert_eq!(found.body["totalResults"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn learners_are_shown_to_administrators_only() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path());
    let learners = format!("{}/admin/v1/integrations/demo-production", running.file.admin_url);
    for token in [None, Some("nonsense"), Some(running.file.scim_token.as_str())] {
        let client = Entra::new(&learners, "").with_token(token);
        for path in ["/learners", "/cohorts"] {
            assert_eq!(client.get(path).await.status, 401, "{path}");
        }
    }
    let administrator = Entra::new(&learners, &running.file.admin_token);
    assert_eq!(administrator.get("/learners?limit=x").await.status, 400);
    let health = Entra::new(&running.file.admin_url, "").with_token(None);
    assert_eq!(health.get("/health/live").await.status, 200);
    assert_eq!(health.get("/health/ready").await.body["status"], "ready");
    let scim = Entra::new(&running.file.scim_url, &running.file.admin_token);
    assert_eq!(scim.get("/Users").await.status, 401, "nor does an administrator's token open SCIM");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_taken_at_the_start_and_stays_until_another_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for (profile, expected) in
        [(None, "entra"), (Some("strict"), "strict"), (None, "strict"), (Some("entra"), "entra")]
    {
        let running = Running::start_as(folder.path(), profile);
        let integrations = format!("{}/admin/v1/integrations", running.file.admin_url);
        let administrator = Entra::new(integrations, &running.file.admin_token);
        let integration = administrator.get("/demo-production").await;
        assert_eq!(
            (integration.status, &integration.body["profile"]),
            (200, &expected.into()),
            "{profile:?}"
        );
        // An event tells the LMS of the integration.
        testkit::eventually(
            std::time::Duration::from_secs(20),
            "its learners are told beside it",
            || async { administrator.get("/demo-production/learners").await.status == 200 },
        )
        .await;
        let quoted = serde_json::json!({
            "schemas": [testkit::entra::USER], "userName": uuid::Uuid::new_v4().to_string(), "active": "True"
        });
        let status = if expected == "strict" { 400 } else { 201 };
        assert_eq!(running.entra().post("/Users", quoted).await.status, status, "{profile:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_a_second_administrator_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let ask = |folder: &Path| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_scim-standalone"));
        let program = program.arg("admin-token").arg("--data-dir").arg(folder);
        program.args(["--subject", "olga", "--role", "demo:owner"]).output().unwrap()
    };
    let refused = ask(folder.path());
    assert!(!refused.status.success());
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.ends_with("admin.key: nothing was started with this folder\n"), "{told}");
    let running = Running::start(folder.path());
    let token = String::from_utf8(ask(folder.path()).stdout).unwrap();
    let olga = Entra::new(format!("{}/admin/v1", running.file.gateway_admin_url), token.trim());
    let known = olga.get("/whoami").await;
    assert_eq!((known.status, &known.body["subject"]), (200, &json!("olga")), "{known:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_there_is_not_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let options = ServeOptions {
        data_dir: folder.path().to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        admin_listen: "127.0.0.1:0".parse().unwrap(),
        console_listen: "127.0.0.1:0".parse().unwrap(),
        console_base_url: None,
        base_url: None,
        trusted_proxies: vec![],
        federation: FederationSettings::default(),
        bootstrap_file: folder.path().join("bootstrap.json"),
        profile: Some("lenient".to_owned()),
        traces: TraceSettings::default(),
    };
    let refused = Standalone::open(&options).await.err().unwrap();
    assert!(format!("{refused:#}").contains("must be entra or strict"), "{refused:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_are_saved_reach_a_person_and_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path());
    let person = Person::hired(running.entra(), running.lms()).await;
    let base = format!("{}/admin/v1/integrations/demo-production", running.file.admin_url);
    let administrator = Entra::new(base, &running.file.admin_token);
    // Longer than what the routes of the integrations beside it take.
    let table: serde_json::Map<_, _> =
        (0..500).map(|row| (format!("{row:0>150}"), "nobody".into())).collect();
    let rules = serde_json::json!({ "rules": { "mapping": {
        "login": { "from": ["userName"] },
        "division": {
            "from": ["userName"],
            "transforms": [{ "lookup": { "table": table, "otherwise": "clear" } }, { "default": "Everybody" }]
        }
    } } });
    let body = Some(rules.to_string().into_bytes());
    let saved = administrator.send(reqwest::Method::PUT, "/rules", &[("if-match", "\"0\"")], body).await;
    assert_eq!((saved.status, saved.header("etag")), (200, "\"1\""), "{:?}", saved.body["errors"]);
    let learner = person.until_learner("follows the rules", |l| l["division"] == "Everybody").await;
    let path = format!("/learners/{}/explain", learner["learner_id"].as_str().unwrap());
    let told = administrator.get(&path).await;
    let attributes = told.body["attributes"].as_array().unwrap();
    let division = attributes.iter().find(|told| told["attribute"] == "division").unwrap();
    assert!(division["words"].as_str().unwrap().contains("by rules version 1"), "{division}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_told_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path());
    let integrations = format!("{}/admin/v1/integrations", running.file.admin_url);
    let administrator = Entra::new(integrations, &running.file.admin_token);
    let path = "/demo-production/snapshots";
    let asked = administrator.post(path, serde_json::json!({})).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    let one = format!("{path}/{}", asked.body["id"].as_str().unwrap());
    testkit::eventually(std::time::Duration::from_secs(20), "the snapshot ends", || async {
        administrator.get(&one).await.body["state"] == "finished"
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_leads_from_the_request_to_the_row() {
    let folder = tempfile::tempdir().unwrap();
    let collector = Collector::start().await;
    let traces = TraceSettings { endpoint: collector.url().to_owned(), ratio: 1.0 };
    let running = Running::start_tracing(folder.path(), None, FederationSettings::default(), traces);
    let created = running.entra().post("/Users", user("zoe@contoso.example", "o-1", "Zoe", "L")).await;
    assert_eq!(created.status, 201, "{created:?}");
    // The last spans are told when it ends.
    drop(running);

    let spans = collector.spans();
    let named = |start: &str| {
        spans
            .iter()
            .find(|span: &&ToldSpan| span.name.starts_with(start))
            .unwrap_or_else(|| panic!("{start}"))
    };
    let (request, sent, processed) = (named("POST /scim"), named("send "), named("process "));
    assert_eq!((&sent.trace, &processed.trace), (&request.trace, &request.trace));
    assert_eq!((&sent.parent, &processed.parent), (&request.id, &request.id));
    assert_eq!((&*request.parent, &*request.service), ("", "scim-standalone"));
    assert_eq!((&*sent.name, &*processed.name), ("send in-process", "process in-process"));
    assert_eq!(sent.attributes["messaging.system"], "in_process");
    assert_eq!(sent.attributes["messaging.message.id"], processed.attributes["messaging.message.id"]);
    assert_eq!(processed.attributes["illuxi.outcome"], "applied");
}
