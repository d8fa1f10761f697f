use super::*;
use crate::resource::LookupKey;

/// What the filter lets a store look up, as `attribute=value`.
fn keys(filter: &Filter) -> Vec<String> {
    let key = |equality: Equality<'_>| LookupKey::of(equality.operand, equality.literal).unwrap();
    filter.equalities().into_iter().map(key).map(|key| format!("{}={}", key.attribute, key.value)).collect()
}

#[test]
fn entras_questions_can_be_answered_from_an_index() {
    for (text, key) in [
        ("userName eq \"A\"", "userName=a"),
        ("externalId eq \"A\"", "externalId=A"),
        ("DISPLAYNAME eq \"A\"", "displayName=a"),
        ("id eq \"A\"", "id=A"),
        ("emails[type eq \"work\"].value eq \"A\"", "emails.value=a"),
        ("emails[value eq \"A\" and type eq \"WORK\"]", "emails.value=a"),
        ("emails.value eq \"A\"", "emails.value=a"),
        ("groups eq \"A\"", "groups.value=A"),
        (
            "employeeNumber eq \"00A\"",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber=00a",
        ),
    ] {
        assert_eq!(keys(&parse(text)), [key], "{text}");
    }
    for text in ["members eq \"A\"", "members.value eq \"A\"", "members[value eq \"A\"]"] {
        let filter = Filter::parse(text, ResourceType::GROUP).unwrap();
        assert_eq!(keys(&filter), ["members.value=A"], "{text}");
    }
}

#[test]
fn terms_joined_by_and_are_all_listed() {
    let filter = parse("id eq \"1\" and (userName eq \"a\" and active eq true) and title pr");
    assert_eq!(keys(&filter), ["id=1", "userName=a"]);
}

#[test]
fn terms_that_some_match_may_miss_are_not_listed() {
    for text in [
        "userName eq \"a\" or id eq \"b\"",
        "not (userName eq \"a\")",
        "userName ne \"a\"",
        "userName eq null",
        "emails[type eq \"work\" or value eq \"a\"]",
        "manager eq \"m\"",
    ] {
        assert!(parse(text).equalities().is_empty(), "{text}");
    }
}
