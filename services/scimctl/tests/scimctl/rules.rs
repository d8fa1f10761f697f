use serde_json::json;

use crate::stub::{Stub, ran};

const RULES: &str = "/l/admin/v1/integrations/acme/rules";

#[test]
fn rules_are_saved_over_the_version_in_force_which_is_told() {
    let stub = Stub::start()
        .on_with(
            &format!("GET {RULES}"),
            200,
            "etag: \"2\"\r\n",
            r#"{"version":2,"saved_by":"olga","rules":{}}"#,
        )
        .on(&format!("PUT {RULES}"), 200, r#"{"version":3,"rules":{}}"#);
    let put = ran(
        stub.command(&["rules", "put", "--file", "-", "--comment", "cohorts by name"]),
        r#"{"cohorts":[]}"#,
    );
    assert_eq!((put.code, put.out.as_str()), (0, "Version 3 is in force.\n"), "{}", put.err);
    assert_eq!(put.err, "These rules take the place of version 2, saved by olga.\n");
    let request = stub.request(&format!("PUT {RULES}"));
    assert_eq!(request.headers["if-match"], "\"2\"");
    assert_eq!(request.body, json!({ "rules": { "cohorts": [] }, "comment": "cohorts by name" }));
}

#[test]
fn what_show_printed_can_be_edited_and_put_over_the_version_that_was_shown() {
    let shown = r#"{"version":2,"saved_by":"olga","comment":"","rules":{"guard":{"people":5}}}"#;
    let stub = Stub::start().on(&format!("GET {RULES}"), 200, shown).on(
        &format!("PUT {RULES}"),
        412,
        r#"{"detail":"version 3 is in force"}"#,
    );
    let printed = stub.run(&["rules", "show"]).out;
    let edited = printed.replace('5', "50");
    let refused = ran(stub.command(&["rules", "put", "--file", "-"]), &edited);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("version 3 is in force"), "{}", refused.err);
    let request = stub.request(&format!("PUT {RULES}"));
    assert_eq!(request.headers["if-match"], "\"2\"");
    assert_eq!(request.body, json!({ "rules": { "guard": { "people": 50 } }, "comment": "" }));
}

#[test]
fn mistakes_in_rules_are_listed_with_their_places() {
    let problem = r#"{"title":"Unprocessable Entity","status":422,"detail":"the rules cannot be used",
        "errors":[{"pointer":"/mapping/country/from/0","problem":"no such path"},
                  {"pointer":"/ownership/login/mode","problem":"choose another"}]}"#;
    let stub = Stub::start().on(&format!("PUT {RULES}"), 422, problem);
    let refused = ran(stub.command(&["rules", "put", "--file", "-"]), r#"{"version":1,"rules":{}}"#);
    assert_eq!(
        refused.err,
        "scimctl: the rules cannot be used (422)\n  /mapping/country/from/0: no such path\n  \
         /ownership/login/mode: choose another\n"
    );
}

#[test]
fn a_preview_is_of_one_person_or_of_the_groups() {
    let id = "0198c0de-0000-7000-8000-000000000001";
    let person = r#"{"scim_id":"x","attributes":[{"attribute":"job_title","value":"Engineer",
        "directory":"Senior Engineer","becomes":"directory","value_after":"Senior Engineer","conflict":null}]}"#;
    let stub = Stub::start().on(&format!("POST {RULES}/preview"), 200, person).on(
        &format!("POST {RULES}/preview-cohorts"),
        200,
        r#"{"items":[],"totals":{"groups":5},"next":null}"#,
    );
    let shown = stub.run(&["rules", "preview", "--learner", id]);
    assert!(shown.out.contains("job_title  Engineer  Senior Engineer  directory"), "{}", shown.out);
    assert_eq!(stub.request(&format!("POST {RULES}/preview")).body, json!({ "learner_id": id }));
    let shown = ran(stub.command(&["rules", "preview-cohorts", "--file", "-", "--limit", "5"]), "{}");
    assert!(shown.out.contains("totals.groups  5"), "{}", shown.out);
    assert_eq!(stub.requests()[1].body, json!({ "rules": {}, "limit": 5, "cursor": null }));
    assert_eq!(stub.run(&["rules", "preview"]).code, 2);
}
