//! What requests cost over HTTP, and whether that grows with the directory or the group.
//!
//! `cargo bench -p scim-gateway --bench load`. One process: gateway, PostgreSQL store on a database of its own, and the
//! clients; so compare the ratios of one run, not the figures of two machines. A wrong answer ends the run.
//!
//! - `BENCH_SECONDS`: length of one measurement, 3 by default.
//! - `BENCH_USERS`: sizes of the directory, `1000,10000,100000` by default.
//! - `BENCH_MEMBERS`: sizes of a group, `100,10000,100000` by default, as far as there are users.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a program for developers: whatever is wrong ends it, and its output is its purpose"
)]

#[path = "load/seed.rs"]
mod seed;
#[path = "load/timing.rs"]
mod timing;

use std::net::TcpListener;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use directory::admin::{NewIntegration, bootstrap};
use directory::{IntegrationSettings, IntegrationSlug, IntegrationState, IntegrationStore};
use directory_store::postgres::{PostgresDirectoryStore, PostgresOptions, migrate};
use events::Environment;
use platform::settings::ActsSettings;
use platform::shutdown::Shutdown;
use platform::telemetry::Telemetry;
use platform::{clock, server};
use scim_gateway::settings::{EventsSettings, FederationSettings, OauthSettings};
use scim_gateway::{Gateway, GatewayOptions, Limits, configure, housekeeping};
use secrecy::SecretString;
use serde_json::json;
use testkit::entra::{ENTERPRISE, Entra, USER};
use testkit::postgres::TestDatabase;
use uuid::Uuid;

use seed::{group_id, grow_directory, grow_group, user_id};
use timing::{Report, measure};

const KEPT: EventsSettings = EventsSettings { retention_days: NonZeroU16::new(30).unwrap() };
const ACTS_KEPT: ActsSettings = ActsSettings { retention_days: 400 };
const CLIENTS: usize = 32;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let seconds = std::env::var("BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3.0);
    let length = Duration::from_secs_f64(seconds);
    let sizes = sizes("BENCH_USERS", "1000,10000,100000");
    let bench = Bench::start().await;
    let mut report = Report::default();
    for size in &sizes {
        grow_directory(&bench.database, bench.integration, *size).await;
        bench.pages(&mut report, *size, length).await;
        bench.users(&mut report, *size, length).await;
    }
    let people = sizes.iter().copied().max().unwrap_or_default();
    let groups = self::sizes("BENCH_MEMBERS", "100,10000,100000").into_iter().filter(|size| *size <= people);
    for (number, size) in groups.enumerate() {
        bench.members(&mut report, number, size, length).await;
    }
    println!("{report}");
    bench.shutdown.request();
}

fn sizes(variable: &str, default: &str) -> Vec<usize> {
    let sizes = std::env::var(variable).unwrap_or_else(|_| default.to_owned());
    sizes.split(',').map(|size| size.trim().parse().unwrap()).collect()
}

struct Bench {
    database: TestDatabase,
    entra: Entra,
    integration: Uuid,
    shutdown: Shutdown,
    /// Numbers for new users, past all that are seeded.
    next: Arc<AtomicUsize>,
}

