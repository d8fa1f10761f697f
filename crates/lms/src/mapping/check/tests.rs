use serde_json::{Value, json};

use super::*;

fn errors(rules: Value) -> Vec<(String, String)> {
    let errors = Mapping::read(rules).unwrap_err();
    errors.into_iter().map(|error| (error.pointer, error.problem)).collect()
}

/// The one error of a mapping whose department has this rule.
fn department(rule: Value) -> (String, String) {
    let mut errors = errors(json!({ "login": { "from": ["userName"] }, "department": rule }));
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.remove(0)
}

#[test]
fn a_mapping_without_login_is_refused() {
    let problem = "Say where `login` comes from: nobody can sign in without one.";
    assert_eq!(errors(json!({})), [("/mapping".to_owned(), problem.to_owned())]);
}

#[test]
fn every_error_is_told_at_once() {
    let rules = json!({
        "manager": { "from": ["userName"], "transforms": ["lower"] },
        "phone": { "from": [] }
    });
    let pointers: Vec<_> = errors(rules).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/mapping", "/mapping/manager/transforms", "/mapping/phone/from"]);
}

#[test]
fn a_constant_needs_no_source() {
    let rules =
        json!({ "login": { "from": ["userName"] }, "country": { "transforms": [{ "default": "fr" }] } });
    assert!(Mapping::read(rules).is_ok());
}

#[test]
fn limits_are_kept() {
    let rows: serde_json::Map<_, _> = (0..501).map(|row| (row.to_string(), json!("x"))).collect();
    for (rule, pointer, problem) in [
        (json!({ "from": vec!["title"; 11] }), "/mapping/department/from", "Name at most 10 sources."),
        (
            json!({ "from": ["title"], "transforms": vec!["trim"; 11] }),
            "/mapping/department/transforms",
            "Use at most 10 transforms.",
        ),
        (
            json!({ "from": ["title"], "transforms": ["trim", { "lookup": { "table": rows } }] }),
            "/mapping/department/transforms/1/lookup",
            "Shorten the table to 500 rows.",
        ),
        (
            json!({ "from": ["title"], "transforms": [{ "template": "é".repeat(1001) }] }),
            "/mapping/department/transforms/0/template",
            "Shorten the template to 1000 characters.",
        ),
        (
            json!({ "from": ["title"], "transforms": [{ "default": " " }] }),
            "/mapping/department/transforms/0/default",
            "Give a default that is not blank, or take it away.",
        ),
    ] {
        assert_eq!(department(rule), (pointer.to_owned(), problem.to_owned()));
    }
}

#[test]
fn what_does_not_parse_says_where_and_why() {
    for (rule, pointer, part) in [
        (
            json!({ "from": ["title", "job title"] }),
            "/mapping/department/from/1",
            "`job title` is not a path",
        ),
        (json!({ "form": [] }), "/mapping/department/form", "unknown field `form`"),
        (
            json!({ "from": ["title"], "transforms": ["upper"] }),
            "/mapping/department/transforms/0",
            "unknown variant `upper`",
        ),
        (
            json!({ "from": ["title"], "transforms": [{ "template": "{value" }] }),
            "/mapping/department/transforms/0/template",
            "the template cannot be read: a `{` is never closed",
        ),
        (
            json!({ "from": ["title"], "transforms": [{ "template": "{nothing}" }] }),
            "/mapping/department/transforms/0/template",
            "`nothing` is not a path",
        ),
        (
            json!({ "from": ["title"], "transforms": [{ "lookup": { "table": {}, "otherwise": "guess" } }] }),
            "/mapping/department/transforms/0/lookup/otherwise",
            "unknown variant `guess`",
        ),
    ] {
        let (found, problem) = department(rule);
        assert_eq!(found, pointer, "{problem}");
        assert!(problem.contains(part), "{problem}");
    }
}

#[test]
fn the_unreadable_rules_of_all_attributes_are_told_at_once() {
    let rules = json!({ "shoe_size": { "from": ["title"] }, "phone": { "from": "title" }, "email": true });
    let errors = errors(rules);
    let pointers: Vec<_> = errors.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(pointers, ["/mapping/email", "/mapping/phone/from", "/mapping/shoe_size"]);
    assert!(
        errors[2].1.contains("unknown variant `shoe_size`, expected one of `login`, `email`"),
        "{errors:?}"
    );
    assert_eq!(Mapping::read(json!(7)).unwrap_err()[0].pointer, "/mapping");
}
