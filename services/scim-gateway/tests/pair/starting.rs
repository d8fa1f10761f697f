//! What the programs say when they cannot start, and that they wait for what is only away.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use testkit::broker::{BrokerScope, amqp_url};
use testkit::entra::Entra;
use testkit::postgres::TestDatabase;
use testkit::postgres_server::{ASKED_FOR_PASSWORD, PostgresServer, Stop};
use testkit::signal::{self, Signal};

use crate::processes::{ADMIN_KEY, OAUTH_KEY, free_address, path_of, prefix};

#[path = "late_refusal.rs"]
mod late_refusal;

const PATIENCE: Duration = Duration::from_secs(30);

/// A server with the databases of both services, and a login that needs a password and has the roles of both.
struct Place {
    // Before the server, which would be gone when they are dropped.
    directory: TestDatabase,
    lms: TestDatabase,
    server: PostgresServer,
    scope: BrokerScope,
}

impl Place {
    async fn furnish() -> Self {
        let server = PostgresServer::start().await;
        let [directory, lms] = [empty(&server).await, empty(&server).await];
        for (program, database) in [("scim-gateway", &directory), ("user-sync", &lms)] {
            migrate(program, database.url());
        }
        directory
            .execute(&format!(
                "create role {ASKED_FOR_PASSWORD};
                 create role entrance login noinherit password 'right' in role {ASKED_FOR_PASSWORD};
                 create role stranger login noinherit;
                 grant illuxi_gateway, illuxi_relay, illuxi_user_sync, illuxi_caretaker to entrance;"
            ))
            .await;
        Self { server, directory, lms, scope: BrokerScope::new() }
    }

    fn database_of(&self, program: &str) -> &TestDatabase {
        if program == "scim-gateway" { &self.directory } else { &self.lms }
    }
}

async fn empty(server: &PostgresServer) -> TestDatabase {
    TestDatabase::create_at(&server.url("postgres")).await
}

