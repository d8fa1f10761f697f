//! Whatever comes, parsing neither panics nor changes its meaning when printed.

use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};

use super::*;

fn term() -> impl Strategy<Value = String> {
    let text = prop_oneof!["[a-z%_\\\\\"é ]{0,5}", ".{0,3}"];
    let operator = "eq|NE|co|sw|ew|gt|ge|lt|le";
    let name = "userName|TITLE|emails|emails\\.type|name\\.familyName|manager|externalId";
    prop_oneof![
        (name, operator, text).prop_filter_map("U+0000 is refused", |(name, operator, text)| {
            (!text.contains('\0')).then(|| format!("{name} {operator} {}", json!(text)))
        }),
        "(title|emails|name|meta) pr",
        "active (eq|ne) (true|false|\"True\"|null)",
        "roles\\[primary eq \"True\"( and (type|value) (eq|co) \"a\")?\\](\\.value (eq|ne) \"C\")?",
        "meta\\.created (gt|le|eq) \"20[0-9]{2}-0[1-9]-1[0-9]T0[0-9]:00:00(\\.[0-9]{1,7})?(Z|\\+02:00)\"",
    ]
}

fn filter() -> impl Strategy<Value = String> {
    term().prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.join(" and ")),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.join(" or ")),
            inner.clone().prop_map(|part| format!("not ({part})")),
            inner.prop_map(|part| format!("({part})")),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in ".{0,80}") {
        let _ = Filter::parse(&text, ResourceType::USER);
    }

    #[test]
    fn arbitrary_tokens_never_panic(
        words in prop::collection::vec("userName|emails|\\[|\\]|\\(|\\)|eq|pr|and|or|not|\"x\"|\"|\\.value|true|1e9|\\\\", 0..14),
        is_spaced in any::<bool>(),
    ) {
        let _ = Filter::parse(&words.join(if is_spaced { " " } else { "" }), ResourceType::GROUP);
    }

    #[test]
    fn printed_filter_means_the_same(text in filter()) {
        let filter = parse(&text);
        assert_eq!(Filter::parse(&filter.to_string(), ResourceType::USER).unwrap(), filter);
    }

    #[test]
    fn negation_turns_the_answer_round(text in filter()) {
        let negated = parse(&format!("not ({text})"));
        assert_ne!(parse(&text).matches(&amira()), negated.matches(&amira()));
    }
}
