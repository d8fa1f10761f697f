use events::v1::MultiValued;

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
fn the_external_id_is_taken_as_it_is() {
    let user = User { external_id: " object-ana ".to_owned(), ..ana() };
    assert_eq!(read(&user).external_id.as_deref(), Some(" object-ana "));
    assert_eq!(read(&ana()).external_id, None);
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
