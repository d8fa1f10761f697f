use serde_json::{Value, json};

use crate::stub::{Stub, ran};

const ID: &str = "0198c0de-0000-7000-8000-000000000001";
const LMS: &str = "/l/admin/v1/integrations/acme";
const SNAPSHOTS: &str = "/g/admin/v1/integrations/acme/snapshots";

/// Words of a command, with `ID` for an id; what it sends; the body, if any.
fn acts() -> Vec<(&'static str, String, Value)> {
    let learner = format!("{LMS}/learners/{ID}");
    let exempted = json!({ "reason": "leave", "ends_at": "2026-12-31T00:00:00Z" });
    vec![
        ("hold show ID", format!("GET {LMS}/holds/{ID}"), Value::Null),
        (
            "hold approve ID --comment closed",
            format!("POST {LMS}/holds/{ID}/approve"),
            json!({ "comment": "closed" }),
        ),
        (
            "hold reject ID --comment scope",
            format!("POST {LMS}/holds/{ID}/reject"),
            json!({ "comment": "scope" }),
        ),
        (
            "adoption link ID --learner ID",
            format!("POST {LMS}/adoptions/{ID}/link"),
            json!({ "learner_id": ID }),
        ),
        ("adoption create ID", format!("POST {LMS}/adoptions/{ID}/create"), Value::Null),
        (
            "adoption link-all --by login",
            format!("POST {LMS}/adoptions/link-all"),
            json!({ "likeness": "login" }),
        ),
        ("parked retry ID", format!("POST {LMS}/parked/{ID}/retry"), Value::Null),
        ("parked discard ID", format!("DELETE {LMS}/parked/{ID}"), Value::Null),
        ("parked retry-all", format!("POST {LMS}/parked/retry"), json!({})),
        (
            "parked retry-all --reason no_seat",
            format!("POST {LMS}/parked/retry"),
            json!({ "reason": "no_seat" }),
        ),
        ("stuck retry ID", format!("POST {LMS}/stuck/{ID}/retry"), Value::Null),
        ("learner explain ID", format!("GET {learner}/explain"), Value::Null),
        (
            "learner exempt ID --reason leave --until 2026-12-31T00:00:00Z",
            format!("PUT {learner}/exemption"),
            exempted,
        ),
        ("learner exemption show ID", format!("GET {learner}/exemption"), Value::Null),
        ("learner exemption end ID", format!("DELETE {learner}/exemption"), Value::Null),
        (
            "learner erasure request ID --reason T1",
            format!("POST {learner}/erasure"),
            json!({ "reason": "T1" }),
        ),
        ("learner erasure show ID", format!("GET {learner}/erasure"), Value::Null),
        ("learner erasure confirm ID --confirm ID", format!("POST {learner}/erasure/confirm"), Value::Null),
        ("learner erasure withdraw ID", format!("DELETE {learner}/erasure"), Value::Null),
        ("integration summary acme", "GET /g/admin/v1/integrations/acme/summary".to_owned(), Value::Null),
        ("integration lms-summary acme", format!("GET {LMS}/lms-summary"), Value::Null),
        (
            "integration setup-check acme",
            "GET /g/admin/v1/integrations/acme/setup-check".to_owned(),
            Value::Null,
        ),
        ("reconcile run", format!("POST {SNAPSHOTS}"), Value::Null),
        ("reconcile show ID", format!("GET {LMS}/reconcile/runs/{ID}"), Value::Null),
    ]
}

