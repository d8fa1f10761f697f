use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::ScimId;

fn any_rule() -> impl Strategy<Value = serde_json::Value> {
    let when = prop_oneof![
        Just(json!("any")),
        ".{1,5}".prop_map(|text| json!({ "exact": text })),
        ".{1,2}".prop_map(|text| json!({ "prefix": text })),
        ".{1,2}".prop_map(|text| json!({ "contains": text })),
        Just(json!({ "regex": "(.)(?<rest>.*)" })),
    ];
    let then = prop_oneof![
        Just(json!("ignore")),
        "[^{}]{0,5}"
            .prop_map(|text| json!({ "create": { "name_template": format!("{text}{{displayName}}{{1}}") } })),
    ];
    (when, then).prop_map(|(when, then)| json!({ "name": "r", "when": when, "then": then }))
}

proptest! {
    #[test]
    fn any_group_is_decided_and_has_a_name(
        rules in prop::collection::vec(any_rule(), 0..5),
        display_name in ".{0,20}",
        external_id in prop::option::of(".{0,9}"),
    ) {
        let rules: CohortRules = serde_json::from_value(rules.into()).unwrap();
        let group = GroupFacts {
            scim_id: ScimId(Uuid::nil()),
            external_id: external_id.as_deref(),
            display_name: &display_name,
        };
        let plan = rules.decide(&group);
        prop_assert_eq!(&plan, &rules.clone().decide(&group));
        if let CohortPlan::Create { name, .. } = plan {
            prop_assert!(!name.trim().is_empty() && !name.contains('\0') && name.len() <= 4096, "{}", name);
        }
    }

    #[test]
    fn no_text_upsets_the_template(text in ".{0,40}") {
        if let Ok(template) = text.parse::<NameTemplate>() {
            prop_assert_eq!(template.as_str(), text);
        }
    }
}
