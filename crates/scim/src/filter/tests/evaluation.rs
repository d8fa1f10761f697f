use super::*;

#[track_caller]
fn assert_hits(filters: &[&str]) {
    for text in filters {
        assert!(parse(text).matches(&amira()), "{text}");
    }
}

#[track_caller]
fn assert_misses(filters: &[&str]) {
    for text in filters {
        assert!(!parse(text).matches(&amira()), "{text}");
    }
}

#[test]
fn every_operator_works_on_text() {
    assert_hits(&[
        "userName eq \"amira@contoso.example\"",
        "userName ne \"x\"",
        "userName co \"CONTOSO\"",
        "userName sw \"AMI\"",
        "userName ew \".EXAMPLE\"",
        "userName pr",
        "userName gt \"a\"",
        "userName ge \"AMIRA@contoso.example\"",
        "userName lt \"b\"",
        "userName le \"amira@contoso.example\"",
    ]);
    assert_misses(&[
        "userName eq \"amira\"",
        "userName gt \"b\"",
        "nickName pr",
        "nickName co \"\"",
        "nickName lt \"m\"",
    ]);
}

#[test]
fn letter_case_counts_where_the_schema_says_so() {
    assert_hits(&[
        "externalId eq \"ABC\"",
        "id eq \"7f3A\"",
        "roles eq \"COACH\"",
        "name.familyName eq \"haddad\"",
    ]);
    assert_misses(&["externalId eq \"abc\"", "id eq \"7f3a\"", "manager eq \"M1\"", "externalId co \"b\""]);
}

#[test]
fn composed_and_decomposed_letters_are_one() {
    let document = json!({"displayName": "Jose\u{301}"});
    assert!(parse("displayName eq \"JOSÉ\"").matches(document.as_object().unwrap()));
}

#[test]
fn wildcards_and_quotes_are_literal() {
    assert_hits(&["title co \"%b_\"", "title ew \"\\\\\""]);
    assert_misses(&["title co \"%c\"", "title eq \"a_b_c\\\\\"", "userName eq \"x' or 1=1--\""]);
}

#[test]
fn precedence_is_not_then_and_then_or() {
    assert_hits(&[
        "title pr or nickName pr and nickName pr",
        "not (nickName pr) and title pr",
        "not(nickName pr)",
    ]);
    assert_misses(&["(title pr or nickName pr) and nickName pr", "not (title pr or nickName pr)"]);
}

#[test]
fn brackets_want_one_entry_that_meets_all() {
    assert_hits(&[
        "emails[type eq \"work\" and value co \"@x\"]",
        "emails.type eq \"work\" and emails.value co \"@y\"",
        "emails[type eq \"work\"].value eq \"AMIRA@x.example\"",
        "emails[not (type eq \"work\") and value pr]",
        "emails co \"@y\"",
        "emails.value sw \"b\"",
    ]);
    assert_misses(&[
        "emails[type eq \"work\" and value co \"@y\"]",
        "emails[type eq \"work\"].value eq \"b@y.example\"",
    ]);
}

#[test]
fn booleans_may_be_quoted() {
    assert_hits(&[
        "active eq true",
        "active eq \"True\"",
        "roles[primary eq \"True\"]",
        "active ne false",
        "active eq TRUE",
    ]);
    assert_misses(&["active eq false", "active eq \"false\""]);
}

#[test]
fn a_leap_second_is_the_second_after_it() {
    let document = |created: &str| json!({"meta": {"created": created}}).as_object().unwrap().clone();
    let next = parse("meta.created eq \"2017-01-01T00:00:00Z\"");
    assert!(next.matches(&document("2016-12-31T23:59:60Z")));
    assert!(!next.matches(&document("2016-12-31T23:59:59Z")));
}

#[test]
fn dates_compare_as_instants() {
    assert_hits(&[
        "meta.created eq \"2023-12-31T22:30:00.1234567Z\"",
        "meta.created eq \"2023-12-31T22:30:00.1239999Z\"",
        "meta.lastModified ge \"2024-05-01T12:00:00+02:00\"",
        "meta.lastModified gt \"0001-01-01T00:00:00.0000000Z\"",
    ]);
    assert_misses(&[
        "meta.lastModified gt \"2024-05-01T10:00:00Z\"",
        "meta.created ge \"2024-01-01T00:00:00Z\"",
    ]);
}

#[test]
fn absence_never_fails_and_equals_nothing() {
    assert_hits(&[
        "nickName ne \"x\"",
        "nickName eq null",
        "title ne null",
        "not (phoneNumbers[type pr])",
        "name pr",
        "emails.type pr",
        "phoneNumbers.value ne \"1\"",
    ]);
    assert_misses(&["nickName eq \"\"", "title eq null", "addresses pr", "name.givenName pr"]);
}

#[test]
fn common_and_extension_attributes_are_found() {
    assert_hits(&[
        "meta.resourceType eq \"User\"",
        &format!("{ENTERPRISE}:department eq \"operations\""),
        "urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"a\"",
        "id eq \"7f3A\" and manager eq \"m1\"",
        "manager.value eq \"m1\"",
        "groups.value eq \"g1\"",
        &format!("schemas eq \"{ENTERPRISE}\""),
    ]);
}

#[test]
fn groups_are_found_by_member() {
    let group = json!({"id": "g", "displayName": "G", "members": [{"value": "u1"}, {"value": "u2"}]});
    for text in ["members.value eq \"u2\"", "members[value eq \"u2\"]", "id eq \"g\" and members eq \"u2\""] {
        assert!(
            Filter::parse(text, ResourceType::GROUP).unwrap().matches(group.as_object().unwrap()),
            "{text}"
        );
    }
}