#[test]
fn each_act_is_one_request_whose_answer_is_shown() {
    for (words, line, body) in acts() {
        let words: Vec<&str> = words.split(' ').map(|word| if word == "ID" { ID } else { word }).collect();
        let stub = Stub::start().on(&line, 200, r#"{"answer":"shown"}"#);
        let done = stub.run(&words);
        assert_eq!((done.code, done.out.as_str()), (0, "answer  shown\n"), "{words:?}: {}", done.err);
        assert_eq!(stub.lines(), [line.as_str()], "{words:?}");
        assert_eq!(stub.request(&line).body, body, "{words:?}");
    }
}

#[test]
fn each_list_is_read_where_it_is_kept() {
    let gateway = "/g/admin/v1/integrations/acme";
    let cases = [
        ("token list", format!("{gateway}/credentials")),
        ("audit list", format!("{gateway}/audit?limit=100")),
        ("reconcile snapshots", format!("{gateway}/snapshots")),
        ("audit list --lms", format!("{LMS}/lms-audit?limit=100")),
        ("effect list --outcome held", format!("{LMS}/effects?outcome=held&limit=100")),
        ("learner list --login ana", format!("{LMS}/learners?login=ana&limit=100")),
        ("learner list --status inactive", format!("{LMS}/learners?status=inactive&limit=100")),
        ("learner exemption list", format!("{LMS}/exemptions?limit=100")),
        ("learner erasure list", format!("{LMS}/erasures?limit=100")),
        ("cohort list", format!("{LMS}/cohorts?limit=100")),
        ("rules versions", format!("{LMS}/rules/versions?limit=100")),
        ("hold list --state open", format!("{LMS}/holds?state=open&limit=100")),
        ("adoption list", format!("{LMS}/adoptions?limit=100")),
        ("parked list --reason no_seat", format!("{LMS}/parked?reason=no_seat&limit=100")),
        ("stuck list", format!("{LMS}/stuck?limit=100")),
        ("missing-manager list", format!("{LMS}/missing-managers?limit=100")),
        ("conflict list --learner ID", format!("{LMS}/conflicts?learner={ID}&limit=100")),
        ("finding list", format!("{LMS}/findings?limit=100")),
        ("reconcile list", format!("{LMS}/reconcile/runs?limit=100")),
        (
            "reconcile drift ID --kind missing_user",
            format!("{LMS}/reconcile/runs/{ID}/drift?kind=missing_user&limit=100"),
        ),
    ];
    for (words, address) in cases {
        let words: Vec<&str> = words.split(' ').map(|word| if word == "ID" { ID } else { word }).collect();
        let stub = Stub::start().on(&format!("GET {address}"), 200, r#"{"items":[],"next":null}"#);
        let shown = stub.run(&words);
        assert_eq!((shown.code, shown.out.as_str()), (0, "nothing\n"), "{words:?}: {}", shown.err);
        assert_eq!(stub.lines(), [format!("GET {address}")], "{words:?}");
    }
}

/// In the body: an address is logged on its way.
#[test]
fn who_is_looked_for_stands_in_no_address() {
    let line = format!("POST {LMS}/learners/search");
    let page = r#"{"items":[{"learner_id":"l1","login":"ana@acme.example"}],"next":"p2"}"#;
    let stub = Stub::start().on(&line, 200, page);
    let found = stub.run(&["learner", "search", "Ana Silva", "--status", "active", "--limit", "1"]);
    assert!(found.code == 0 && found.out.contains("ana@acme.example"), "{}{}", found.out, found.err);
    assert!(found.err.contains("--cursor p2"), "{}", found.err);
    assert_eq!(stub.lines(), [line.as_str()]);
    assert_eq!(stub.request(&line).body, json!({ "text": "Ana Silva", "status": "active", "limit": 1 }));

    let stub = Stub::start().on(&line, 200, r#"{"items":[],"next":null}"#);
    assert_eq!(stub.run(&["learner", "search", "ana", "--cursor", "p2"]).out, "nothing\n");
    assert_eq!(stub.request(&line).body, json!({ "text": "ana", "limit": 100, "cursor": "p2" }));
}

#[test]
fn an_erasure_is_confirmed_by_typing_the_id() {
    let line = format!("POST {LMS}/learners/{ID}/erasure/confirm");
    let stub = Stub::start().on(&line, 200, "{}");
    assert_eq!(ran(stub.command(&["learner", "erasure", "confirm", ID]), "y\n").code, 2);
    assert!(stub.requests().is_empty());
    assert_eq!(ran(stub.command(&["learner", "erasure", "confirm", ID]), &format!("{ID}\n")).code, 0);
}

#[test]
fn each_candidate_for_an_adoption_has_a_line() {
    let page = r#"{"items":[{"scim_id":"n1","login":"ana","display_name":"Ana","candidates":[
        {"learner_id":"l1","matched":["login"],"kind":"local","status":"active","training_records":14,"obstacle":null},
        {"learner_id":"l2","matched":["email"],"kind":"former","status":"inactive","training_records":0}]}],
        "next":null}"#;
    let stub = Stub::start().on(&format!("GET {LMS}/adoptions"), 200, page);
    let shown = stub.run(&["adoption", "list"]);
    let lines: Vec<Vec<&str>> = shown.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[1], ["n1", "ana", "Ana", "l1", "local", "active", "login", "14", "-"]);
    assert_eq!(lines[2], ["n1", "ana", "Ana", "l2", "former", "inactive", "email", "0", "-"]);
}

#[test]
fn a_run_is_waited_for_at_both_services() {
    let run = format!("GET {LMS}/reconcile/runs/{ID}");
    let stub = Stub::start()
        .on(&format!("POST {SNAPSHOTS}"), 202, &format!(r#"{{"id":"{ID}","state":"running"}}"#))
        .on(&format!("GET {SNAPSHOTS}/{ID}"), 200, r#"{"state":"finished"}"#)
        .on(&run, 404, r#"{"detail":"no such run"}"#)
        .on(&run, 200, r#"{"is_finished":true,"users":7,"drift":[{"kind":"edited_learner","count":4}]}"#);
    let waited = stub.run(&["reconcile", "run", "--wait"]);
    assert_eq!(waited.code, 0, "{}", waited.err);
    assert_eq!(
        waited.out,
        "is_finished  true\nusers        7\n\ndrift:\nDRIFT           COUNT\nedited_learner  4\n"
    );

    let stub = Stub::start()
        .on(&format!("POST {SNAPSHOTS}"), 202, &format!(r#"{{"id":"{ID}","state":"running"}}"#))
        .on(&format!("GET {SNAPSHOTS}/{ID}"), 200, r#"{"state":"running"}"#);
    let given_up = stub.run(&["reconcile", "run", "--wait", "--timeout", "0"]);
    assert_eq!(given_up.code, 3);
    assert!(given_up.err.contains("it goes on without you"), "{}", given_up.err);
}
