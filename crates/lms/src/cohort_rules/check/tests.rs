use serde_json::{Value, json};

use crate::CohortRules;

fn errors(rules: Value) -> Vec<(String, String)> {
    let errors = CohortRules::read(rules).unwrap_err();
    errors.into_iter().map(|error| (error.pointer, error.problem)).collect()
}

/// The one error of a single rule.
fn error(when: Value, then: Value, role: Option<&str>) -> (String, String) {
    let mut errors = errors(json!([{ "name": "r", "when": when, "then": then, "grants_role": role }]));
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.remove(0)
}

fn create(template: &str) -> Value {
    json!({ "create": { "name_template": template } })
}

#[test]
fn a_role_is_granted_by_identity_only() {
    let problem = "Match by `group_id` or `external_id` to grant a role: a name can be given to any group.";
    for when in [
        json!("any"),
        json!({ "exact": "Admins" }),
        json!({ "prefix": "Admins" }),
        json!({ "contains": "Admins" }),
        json!({ "regex": "Admins" }),
    ] {
        let found = error(when.clone(), json!({ "create": {} }), Some("admin"));
        assert_eq!(found, ("/cohorts/0/grants_role".to_owned(), problem.to_owned()), "{when}");
    }
    for when in [json!({ "group_id": "00000000-0000-0000-0000-000000000001" }), json!({ "external_id": "x" })]
    {
        let rules = json!([{ "name": "r", "when": when, "then": { "create": {} }, "grants_role": "admin" }]);
        assert!(CohortRules::read(rules).is_ok());
        let (pointer, problem) = error(when, json!("ignore"), Some("manager"));
        assert_eq!(pointer, "/cohorts/0/grants_role");
        assert_eq!(problem, "Take the role away: a group that is ignored grants none.");
    }
}

#[test]
fn a_template_wants_only_what_there_is() {
    let named = json!({ "regex": "^(a)(?<class>b)?$" });
    for (when, template) in
        [(json!("any"), "{displayName} {externalId} {{1}}"), (named.clone(), "{0} {1} {2} {class}")]
    {
        let rules = json!([{ "name": "r", "when": when, "then": create(template) }]);
        assert!(CohortRules::read(rules).is_ok(), "{template}");
    }
    for (when, template, missing) in
        [(json!("any"), "{1}", "1"), (named.clone(), "{3}", "3"), (named, "{Class}", "Class")]
    {
        let (pointer, problem) = error(when, create(template), None);
        assert_eq!(pointer, "/cohorts/0/then/create/name_template");
        assert_eq!(
            problem,
            format!(
                "Use {{displayName}}, {{externalId}} or a group of the rule's regex: it has no `{missing}`."
            )
        );
    }
}

#[test]
fn names_are_there_and_unique() {
    let rule = |name: &str| json!({ "name": name, "when": "any", "then": "ignore" });
    let found = errors(json!([rule("Sales"), rule(" "), rule("SALES "), rule(&"x".repeat(201))]));
    let expected = [
        ("/cohorts/1/name", "Give the rule a name."),
        ("/cohorts/2/name", "Give the rule a name that no rule before it has."),
        ("/cohorts/3/name", "Shorten the name to 200 characters."),
    ];
    assert_eq!(found, expected.map(|(pointer, problem)| (pointer.to_owned(), problem.to_owned())));
}

#[test]
fn limits_are_kept() {
    let rule = json!({ "name": "r", "when": "any", "then": "ignore" });
    assert_eq!(
        errors(json!(vec![rule; 501])),
        [("/cohorts".to_owned(), "Write at most 500 rules.".to_owned())]
    );
    let long = "x".repeat(1001);
    for (when, then, pointer) in [
        (json!({ "prefix": long }), json!("ignore"), "/cohorts/0/when/prefix"),
        (json!({ "regex": long }), json!("ignore"), "/cohorts/0/when/regex"),
        (json!({ "exact": " " }), json!("ignore"), "/cohorts/0/when/exact"),
        (json!({ "regex": "" }), json!("ignore"), "/cohorts/0/when/regex"),
        (json!("any"), create(&long), "/cohorts/0/then/create/name_template"),
        (json!("any"), create(" "), "/cohorts/0/then/create/name_template"),
    ] {
        assert_eq!(error(when, then, None).0, pointer);
    }
}

#[test]
fn what_does_not_parse_says_where_and_why() {
    for (when, then, pointer, part) in [
        (json!({ "regex": "(" }), json!("ignore"), "/cohorts/0/when/regex", "cannot be read: unclosed group"),
        (json!({ "regex": r"\w{900}" }), json!("ignore"), "/cohorts/0/when/regex", "too large; repeat less"),
        (json!({ "group_id": "x" }), json!("ignore"), "/cohorts/0/when/group_id", "UUID"),
        (json!({ "glob": "x" }), json!("ignore"), "/cohorts/0/when", "unknown variant `glob`"),
        (json!("any"), json!({ "create": { "name": "x" } }), "/cohorts/0/then/create/name", "unknown field"),
        (json!("any"), create("{displayName"), "/cohorts/0/then/create/name_template", "never closed"),
        (
            json!("any"),
            create("{a b}"),
            "/cohorts/0/then/create/name_template",
            "`{a b}` names nothing; use {dis",
        ),
        (json!("any"), json!({ "link": {} }), "/cohorts/0/then/link", "missing field `cohort`"),
    ] {
        let (found, problem) = error(when, then, None);
        assert_eq!(found, pointer, "{problem}");
        assert!(problem.contains(part), "{problem}");
    }
    assert_eq!(errors(json!({}))[0], ("/cohorts".to_owned(), "Write a list of rules.".to_owned()));
}

#[test]
fn rules_that_link_one_cohort_agree_about_it() {
    let link = json!({ "link": { "cohort": "018f3d5e-7c1a-7000-8000-000000000001" } });
    let one = json!({ "name": "one", "when": { "prefix": "A" }, "then": link, "on_leave": "withdraw" });
    let other = json!({ "name": "other", "when": { "prefix": "B" }, "then": link });
    let found = errors(json!([one, other]));
    let problem = "Give all rules that link this cohort the same on_leave.";
    assert_eq!(found, [("/cohorts/1/then/link/cohort".to_owned(), problem.to_owned())]);
}

/// Or somebody who may name a group could join a cohort that makes administrators.
#[test]
fn a_cohort_that_others_may_feed_grants_no_role() {
    let link = json!({ "link": { "cohort": "018f3d5e-7c1a-7000-8000-000000000001" } });
    let (pointer, problem) = error(json!({ "external_id": "object-1" }), link, Some("admin"));
    assert_eq!(pointer, "/cohorts/0/grants_role");
    assert!(problem.starts_with("Use `create`"), "{problem}");
}
