use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

const NAMES: [&str; 10] = [
    "userName",
    "title",
    "emails",
    "addresses",
    "value",
    "type",
    "primary",
    "country",
    "timezone",
    "urn:x:illuxi:2.0:User",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        "work|WORK|FR|fr_CA|Europe/Paris|2024-01-01T00:00:00Z|a@b.example".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(&NAMES[..]), inner, 0..6).prop_map(|members| {
                members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Map<_, _>>().into()
            }),
        ]
    })
}

fn any_path() -> impl Strategy<Value = SourcePath> {
    let name = "[a-zA-Z][a-zA-Z0-9_-]{0,8}";
    let filter = prop_oneof![
        (name, ".{0,12}").prop_map(|(name, text)| format!("[{name} eq {}]", Value::from(text))),
        (name, any::<bool>()).prop_map(|(name, operand)| format!("[{name} eq {operand}]")),
        Just(String::new()),
    ];
    let core = prop::sample::select(vec!["userName", "title", "emails", "ims"]).prop_map(str::to_owned);
    let own = ("(urn|URN):[a-z*]{1,5}:[a-zA-Z0-9.:]{1,12}", name, filter, prop::option::of(name)).prop_map(
        |(schema, name, filter, sub)| {
            format!("{schema}:{name}{filter}{}", sub.map(|sub| format!(".{sub}")).unwrap_or_default())
        },
    );
    prop_oneof![core, own].prop_map(|text| text.parse().unwrap())
}

fn any_transform() -> impl Strategy<Value = Transform> {
    prop_oneof![
        Just(Transform::Trim),
        Just(Transform::Lower),
        "[^{}]{0,9}".prop_map(Transform::Default),
        any_path()
            .prop_map(|path| Transform::Template(format!("{{value}}{{value}}{{{path}}}").parse().unwrap())),
    ]
}

proptest! {
    #[test]
    fn a_path_is_shown_as_it_is_read(path in any_path()) {
        prop_assert_eq!(path.to_string().parse::<SourcePath>(), Ok(path));
    }

    #[test]
    fn no_text_upsets_the_parsers(text in ".{0,60}") {
        if let Ok(path) = text.parse::<SourcePath>() {
            prop_assert_eq!(path.to_string().parse::<SourcePath>(), Ok(path));
        }
        if let Ok(template) = text.parse::<Template>() {
            prop_assert_eq!(template.as_str(), text);
        }
    }

    #[test]
    fn any_user_is_mapped_the_same_way_twice(
        json in any_json(),
        attribute in prop::sample::select(&Attribute::ALL[..]),
        from in prop::collection::vec(any_path(), 0..4),
        transforms in prop::collection::vec(any_transform(), 0..5),
    ) {
        let rules = Mapping::default().rules().map(|(attribute, rule)| (attribute, rule.clone()))
            .chain([(attribute, AttributeMapping { from, transforms })]).collect::<Mapping>();
        let user = SourceUser::from_json(json);
        let mapped = rules.map(&user);
        prop_assert_eq!(&rules.map(&SourceUser::from_json(user.to_json())), &mapped);
        for attribute in Attribute::ALL {
            prop_assert!(mapped.profile.value(attribute).is_none_or(|value| value.len() <= 4096));
        }
    }

    #[test]
    fn a_normal_form_is_its_own_normal_form(
        attribute in prop::sample::select(&Attribute::ALL[..]),
        text in prop_oneof![
            ".{0,30}", "[a-z_]{2,3}[-_][A-Za-z]{2,4}([-_][a-z0-9]{2,8})?", "[0-9+-]{8,12}T?", " ?[a-z]{2} ?",
            "(utc|gmt|GMT|us/eastern|Asia/Calcutta|Tokyo Standard Time|etc/gmt.1)", "[a-z ]{1,4}@[a-z.]{3,9}"
        ],
    ) {
        let known = Profile::default();
        if let Ok(form) = normalise::normalise(attribute, text, &known) {
            prop_assert_eq!(normalise::normalise(attribute, form.clone(), &known), Ok(form));
        }
    }

    #[test]
    fn a_repeated_template_stays_in_bounds(value in "[a-zé]{1,300}", times in 1_usize..10) {
        let template = Transform::Template("{value}-{value}".parse().unwrap());
        let rule = AttributeMapping { from: vec!["title".parse().unwrap()], transforms: vec![template; times] };
        let mapping: Mapping = [(Attribute::JobTitle, rule)].into_iter().collect();
        let mapped = mapping.map(&SourceUser::from_json(json!({ "title": value })));
        let length = mapped.profile.value(Attribute::JobTitle).map_or(0, str::len);
        prop_assert!(length <= 4096);
        prop_assert_eq!(length == 0, mapped.findings.len() == 1);
    }
}
