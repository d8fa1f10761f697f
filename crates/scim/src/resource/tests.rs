use serde_json::{Map, Value, json};

use super::*;
use crate::error::ScimType;

mod arbitrary;
mod lists;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Reads a user from a body that need not repeat `schemas` and `userName`.
fn read(body: Value) -> Result<Resource, ScimError> {
    let mut full = Map::new();
    full.insert("schemas".to_owned(), json!([USER]));
    full.insert("userName".to_owned(), json!("amira@contoso.example"));
    full.extend(body.as_object().unwrap().clone());
    Resource::from_request(ResourceType::USER, full)
}

fn member(body: Value, name: &str) -> Value {
    read(body).unwrap().as_map().get(name).cloned().unwrap_or(Value::Null)
}

fn refusal(body: Value) -> ScimError {
    let error = read(body).unwrap_err();
    assert_eq!(error.status, 400);
    error
}

#[track_caller]
fn assert_invalid_value(body: Value) {
    assert_eq!(refusal(body).scim_type, Some(ScimType::InvalidValue));
}

#[test]
fn entras_create_is_kept_as_sent() {
    let body = json!({
        "schemas": [USER, ENTERPRISE], "externalId": "5bd0", "userName": "amira@contoso.example", "active": true,
        "displayName": "Amira Haddad", "preferredLanguage": "fr-CA",
        "emails": [{"primary": true, "type": "work", "value": "amira@contoso.example"}],
        "meta": {"resourceType": "User"}, "name": {"formatted": "Amira Haddad", "familyName": "Haddad"},
        "addresses": [{"primary": true, "type": "work", "formatted": "1 Long Row\nLeeds", "country": null}],
        "phoneNumbers": [{"type": "fax", "value": "020 7946 0000 x12"}], "roles": [],
        ENTERPRISE: {"employeeNumber": "004711", "department": "Operations"}
    });
    let expected = json!({
        "schemas": [USER, ENTERPRISE], "externalId": "5bd0", "userName": "amira@contoso.example", "active": true,
        "displayName": "Amira Haddad", "preferredLanguage": "fr-CA",
        "emails": [{"primary": true, "type": "work", "value": "amira@contoso.example"}],
        "name": {"formatted": "Amira Haddad", "familyName": "Haddad"},
        "addresses": [{"primary": true, "type": "work", "formatted": "1 Long Row\nLeeds"}],
        "phoneNumbers": [{"type": "fax", "value": "020 7946 0000 x12"}],
        ENTERPRISE: {"employeeNumber": "004711", "department": "Operations"}
    });
    let user = Resource::from_request(ResourceType::USER, body.as_object().unwrap().clone()).unwrap();
    assert_eq!(Value::Object(user.as_map().clone()), expected);
    assert_eq!(user.user_name(), Some("amira@contoso.example"));
    assert_eq!(user.display_name(), Some("Amira Haddad"));
    assert_eq!(user.external_id(), Some("5bd0"));
}

#[test]
fn entras_group_with_its_marker_schema_is_accepted() {
    let marker = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
    let body = json!({"schemas": [GROUP, marker], "externalId": "g0", "displayName": "Crane", "members": [{"value": "u"}]});
    let group = Resource::from_request(ResourceType::GROUP, body.as_object().unwrap().clone()).unwrap();
    let expected = json!({"schemas": [GROUP], "externalId": "g0", "displayName": "Crane"});
    assert_eq!(Value::Object(group.into_map()), expected);
}

#[test]
fn nulls_empty_values_and_unknown_names_are_dropped() {
    let user = read(json!({
        "addresses": null, "phoneNumbers": [null, {}], "title": "", "department": null, "manager": null, "roles": [],
        "name": {"givenName": ""}, "emails": [{"type": "work", "primary": true}], "nickName": {}, "profileUrl": [],
        ENTERPRISE: {"department": ""}, "urn:acme:2.0:User": {"badge": "77"}
    }));
    assert_eq!(
        Value::Object(user.unwrap().into_map()),
        json!({"schemas": [USER], "userName": "amira@contoso.example", "active": true})
    );
}

#[test]
fn names_are_read_in_any_letter_case_and_kept_in_canonical_spelling() {
    let emails = member(json!({"Emails": [{"Primary": true, "VALUE": "a@b.c", "Type": "Work"}]}), "emails");
    assert_eq!(emails, json!([{"primary": true, "value": "a@b.c", "type": "Work"}]));
    assert_eq!(
        member(json!({ENTERPRISE.to_uppercase(): {"DEPARTMENT": "D"}}), ENTERPRISE),
        json!({"department": "D"})
    );
}

#[test]
fn qualified_and_flat_keys_are_folded_in() {
    let user = read(json!({
        format!("{USER}:title"): "T", format!("{USER}:name.givenName"): "G", "name": {"familyName": "F"},
        format!("{ENTERPRISE}:department"): "D", ENTERPRISE: {"division": "N"}
    }))
    .unwrap();
    assert_eq!(user.as_map()["title"], "T");
    assert_eq!(user.as_map()["name"], json!({"givenName": "G", "familyName": "F"}));
    assert_eq!(user.as_map()[ENTERPRISE], json!({"department": "D", "division": "N"}));
    assert_eq!(user.as_map()["schemas"], json!([USER, ENTERPRISE]));
}

#[test]
fn one_attribute_under_two_spellings_is_refused() {
    assert_eq!(refusal(json!({"title": "a", "TITLE": "b"})).scim_type, Some(ScimType::InvalidSyntax));
    let twice = json!({"name": {"givenName": "a"}, format!("{USER}:name.givenName"): "b"});
    assert_eq!(refusal(twice).scim_type, Some(ScimType::InvalidSyntax));
}

