use serde_json::{Value, json};

use crate::stub::Stub;

const FIRST: &str = r#"{"items":[{"slug":"a","state":"enabled"},{"slug":"b","state":"paused"}],"next":"b"}"#;
const SECOND: &str = r#"{"items":[{"slug":"c\u009b31m","state":"enabled"}],"next":null}"#;

fn stub() -> Stub {
    Stub::start()
        .on("GET /g/admin/v1/integrations", 200, FIRST)
        .on("GET /g/admin/v1/integrations?cursor=b&limit=1000", 200, SECOND)
        .on("GET /g/admin/v1/integrations?cursor=b&limit=1", 200, SECOND)
}

#[test]
fn pages_are_read_until_the_limit_and_what_is_left_is_told() {
    let stub = stub();
    let shown = stub.run(&["integration", "list", "--limit", "2"]);
    assert_eq!(shown.code, 0);
    let lines: Vec<Vec<&str>> = shown.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["SLUG", "PORTAL", "ENVIRONMENT", "STATE", "PROFILE", "WARNINGS"]);
    assert_eq!(lines[1], ["a", "-", "-", "enabled", "-", "-"]);
    assert_eq!(lines.len(), 3);
    assert_eq!(shown.err, "There is more: --all, or --cursor b\n");
    assert_eq!(stub.lines(), ["GET /g/admin/v1/integrations?limit=2"]);

    let shown = stub.run(&["integration", "list", "--limit", "3"]);
    assert_eq!((shown.out.lines().count(), shown.err.as_str()), (4, ""));
    assert_eq!(stub.lines()[2], "GET /g/admin/v1/integrations?cursor=b&limit=1");
}

#[test]
fn no_items_are_no_list() {
    let stub = stub();
    let refused = stub.run(&["integration", "list", "--limit", "0"]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains("--limit"), "{}", refused.err);
    assert!(stub.requests().is_empty());
}

#[test]
fn text_of_the_server_cannot_control_the_terminal() {
    let shown = stub().run(&["integration", "list", "--all"]);
    assert!(shown.out.contains("c\\u{9b}31m"), "{}", shown.out);
    let shown = stub().run(&["integration", "list", "--all", "--json"]);
    assert!(shown.out.contains("c\\u009b31m"), "{}", shown.out);
}

#[test]
fn one_page_of_json_is_as_it_came_and_several_are_one_document() {
    let stub = stub();
    assert_eq!(stub.run(&["integration", "list", "--limit", "2", "--json"]).out, format!("{FIRST}\n"));
    let all = stub.run(&["integration", "list", "--all", "--json"]);
    let document: Value = serde_json::from_str(&all.out).unwrap();
    assert_eq!(document["next"], json!(null));
    let slugs: Vec<&str> =
        document["items"].as_array().unwrap().iter().map(|item| item["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs, ["a", "b", "c\u{9b}31m"]);
}

#[test]
fn a_cursor_that_leads_nowhere_is_not_followed_for_ever() {
    let page = r#"{"items":[],"next":7}"#;
    let stub = Stub::start().on("GET /l/admin/v1/integrations/acme/conflicts", 200, page);
    assert_eq!(stub.run(&["conflict", "list", "--all"]).code, 0);
    assert_eq!(stub.requests().len(), 2);
}
