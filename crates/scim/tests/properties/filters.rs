//! Filters as text, over two types, and the keys by which matches are found.

use proptest::prelude::{Strategy, prop, prop_oneof, proptest};
use proptest::sample::select;
use scim::{Filter, LookupKey, Profile, Resource, lookup_keys};
use serde_json::{Value, json};

use super::fixture::{URN, ben, groups, map, profile, read, users};

/// Terms about attributes of users, fully qualified, so that both profiles read them.
fn term() -> impl Strategy<Value = String> {
    let text = || {
        select(vec!["a", "A", "x", "dock", "é", "e\u{301}", "a@b", "", "work"])
            .prop_map(|text| json!(text).to_string())
    };
    let operator = || select(vec!["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]);
    let own = |name: &str| format!("{URN}:{name}");
    let texts = vec![
        "userName".to_owned(),
        "externalId".to_owned(),
        "displayName".to_owned(),
        "emails.value".to_owned(),
        "emails".to_owned(),
        own("badge"),
        own("code"),
        own("tags"),
        own("sites.value"),
        own("sites.tags"),
    ];
    let numbers = || select(vec!["0", "-0", "-0.0", "5", "5.0", "1e2", "-3.5"]);
    prop_oneof![
        (select(texts), operator(), text())
            .prop_map(|(name, operator, text)| format!("{name} {operator} {text}")),
        (
            select(vec![own("cranes"), own("berth.depth"), own("sites.floors")]),
            select(vec!["eq", "ne", "gt", "le"]),
            numbers()
        )
            .prop_map(|(name, operator, number)| format!("{name} {operator} {number}")),
        (
            select(vec![own("tags"), own("sites"), "emails".to_owned()]),
            text(),
            select(vec!["", " and value pr", " or value co \"a\""])
        )
            .prop_map(|(name, text, rest)| format!("{name}[value eq {text}{rest}]")),
        select(vec![own("badge"), "title".to_owned(), own("sites")]).prop_map(|name| format!("{name} pr")),
        select(vec!["eq null", "ne null"]).prop_map(|rest| format!("title {rest}")),
    ]
}

fn joined(term: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    term.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.join(" and ")),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|part| format!("not ({part})")),
        ]
    })
}

fn person() -> impl Strategy<Value = Value> {
    let text = || select(vec!["a", "A", "x", "X", "dock", "é", "e\u{301}"]);
    let texts = || prop::collection::vec(text(), 0..3);
    let number = || select(vec![0, 5, 100, -3]);
    (text(), text(), texts(), texts(), number(), number()).prop_map(|(one, other, tags, sites, cranes, floors)| {
        let sites: Vec<Value> = sites.into_iter().map(|site| json!({"value": site, "floors": floors, "tags": [other]})).collect();
        json!({
            "externalId": one, "displayName": other, "title": one, "emails": [{"value": format!("{one}@b"), "type": "work"}],
            URN: {"badge": one, "code": other, "tags": tags, "cranes": cranes, "berth": {"depth": floors}, "sites": sites}
        })
    })
}

proptest! {
    #[test]
    fn printed_filter_is_the_same_filter(profile in profile(), text in joined(term())) {
        let filter = Filter::parse(&text, users(profile)).unwrap();
        let printed = Filter::parse(&filter.to_string(), users(profile)).unwrap();
        assert_eq!(printed, filter);
        assert_eq!(printed.matches(ben().as_map()), filter.matches(ben().as_map()));
    }

    #[test]
    fn strict_filters_mean_the_same_to_entra(text in joined(term()), person in person()) {
        let person = read(Profile::Strict, person).unwrap();
        let parsed = |profile| Filter::parse(&text, users(profile)).unwrap();
        assert_eq!(parsed(Profile::Strict), parsed(Profile::Entra));
        assert_eq!(parsed(Profile::Strict).matches(person.as_map()), parsed(Profile::Entra).matches(person.as_map()));
    }

    #[test]
    fn every_match_holds_the_key_of_every_equality(profile in profile(), text in joined(term()), person in person()) {
        let filter = Filter::parse(&text, users(profile)).unwrap();
        let person: Resource = read(profile, person).unwrap();
        if filter.matches(person.as_map()) {
            let keys = lookup_keys(users(profile), &person);
            for equality in filter.equalities() {
                let key = LookupKey::of(equality.operand, equality.literal).unwrap();
                assert!(keys.contains(&key), "{text}: {key:?} is not in {keys:?}");
            }
        }
    }

    #[test]
    fn among_two_types_is_the_same_where_both_know_the_names(profile in profile(), terms in prop::collection::vec((
        select(vec!["displayName", "externalId", "id", "meta.resourceType", "schemas"]), select(vec!["eq", "ne", "co"]), select(vec!["a", "É", "User"])
    ), 1..4), word in select(vec![" and ", " or "])) {
        let text = terms.iter().map(|(name, operator, value)| format!("{name} {operator} \"{value}\"")).collect::<Vec<_>>().join(word);
        for (one, other) in [(users(profile), groups(profile)), (groups(profile), users(profile))] {
            assert_eq!(Filter::parse_among(&text, one, other).unwrap(), Filter::parse(&text, one).unwrap());
        }
    }

    /// A group has no user's attributes: every term about them comes to what it comes to for an empty document.
    #[test]
    fn among_two_types_unknown_names_are_absent(profile in profile(), text in joined(term())) {
        let group = map(json!({"id": "g"}));
        let among = Filter::parse_among(&text, groups(profile), users(profile)).unwrap();
        let on_user = Filter::parse(&text, users(profile)).unwrap();
        assert_eq!(among.matches(&group), on_user.matches(&group), "{text}");
        let printed = Filter::parse(&among.to_string(), groups(profile)).unwrap();
        assert_eq!(printed.matches(&group), among.matches(&group), "{text} printed as {among}");
    }
}