#[test]
fn schemas_must_name_the_base_schema() {
    for schemas in [json!(null), json!([]), json!([ENTERPRISE]), json!([GROUP]), json!(USER), json!([7])] {
        assert_eq!(refusal(json!({"schemas": schemas})).scim_type, Some(ScimType::InvalidSyntax));
    }
    let body = json!({"userName": "a"});
    assert!(Resource::from_request(ResourceType::USER, body.as_object().unwrap().clone()).is_err());
    assert!(read(json!({"schemas": [ENTERPRISE, USER.to_lowercase(), "urn:foreign"]})).is_ok());
}

#[test]
fn user_name_must_be_a_short_single_line() {
    for name in [
        json!(""),
        json!("  "),
        json!(null),
        json!(7),
        json!({"value": "a"}),
        json!(["a"]),
        json!([]),
        json!(true),
    ] {
        assert_invalid_value(json!({ "userName": name }));
    }
    for name in
        ["x".repeat(10_240), "x".repeat(257), "a\r\nb".to_owned(), "a\u{7}".to_owned(), "a\u{85}b".to_owned()]
    {
        assert_invalid_value(json!({ "userName": name }));
    }
    assert!(read(json!({"userName": "ü".repeat(256)})).is_ok());
    assert_invalid_value(json!({"displayName": "two\nlines"}));
}

#[test]
fn values_are_never_trimmed_or_changed() {
    for text in
        [" padded ", "sam#EXT#@x.example", "=cmd()", "<script>", "'; drop table", "株式会社 – O’Neil \"Zo\""]
    {
        assert_eq!(member(json!({ "displayName": text }), "displayName"), text);
    }
}

#[test]
fn group_needs_a_display_name() {
    for body in [json!({"schemas": [GROUP]}), json!({"schemas": [GROUP], "displayName": " "})] {
        let error =
            Resource::from_request(ResourceType::GROUP, body.as_object().unwrap().clone()).unwrap_err();
        assert_eq!(error.scim_type, Some(ScimType::InvalidValue));
    }
}

#[test]
fn what_the_server_decides_is_ignored() {
    let user = read(json!({
        "id": "mine", "meta": {"created": "1999-01-01T00:00:00Z"}, "groups": [{"value": "g"}], "password": "secret",
        "tenant_id": "t", "version": 9, "lmsRole": "admin", "isAdmin": true,
        ENTERPRISE: {"manager": {"value": "m", "$ref": "../Users/m", "displayName": "M"}}
    }));
    assert_eq!(
        Value::Object(user.unwrap().into_map()),
        json!({
            "schemas": [USER, ENTERPRISE], "userName": "amira@contoso.example", "active": true,
            ENTERPRISE: {"manager": {"value": "m"}}
        })
    );
}

#[test]
fn booleans_may_be_text_and_are_kept_as_booleans() {
    for (sent, kept) in
        [(json!("True"), true), (json!("FALSE"), false), (json!(false), false), (json!(["true"]), true)]
    {
        assert_eq!(member(json!({ "active": sent }), "active"), json!(kept));
    }
    assert_eq!(member(json!({"roles": [{"primary": "True", "value": "P"}]}), "roles")[0]["primary"], true);
    for sent in [json!("maybe"), json!(0), json!([]), json!({}), json!("yes")] {
        assert_invalid_value(json!({ "active": sent }));
    }
}

#[test]
fn active_is_true_unless_said_otherwise() {
    for body in [json!({}), json!({"active": null}), json!({"active": ""})] {
        assert_eq!(member(body, "active"), true);
    }
}

#[test]
fn put_without_active_keeps_what_was() {
    let blocked = read(json!({"active": false, "title": "T"})).unwrap();
    let body = json!({"schemas": [USER], "userName": "a"}).as_object().unwrap().clone();
    let replaced = blocked.replaced_by(ResourceType::USER, body).unwrap();
    assert!(!replaced.active());
    assert_eq!(replaced.as_map().get("title"), None);
    let body = json!({"schemas": [USER], "userName": "a", "active": true}).as_object().unwrap().clone();
    assert!(blocked.replaced_by(ResourceType::USER, body).unwrap().active());
}

#[test]
fn wrong_types_are_refused() {
    for body in [
        json!({"emails": "a@b.c"}),
        json!({"emails": {"value": "a@b.c"}}),
        json!({"emails": ["a@b.c"]}),
        json!({"name": "Amira"}),
        json!({"name": []}),
        json!({"title": 7}),
        json!({"title": ["a", "b"]}),
        json!({ENTERPRISE: "text"}),
        json!({ENTERPRISE: {"employeeNumber": 4711}}),
        json!({"x509Certificates": [{"value": "%%%"}]}),
    ] {
        assert_invalid_value(body);
    }
}

#[test]
fn refusal_names_the_place() {
    let error = refusal(json!({ENTERPRISE: {"manager": {"value": 7}}}));
    assert_eq!(error.detail, "Enterprise User: manager: value must be text.");
}

#[test]
fn manager_may_be_text_an_object_or_a_list_of_one() {
    for sent in [json!("m1"), json!({"value": "m1"}), json!([{"$ref": null, "value": "m1"}]), json!(["m1"])] {
        assert_eq!(
            member(json!({ENTERPRISE: {"manager": sent}}), ENTERPRISE),
            json!({"manager": {"value": "m1"}})
        );
    }
    for nothing in [json!(""), json!(null), json!([]), json!({"value": ""})] {
        assert_eq!(member(json!({ENTERPRISE: {"manager": nothing}}), ENTERPRISE), Value::Null);
    }
}

#[test]
fn scalar_in_a_list_of_one_is_unwrapped() {
    assert_eq!(member(json!({"title": ["Rigger"]}), "title"), "Rigger");
}
