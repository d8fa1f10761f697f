use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::stub::{ACME, Stub, ran, scimctl};

const EMPTY: &str = r#"{"items":[],"next":null}"#;
const LMS: &str = "/l/admin/v1/integrations/acme";

fn integration(address: &str, state: &str) -> String {
    format!(
        r#"{{"slug":"acme","state":"{state}","scim_url":"{address}/scim","warnings":[{{"code":"paused","text":"p"}}]}}"#
    )
}

fn stub(state: &str) -> Stub {
    let stub = Stub::start();
    let shown = integration(&stub.address, state);
    stub.on("GET /g/health/live", 200, "{}")
        .on("GET /g/health/ready", 200, "{}")
        .on("GET /l/health/live", 200, "{}")
        .on("GET /g/admin/v1/whoami", 200, r#"{"subject":"olga","roles":["owner"]}"#)
        .on("GET /g/admin/v1/integrations", 200, &format!(r#"{{"items":[{shown}],"next":null}}"#))
        .on(&format!("GET {ACME}"), 200, &shown)
        .on("GET /scim/ServiceProviderConfig", 401, "{}")
}

#[test]
fn a_healthy_installation_has_nothing_to_fix_but_what_is_worth_knowing() {
    let used = r#"{"items":[{"id":"c1","name":"azure","state":"active","last_used":{"at":"2999-01-01T00:00:00Z"}}]}"#;
    let stub = stub("enabled")
        .on("GET /l/health/ready", 200, "{}")
        .on(&format!("GET {ACME}/credentials"), 200, used)
        .on(&format!("GET {ACME}/snapshots"), 200, r#"{"items":[{"finished_at":"2999-01-01T00:00:00Z"}]}"#)
        .on(&format!("GET {LMS}/parked"), 200, EMPTY)
        .on(&format!("GET {LMS}/stuck"), 200, EMPTY)
        .on(&format!("GET {LMS}/holds?state=open&limit=1000"), 200, EMPTY)
        .on(&format!("GET {LMS}/adoptions"), 200, EMPTY);
    let well = stub.run(&["doctor"]);
    assert_eq!(well.code, 0, "{}{}", well.out, well.err);
    let grades: Vec<&str> = well.out.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(grades, ["ok", "ok", "ok", "ok", "ok", "warn", "ok", "ok"], "{}", well.out);
    assert!(well.out.contains("acme: nothing waits for a person"), "{}", well.out);
    assert!(well.out.contains("not by https, which Azure needs"), "{}", well.out);
    let asked = stub.request("GET /scim/ServiceProviderConfig");
    assert!(!asked.headers.contains_key("authorization"));
    assert!(!stub.request("GET /g/health/live").headers.contains_key("authorization"));
}

#[test]
fn what_does_not_work_is_found_and_said_with_what_to_do() {
    let waiting = r#"{"items":[{},{},{}],"next":null}"#;
    let stub = stub("enabled")
        .on("GET /l/health/ready", 503, r#"{"status":"not ready","dependencies":{"database":false}}"#)
        .on(&format!("GET {ACME}/credentials"), 200, r#"{"items":[{"state":"revoked"},{"state":"expired"}]}"#)
        .on(&format!("GET {ACME}/snapshots"), 200, EMPTY)
        .on(&format!("GET {LMS}/parked"), 200, waiting)
        .on(&format!("GET {LMS}/stuck"), 200, EMPTY)
        .on(&format!("GET {LMS}/holds"), 200, EMPTY)
        .on(&format!("GET {LMS}/adoptions"), 200, EMPTY);
    let mut command = stub.command(&["doctor", "--json"]);
    command.env_remove("SCIMCTL_INTEGRATION");
    let ill = ran(command, "");
    assert_eq!(ill.code, 4, "{}", ill.err);
    let report: Value = serde_json::from_str(&ill.out).unwrap();
    assert_eq!(report["is_well"], false);
    let said: Vec<String> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| format!("{} {} -> {}", check["status"], check["what"], check["fix"]).replace('"', ""))
        .collect();
    for expected in [
        "fail LMS side: not ready (database=false) -> start what it needs, or look into its log",
        "fail has no usable credential -> scimctl token issue --integration acme --name NAME",
        "warn there was no snapshot yet -> scimctl reconcile run --integration acme --wait",
        "warn parked events: 3 -> scimctl parked list --integration acme",
    ] {
        assert!(said.iter().any(|line| line == expected), "{expected}: {said:#?}");
    }
}

#[test]
fn a_token_that_is_not_accepted_ends_the_examination() {
    let stub = Stub::start().on("GET /g/health/live", 200, "{}").on("GET /g/health/ready", 200, "{}").on(
        "GET /g/admin/v1/whoami",
        401,
        r#"{"detail":"the token has expired"}"#,
    );
    let ill = stub.run(&["doctor"]);
    assert_eq!(ill.code, 4);
    assert!(ill.out.contains("fail  token: the token has expired (401)"), "{}", ill.out);
    assert!(ill.out.contains("fail  LMS side:"), "{}", ill.out);
}

#[test]
fn a_bootstrap_file_keeps_nothing_from_being_looked_at() {
    let stub = stub("disabled");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bootstrap.json");
    let content = serde_json::json!({
        "scim_url": "https://scim.example/integrations/first/scim", "scim_token": "s",
        "admin_url": format!("{}/l", stub.address), "gateway_admin_url": format!("{}/g", stub.address),
        "admin_token": "t",
    });
    std::fs::write(&path, content.to_string()).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let report = ran(scimctl(&["doctor", "--bootstrap-file", path.to_str().unwrap()]), "");
    assert!(report.out.contains("acme: is disabled"), "{}{}", report.out, report.err);
    let lines = stub.lines();
    assert!(lines.iter().any(|line| line.starts_with("GET /g/admin/v1/integrations?")), "{lines:?}");
}
