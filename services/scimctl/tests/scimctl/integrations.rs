use serde_json::json;

use crate::stub::{ACME, Stub, ran};

const LEFT: &str = r#"{"learners":{"active":12,"inactive":3},"cohorts":2,"held":0,"detached_at":null}"#;

#[test]
fn settings_are_sent_whole_with_the_version_that_was_seen() {
    let seen = r#"{"slug":"acme","settings":{"log_retention_days":30,"logged_values":["title"],
        "requests_per_second":null}}"#;
    let stub = Stub::start()
        .on_with(&format!("GET {ACME}"), 200, "etag: \"7\"\r\n", seen)
        .on(&format!("PUT {ACME}/settings"), 200, r#"{"slug":"acme"}"#)
        .on(&format!("PUT {ACME}/settings"), 412, r#"{"detail":"version 8 is in force"}"#);
    let arguments = ["integration", "settings", "set", "acme", "--log-retention-days", "90"];
    let set = stub.run(&[&arguments[..], &["--requests-per-second", "20"]].concat());
    assert_eq!((set.code, set.out.as_str()), (0, "slug  acme\n"));
    assert_eq!(set.err, "log_retention_days: 30 -> 90\nrequests_per_second: - -> 20\n");
    let request = stub.request(&format!("PUT {ACME}/settings"));
    assert_eq!(request.headers["if-match"], "\"7\"");
    assert_eq!(
        request.body,
        json!({ "log_retention_days": 90, "logged_values": ["title"], "requests_per_second": 20 })
    );
    let outdated = stub.run(&[&arguments[..], &["--logged-values", ""]].concat());
    assert_eq!(outdated.code, 1);
    assert!(outdated.err.contains("somebody changed it meanwhile, so nothing was done"), "{}", outdated.err);
    assert_eq!(stub.requests()[3].body["logged_values"], json!([]));
}

#[test]
fn an_integration_is_made_and_its_state_profile_and_schemas_are_set() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("schema.json");
    std::fs::write(&file, r#"{"name":"Acme"}"#).unwrap();
    let urn = "urn:acme:2.0:User";
    let arguments = ["--portal", "p1", "--environment", "staging", "--request-profile", "strict"];
    let create = [&["integration", "create", "acme"], &arguments[..]].concat();
    let put = ["integration", "schema", "put", "acme", urn, "--file", file.to_str().unwrap()];
    let cases: [(&[&str], String, _); 6] = [
        (
            &create,
            "POST /g/admin/v1/integrations".to_owned(),
            json!({ "slug": "acme", "portal": "p1", "environment": "staging", "profile": "strict" }),
        ),
        (&["integration", "enable", "acme"], format!("PUT {ACME}/state"), json!({ "state": "enabled" })),
        (&["integration", "pause", "acme"], format!("PUT {ACME}/state"), json!({ "state": "paused" })),
        (&["integration", "disable", "acme"], format!("PUT {ACME}/state"), json!({ "state": "disabled" })),
        (
            &["integration", "profile", "set", "acme", "entra"],
            format!("PUT {ACME}/profile"),
            json!({ "profile": "entra" }),
        ),
        (&put, format!("PUT {ACME}/schemas/{urn}"), json!({ "name": "Acme" })),
    ];
    for (arguments, line, body) in cases {
        let stub = Stub::start().on(&line, 200, r#"{"slug":"acme"}"#);
        let done = stub.run(arguments);
        assert_eq!((done.code, done.out.as_str()), (0, "slug  acme\n"), "{arguments:?}: {}", done.err);
        assert_eq!(stub.request(&line).body, body, "{arguments:?}");
    }
}

#[test]
fn detaching_shows_what_stays_and_has_the_slug_typed() {
    let stub = || {
        Stub::start().on("GET /l/admin/v1/integrations/acme/detachment", 200, LEFT).on(
            &format!("POST {ACME}/detach"),
            200,
            r#"{"slug":"acme","state":"detached"}"#,
        )
    };
    for wrong in ["", "yes\n", "acm\n"] {
        let stub = stub();
        let refused = ran(stub.command(&["integration", "detach", "acme"]), wrong);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""));
        assert!(refused.err.contains("learners.active    12"), "{}", refused.err);
        assert!(refused.err.contains("Type acme to go on:"), "{}", refused.err);
        assert_eq!(stub.requests().len(), 1);
    }
    let typed = stub();
    assert_eq!(ran(typed.command(&["integration", "detach", "acme"]), "acme\n").code, 0);
    assert_eq!(typed.request(&format!("POST {ACME}/detach")).body, json!({ "confirm": "acme" }));

    let given = stub();
    assert_eq!(given.run(&["integration", "detach", "acme", "--confirm", "acme"]).code, 0);
    assert_eq!(given.requests().len(), 2);
    let mistaken = stub();
    assert_eq!(mistaken.run(&["integration", "detach", "acme", "--confirm", "other"]).code, 2);
    assert!(mistaken.requests().is_empty());
}

