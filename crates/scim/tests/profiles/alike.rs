//! What both profiles take, or refuse, alike.

use scim::{Filter, PatchRequest, Projection, ScimType, Sort, changed_paths};
use serde_json::{Value, json};

use super::fixture::{ENTERPRISE, PATCH_OP, PROFILES, USER, assert_refused, get, map, patch, read, users};

#[test]
fn literals_are_json() {
    for profile in PROFILES {
        for text in [
            "userName eq bob",
            "userName eq 'bob'",
            "userName eq b\"ob\"",
            "title eq True\"",
            "userName eq \"\\q\"",
            "userName eq",
        ] {
            assert_refused(Filter::parse(text, users(profile)), ScimType::InvalidFilter);
        }
        let document = map(json!({"displayName": "a\"bé"}));
        assert!(
            Filter::parse("displayName eq \"a\\\"b\\u00e9\"", users(profile)).unwrap().matches(&document)
        );
    }
}

#[test]
fn operators_and_logical_words_come_in_any_letter_case() {
    for profile in PROFILES {
        let filter =
            Filter::parse("userName EQ \"BEN\" AND NOT (title PR) Or id pR", users(profile)).unwrap();
        assert!(filter.matches(&map(json!({"userName": "ben"}))));
        assert!(!filter.matches(&map(json!({"userName": "ben", "title": "T"}))));
    }
}

#[test]
fn entries_of_one_type_and_value_are_merged() {
    for profile in PROFILES {
        let user = read(
            profile,
            json!({"emails": [{"type": "work", "value": "A@b.c"}, {"type": "work", "value": "a@b.c", "display": "D"}]}),
        );
        assert_eq!(
            get(&user.unwrap(), "emails"),
            json!([{"type": "work", "value": "a@b.c", "display": "D"}])
        );
        assert_refused(
            read(
                profile,
                json!({"emails": [{"value": "a@b", "primary": true}, {"value": "c@d", "primary": true}]}),
            ),
            ScimType::InvalidValue,
        );
    }
}

#[test]
fn a_country_need_not_be_a_code() {
    for profile in PROFILES {
        let user = read(profile, json!({"addresses": [{"country": "Germany"}]})).unwrap();
        assert_eq!(get(&user, "addresses"), json!([{"country": "Germany"}]));
    }
}

#[test]
fn values_are_answered_as_they_were_sent() {
    for profile in PROFILES {
        let user = read(profile, json!({"emails": [{"value": "A@EXAMPLE.com"}], "displayName": "Zoë 李 🎓"}))
            .unwrap();
        assert_eq!(get(&user, "emails"), json!([{"value": "A@EXAMPLE.com"}]));
        let filter = Filter::parse("displayName co \"李\"", users(profile)).unwrap();
        assert!(filter.matches(user.as_map()));
    }
}

#[test]
fn unknown_names_in_a_body_are_passed_over() {
    for profile in PROFILES {
        let user = read(
            profile,
            json!({"adresses": [{"country": "DE"}], "name": {"givenName": "B", "nope": 1}, "emails": [{"value": "a@b", "nope": 1}]}),
        );
        let expected = json!({
            "schemas": [USER], "userName": "ben", "active": true, "name": {"givenName": "B"}, "emails": [{"value": "a@b"}]
        });
        assert_eq!(Value::Object(user.unwrap().into_map()), expected);
    }
}

#[test]
fn what_the_server_decides_is_ignored_in_a_body_and_refused_in_a_path() {
    for profile in PROFILES {
        let before = read(profile, json!({})).unwrap();
        let sent = json!({"schemas": [USER], "userName": "ben", "id": "x", "meta": {"version": "1"}, "groups": [{"value": "g"}], "password": "p"});
        assert_eq!(before.replaced_by(users(profile), map(sent)).unwrap(), before);
        for path in
            ["id", "meta.created", "GROUPS", "groups[value eq \"g\"].display", &format!("{USER}:groups")]
        {
            for operation in
                [json!({"op": "replace", "path": path, "value": "x"}), json!({"op": "remove", "path": path})]
            {
                assert_refused(patch(profile, &before, json!([operation])), ScimType::Mutability);
            }
        }
    }
}

/// PAT-01 to PAT-05, PAT-20, PAT-30.
#[test]
fn the_patch_message() {
    for profile in PROFILES {
        let title = json!({"op": "ADD", "path": "title", "value": "T"});
        let ben = read(profile, json!({})).unwrap();
        assert_eq!(get(&patch(profile, &ben, json!([title])).unwrap(), "title"), "T");
        for body in [
            json!({"Operations": [title]}),
            json!({"schemas": [], "Operations": [title]}),
            json!({"schemas": [USER], "Operations": [title]}),
            json!({"schemas": [PATCH_OP]}),
            json!({"schemas": [PATCH_OP], "Operations": title}),
            json!({"schemas": [PATCH_OP], "Operations": [{"op": "move", "path": "title", "value": "T"}]}),
        ] {
            assert_refused(PatchRequest::parse(users(profile), map(body)), ScimType::InvalidSyntax);
        }
        let lower = json!({"schemas": [PATCH_OP], "operations": [title]});
        assert!(!PatchRequest::parse(users(profile), map(lower)).unwrap().is_empty());
        assert_refused(patch(profile, &ben, json!([{"op": "remove"}])), ScimType::NoTarget);
        assert_refused(patch(profile, &ben, json!([{"op": "add", "path": "title"}])), ScimType::InvalidValue);
        assert_refused(
            patch(profile, &ben, json!([{"op": "replace", "path": "name", "value": "x"}])),
            ScimType::InvalidValue,
        );
        assert_refused(
            patch(profile, &ben, json!([{"op": "add", "path": "emails[", "value": "x"}])),
            ScimType::InvalidPath,
        );
        let bad_filter = json!([{"op": "add", "path": "emails[type zz \"work\"].value", "value": "a@b"}]);
        assert_refused(patch(profile, &ben, bad_filter), ScimType::InvalidFilter);
        assert_refused(
            patch(profile, &ben, json!([{"op": "remove", "path": "userName"}])),
            ScimType::Mutability,
        );
    }
}

