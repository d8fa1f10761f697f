//! One person's life, step by step: what Entra is answered, and how the learner, the cohort and the training records
//! look after each step. `make demo` runs it.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a story told to a person at a terminal, which ends with the first thing that goes wrong"
)]

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use platform::shutdown::Shutdown;
use platform::telemetry::TraceSettings;
use scim_gateway::settings::FederationSettings;
use scim_standalone::{ServeOptions, Standalone};
use serde_json::{Value, json};
use testkit::entra::{Answer, ENTERPRISE, Entra, group, user};
use testkit::lms_reader::LmsReader;

const LOGIN: &str = "ana.silva@contoso.example";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let options = ServeOptions {
        data_dir: folder.path().to_owned(),
        listen: "127.0.0.1:0".parse()?,
        admin_listen: "127.0.0.1:0".parse()?,
        console_listen: "127.0.0.1:0".parse()?,
        console_base_url: None,
        base_url: None,
        trusted_proxies: vec![],
        federation: FederationSettings::default(),
        bootstrap_file: folder.path().join("bootstrap.json"),
        profile: None,
        traces: TraceSettings::default(),
    };
    let standalone = Standalone::open(&options).await?;
    let file = standalone.bootstrapped.file.clone();
    let shutdown = Shutdown::new();
    let story = Story {
        entra: Entra::new(&file.scim_url, &file.scim_token),
        lms: LmsReader::new(&file.admin_url, &file.admin_token, "demo-production"),
        database: folder.path().join("lms.db"),
    };
    println!("A standalone in a temporary folder serves {}", file.scim_url);
    let (served, told) = futures::join!(standalone.serve(&shutdown), async {
        let told = story.tell().await;
        shutdown.request();
        told
    });
    served?;
    told
}

struct Story {
    entra: Entra,
    lms: LmsReader,
    database: std::path::PathBuf,
}

impl Story {
    async fn tell(&self) -> anyhow::Result<()> {
        let entra = &self.entra;
        let mut ana = user(LOGIN, "8a41e5c2-object-id-of-ana", "Ana", "Silva");
        ana["title"] = json!("Technician");
        ana[ENTERPRISE] = json!({ "employeeNumber": "004711", "department": "Operations" });

        step(1, "Ana is hired: Azure creates her.");
        let created = entra.post("/Users", ana.clone()).await;
        said("POST /Users", &created);
        let path = format!("/Users/{}", created.id());
        self.shows(|ana| ana["status"] == "active").await?;
        self.completes_a_course()?;
        println!("   (She completes a course in the LMS.)");
        self.show().await?;

        step(2, "She marries: Azure renames her.");
        let rename = json!([
            { "op": "Replace", "path": "name.familyName", "value": "Costa" },
            { "op": "Replace", "path": "displayName", "value": "Ana Costa" }
        ]);
        said("PATCH name.familyName, displayName", &entra.patch(&path, rename).await);
        self.shows(|ana| ana["family_name"] == "Costa").await?;
        self.show().await?;

        step(3, "Azure puts her into the group \"Forklift 2026\": the LMS has a cohort.");
        let made = entra.post("/Groups", group("Forklift 2026", "object-id-of-forklift")).await;
        said("POST /Groups", &made);
        let forklift = format!("/Groups/{}", made.id());
        let join = json!([{ "op": "Add", "path": "members", "value": [{ "value": created.id() }] }]);
        said("PATCH members Add", &entra.patch(&forklift, join).await);
        self.in_cohort(true).await?;
        self.show().await?;

        step(4, "Somebody renames her by hand in the LMS, and she sets her own telephone number.");
        self.by_hand("update lms_learner set given_name = 'Annie', phone = '+351 900 000 000'")?;
        self.show().await?;
        println!(
            "   The next thing that Azure says about her puts the name right, and leaves what the LMS owns:"
        );
        let promote = json!([{ "op": "Replace", "path": "title", "value": "Senior technician" }]);
        said("PATCH title", &entra.patch(&path, promote.clone()).await);
        self.shows(|ana| ana["given_name"] == "Ana").await?;
        self.show().await?;
        let again = entra.patch(&path, promote).await;
        said("PATCH title, the same once more: no new version, no event", &again);

        step(5, "She is blocked in Azure: an inactive learner, still in her cohort.");
        let disable = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
        said("PATCH active \"False\"", &entra.patch(&path, disable).await);
        self.shows(|ana| ana["status"] == "inactive").await?;
        self.show().await?;

        step(6, "She is deleted from Azure: still an inactive learner, with all of her records.");
        said("DELETE", &entra.delete(&path).await);
        self.in_cohort(false).await?;
        said("GET", &entra.get(&path).await);
        self.show().await?;

        step(7, "She is hired again: the old learner, the old records.");
        let returned = entra.post("/Users", ana).await;
        said("POST /Users", &returned);
        self.shows(|ana| ana["status"] == "active").await?;
        self.show().await?;
        println!("\nThe end. Seven steps, as promised.");
        Ok(())
    }