fn to_promote() -> Stub {
    let settings = r#"{"differences":[{"pointer":"/settings/log_retention_days","here":30,"there":90}],
        "versions":{"here":4,"there":9}}"#;
    let rules = r#"{"differences":[{"pointer":"/guard/people","here":500,"there":50}],
        "versions":{"here":1,"there":3}}"#;
    Stub::start()
        .on(&format!("GET {ACME}/comparison?with=test"), 200, settings)
        .on("GET /l/admin/v1/integrations/acme/rules-comparison?with=test", 200, rules)
        .on(&format!("POST {ACME}/promotion"), 200, r#"{"differences":[]}"#)
}

const PROMOTE: [&str; 6] = ["integration", "promote", "--from", "test", "--to", "acme"];

#[test]
fn promotion_posts_to_both_services_the_versions_that_were_shown() {
    let stub = to_promote().on("POST /l/admin/v1/integrations/acme/rules-promotion", 200, "{}");
    let done = ran(stub.command(&[&PROMOTE[..], &["--comment", "as tested"]].concat()), "y\n");
    assert_eq!((done.code, done.out.as_str()), (0, "acme is like test now\n"), "{}", done.err);
    for told in ["/settings/log_retention_days", "/guard/people", "Make acme like test?"] {
        assert!(done.err.contains(told), "{}", done.err);
    }
    assert_eq!(
        stub.request(&format!("POST {ACME}/promotion")).body,
        json!({ "from": "test", "from_version": 9, "to_version": 4 })
    );
    assert_eq!(
        stub.request("POST /l/admin/v1/integrations/acme/rules-promotion").body,
        json!({ "from": "test", "from_version": 3, "to_version": 1, "comment": "as tested" })
    );
}

#[test]
fn nothing_is_promoted_without_consent() {
    let stub = to_promote();
    assert_eq!(ran(stub.command(&PROMOTE), "n\n").code, 2);
    assert_eq!(ran(stub.command(&PROMOTE), "").code, 2);
    assert!(stub.lines().iter().all(|line| line.starts_with("GET ")));
}

#[test]
fn a_promotion_that_stops_halfway_says_what_was_done() {
    let stub = to_promote().on(
        "POST /l/admin/v1/integrations/acme/rules-promotion",
        412,
        r#"{"detail":"version 4"}"#,
    );
    let halfway = stub.run(&[&PROMOTE[..], &["--yes"]].concat());
    assert_eq!(halfway.code, 1);
    let told = "scimctl: settings, profile and schemas were promoted, but what follows was not done: somebody changed";
    assert!(halfway.err.contains(told), "{}", halfway.err);
}

#[test]
fn a_comparison_is_a_table_or_the_answers_by_name() {
    let arguments = ["integration", "compare", "--from", "test", "--to", "acme"];
    let shown = to_promote().run(&arguments);
    let lines: Vec<Vec<&str>> = shown.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["WHAT", "WHERE", "acme", "test"]);
    assert_eq!(lines[1], ["settings", "/settings/log_retention_days", "30", "90"]);
    assert_eq!(lines[2], ["rules", "/guard/people", "500", "50"]);
    let shown = to_promote().run(&[&arguments[..], &["--json"]].concat());
    let document: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(document["settings"]["versions"]["there"], 9);
    assert_eq!(document["rules"]["versions"]["here"], 1);
}