/// PAT-21, PAT-22, PAT-25, PAT-26, PAT-28, PAT-40, PAT-42, PAT-43, PAT-57.
#[test]
fn single_and_complex_values_are_set_and_merged() {
    for profile in PROFILES {
        let ben =
            read(profile, json!({"title": "A", "name": {"familyName": "F", "givenName": "G"}})).unwrap();
        for (operation, title, name) in [
            (
                json!({"op": "add", "value": {"title": "B", "name": {"honorificPrefix": "Dr"}}}),
                "B",
                json!({"familyName": "F", "givenName": "G", "honorificPrefix": "Dr"}),
            ),
            (
                json!({"op": "replace", "value": {"title": "B"}}),
                "B",
                json!({"familyName": "F", "givenName": "G"}),
            ),
            (
                json!({"op": "replace", "value": {"name.givenName": "H"}}),
                "A",
                json!({"familyName": "F", "givenName": "H"}),
            ),
            (
                json!({"op": "add", "path": "title", "value": "B"}),
                "B",
                json!({"familyName": "F", "givenName": "G"}),
            ),
            (
                json!({"op": "add", "path": "name", "value": {"middleName": "M"}}),
                "A",
                json!({"familyName": "F", "givenName": "G", "middleName": "M"}),
            ),
            (
                json!({"op": "replace", "path": "name", "value": {"givenName": "H"}}),
                "A",
                json!({"familyName": "F", "givenName": "H"}),
            ),
            (
                json!({"op": "replace", "path": "name.middleName", "value": "M"}),
                "A",
                json!({"familyName": "F", "givenName": "G", "middleName": "M"}),
            ),
        ] {
            let after = patch(profile, &ben, json!([operation.clone()])).unwrap();
            assert_eq!((get(&after, "title"), get(&after, "name")), (json!(title), name), "{operation}");
        }
        let after = patch(profile, &ben, json!([{"op": "add", "path": "active", "value": false}, {"op": "replace", "path": format!("{ENTERPRISE}:manager.value"), "value": "m"}])).unwrap();
        assert!(!after.active());
        assert_eq!(get(&after, ENTERPRISE), json!({"manager": {"value": "m"}}));
    }
}

/// PAT-16, PAT-24, PAT-46: what changes nothing is told apart, and empty values clear.
#[test]
fn repeated_values_change_nothing_and_empty_ones_clear() {
    for profile in PROFILES {
        let ben = read(profile, json!({"title": "A", "emails": [{"type": "work", "value": "a@b"}]})).unwrap();
        for operation in [
            json!({"op": "replace", "path": "title", "value": "A"}),
            json!({"op": "add", "path": "emails", "value": [{"value": "a@b", "type": "work"}]}),
            json!({"op": "remove", "path": "nickName"}),
        ] {
            let after = patch(profile, &ben, json!([operation])).unwrap();
            assert_eq!(changed_paths(users(profile), &ben, &after), Vec::<String>::new());
        }
        for nothing in [json!(""), json!(null)] {
            let clear = json!([{"op": "replace", "path": "title", "value": nothing}, {"op": "replace", "value": {"emails": nothing, "nickName": nothing}}]);
            let after = patch(profile, &ben, clear).unwrap();
            assert_eq!(
                Value::Object(after.into_map()),
                json!({"schemas": [USER], "userName": "ben", "active": true})
            );
        }
    }
}

#[test]
fn projections_and_orders_refuse_the_same() {
    for profile in PROFILES {
        assert_refused(Projection::parse(Some("title"), Some("id"), users(profile)), ScimType::InvalidValue);
        assert_refused(Sort::parse(Some("title"), Some("up"), users(profile)), ScimType::InvalidValue);
        assert_refused(Sort::parse(Some("nope"), None, users(profile)), ScimType::InvalidValue);
        let default = Sort::parse(Some("userName"), None, users(profile)).unwrap();
        assert_eq!(default, Sort::parse(Some("USERNAME"), Some("Ascending"), users(profile)).unwrap());
        // Unknown names are passed over: what is always returned stays.
        let mut document = map(json!({"schemas": [USER], "id": "1", "userName": "ben"}));
        Projection::parse(Some("nope"), None, users(profile)).unwrap().apply(&mut document);
        assert_eq!(Value::Object(document), json!({"schemas": [USER], "id": "1"}));
    }
}

#[test]
fn names_sort_without_regard_to_case() {
    for profile in PROFILES {
        let sort = Sort::parse(Some("userName"), None, users(profile)).unwrap().unwrap();
        let mut names =
            ["c", "B", "a", "É", "e"].map(|name| (sort.value_of(&map(json!({ "userName": name }))), name));
        names.sort_by(|one, other| sort.compare((one.0.as_ref(), one.1), (other.0.as_ref(), other.1)));
        assert_eq!(names.map(|(_, name)| name), ["a", "B", "c", "e", "É"]);
    }
}