/// With the address of the owner and nothing else.
fn migrate(program: &str, url: &str) {
    let mut command = Command::new(path_of(program));
    let migrating = command.env_clear().env("ILLUXI__DATABASE__MIGRATION_URL", url).arg("migrate");
    let output = migrating.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn with_user(url: &str, user: &str) -> String {
    url.replace("//postgres@", &format!("//{user}@"))
}

/// A program with settings with which it would start.
fn command(program: &str, place: &Place) -> Command {
    let mut command = Command::new(path_of(program));
    command
        .env_clear()
        .env("ILLUXI__ADMIN__KEY", ADMIN_KEY)
        .env("ILLUXI__BROKER__URL", amqp_url())
        .env("ILLUXI__BROKER__NAME_PREFIX", prefix(&place.scope))
        .env("ILLUXI__DATABASE__URL", with_user(place.database_of(program).url(), "entrance:right"))
        .env("ILLUXI__PRIVATE__LISTEN", "127.0.0.1:0")
        .env("ILLUXI__SHUTDOWN__DRAIN_SECONDS", "0");
    if program == "scim-gateway" {
        command.env("ILLUXI__OAUTH__KEY", OAUTH_KEY).env("ILLUXI__PUBLIC__LISTEN", "127.0.0.1:0");
    }
    command
}

/// The one line that a program says, logs included, and that it ended with status 1.
fn last_words(what: &str, command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{what}: {said}");
    assert_eq!(said.lines().count(), 1, "{what}: {said}");
    assert!(!said.contains("wr0ng"), "{what}: {said}");
    said.trim_end().to_owned()
}

/// Databases that are not for the program.
struct Wrong {
    /// A migration has not run.
    older: TestDatabase,
    /// A later program has taken something away.
    newer: TestDatabase,
    /// None has ever run.
    bare: TestDatabase,
    /// Nobody may connect.
    closed: TestDatabase,
    closed_name: String,
}

impl Wrong {
    async fn make(program: &str, names: &Names, server: &PostgresServer) -> Self {
        let [older, newer, bare, closed] =
            [empty(server).await, empty(server).await, empty(server).await, empty(server).await];
        migrate(program, older.url());
        migrate(program, newer.url());
        let Names { schema, oldest, .. } = names;
        let list = format!("{schema}.__diesel_schema_migrations");
        older.execute(&format!("delete from {list} where version = '{oldest}'")).await;
        newer
            .execute(&format!(
                "insert into {list} (version) values ('20990101000000');
                 insert into {schema}.schema_floor values ('20990101000000')"
            ))
            .await;
        bare.execute(&format!("create schema {schema}")).await;
        let closed_name = closed.url().rsplit('/').next().unwrap().to_owned();
        closed.execute(&format!("revoke connect on database {closed_name} from public")).await;
        Self { older, newer, bare, closed, closed_name }
    }
}

/// What stands in the lines of a program.
struct Names {
    schema: &'static str,
    role: &'static str,
    oldest: &'static str,
}

const SERVICES: [(&str, Names); 2] = [
    ("scim-gateway", Names { schema: "directory", role: "illuxi_gateway", oldest: "20261123000001" }),
    ("user-sync", Names { schema: "sync", role: "illuxi_user_sync", oldest: "20260110000000" }),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_refuses_a_service_ends_it_with_one_line() {
    let place = Place::furnish().await;
    for (program, names) in SERVICES {
        let wrong = Wrong::make(program, &names, &place.server).await;
        let url = place.database_of(program).url();
        let as_entrance = |url: &str| with_user(url, "entrance:right");
        let Names { schema, role, oldest } = names;
        let closed_name = &wrong.closed_name;
        let cases = [
            (
                "DATABASE__URL",
                with_user(url, "entrance:wr0ng"),
                "setting `database.url`: the server does not let this user in: correct user and password, or what the \
                 server asks of them: password authentication failed for user \"entrance\""
                    .to_owned(),
            ),
            (
                "DATABASE__URL",
                with_user(url, "nobody"),
                "setting `database.url`: the server does not let this user in: correct user and password, or what the \
                 server asks of them: role \"nobody\" does not exist"
                    .to_owned(),
            ),
            (
                "DATABASE__URL",
                as_entrance(&place.server.url("nowhere")),
                "setting `database.url`: the server has no database of this name: make it, or correct the name: \
                 database \"nowhere\" does not exist"
                    .to_owned(),
            ),
            (
                "DATABASE__URL",
                as_entrance(wrong.closed.url()),
                format!(
                    "setting `database.url`: the user has no right to use this database: grant it, or correct user or \
                     database: permission denied for database \"{closed_name}\""
                ),
            ),
            (
                "DATABASE__URL",
                with_user(url, "stranger"),
                format!(
                    "setting `database.url`: the user may not work as the role \"{role}\": run `migrate`, and grant the \
                     role to the user: permission denied to set role \"{role}\""
                ),
            ),
            (
                "DATABASE__URL",
                "postgres://root:wr0ng@127.0.0.1:many/lms".to_owned(),
                "setting `database.url`: the address of the database cannot be used, it reads \
                 postgres://user:password@host:port/database: invalid connection string: invalid value for option `port`"
                    .to_owned(),
            ),
            (
                "DATABASE__URL",
                as_entrance(wrong.bare.url()),
                format!(
                    "setting `database.url`: the database has no schema \"{schema}\": run `migrate` first, or correct \
                     the name of the database"
                ),
            ),
            (
                "DATABASE__URL",
                as_entrance(wrong.older.url()),
                format!(
                    "setting `database.url`: the schema \"{schema}\" is older than this program and lacks migration \
                     {oldest}: run `migrate` first"
                ),
            ),
            (
                "DATABASE__URL",
                as_entrance(wrong.newer.url()),
                format!(
                    "setting `database.url`: the schema \"{schema}\" is newer than this program, and is for programs \
                     that know migration 20990101000000: start the version that migrated it"
                ),
            ),
            (
                "DATABASE__MIGRATION_URL",
                with_user(url, "entrance:wr0ng"),
                "setting `database.migration_url`: the server does not let this user in: correct user and password, or \
                 what the server asks of them: password authentication failed for user \"entrance\""
                    .to_owned(),
            ),
            (
                "BROKER__URL",
                amqp_url().replace("guest:guest@", "guest:wr0ng@"),
                "setting `broker.url`: the broker does not let this user in: correct user and password: ACCESS_REFUSED \
                 - Login was refused using authentication mechanism PLAIN. For details see the broker logfile."
                    .to_owned(),
            ),
            (
                "BROKER__URL",
                amqp_url().replace("/%2f", "/nowhere"),
                "setting `broker.url`: the broker has no such virtual host for this user: correct what stands behind \
                 the last slash, or grant rights there: NOT_ALLOWED - vhost nowhere not found"
                    .to_owned(),
            ),
            (
                "BROKER__URL",
                "http://guest:wr0ng@rabbitmq".to_owned(),
                "setting `broker.url`: the address of the broker cannot be used, it reads \
                 amqp://user:password@host:port/vhost"
                    .to_owned(),
            ),
            (
                "ADMIN__KEY",
                String::new(),
                "setting `admin.key` is missing: set ILLUXI__ADMIN__KEY, or let ILLUXI__ADMIN__KEY_FILE name a file \
                 that holds it"
                    .to_owned(),
            ),
            (
                "ADMIN__KEY",
                "wr0ng".to_owned(),
                "setting `admin.key`: at least 32 bytes are needed".to_owned(),
            ),
            (
                "ADMIN__KEY_FILE",
                "/nowhere".to_owned(),
                "setting `admin.key_file`: the file /nowhere cannot be read: No such file or directory (os error 2)"
                    .to_owned(),
            ),
            (
                "BROKER__URL_FILE",
                "/dev/null".to_owned(),
                "setting `broker.url_file`: the file /dev/null is empty".to_owned(),
            ),
        ];
        for (name, value, expected) in cases {
            let said = last_words(name, command(program, &place).env(format!("ILLUXI__{name}"), value));
            assert_eq!(said, format!("{program}: {expected}"));
        }
    }
}

#[test]
fn whoever_migrates_is_told_that_the_address_is_missing() {
    for (program, _) in SERVICES {
        let said = last_words(program, Command::new(path_of(program)).env_clear().arg("migrate"));
        assert_eq!(
            said,
            format!(
                "{program}: setting `database.migration_url` is missing: set ILLUXI__DATABASE__MIGRATION_URL, or let \
                 ILLUXI__DATABASE__MIGRATION_URL_FILE name a file that holds it"
            )
        );
    }
}

#[test]
fn what_is_wrong_with_the_console_ends_it_with_one_line() {
    for (settings, expected) in [
        (
            [("OIDC__CLIENT_ID", ""), ("OIDC__CLIENT_SECRET", "wr0ng")],
            "setting `oidc.client_id` is missing: set ILLUXI__OIDC__CLIENT_ID, or let ILLUXI__OIDC__CLIENT_ID_FILE \
             name a file that holds it",
        ),
        (
            [("OIDC__CLIENT_ID", "console"), ("OIDC__CLIENT_SECRET_FILE", "/nowhere")],
            "setting `oidc.client_secret_file`: the file /nowhere cannot be read: No such file or directory (os error 2)",
        ),
        (
            [("OIDC__CLIENT_ID", "console"), ("OIDC__CLIENT_SECRET_FILE", "/dev/null")],
            "setting `oidc.client_secret_file`: the file /dev/null is empty",
        ),
    ] {
        let mut command = Command::new(path_of("admin-console"));
        command.env_clear().env("ILLUXI__OIDC__ISSUER", "https://login.example");
        for (name, value) in settings {
            command.env(format!("ILLUXI__{name}"), value);
        }
        assert_eq!(last_words(expected, &mut command), format!("admin-console: {expected}"));
    }
}

/// A program that runs, and what it says.
struct Running {
    program: Child,
    private: String,
    /// What it says after the record that was asked for, line by line.
    rest: Option<JoinHandle<Vec<String>>>,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let private = free_address();
        let program =
            command.env("ILLUXI__PRIVATE__LISTEN", &private).stderr(Stdio::piped()).spawn().unwrap();
        Self { program, private, rest: None }
    }

    /// The next record that says what is waited for: the setting, and why.
    fn waits_for(&mut self) -> (String, String) {
        let mut said = BufReader::new(self.program.stderr.take().unwrap()).lines();
        loop {
            let record: Value = serde_json::from_str(&said.next().unwrap().unwrap()).unwrap();
            if record["message"] == "what the setting names is waited for" {
                // Who is not read any more must not be held up.
                self.rest = Some(std::thread::spawn(move || said.map_while(Result::ok).collect()));
                let of = |name: &str| record[name].as_str().unwrap().to_owned();
                return (of("setting"), of("reason"));
            }
        }
    }

    async fn status(&self, path: &str) -> u16 {
        let client = Entra::new(format!("http://{}", self.private), "");
        let answer = client.try_send(Method::GET, path, &[], None).await;
        answer.map_or(0, |answer| answer.status)
    }

    async fn answers(&self, path: &str, status: u16) {
        testkit::eventually(PATIENCE, &format!("{path} answers {status}"), async || {
            self.status(path).await == status
        })
        .await;
    }

    fn has_ended(&mut self) -> Option<i32> {
        self.program.try_wait().unwrap().map(|status| status.code().unwrap())
    }

    /// With status 1, and this line.
    async fn ends_saying(mut self, expected: &str) {
        let rest = self.rest.take().unwrap();
        assert_eq!(self.ends().await, Some(1));
        assert_eq!(rest.join().unwrap().last().unwrap(), expected);
    }

    async fn ends(mut self) -> Option<i32> {
        let mut status = None;
        testkit::eventually(PATIENCE, "it ends", || {
            status = self.has_ended();
            std::future::ready(status.is_some())
        })
        .await;
        status
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = self.program.kill();
        let _status = self.program.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_away_is_waited_for() {
    let place = Place::furnish().await;
    for (program, _) in SERVICES {
        for (name, value, setting, reason, ready) in [
            (
                "DATABASE__URL",
                "postgres://127.0.0.1:1/none",
                "database.url",
                "the database gave no connection: error connecting to server: Connection refused (os error 111)",
                503,
            ),
            (
                "DATABASE__URL",
                "postgres://nowhere.invalid/none",
                "database.url",
                "the database gave no connection: cannot resolve the host name \"nowhere.invalid\": error connecting to \
                 server: failed to lookup address information",
                503,
            ),
            (
                "BROKER__URL",
                "amqp://127.0.0.1:1",
                "broker.url",
                "the broker cannot be reached: IO error: Connection refused (os error 111)",
                200,
            ),
            (
                "BROKER__URL",
                "amqp://nowhere.invalid",
                "broker.url",
                "the broker cannot be reached: cannot resolve the host name \"nowhere.invalid\": IO error: failed to \
                 lookup address information",
                200,
            ),
        ] {
            let mut running = Running::start(command(program, &place).env(format!("ILLUXI__{name}"), value));
            let (waited_for, why) = running.waits_for();
            assert_eq!(waited_for, setting);
            assert!(why.starts_with(reason), "{why}");
            running.answers("/health/ready", ready).await;
            running.answers("/health/live", 200).await;
            signal::send(Signal::End, running.program.id());
            assert_eq!(running.ends().await, Some(0), "{program}, {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_answer_of_a_database_counts_and_no_later_one() {
    let place = Place::furnish().await;
    place.server.stop(Stop::Fast);
    let start = |password: &str| {
        SERVICES.map(|(program, _)| {
            let url = with_user(place.database_of(program).url(), &format!("entrance:{password}"));
            Running::start(command(program, &place).env("ILLUXI__DATABASE__URL", url))
        })
    };
    let (mut right, mut wrong) = (start("right"), start("wr0ng"));
    for running in right.iter_mut().chain(&mut wrong) {
        assert_eq!(running.waits_for().0, "database.url");
        running.answers("/health/ready", 503).await;
    }
    let [_, user_sync] = &right;
    user_sync.answers("/admin/v1/integrations/acme-production/learners", 503).await;
    place.server.start_again().await;
    for running in &right {
        running.answers("/health/ready", 200).await;
    }
    for running in wrong {
        assert_eq!(running.ends().await, Some(1));
    }

    // Another server takes over, and somebody has forgotten the password there.
    place.directory.execute("alter role entrance password 'other'").await;
    place.server.stop(Stop::Fast);
    place.server.start_again().await;
    for running in &mut right {
        running.answers("/health/ready", 503).await;
        assert_eq!(running.has_ended(), None);
    }
    place.directory.execute("alter role entrance password 'right'").await;
    for running in &right {
        running.answers("/health/ready", 200).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_at_the_start_waits_for_the_database() {
    let place = Place::furnish().await;
    place.server.stop(Stop::Fast);
    let mut waiting = SERVICES.map(|(program, _)| {
        let url = place.database_of(program).url();
        Running::start(command(program, &place).env("ILLUXI__DATABASE__MIGRATION_URL", url))
    });
    for running in &mut waiting {
        assert_eq!(running.waits_for().0, "database.migration_url");
    }
    place.server.start_again().await;
    for running in &waiting {
        running.answers("/health/ready", 200).await;
    }
}

/// Programs whose commands the documents name.
const PROGRAMS: [&str; 4] = ["scim-gateway", "user-sync", "admin-console", "scim-standalone"];

/// Commands of a program in the blocks and sentences of a document.
fn commands<'a>(document: &'a str, program: &str) -> Vec<Vec<&'a str>> {
    let (begin, in_pod) = (format!("{program} "), format!("deployment/{program} -- /service "));
    let mut found = Vec::new();
    let mut fence = None;
    for line in document.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fence = if fence.is_none() { Some(language) } else { None };
            continue;
        }
        let texts: Vec<&str> = if let Some(language) = fence {
            // A block of text is a picture.
            let whole = line.trim().strip_prefix(&begin).or_else(|| line.split(&in_pod).nth(1));
            whole.filter(|_| language == "sh").into_iter().collect()
        } else {
            line.split('`').skip(1).step_by(2).filter_map(|span| span.strip_prefix(&begin)).collect()
        };
        found.extend(
            texts.into_iter().map(|text| text.split_whitespace().take_while(|word| *word != "#").collect()),
        );
    }
    found
}

#[test]
fn every_command_of_the_programs_that_is_documented_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let documents = std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let documents = documents.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let mut seen = BTreeSet::new();
    for path in documents.chain([root.join("README.md"), root.join("CONTRIBUTING.md")]) {
        let document = std::fs::read_to_string(&path).unwrap();
        for program in PROGRAMS {
            for words in commands(&document, program) {
                let mut asking = Command::new(path_of(program));
                asking.args(words.iter().take_while(|word| !word.starts_with('-'))).arg("--help");
                let output = asking.output().unwrap();
                let help = String::from_utf8_lossy(&output.stdout);
                assert!(output.status.success(), "{}: {program} {words:?}", path.display());
                for option in words.iter().filter(|word| word.starts_with("--")) {
                    assert!(help.contains(option), "{}: {program} {words:?}: {option}", path.display());
                }
                seen.insert((program, words.first().copied().unwrap_or_default().to_owned()));
            }
        }
    }
    for named in [("scim-gateway", "migrate"), ("user-sync", "health"), ("scim-gateway", "admin-token")] {
        assert!(seen.contains(&(named.0, named.1.to_owned())), "{named:?}: {seen:?}");
    }
}