impl Bench {
    async fn start() -> Self {
        let database = TestDatabase::create().await;
        migrate(database.url()).await.unwrap();
        let store =
            PostgresDirectoryStore::connect(database.url(), PostgresOptions::default()).await.unwrap();
        let store = Arc::new(store);
        let slug = IntegrationSlug::parse("bench-production").unwrap();
        let wanted = NewIntegration {
            slug: slug.clone(),
            portal: "bench".to_owned(),
            environment: Environment::Production,
            state: IntegrationState::Enabled,
            profile: scim::Profile::Entra,
            settings: IntegrationSettings::default(),
        };
        let random = platform::secret_file::random().unwrap();
        let token = bootstrap(store.as_ref(), wanted, &random, Uuid::new_v4(), clock::now()).await.unwrap();
        let integration = store.integration(&slug).await.unwrap().unwrap().id.0;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let options = GatewayOptions {
            base_url: origin.clone(),
            trusted_proxies: vec![],
            limits: Limits {
                user_body_bytes: 64 * 1024,
                group_body_bytes: 4 * 1024 * 1024,
                bulk_body_bytes: 1024 * 1024,
                body_seconds: 15,
                request_seconds: 25,
                // More than the machine can serve.
                requests_per_second: 1_000_000,
                refusals_per_minute: 60,
                concurrent_requests: 512,
            },
            oauth: OauthSettings { key: SecretString::from("o".repeat(32)), token_seconds: 3_600 },
            federation: FederationSettings::default(),
            telemetry: Telemetry::without_traces(),
        };
        let gateway = Gateway::new(store, options).unwrap();
        let shutdown = Shutdown::new();
        let until = shutdown.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let serving = server::serve(listener, 2, &until, configure(gateway.clone()));
                let (served, ()) =
                    futures::join!(serving, housekeeping::run(&gateway, KEPT, ACTS_KEPT, &until));
                served.unwrap();
            });
        });
        let entra = Entra::new(format!("{origin}/integrations/bench-production/scim/v2"), token.reveal());
        Self { database, entra, integration, shutdown, next: Arc::new(AtomicUsize::new(10_000_000)) }
    }

    async fn users(&self, report: &mut Report, size: usize, length: Duration) {
        let someone = move |n: usize| n.wrapping_mul(7_919) % size;
        for (name, attribute, value) in [
            ("match userName", "userName", "user{n}@acme.example"),
            ("match externalId", "externalId", "external{n}"),
            ("match work mail", "emails[type eq \"work\"].value", "mail{n}@acme.example"),
            ("match employeeNumber", "employeeNumber", "E{n}"),
        ] {
            let entra = self.entra.clone();
            let request = move |n: usize| {
                let value = value.replace("{n}", &someone(n).to_string());
                let filter = format!("{attribute} eq \"{value}\"").replace(' ', "+").replace('"', "%22");
                let (entra, expected) = (entra.clone(), user_id(someone(n)).to_string());
                async move {
                    let found = entra.get(&format!("/Users?filter={filter}")).await;
                    assert_eq!((found.status, &found.body["Resources"][0]["id"]), (200, &json!(expected)));
                }
            };
            report.add(name, size, measure(CLIENTS, length, request).await);
        }
        let entra = self.entra.clone();
        let request = move |n: usize| {
            let entra = entra.clone();
            async move {
                let change = json!([{ "op": "Replace", "path": "title", "value": format!("Title {n}") }]);
                let patched = entra.patch(&format!("/Users/{}", user_id(someone(n))), change).await;
                assert_eq!((patched.status, &patched.body["title"]), (200, &json!(format!("Title {n}"))));
            }
        };
        report.add("PATCH a user", size, measure(CLIENTS, length, request).await);
        for (name, clients) in [("create, 1 client", 1), ("create, 32 clients", CLIENTS)] {
            let (entra, next) = (self.entra.clone(), self.next.clone());
            let request = move |_| {
                let (entra, n) = (entra.clone(), next.fetch_add(1, Ordering::Relaxed));
                async move {
                    let created = entra.post("/Users", new_user(n)).await;
                    assert_eq!(created.status, 201, "{created:?}");
                }
            };
            report.add(name, size, measure(clients, length, request).await);
        }
    }

    /// Pages of 200 by cursor, at the beginning and at the end of the walk, and by index.
    async fn pages(&self, report: &mut Report, size: usize, length: Duration) {
        let mut path = "/Users?count=200&cursor=".to_owned();
        let first = path.clone();
        let mut last = path.clone();
        loop {
            let page = self.entra.get(&path).await;
            assert_eq!(page.status, 200);
            let Some(cursor) = page.body["nextCursor"].as_str() else { break };
            last = std::mem::replace(&mut path, format!("/Users?count=200&cursor={cursor}"));
        }
        let far = format!("/Users?count=200&startIndex={}", size.saturating_sub(200).max(1));
        for (name, path) in [
            ("page by cursor, first", first),
            ("page by cursor, last but one", last),
            ("page by index, first", "/Users?count=200".to_owned()),
            ("page by index, last", far),
        ] {
            let entra = self.entra.clone();
            let request = move |_| {
                let (entra, path) = (entra.clone(), path.clone());
                async move {
                    let page = entra.get(&path).await;
                    assert_eq!((page.status, &page.body["itemsPerPage"]), (200, &json!(200)));
                }
            };
            report.add(name, size, measure(4, length, request).await);
        }
    }

    async fn members(&self, report: &mut Report, group: usize, size: usize, length: Duration) {
        // One user stays out, to come and go.
        grow_group(&self.database, self.integration, group, size - 1).await;
        let path = format!("/Groups/{}", group_id(group));
        let guest = user_id(size - 1).to_string();
        let entra = self.entra.clone();
        let request = move |n: usize| {
            let (entra, path, guest) = (entra.clone(), path.clone(), guest.clone());
            async move {
                let op = if n.is_multiple_of(2) { "Add" } else { "Remove" };
                let change = json!([{ "op": op, "path": "members", "value": [{ "value": guest }] }]);
                let patched = entra.patch(&path, change).await;
                assert!([200, 204].contains(&patched.status), "{patched:?}");
            }
        };
        report.add("add or remove one member", size, measure(1, length, request).await);
    }
}

fn new_user(n: usize) -> serde_json::Value {
    json!({
        "schemas": [USER, ENTERPRISE],
        "userName": format!("new{n}@acme.example"), "externalId": format!("new{n}"), "active": true,
        "displayName": format!("New {n}"), "name": { "givenName": "New", "familyName": n.to_string() },
        "emails": [{ "primary": true, "type": "work", "value": format!("new{n}@acme.example") }],
        "title": "Rigger", "preferredLanguage": "fr-CA",
        ENTERPRISE: { "employeeNumber": format!("N{n}"), "department": "Operations" }
    })
}
