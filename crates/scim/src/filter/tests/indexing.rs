use super::*;

#[test]
fn entras_questions_can_be_answered_from_an_index() {
    for (text, term) in [
        ("userName eq \"A\"", IndexedTerm::UserName("A")),
        ("externalId eq \"A\"", IndexedTerm::ExternalId("A")),
        ("DISPLAYNAME eq \"A\"", IndexedTerm::DisplayName("A")),
        ("id eq \"A\"", IndexedTerm::Id("A")),
        ("emails[type eq \"work\"].value eq \"A\"", IndexedTerm::WorkEmail("A")),
        ("emails[value eq \"A\" and type eq \"WORK\"]", IndexedTerm::WorkEmail("A")),
    ] {
        assert_eq!(parse(text).equalities(), [term], "{text}");
    }
    for text in ["members eq \"A\"", "members.value eq \"A\"", "members[value eq \"A\"]"] {
        let filter = Filter::parse(text, ResourceType::Group).unwrap();
        assert_eq!(filter.equalities(), [IndexedTerm::MemberValue("A")], "{text}");
    }
}

#[test]
fn terms_joined_by_and_are_all_listed() {
    assert_eq!(
        parse("id eq \"1\" and (userName eq \"a\" and active eq true) and title pr").equalities(),
        [IndexedTerm::Id("1"), IndexedTerm::UserName("a")]
    );
}

#[test]
fn terms_that_some_match_may_miss_are_not_listed() {
    for text in [
        "userName eq \"a\" or id eq \"b\"",
        "not (userName eq \"a\")",
        "userName ne \"a\"",
        "userName eq null",
        "emails.value eq \"a\"",
        "emails[type eq \"home\"].value eq \"a\"",
        "emails[type eq \"work\" or value eq \"a\"]",
        "manager eq \"m\"",
    ] {
        assert_eq!(parse(text).equalities(), [], "{text}");
    }
}
