use events::v1::{EnterpriseUser, Manager, MultiValued, Name};
use serde_json::json;

use super::*;

fn value(user: &SourceUser, path: &str) -> Option<String> {
    user.value(&path.parse().unwrap())
}

fn ana() -> User {
    let email = |value: &str, kind: &str, primary| MultiValued {
        value: value.to_owned(),
        r#type: kind.to_owned(),
        primary,
        ..MultiValued::default()
    };
    User {
        user_name: "ana".to_owned(),
        external_id: "object-ana".to_owned(),
        active: Some(false),
        name: Some(Name { given_name: "Ana".to_owned(), ..Name::default() }),
        emails: vec![email("home@ana.example", "home", false), email("ana@contoso.example", "Work", true)],
        enterprise: Some(EnterpriseUser {
            department: "R&D".to_owned(),
            manager: Some(Manager { value: "boss".to_owned(), display_name: "The Boss".to_owned() }),
            ..EnterpriseUser::default()
        }),
        extensions: serde_json::from_value(json!({
            "urn:contoso:hr:2.0:User": {
                "grade": 7, "share": 0.5, "isTemporary": true, "skills": ["Rust", "SCIM"],
                "badge": { "number": "42", "note": null },
                "desks": [{ "floor": 1, "room": "A" }, { "floor": 2, "room": "B", "primary": true }]
            }
        }))
        .unwrap(),
        ..User::default()
    }
}

#[test]
fn paths_find_their_values() {
    let user = SourceUser::from(&ana());
    for (path, found) in [
        ("userName", Some("ana")),
        ("USERNAME", Some("ana")),
        ("externalId", Some("object-ana")),
        ("active", Some("false")),
        ("name.givenName", Some("Ana")),
        ("name.familyName", None),
        ("displayName", None),
        (r#"emails[type eq "work"].value"#, Some("ana@contoso.example")),
        (r#"emails[type eq "other"].value"#, None),
        ("emails[primary eq true].value", Some("ana@contoso.example")),
        ("emails[primary eq false].value", Some("home@ana.example")),
        ("emails.value", Some("ana@contoso.example")),
        ("emails", Some("ana@contoso.example")),
        ("emails.type", Some("Work")),
        ("phoneNumbers.value", None),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", Some("R&D")),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", Some("boss")),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName", Some("The Boss")),
        ("urn:contoso:hr:2.0:User:grade", Some("7")),
        ("URN:Contoso:HR:2.0:user:Grade", Some("7")),
        ("urn:contoso:hr:2.0:User:share", Some("0.5")),
        ("urn:contoso:hr:2.0:User:isTemporary", Some("true")),
        ("urn:contoso:hr:2.0:User:skills", Some("Rust")),
        (r#"urn:contoso:hr:2.0:User:skills[type eq "SCIM"]"#, None),
        ("urn:contoso:hr:2.0:User:badge.number", Some("42")),
        ("urn:contoso:hr:2.0:User:badge.note", None),
        ("urn:contoso:hr:2.0:User:badge", None),
        ("urn:contoso:hr:2.0:User:desks.room", Some("B")),
        (r#"urn:contoso:hr:2.0:User:desks[floor eq "1"].room"#, Some("A")),
        ("urn:*:hr:2.0:User:grade", Some("7")),
        ("urn:*:r:2.0:User:grade", None),
        ("urn:contoso:other:2.0:User:grade", None),
    ] {
        assert_eq!(value(&user, path).as_deref(), found, "{path}");
    }
}

#[test]
fn blank_text_is_no_value_and_nul_is_left_out() {
    let user = SourceUser::from_json(json!({ "userName": " \u{0} ", "title": "Chi\u{0}ef " }));
    assert_eq!(value(&user, "userName"), None);
    assert_eq!(value(&user, "title").as_deref(), Some("Chief "));
}

#[test]
fn a_stored_user_is_the_same_user() {
    let user = SourceUser::from(&ana());
    let stored = user.to_json().to_string();
    let read = SourceUser::from_json(serde_json::from_str(&stored).unwrap());
    assert_eq!(read, user);
    assert_eq!(value(&read, "urn:contoso:hr:2.0:User:grade").as_deref(), Some("7"));
}

#[test]
fn what_is_no_user_has_no_values() {
    for json in [json!(null), json!([1]), json!("ana"), json!({ "emails": null, "userName": {} })] {
        let user = SourceUser::from_json(json);
        assert_eq!(value(&user, "userName"), None);
        assert_eq!(value(&user, "emails.value"), None);
    }
}
