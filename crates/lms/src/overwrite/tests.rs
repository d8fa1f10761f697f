use proptest::prelude::*;

use super::*;
use crate::Rule;

const PHONE: Attribute = Attribute::Phone;

fn profile(value: Option<&str>) -> Profile {
    [(PHONE, value.map(str::to_owned))].into_iter().collect()
}

fn ownership(mode: Mode, on_clear: OnClear) -> Ownership {
    Ownership::default().with(PHONE, Rule { mode, on_clear })
}

/// What the learner has afterwards, and whether it was worth a change.
fn outcome(
    mode: Mode,
    contact: Contact,
    current: Option<&str>,
    incoming: Option<&str>,
) -> Option<Option<String>> {
    let ownership = ownership(mode, OnClear::Keep);
    let decided = overwrite(&profile(current), &profile(incoming), &ownership, contact);
    decided.changes.into_iter().next().map(|change| change.value)
}

#[test]
fn who_decides_a_value() {
    use Contact::{First, Repeated};
    let new = || Some(Some("new".to_owned()));
    // Mode, contact, what the learner has, what is written when the directory says "new".
    let table = [
        (Mode::Source, First, None, new()),
        (Mode::Source, Repeated, None, new()),
        (Mode::Source, Repeated, Some("old"), new()),
        (Mode::Source, Repeated, Some("new"), None),
        (Mode::SeedOnce, First, None, new()),
        (Mode::SeedOnce, Repeated, None, None),
        (Mode::SeedOnce, Repeated, Some("old"), None),
        (Mode::FillIfEmpty, First, None, new()),
        (Mode::FillIfEmpty, Repeated, None, new()),
        (Mode::FillIfEmpty, Repeated, Some("old"), None),
        (Mode::Lms, First, None, None),
        (Mode::Lms, Repeated, None, None),
        (Mode::Lms, Repeated, Some("old"), None),
        (Mode::Ignore, First, None, None),
        (Mode::Ignore, Repeated, Some("old"), None),
    ];
    for (mode, contact, current, expected) in table {
        assert_eq!(
            outcome(mode, contact, current, Some("new")),
            expected,
            "{mode:?} {contact:?} {current:?}"
        );
    }
}

#[test]
fn what_an_absent_value_does() {
    let cleared = vec![AttributeChange { attribute: PHONE, value: None }];
    let table = [
        (Mode::Source, OnClear::Clear, cleared, vec![]),
        (Mode::Source, OnClear::Keep, vec![], vec![]),
        (Mode::Source, OnClear::Refuse, vec![], vec![PHONE]),
        (Mode::SeedOnce, OnClear::Clear, vec![], vec![]),
        (Mode::FillIfEmpty, OnClear::Clear, vec![], vec![]),
        (Mode::Lms, OnClear::Clear, vec![], vec![]),
        (Mode::Ignore, OnClear::Refuse, vec![], vec![]),
    ];
    for (mode, on_clear, changes, refused) in table {
        let ownership = ownership(mode, on_clear);
        let decided = overwrite(&profile(Some("old")), &profile(None), &ownership, Contact::Repeated);
        assert_eq!(decided, Overwrite { changes, refused }, "{mode:?} {on_clear:?}");
        let nothing_to_lose = overwrite(&profile(None), &profile(None), &ownership, Contact::Repeated);
        assert_eq!(nothing_to_lose, Overwrite::default(), "{mode:?} {on_clear:?}");
    }
}

#[test]
fn by_default_a_login_is_never_cleared_and_an_email_is_kept() {
    let current: Profile = [Attribute::Login, Attribute::Email, Attribute::JobTitle]
        .map(|attribute| (attribute, Some("a@b.example".to_owned())))
        .into_iter()
        .collect();
    let decided = overwrite(&current, &Profile::default(), &Ownership::default(), Contact::Repeated);
    assert_eq!(decided.refused, [Attribute::Login]);
    assert_eq!(decided.changes, [AttributeChange { attribute: Attribute::JobTitle, value: None }]);
}

fn any_profile() -> impl Strategy<Value = Profile> {
    // Few values, so that equal ones meet.
    let values = proptest::collection::vec(proptest::option::of("[ab]"), Attribute::ALL.len());
    values.prop_map(|values| Attribute::ALL.into_iter().zip(values).collect())
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let modes = prop_oneof![
        Just(Mode::Source),
        Just(Mode::SeedOnce),
        Just(Mode::FillIfEmpty),
        Just(Mode::Lms),
        Just(Mode::Ignore)
    ];
    let clears = prop_oneof![Just(OnClear::Clear), Just(OnClear::Keep), Just(OnClear::Refuse)];
    (modes, clears).prop_map(|(mode, on_clear)| Rule { mode, on_clear })
}

fn any_ownership() -> impl Strategy<Value = Ownership> {
    proptest::collection::vec(any_rule(), Attribute::ALL.len()).prop_map(|rules| {
        Attribute::ALL
            .into_iter()
            .zip(rules)
            .fold(Ownership::default(), |ownership, (attribute, rule)| ownership.with(attribute, rule))
    })
}

fn any_contact() -> impl Strategy<Value = Contact> {
    prop_oneof![Just(Contact::First), Just(Contact::Repeated)]
}

fn apply(current: &Profile, decided: &Overwrite) -> Profile {
    let mut result = current.clone();
    for change in &decided.changes {
        result.set(change.attribute, change.value.clone());
    }
    result
}

proptest! {
    #[test]
    fn what_the_lms_owns_never_changes(
        current in any_profile(),
        incoming in any_profile(),
        ownership in any_ownership(),
        contact in any_contact(),
    ) {
        let after = apply(&current, &overwrite(&current, &incoming, &ownership, contact));
        for (attribute, rule) in ownership.rules() {
            if matches!(rule.mode, Mode::Lms | Mode::Ignore) {
                prop_assert_eq!(after.value(attribute), current.value(attribute));
            }
        }
    }

    #[test]
    fn the_same_user_twice_changes_nothing_the_second_time(
        current in any_profile(),
        incoming in any_profile(),
        ownership in any_ownership(),
        contact in any_contact(),
    ) {
        let once = apply(&current, &overwrite(&current, &incoming, &ownership, contact));
        let again = overwrite(&once, &incoming, &ownership, contact);
        prop_assert_eq!(again.changes, vec![]);
    }

    #[test]
    fn every_change_is_one(
        current in any_profile(),
        incoming in any_profile(),
        ownership in any_ownership(),
        contact in any_contact(),
    ) {
        for change in overwrite(&current, &incoming, &ownership, contact).changes {
            prop_assert_ne!(change.value.as_deref(), current.value(change.attribute));
        }
    }
}