    /// Waits until the learner is as the step promises.
    async fn shows(&self, promised: impl Fn(&Value) -> bool) -> anyhow::Result<()> {
        for _ in 0..500 {
            if self.lms.learners(LOGIN).await.first().is_some_and(&promised) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        anyhow::bail!("the learner did not become what this step promises")
    }

    async fn in_cohort(&self, promised: bool) -> anyhow::Result<()> {
        for _ in 0..500 {
            let cohorts = self.lms.cohorts().await;
            let members = cohorts.first().and_then(|cohort| cohort["members"].as_array().map(Vec::len));
            if members == Some(usize::from(promised)) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        anyhow::bail!("the cohort did not become what this step promises")
    }

    async fn show(&self) -> anyhow::Result<()> {
        let learners = self.lms.learners(LOGIN).await;
        ensure!(learners.len() == 1, "one learner at all times, not {}", learners.len());
        let learner = &learners[0];
        let text = |name: &str| learner[name].as_str().unwrap_or("-").to_owned();
        println!(
            "   learner  {}  {} {}  <{}>  {}  phone {}  {}",
            &text("learner_id")[..8],
            text("given_name"),
            text("family_name"),
            text("email"),
            text("job_title"),
            text("phone"),
            text("status").to_uppercase(),
        );
        for cohort in self.lms.cohorts().await {
            let members = cohort["members"].as_array().map_or(0, Vec::len);
            println!("   cohort   {}  {}  members {members}", cohort["name"], cohort["status"]);
        }
        for record in self.training_records()? {
            println!("   record   {}  passed {}", record.course_title, record.passed == 1);
        }
        Ok(())
    }

    fn completes_a_course(&self) -> anyhow::Result<()> {
        self.by_hand(
            "insert into lms_training_record (record_id, learner_id, course_id, course_title, completed_at, passed)
             select '00000000-0000-0000-0000-000000000001', learner_id, '00000000-0000-0000-0000-000000000002',
                    'Working at height', '2026-02-01T09:00:00.000Z', 1 from lms_learner",
        )
    }

    fn training_records(&self) -> anyhow::Result<Vec<Record>> {
        Ok(sql_query("select course_title, passed from lms_training_record")
            .load(&mut open(&self.database)?)?)
    }

    fn by_hand(&self, sql: &str) -> anyhow::Result<()> {
        Ok(open(&self.database)?.batch_execute(sql)?)
    }
}

#[derive(QueryableByName)]
struct Record {
    #[diesel(sql_type = Text)]
    course_title: String,
    #[diesel(sql_type = BigInt)]
    passed: i64,
}

/// The LMS's own way to its database.
fn open(path: &Path) -> anyhow::Result<SqliteConnection> {
    let path = path.to_str().context("a path in UTF-8")?;
    let mut connection = SqliteConnection::establish(path)?;
    connection.batch_execute("pragma busy_timeout = 5000")?;
    Ok(connection)
}

fn step(number: u32, what: &str) {
    println!("\n{number}. {what}");
}

fn said(request: &str, answer: &Answer) {
    let detail = match &answer.body {
        Value::Null => String::new(),
        body if body["detail"].is_string() => body["detail"].to_string(),
        body => format!("id {} active {} version {}", body["id"], body["active"], body["meta"]["version"]),
    };
    println!("   Entra: {request}  ->  {} {detail}", answer.status);
}
