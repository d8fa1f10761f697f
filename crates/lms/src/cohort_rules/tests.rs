use serde_json::json;

use super::*;
use crate::ScimId;

const GROUP: Uuid = Uuid::from_u128(7);

fn group(display_name: &str) -> GroupFacts<'_> {
    GroupFacts { scim_id: ScimId(GROUP), external_id: Some("object-7"), display_name }
}

fn rules(rules: serde_json::Value) -> CohortRules {
    CohortRules::read(rules).unwrap()
}

/// Whether a rule with this condition matches the group.
fn is_matched(when: &serde_json::Value, display_name: &str) -> bool {
    let rules = rules(json!([{ "name": "r", "when": when, "then": { "create": {} } }]));
    matches!(rules.decide(&group(display_name)), CohortPlan::Create { .. })
}

/// The name of the cohort that a group becomes.
fn named(when: serde_json::Value, template: &str, group: &GroupFacts<'_>) -> String {
    let then = json!({ "create": { "name_template": template } });
    match rules(json!([{ "name": "r", "when": when, "then": then }])).decide(group) {
        CohortPlan::Create { name, .. } => name,
        other => panic!("{other:?}"),
    }
}

#[test]
fn by_default_every_group_becomes_a_cohort() {
    let default = CohortRules::default();
    assert_eq!(default.validate(), Ok(()));
    for (display_name, name) in [("Sales EMEA", "aad-Sales EMEA"), (" Sales ", "aad- Sales "), (" ", "aad-")]
    {
        let plan = CohortPlan::Create {
            name: name.to_owned(),
            on_leave: OnLeave::Keep,
            role: None,
            rule: "every group".to_owned(),
        };
        assert_eq!(default.decide(&group(display_name)), plan);
    }
    let written = json!([{
        "name": "every group",
        "when": "any",
        "then": { "create": { "name_template": "aad-{displayName}" } },
        "on_leave": "keep"
    }]);
    assert_eq!(serde_json::to_value(&default).unwrap(), written);
    assert_eq!(rules(written), default);
}

#[test]
fn each_condition_knows_its_groups() {
    for (when, display_name, expected) in [
        (json!("any"), "", true),
        (json!({ "group_id": "00000000-0000-0000-0000-000000000007" }), "x", true),
        (json!({ "group_id": "00000000-0000-0000-0000-000000000008" }), "x", false),
        (json!({ "external_id": "object-7" }), "x", true),
        (json!({ "external_id": "OBJECT-7" }), "x", false),
        (json!({ "exact": "Équipe" }), "ÉQUIPE", true),
        (json!({ "exact": "Équipe" }), "E\u{301}quipe", true),
        (json!({ "exact": "Équipe" }), "Équipe 1", false),
        (json!({ "prefix": "lms-" }), "LMS-Sales", true),
        (json!({ "prefix": "lms-" }), "x lms-", false),
        (json!({ "contains": "SALES" }), "lms-sales-1", true),
        (json!({ "contains": "SALES" }), "lms-sale-1", false),
        (json!({ "regex": "^LMS-\\d+$" }), "LMS-42", true),
        (json!({ "regex": "^LMS-\\d+$" }), "lms-42", false),
        (json!({ "regex": "(?i)^LMS-\\d+$" }), "lms-42", true),
        (json!({ "regex": "MS" }), "LMS-42", true),
    ] {
        assert_eq!(is_matched(&when, display_name), expected, "{when} {display_name}");
    }
    let without_external_id = GroupFacts { external_id: None, ..group("x") };
    let by_id = json!([{ "name": "r", "when": { "external_id": "object-7" }, "then": { "create": {} } }]);
    assert_eq!(rules(by_id).decide(&without_external_id), CohortPlan::Ignore { rule: None });
}

#[test]
fn the_first_rule_that_matches_decides() {
    let cohort = "018f3d5e-7c1a-7000-8000-000000000001";
    let rules = rules(json!([
        { "name": "tests", "when": { "prefix": "test" }, "then": "ignore" },
        {
            "name": "this one",
            "when": { "external_id": "object-7" },
            "then": { "link": { "cohort": cohort } },
            "on_leave": "suspend"
        },
        { "name": "never reached here", "when": { "contains": "e" }, "then": { "create": {} }, "on_leave": "withdraw" }
    ]));
    assert_eq!(rules.decide(&group("Test 1")), CohortPlan::Ignore { rule: Some("tests".to_owned()) });
    let link = CohortPlan::Link {
        cohort: CohortId(cohort.parse().unwrap()),
        on_leave: OnLeave::Suspend,
        role: None,
        rule: "this one".to_owned(),
    };
    assert_eq!(rules.decide(&group("The seventh")), link);
    let other = GroupFacts { external_id: None, ..group("Xyz") };
    assert_eq!(rules.decide(&other), CohortPlan::Ignore { rule: None });
}

#[test]
fn a_template_makes_the_name() {
    let any = || json!("any");
    let class = || json!({ "regex": r"^LMS - (?<class>\w+)(?: / (\w+))?" });
    for (when, template, display_name, name) in [
        (any(), "{displayName}", "Sales", "Sales"),
        (any(), "{displayName} ({externalId})", "Sales", "Sales (object-7)"),
        (any(), "{{{displayName}}}", "Sa\0les", "{Sales}"),
        (class(), "Class {class}, {2}", "LMS - Welding / North", "Class Welding, North"),
        (class(), "Class {1}, {2}.", "LMS - Welding", "Class Welding, ."),
        (class(), "{0}!", "LMS - Welding school", "LMS - Welding!"),
        // Nothing visible is no name.
        (any(), "{displayName}", " ", "aad-"),
        (class(), "{2}", "LMS - Welding", "aad-LMS - Welding"),
    ] {
        assert_eq!(named(when, template, &group(display_name)), name, "{template}");
    }
    let without_external_id = GroupFacts { external_id: None, ..group("Sales") };
    assert_eq!(named(json!("any"), "{externalId}", &without_external_id), "aad-Sales");
}

#[test]
fn a_name_beyond_bounds_is_the_standard_one() {
    let long = "x".repeat(2049);
    assert_eq!(named(json!("any"), "{displayName}{displayName}", &group(&long)), format!("aad-{long}"));
}
