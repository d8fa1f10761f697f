//! What may be set once only (RFC 7643 §2.2, RFC 7644 §3.5.1, §3.5.2).

use scim::{Profile, Resource, ScimError, ScimType};
use serde_json::{Value, json};

use super::fixture::{PROFILES, assert_refused, at, body, harbour, own, patch, read, try_patch};

const HIRED: &str = "2020-02-29T00:00:00Z";

fn hired(profile: Profile) -> Resource {
    read(
        profile,
        json!({"hiredAt": HIRED, "origins": ["Leeds", "York"], "union": {"number": "7", "branch": "N"}}),
    )
}

fn put(profile: Profile, sent: Value) -> Result<Resource, ScimError> {
    hired(profile).replaced_by(harbour(profile), body(sent))
}

#[test]
fn what_is_unset_can_be_set() {
    for profile in PROFILES {
        let empty = read(profile, json!({"badge": "B"}));
        for op in ["add", "replace"] {
            let after = patch(profile, &empty, json!({"op": op, "path": at("hiredAt"), "value": HIRED}));
            assert_eq!(own(&after)["hiredAt"], HIRED);
        }
        let after =
            patch(profile, &empty, json!({"op": "add", "path": at("union"), "value": {"number": "7"}}));
        assert_eq!(own(&after)["union"], json!({"number": "7"}));
        let after = empty.replaced_by(harbour(profile), body(json!({"origins": ["Leeds"]}))).unwrap();
        assert_eq!(own(&after), json!({"origins": ["Leeds"]}));
    }
}

#[test]
fn patch_cannot_change_or_take_it_away() {
    for profile in PROFILES {
        for operation in [
            json!({"op": "replace", "path": at("hiredAt"), "value": "2021-01-01T00:00:00Z"}),
            json!({"op": "add", "path": at("HIREDAT"), "value": "2021-01-01T00:00:00Z"}),
            json!({"op": "remove", "path": at("hiredAt")}),
            json!({"op": "replace", "path": at("hiredAt"), "value": null}),
            json!({"op": "replace", "value": {at("hiredAt"): ""}}),
            json!({"op": "remove", "path": super::fixture::URN}),
            json!({"op": "replace", "path": at("union.number"), "value": "8"}),
            json!({"op": "remove", "path": at("union")}),
            json!({"op": "add", "path": at("origins"), "value": "Hull"}),
            json!({"op": "remove", "path": at("origins[value eq \"York\"]")}),
            json!({"op": "remove", "path": at("origins")}),
        ] {
            assert_refused(
                try_patch(profile, &hired(profile), json!([operation.clone()])),
                ScimType::Mutability,
            );
        }
    }
}

#[test]
fn the_same_value_again_is_welcome() {
    for profile in PROFILES {
        for operation in [
            json!({"op": "replace", "path": at("hiredAt"), "value": HIRED}),
            json!({"op": "replace", "path": at("union"), "value": {"number": "7"}}),
            json!({"op": "replace", "path": at("origins"), "value": ["York", "Leeds"]}),
            json!({"op": "add", "path": at("origins"), "value": "leeds"}),
        ] {
            let after = patch(profile, &hired(profile), operation.clone());
            assert!(scim::changed_paths(harbour(profile), &hired(profile), &after).is_empty(), "{operation}");
        }
        let after = patch(
            profile,
            &hired(profile),
            json!({"op": "replace", "path": at("union.branch"), "value": "S"}),
        );
        assert_eq!(own(&after)["union"], json!({"number": "7", "branch": "S"}));
    }
}

#[test]
fn put_cannot_change_it() {
    for profile in PROFILES {
        for sent in [
            json!({"hiredAt": "2021-01-01T00:00:00Z"}),
            json!({"origins": ["Leeds"]}),
            json!({"origins": ["Leeds", "York", "Hull"]}),
            json!({"union": {"number": "8"}}),
        ] {
            assert_refused(put(profile, sent), ScimType::Mutability);
        }
    }
}

/// A client that maps only some attributes must not be locked out of PUT.
#[test]
fn put_without_it_keeps_it() {
    for profile in PROFILES {
        let after = put(profile, json!({"badge": "B"})).unwrap();
        assert_eq!(
            own(&after),
            json!({"badge": "B", "hiredAt": HIRED, "origins": ["Leeds", "York"], "union": {"number": "7"}})
        );
        let after = put(profile, json!({"union": {"branch": "S"}})).unwrap();
        assert_eq!(own(&after)["union"], json!({"number": "7", "branch": "S"}));
    }
}

#[test]
fn one_refusal_undoes_the_rest() {
    for profile in PROFILES {
        let operations = json!([
            {"op": "add", "path": "title", "value": "T"},
            {"op": "replace", "path": at("hiredAt"), "value": "2021-01-01T00:00:00Z"}
        ]);
        let before = hired(profile);
        assert_refused(try_patch(profile, &before, operations), ScimType::Mutability);
        assert_eq!(before, hired(profile));
    }
}
