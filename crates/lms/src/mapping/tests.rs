use events::v1::{Address, EnterpriseUser, Manager, MultiValued, Name, User};
use serde_json::json;

use super::*;

fn value(value: &str, kind: &str) -> MultiValued {
    MultiValued { value: value.to_owned(), r#type: kind.to_owned(), ..MultiValued::default() }
}

fn ana() -> User {
    User { user_name: "ana@contoso.example".to_owned(), active: Some(true), ..User::default() }
}

fn map(user: &User) -> Mapped {
    Mapping::default().map(&SourceUser::from(user))
}

/// What the department becomes under these transforms, for Ana whose title is the text.
fn transformed(title: &str, transforms: serde_json::Value) -> Result<Option<String>, MappingProblem> {
    let rules = json!({
        "login": { "from": ["userName"] },
        "department": { "from": ["title"], "transforms": transforms }
    });
    let user =
        json!({ "userName": "ana", "title": title, "addresses": [{ "type": "work", "country": "FR" }] });
    let mapped = Mapping::read(rules).unwrap().map(&SourceUser::from_json(user));
    match mapped.findings.as_slice() {
        [] => Ok(mapped.profile.value(Attribute::Department).map(str::to_owned)),
        [finding] => Err(finding.problem),
        many => panic!("{many:?}"),
    }
}

#[test]
fn every_attribute_has_its_place() {
    let user = User {
        name: Some(Name { given_name: "Ana".to_owned(), family_name: "Silva".to_owned(), ..Name::default() }),
        display_name: "Ana Silva".to_owned(),
        title: "Engineer".to_owned(),
        user_type: "Employee".to_owned(),
        preferred_language: "pt-BR".to_owned(),
        locale: "pt_BR".to_owned(),
        timezone: "America/Sao_Paulo".to_owned(),
        emails: vec![value("home@ana.example", "home"), value("ana.silva@contoso.example", "Work")],
        phone_numbers: vec![value("+55 11 1", "mobile"), value("+55 11 2", "work")],
        addresses: vec![Address {
            formatted: "Av. Paulista 1".to_owned(),
            country: "BR".to_owned(),
            r#type: "work".to_owned(),
            ..Address::default()
        }],
        enterprise: Some(EnterpriseUser {
            employee_number: "7".to_owned(),
            cost_center: "C1".to_owned(),
            organization: "Contoso".to_owned(),
            division: "South".to_owned(),
            department: "R&D".to_owned(),
            manager: Some(Manager {
                value: "00000000-0000-0000-0000-00000000000A".to_owned(),
                ..Manager::default()
            }),
        }),
        extensions: serde_json::from_str(
            r#"{"urn:ietf:params:scim:schemas:extension:illuxi:2.0:User":{"hireDate":"2024-02-29T00:00:00Z"}}"#,
        )
        .unwrap(),
        ..ana()
    };
    let expected = [
        (Attribute::Login, "ana@contoso.example"),
        (Attribute::Email, "ana.silva@contoso.example"),
        (Attribute::GivenName, "Ana"),
        (Attribute::FamilyName, "Silva"),
        (Attribute::DisplayName, "Ana Silva"),
        (Attribute::JobTitle, "Engineer"),
        (Attribute::Department, "R&D"),
        (Attribute::Division, "South"),
        (Attribute::Organization, "Contoso"),
        (Attribute::CostCenter, "C1"),
        (Attribute::EmployeeNumber, "7"),
        (Attribute::EmployeeType, "Employee"),
        (Attribute::HireDate, "2024-02-29"),
        (Attribute::Manager, "00000000-0000-0000-0000-00000000000a"),
        (Attribute::Office, "Av. Paulista 1"),
        (Attribute::Country, "BR"),
        (Attribute::PreferredLanguage, "pt-BR"),
        (Attribute::Locale, "pt-BR"),
        (Attribute::TimeZone, "America/Sao_Paulo"),
        (Attribute::Phone, "+55 11 2"),
    ];
    let profile = expected.map(|(name, text)| (name, Some(text.to_owned()))).into_iter().collect();
    assert_eq!(map(&user), Mapped { profile, findings: vec![] });
}

#[test]
fn the_user_name_serves_as_email_only_if_it_looks_like_one() {
    for (user_name, email) in [
        ("ana@contoso.example", Some("ana@contoso.example")),
        (" ana@contoso.example ", Some("ana@contoso.example")),
        ("ana", None),
        ("ana@contoso", None),
        ("ana silva@contoso.example", None),
    ] {
        let mapped = map(&User { user_name: user_name.to_owned(), ..ana() });
        assert_eq!(mapped.profile.value(Attribute::Email), email, "{user_name}");
        assert_eq!(mapped.profile.value(Attribute::Login), Some(user_name));
    }
    let home = User { emails: vec![value("home@ana.example", "home")], ..ana() };
    assert_eq!(map(&home).profile.value(Attribute::Email), Some("ana@contoso.example"));
}

#[test]
fn what_cannot_be_used_is_no_value_and_a_finding() {
    let enterprise = EnterpriseUser {
        manager: Some(Manager { value: "the boss".to_owned(), ..Manager::default() }),
        ..EnterpriseUser::default()
    };
    let user = User {
        display_name: "  \0 ".to_owned(),
        title: "x".repeat(4097),
        enterprise: Some(enterprise),
        extensions: serde_json::from_str(r#"{"urn:x:illuxi:2.0:User":{"hireDate":"soon"}}"#).unwrap(),
        ..ana()
    };
    let mapped = map(&user);
    let known = ["ana@contoso.example"; 2].map(|text| Some(text.to_owned()));
    assert_eq!(mapped.profile, [Attribute::Login, Attribute::Email].into_iter().zip(known).collect());
    let found: Vec<_> = mapped.findings.iter().map(|finding| (finding.attribute, finding.problem)).collect();
    assert_eq!(
        found,
        [
            (Attribute::JobTitle, MappingProblem::TooLong),
            (Attribute::HireDate, MappingProblem::NotADate),
            (Attribute::Manager, MappingProblem::NotAnId),
        ]
    );
}

#[test]
fn transforms_follow_one_another() {
    let lookup =
        |otherwise: &str| json!([{ "lookup": { "table": { "R&D": "Research" }, "otherwise": otherwise } }]);
    let country = r#"{value} ({addresses[type eq "work"].country})"#;
    for (title, transforms, result) in [
        (" R&D ", json!([]), Some(" R&D ")),
        (" R&D ", json!(["trim", "lower"]), Some("r&d")),
        ("ÉCOLE ÄÖ", json!(["lower"]), Some("école äö")),
        ("R&D", lookup("keep"), Some("Research")),
        ("R&d", lookup("keep"), Some("R&d")),
        ("R&d", lookup("clear"), None),
        ("R&D", json!([{ "template": country }]), Some("R&D (FR)")),
        ("R&D", json!([{ "template": "{{{value}}}" }]), Some("{R&D}")),
        ("R&D", json!([{ "template": "{value} {displayName}" }]), None),
        ("R&D", json!([{ "template": "{displayName}" }, { "default": "Unknown" }]), Some("Unknown")),
        ("R&D", json!([{ "default": "Unknown" }]), Some("R&D")),
        (" ", json!([{ "default": "Unknown" }, "lower"]), Some("unknown")),
        ("", json!([{ "template": "of {userName}" }]), Some("of ana")),
        ("", json!([{ "template": "{value} of {userName}" }]), None),
    ] {
        assert_eq!(
            transformed(title, transforms.clone()),
            Ok(result.map(str::to_owned)),
            "{title} {transforms}"
        );
    }
}

#[test]
fn a_long_value_is_found_on_the_way() {
    let doubled = json!({ "template": "{value}{value}" });
    let at_limit = "x".repeat(2048);
    assert_eq!(transformed(&at_limit, json!([doubled])), Ok(Some("x".repeat(4096))));
    assert_eq!(transformed(&at_limit, json!([doubled, doubled])), Err(MappingProblem::TooLong));
    let default = json!({ "default": "short" });
    assert_eq!(transformed(&"x".repeat(4097), json!([default])), Err(MappingProblem::TooLong));
}

#[test]
fn an_attribute_that_is_not_mapped_gets_no_value() {
    let mapping = Mapping::read(json!({ "login": { "from": ["externalId", "userName"] } })).unwrap();
    let mapped = mapping.map(&SourceUser::from(&User { title: "Engineer".to_owned(), ..ana() }));
    let login = [(Attribute::Login, Some("ana@contoso.example".to_owned()))];
    assert_eq!(mapped.profile, login.into_iter().collect());
}

#[test]
fn a_mapping_is_written_as_it_is_read() {
    let rules = json!({
        "login": { "from": ["userName"] },
        "department": {
            "from": [r#"addresses[type eq "work"].region"#],
            "transforms": [
                "trim",
                "lower",
                { "template": "{value}!" },
                { "lookup": { "table": { "a": "b" }, "otherwise": "clear" } },
                { "default": "c" }
            ]
        }
    });
    let mapping = Mapping::read(rules.clone()).unwrap();
    assert_eq!(serde_json::to_value(&mapping).unwrap(), rules);
}
