use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::Value;

use crate::stub::{ACME, Stub};

const REQUEST: &str = "0198c0de-0000-7000-8000-000000000001";
const EFFECTS: &str = "/l/admin/v1/integrations/acme/effects";

#[test]
fn the_log_is_filtered_by_the_server() {
    let stub = Stub::start().on(&format!("GET {ACME}/log"), 200, r#"{"items":[],"next":null}"#);
    let arguments = ["log", "list", "--person", "ana@contoso.example", "--outcome", "refused,failed"];
    let more = ["--from", "2026-03-01T12:00:00Z", "--no-health-checks", "--limit", "5"];
    assert_eq!(stub.run(&[&arguments[..], &more].concat()).code, 0);
    assert_eq!(
        stub.lines(),
        [format!(
            "GET {ACME}/log?person=ana%40contoso.example&outcome=refused%2Cfailed&\
             from=2026-03-01T12%3A00%3A00Z&health_checks=false&limit=5"
        )]
    );
}

#[test]
fn one_request_is_followed_into_the_lms_in_the_order_of_time() {
    let entries = r#"{"items":[{"at":"2026-03-01T12:00:00.5Z","operation":"patch","kind":"user","scim_id":"u1",
        "outcome":"changed","status":200,"changed":[{"attribute":"title","before":"a","after":"b"}]}]}"#;
    let effects = r#"{"items":[
        {"at":"2026-03-01T12:00:01Z","event_type":"user.updated","kind":"user","scim_id":"u1","learner_id":"l1",
         "outcome":"updated","changed":["job_title"]},
        {"at":"2026-03-01T12:00:00.75Z","event_type":"user.updated","kind":"user","scim_id":"u1","learner_id":null,
         "outcome":"parked","changed":[],"reason":"no seat"}],"next":null}"#;
    let stub = Stub::start().on(&format!("GET {ACME}/log/{REQUEST}"), 200, entries).on(
        &format!("GET {EFFECTS}?request_id={REQUEST}&limit=1000"),
        200,
        effects,
    );
    let shown = stub.run(&["log", "show", REQUEST]);
    let lines: Vec<&str> = shown.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", shown.out);
    for (line, told) in lines[1..].iter().zip([
        ["gateway", "patch", "changed (200)", "u1", "title: a -> b"],
        ["lms", "user.updated", "parked", "u1", "no seat"],
        ["lms", "user.updated", "updated", "l1", "job_title"],
    ]) {
        assert!(told.iter().all(|part| line.contains(part)), "{line}");
    }
    let shown = stub.run(&["log", "show", REQUEST, "--json"]);
    let document: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(document["log"]["items"].as_array().unwrap().len(), 1);
    assert_eq!(document["effects"]["items"].as_array().unwrap().len(), 2);
}

#[test]
fn a_request_is_shown_before_the_lms_knows_the_integration() {
    let stub =
        Stub::start().on(&format!("GET {ACME}/log/{REQUEST}"), 200, r#"{"items":[{"operation":"read"}]}"#);
    let shown = stub.run(&["log", "show", REQUEST]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.out.contains("gateway"), "{}", shown.out);
}

#[test]
fn the_tail_shows_each_entry_once_newest_last_until_it_is_interrupted() {
    let entry = |id: u32| format!(r#"{{"entry_id":{id},"outcome":"entry-{id}"}}"#);
    let page = |ids: &[u32]| {
        let items: Vec<String> = ids.iter().map(|id| entry(*id)).collect();
        format!(r#"{{"items":[{}],"next":null}}"#, items.join(","))
    };
    let log = format!("GET {ACME}/log");
    let stub = Stub::start()
        .on(&log, 200, &page(&[3, 2, 1]))
        .on(&log, 200, &page(&[5, 4, 3, 2, 1]))
        .on(&log, 503, r#"{"detail":"come back later"}"#)
        .on(&log, 200, &page(&[6, 5, 4, 3, 2, 1]));
    let mut child = stub.command(&["log", "tail", "--lines", "2", "--every", "1"]).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let shown: Vec<String> = lines.map(|line| line.unwrap()).take(6).collect();
    let outcomes: Vec<&str> = shown.iter().map(|line| line.split_whitespace().nth(1).unwrap()).collect();
    assert_eq!(outcomes, ["OUTCOME", "entry-2", "entry-3", "entry-4", "entry-5", "entry-6"]);
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_tail_ends_by_itself_when_that_was_asked() {
    let stub = Stub::start().on(&format!("GET {ACME}/log"), 200, r#"{"items":[],"next":null}"#);
    assert_eq!(stub.run(&["log", "tail", "--for", "0"]).code, 0);
}

#[test]
fn an_export_goes_to_a_pipe_or_a_new_private_file() {
    let stub = Stub::start()
        .on(&format!("GET {ACME}/log/export?outcome=denied&format=csv"), 200, "at,outcome\r\n1,denied\r\n")
        .on(&format!("GET {EFFECTS}/export?format=ndjson"), 200, "{}\n{}\n");
    let piped = stub.run(&["log", "export", "--outcome", "denied"]);
    assert_eq!((piped.code, piped.out.as_str()), (0, "at,outcome\r\n1,denied\r\n"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("effects.ndjson");
    let arguments = ["effect", "export", "--format", "ndjson", "--output", path.to_str().unwrap()];
    assert_eq!(stub.run(&arguments).code, 0);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}\n{}\n");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(stub.run(&arguments).code, 2);
}
