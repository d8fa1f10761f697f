//! The binary against the real services: each command is taken, and its identifiers are those that the services use.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::stub::{Ran, ran, scimctl};

/// scim-standalone with an integration and one person in it.
struct Live {
    process: Child,
    folder: tempfile::TempDir,
    file: Value,
}

impl Live {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_scimctl")).with_file_name("scim-standalone");
        assert!(program.exists(), "scim-standalone is built with the workspace: {}", program.display());
        let process = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
            .args(["--console-listen", "127.0.0.1:0", "--log", "warn"])
            .arg("--data-dir")
            .arg(folder.path().join("data"))
            .arg("--bootstrap-file")
            .arg(folder.path().join("bootstrap.json"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut live = Self { process, folder, file: Value::Null };
        live.file = live.bootstrap_file();
        live
    }

    /// Written once the services listen.
    fn bootstrap_file(&mut self) -> Value {
        let path = self.folder.path().join("bootstrap.json");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            if let Some(file) = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok())
            {
                return file;
            }
            assert!(self.process.try_wait().unwrap().is_none(), "it ended at the start");
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it did not start within a minute");
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = scimctl(arguments);
        let token = self.file["admin_token"].as_str().unwrap();
        command.env("SCIMCTL_TOKEN", token).env("SCIMCTL_INTEGRATION", "demo-production");
        for name in ["SCIMCTL_GATEWAY_URL", "SCIMCTL_LMS_URL"] {
            command.env(name, self.file["admin_url"].as_str().unwrap());
        }
        ran(command, input)
    }

    /// Runs what has to succeed.
    fn run(&self, line: &str) -> String {
        let done = self.run_with(&line.split(' ').collect::<Vec<_>>(), "");
        assert_eq!(done.code, 0, "{line}: {}{}", done.out, done.err);
        done.out
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.run(&format!("{line} --json"))).unwrap()
    }

    fn new_file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Creates a person as the directory does; gives the person's id and that of the request.
    fn create_person(&self) -> (String, String) {
        let user = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": "a-1",
            "userName": "ana@contoso.example", "active": true, "name": { "givenName": "Ana", "familyName": "Silva" },
            "emails": [{ "type": "work", "value": "ana@contoso.example", "primary": true }] });
        let url = format!("{}/Users", self.file["scim_url"].as_str().unwrap());
        let request = reqwest::Client::new()
            .post(url)
            .bearer_auth(self.file["scim_token"].as_str().unwrap())
            .header("content-type", "application/scim+json")
            .body(user.to_string());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 201);
            let request_id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
            let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
            (body["id"].as_str().unwrap().to_owned(), request_id)
        })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_credential_is_issued_rotated_retired_and_revoked() {
    let live = Live::start();
    let made = live.json("token issue --name azure");
    let id = made["id"].as_str().unwrap();
    assert!(live.run("token list").contains(id));
    assert_eq!(live.json(&format!("token show {id}"))["name"], "azure");
    let successor = live.json(&format!("token rotate {id}"));
    let successor = successor["id"].as_str().unwrap();
    let early = live.run_with(&["token", "retire", id], "");
    assert_eq!(early.code, 1, "{early:?}");
    assert!(early.err.contains("409"), "its successor has not been used: {}", early.err);
    live.run(&format!("token revoke {id}"));
    live.run(&format!("token revoke {successor}"));
    let states = live.json("token list");
    let state = |id: &str| {
        states["items"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap()["state"].clone()
    };
    assert_eq!((state(id), state(successor)), (json!("revoked"), json!("revoked")));
    for wrong in ["azure", "5f0c7d4e-0000-4000-8000-000000000001"] {
        assert_eq!(live.run_with(&["token", "show", wrong], "").code, 2, "{wrong}");
    }
}

#[test]
fn what_happened_is_found_from_the_request_to_the_learner() {
    let live = Live::start();
    let (scim_id, request_id) = live.create_person();
    // The bus is in the process: what was answered is on its way, and a snapshot waits for it.
    live.run("reconcile run --wait");
    let shown = live.json(&format!("log show {request_id}"));
    assert_eq!(shown["log"]["items"][0]["operation"], "create", "{shown}");
    assert_eq!(shown["effects"]["items"][0]["scim_id"], json!(scim_id), "{shown}");
    let learners = live.json("learner list --login ana@contoso.example");
    let learner = learners["items"][0]["learner_id"].as_str().unwrap();
    assert!(live.run(&format!("learner explain {learner}")).contains("Silva"));
    live.run(&format!("replay --user {scim_id}"));

    for line in [
        "whoami",
        "openapi",
        "openapi --lms",
        "integration list",
        "integration show demo-production",
        "integration settings show demo-production",
        "log list --person ana@contoso.example --from 7d",
        "log list --outcome refused,failed,denied --from 2h --no-health-checks",
        "log tail --for 1",
        "log export --from 30d",
        "effect list",
        "effect export --format ndjson",
        "learner list --login ana@contoso.example",
        "cohort list",
        "conflict list",
        "finding list",
        "audit list",
        "audit list --lms",
        "rules show",
        "rules versions",
        "hold list --state open",
        "adoption list",
        "parked list",
        "parked retry-all",
        "stuck list",
        "missing-manager list",
        "learner exemption list",
        "reconcile list",
        "reconcile snapshots",
        "replay --since 2h",
    ] {
        live.run(line);
    }
}

#[test]
fn the_doctor_finds_a_working_installation_well_and_warns_of_an_end() {
    let live = Live::start();
    live.create_person();
    live.run("reconcile run --wait");
    let report = live.json("doctor");
    assert_eq!(report["is_well"], true, "{report}");
    let checks = report["checks"].as_array().unwrap();
    assert!(checks.iter().all(|check| check["status"] != "fail"), "{report}");

    let folder = live.new_file("secret");
    live.run(&format!("token issue --name short --expires 5d --secret-file {}", folder.display()));
    let warned = live.json("doctor");
    let warns =
        |check: &Value| check["status"] == "warn" && check["what"].as_str().unwrap().contains("short");
    assert!(warned["checks"].as_array().unwrap().iter().any(warns), "{warned}");
}
