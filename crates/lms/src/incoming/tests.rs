use events::v1::{Address, EnterpriseUser, Manager, MultiValued, Name};

use super::*;
use crate::Attribute;

fn value(value: &str, kind: &str) -> MultiValued {
    MultiValued { value: value.to_owned(), r#type: kind.to_owned(), ..MultiValued::default() }
}

fn ana() -> User {
    User { user_name: "ana@contoso.example".to_owned(), active: Some(true), ..User::default() }
}

fn read(user: &User) -> IncomingUser {
    read_user(user, Phase::Current, &Mapping::default())
}

#[test]
fn every_attribute_has_its_place() {
    let user = User {
        external_id: " object-ana ".to_owned(),
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
    let incoming = read(&user);
    assert_eq!(incoming.external_id.as_deref(), Some(" object-ana "));
    assert_eq!(incoming.standing, Standing::Active);
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
    assert_eq!(
        incoming.profile,
        expected.map(|(name, text)| (name, Some(text.to_owned()))).into_iter().collect()
    );
}

#[test]
fn the_user_name_serves_as_email_only_if_it_looks_like_one() {
    for (user_name, email) in [
        ("ana@contoso.example", Some("ana@contoso.example")),
        (" ana@contoso.example ", Some("ana@contoso.example")),
        ("ana", None),
        ("@contoso.example", None),
        ("ana@contoso", None),
        ("ana@.example", None),
        ("ana@contoso.", None),
        ("ana silva@contoso.example", None),
        ("ana@silva@contoso.example", None),
    ] {
        let user = User { user_name: user_name.to_owned(), ..ana() };
        assert_eq!(read(&user).profile.value(Attribute::Email), email, "{user_name}");
    }
    let home = User { emails: vec![value("home@ana.example", "home")], ..ana() };
    assert_eq!(read(&home).profile.value(Attribute::Email), Some("ana@contoso.example"));
}

#[test]
fn a_tombstone_name_gives_the_name_that_was_there_before() {
    let hex = "0123456789abcdef0123456789ABCDEF";
    for (user_name, active, standing, login) in [
        (format!("{hex}ana@contoso.example"), false, Standing::SoftDeleted, Some("ana@contoso.example")),
        (hex.to_owned(), false, Standing::Disabled, Some(hex)),
        // Whoever is active bears the name that was sent, strange as it may look.
        (format!("{hex}a"), true, Standing::Active, Some("0123456789abcdef0123456789ABCDEFa")),
        ("ana@contoso.example".to_owned(), false, Standing::Disabled, Some("ana@contoso.example")),
        // 32 bytes end in the middle of a character.
        (format!("{}é", "a".repeat(31)), false, Standing::Disabled, Some("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaé")),
    ] {
        let user = User { user_name: user_name.clone(), active: Some(active), ..ana() };
        let incoming = read(&user);
        assert_eq!(incoming.standing, standing, "{user_name}");
        assert_eq!(incoming.profile.value(Attribute::Login), login, "{user_name}");
    }
}

#[test]
fn a_tombstone_keeps_the_last_good_address() {
    let hex = "0123456789abcdef0123456789abcdef";
    let deleted = User {
        user_name: format!("{hex}ana@contoso.example"),
        active: Some(false),
        emails: vec![value(&format!("{hex}ana.silva@contoso.example"), "work")],
        ..ana()
    };
    assert_eq!(read(&deleted).profile.value(Attribute::Email), Some("ana.silva@contoso.example"));
    let without = User { emails: vec![], ..deleted.clone() };
    assert_eq!(read(&without).profile.value(Attribute::Email), Some("ana@contoso.example"));
    let renamed_only = User { user_name: "ana@contoso.example".to_owned(), ..deleted };
    let kept = format!("{hex}ana.silva@contoso.example");
    assert_eq!(read(&renamed_only).profile.value(Attribute::Email), Some(kept.as_str()), "no tombstone");
}

#[test]
fn an_absent_active_means_active_and_a_deletion_overrules_it() {
    let user = User { active: None, ..ana() };
    assert_eq!(read(&user).standing, Standing::Active);
    assert_eq!(read_user(&user, Phase::Deleted, &Mapping::default()).standing, Standing::Deleted);
}

#[test]
fn what_cannot_be_used_is_no_value() {
    let enterprise = EnterpriseUser {
        manager: Some(Manager { value: "the boss".to_owned(), ..Manager::default() }),
        ..EnterpriseUser::default()
    };
    let user = User {
        display_name: "  \0 ".to_owned(),
        enterprise: Some(enterprise),
        extensions: serde_json::from_str(r#"{"urn:x:illuxi:2.0:User":{"hireDate":"soon"}}"#).unwrap(),
        ..ana()
    };
    let profile = read(&user).profile;
    for attribute in [Attribute::DisplayName, Attribute::Manager, Attribute::HireDate] {
        assert_eq!(profile.value(attribute), None, "{attribute:?}");
    }
}
