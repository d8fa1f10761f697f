//! Every filter of RFC 7644 §3.4.2.2, and the ones of §3.4.2.1, §3.4.3 and §3.9.

use scim::{Filter, ResourceType};
use serde_json::{Value, json};

use super::fixture::{ENTERPRISE, PROFILES, USER, full_user, groups, map, users};

/// Somebody whom the "or" examples are about.
fn intern() -> Value {
    json!({
        "schemas": [USER, ENTERPRISE], "id": "2", "userName": "j.o'malley", "name": {"familyName": "O'Malley"},
        "userType": "Intern", "emails": [{"type": "home", "value": "j@example.org"}],
        "ims": [{"type": "xmpp", "value": "j@foo.com"}],
        "meta": {"resourceType": "User", "lastModified": "2011-05-13T04:42:34.001Z"},
        ENTERPRISE: {"department": "D"}
    })
}

/// Rows: the filter, whether Barbara Jensen of RFC 7643 §8.2 meets it, whether the intern does.
const EXAMPLES: [(&str, bool, bool); 20] = [
    ("userName eq \"bjensen\"", false, false),
    ("userName Eq \"bjensen@example.com\"", true, false),
    ("name.familyName co \"O'Malley\"", false, true),
    ("userName sw \"J\"", false, true),
    ("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"J\"", false, true),
    ("title pr", true, false),
    ("meta.lastModified gt \"2011-05-13T04:42:34Z\"", false, true),
    ("meta.lastModified ge \"2011-05-13T04:42:34Z\"", true, true),
    ("meta.lastModified lt \"2011-05-13T04:42:34Z\"", false, false),
    ("meta.lastModified le \"2011-05-13T04:42:34Z\"", true, false),
    ("title pr and userType eq \"Employee\"", true, false),
    ("title pr or userType eq \"Intern\"", true, true),
    ("schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"", false, true),
    (
        "userType eq \"Employee\" and (emails co \"example.com\" or emails.value co \"example.org\")",
        true,
        false,
    ),
    (
        "userType ne \"Employee\" and not (emails co \"example.com\" or emails.value co \"example.org\")",
        false,
        false,
    ),
    ("userType eq \"Employee\" and (emails.type eq \"work\")", true, false),
    ("userType eq \"Employee\" and emails[type eq \"work\" and value co \"@example.com\"]", true, false),
    (
        "emails[type eq \"work\" and value co \"@example.com\"] or ims[type eq \"xmpp\" and value co \"@foo.com\"]",
        true,
        true,
    ),
    ("displayName sw \"smith\"", false, false),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department pr", false, true),
];

#[test]
fn every_example_is_read_and_answered() {
    for profile in PROFILES {
        for (text, barbara, other) in EXAMPLES {
            let filter = Filter::parse(text, users(profile)).unwrap();
            assert_eq!(filter.matches(&map(full_user())), barbara, "{text}");
            assert_eq!(filter.matches(&map(intern())), other, "{text}");
            assert_eq!(Filter::parse(&filter.to_string(), users(profile)).unwrap(), filter, "{text}");
        }
    }
}

#[test]
fn resources_of_all_types_can_be_asked_for() {
    let group = map(json!({"id": "g", "displayName": "Smiths", "meta": {"resourceType": "Group"}}));
    for profile in PROFILES {
        let text = "(meta.resourceType eq \"User\") or (meta.resourceType eq \"Group\")";
        assert!(Filter::parse(text, users(profile)).unwrap().matches(&map(intern())));
        assert!(Filter::parse(text, groups(profile)).unwrap().matches(&group));
    }
}

#[test]
fn filters_of_two_types_mean_for_each_what_it_has() {
    let group = map(json!({"id": "g", "displayName": "G", "members": [{"value": "u"}]}));
    let user = map(json!({"id": "u", "userName": "bjensen", "displayName": "B"}));
    let among = |text: &str, one: ResourceType<'_>, other: ResourceType<'_>| {
        Filter::parse_among(text, one, other).unwrap()
    };
    for profile in PROFILES {
        let (users, groups) = (users(profile), groups(profile));
        for (text, user_meets, group_meets) in [
            ("userName eq \"bjensen\" or members eq \"u\"", true, true),
            ("userName pr and displayName pr", true, false),
            ("userName ne \"x\"", true, true),
            ("not (userName pr)", false, true),
            ("members[value eq \"u\"]", false, true),
            ("userName eq null", false, true),
        ] {
            let (on_users, on_groups) = (among(text, users, groups), among(text, groups, users));
            assert_eq!(
                (on_users.matches(&user), on_groups.matches(&group)),
                (user_meets, group_meets),
                "{text}"
            );
            // Displays as a filter of the same meaning, also where a term came to nothing.
            let printed = Filter::parse(&on_groups.to_string(), groups).unwrap();
            assert_eq!(printed.matches(&group), group_meets, "{text} printed as {on_groups}");
        }
        assert!(Filter::parse_among("nope pr", users, groups).is_err());
    }
}
