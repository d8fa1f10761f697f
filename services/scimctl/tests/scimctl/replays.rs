use serde_json::{Value, json};

use crate::stub::{ACME, Stub};

const ID: &str = "0198c0de-0000-7000-8000-000000000001";

#[test]
fn a_replay_goes_on_until_the_log_is_walked_over() {
    let line = format!("POST {ACME}/replays");
    let stub = Stub::start()
        .on(&line, 200, r#"{"replayed":1200,"next":40000}"#)
        .on(&line, 200, r#"{"replayed":0,"next":20000}"#)
        .on(&line, 200, r#"{"replayed":34,"next":null}"#);
    let done = stub.run(&["replay", "--since", "2026-03-01T12:00:00Z", "--json"]);
    assert_eq!((done.code, done.out.trim()), (0, r#"{"replayed":1234,"snapshot":null}"#), "{}", done.err);
    assert_eq!(done.err.lines().collect::<Vec<_>>(), ["1200 events so far …"; 2]);
    let bodies: Vec<Value> = stub.requests().into_iter().map(|request| request.body).collect();
    let since = "2026-03-01T12:00:00Z";
    assert_eq!(
        bodies,
        [
            json!({ "since": since }),
            json!({ "since": since, "cursor": 40000 }),
            json!({ "since": since, "cursor": 20000 })
        ]
    );
}

#[test]
fn a_resource_is_also_told_as_it_is_now() {
    for kind in ["user", "group"] {
        let (replays, snapshots) = (format!("POST {ACME}/replays"), format!("POST {ACME}/snapshots"));
        let stub = Stub::start().on(&replays, 200, r#"{"replayed":3,"next":null}"#).on(
            &snapshots,
            202,
            r#"{"id":"s1","state":"running"}"#,
        );
        let done = stub.run(&["replay", &format!("--{kind}"), ID]);
        assert_eq!(done.code, 0, "{}", done.err);
        assert!(done.out.contains("s1") && done.out.contains('3'), "{}", done.out);
        assert_eq!(stub.lines(), [replays.as_str(), snapshots.as_str()]);
        assert_eq!(stub.request(&replays).body, json!({ kind: ID }));
        assert_eq!(stub.request(&snapshots).body, json!({ kind: ID }));
    }
}

#[test]
fn everything_is_a_snapshot_and_nothing_is_no_replay() {
    let line = format!("POST {ACME}/snapshots");
    let stub = Stub::start().on(&line, 202, r#"{"id":"s1"}"#);
    let done = stub.run(&["replay", "--all"]);
    assert_eq!((done.code, stub.lines()), (0, vec![line]), "{}", done.err);
    for words in
        [&["replay"][..], &["replay", "--all", "--since", "2h"], &["replay", "--user", ID, "--group", ID]]
    {
        assert_eq!(stub.run(words).code, 2, "{words:?}");
    }
}
