use chrono::DateTime;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{Rules, RulesVersion};

/// The tables that people read: written by hand, and what this test expects.
const RULES: &str = include_str!("../../../../docs/lms-rules.md");

const BEFORE: &str = "as before";
const NEW: &str = "new";
const EDITED: &str = "edited";

/// The rows of the table under a heading, without its head.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, section) = RULES.split_once(&format!("### {heading}\n")).unwrap();
    let lines =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    lines.skip(2).map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

fn word<T: serde::Serialize>(value: T) -> String {
    format!("`{}`", serde_json::to_value(value).unwrap().as_str().unwrap())
}

fn mode(cell: &str) -> Mode {
    Mode::ALL.into_iter().find(|mode| word(*mode) == cell).unwrap()
}

fn origin(written: Option<&str>) -> Origin {
    Origin {
        set_by: SetBy::Source,
        rules: RulesVersion(1),
        cause: cause(1),
        written: Digest::of(written),
        source: Digest::of(Some(BEFORE)),
    }
}

fn cause(number: u128) -> Cause {
    let id = Uuid::from_u128(number);
    Cause { event: id, request: id, at: DateTime::UNIX_EPOCH }
}

/// The words of the tables for a decision.
fn in_words(decision: Decision) -> String {
    let act = match decision.act {
        Act::Keep => "stays",
        Act::Write(_) => "directory",
        Act::Clear => "emptied",
    };
    if decision.conflict.is_some() { format!("{act}, reported") } else { act.to_owned() }
}

fn decide_known(rule: Rule, source: Option<&str>, current: Option<&str>) -> String {
    let memory = origin(Some(BEFORE));
    let facts = Facts { current, source, memory: Some(&memory), contact: Contact::Repeated };
    in_words(decide_attribute(rule, facts))
}

const LMS_HAS: [Option<&str>; 3] = [Some(BEFORE), Some(EDITED), None];

#[test]
fn somebody_known_is_treated_as_the_table_says() {
    let rows = table("When the directory speaks of somebody whom the LMS knows");
    assert_eq!(rows.len(), Mode::ALL.len() * 3, "every mode and everything that the directory may say");
    for row in rows {
        let source = match row[1] {
            "something new" => Some(NEW),
            "the same as before" => Some(BEFORE),
            "nothing any more" => None,
            other => panic!("{other}"),
        };
        let rule = Rule { mode: mode(row[0]), on_clear: OnClear::Clear };
        for (current, expected) in LMS_HAS.into_iter().zip(&row[2..]) {
            assert_eq!(decide_known(rule, source, current), *expected, "{row:?} {current:?}");
        }
    }
}

#[test]
fn a_newcomer_is_treated_as_the_table_says() {
    let rows = table("When the learner is new to the directory");
    assert_eq!(rows.len(), Mode::ALL.len());
    for row in rows {
        let rule = Rule { mode: mode(row[0]), on_clear: OnClear::Clear };
        let cases = [(Contact::Created, None), (Contact::Adopted, Some(EDITED)), (Contact::Adopted, None)];
        for ((contact, current), expected) in cases.into_iter().zip(&row[1..]) {
            let facts = Facts { current, source: Some(NEW), memory: None, contact };
            assert_eq!(in_words(decide_attribute(rule, facts)), *expected, "{row:?} {contact:?} {current:?}");
        }
    }
}

#[test]
fn a_value_that_the_directory_lost_is_treated_as_the_table_says() {
    let rows = table("When the directory has no value any more for what it owns");
    assert_eq!(rows.len(), OnClear::ALL.len());
    for row in rows {
        let on_clear = OnClear::ALL.into_iter().find(|on_clear| word(*on_clear) == row[0]).unwrap();
        for mode in [Mode::Source, Mode::KeepUntilSourceChanges] {
            for (current, expected) in LMS_HAS.into_iter().zip(&row[1..]) {
                let decided = decide_known(Rule { mode, on_clear }, None, current);
                assert_eq!(decided, *expected, "{mode:?} {row:?} {current:?}");
            }
        }
    }
}

#[test]
fn a_refused_clearing_is_reported_once() {
    let rule = Rule { mode: Mode::Source, on_clear: OnClear::Refuse };
    let memory = Origin { source: None, ..origin(Some(BEFORE)) };
    let facts =
        Facts { current: Some(BEFORE), source: None, memory: Some(&memory), contact: Contact::Repeated };
    assert_eq!(in_words(decide_attribute(rule, facts)), "stays");
}

fn profile(values: &[(Attribute, &str)]) -> Profile {
    values.iter().map(|(attribute, value)| (*attribute, Some((*value).to_owned()))).collect()
}

fn rules(attribute: Attribute, mode: Mode, on_clear: OnClear) -> VersionedRules {
    let rules = Rules::default();
    let ownership = rules.ownership.clone().with(attribute, Rule { mode, on_clear });
    VersionedRules { version: RulesVersion(3), rules: Rules { ownership, ..rules } }
}

struct Life {
    profile: Profile,
    provenance: Provenance,
    rules: VersionedRules,
    events: u128,
}

impl Life {
    fn begin(rules: VersionedRules, incoming: &Profile) -> Self {
        let mut life =
            Self { profile: Profile::default(), provenance: Provenance::default(), rules, events: 0 };
        life.hear(incoming, Contact::Created);
        life
    }

    fn hear(&mut self, incoming: &Profile, contact: Contact) -> Vec<Disagreement> {
        self.events += 1;
        let (profile, provenance) = (&mut self.profile, &mut self.provenance);
        overwrite(profile, provenance, incoming, &self.rules, contact, cause(self.events))
    }

    fn value(&self, attribute: Attribute) -> Option<&str> {
        self.profile.value(attribute)
    }
}

#[test]
fn an_edit_is_undone_by_an_event_about_something_else_and_told_of() {
    let ana = profile(&[(Attribute::Login, "ana"), (Attribute::DisplayName, "Ana")]);
    let mut life = Life::begin(VersionedRules::default(), &ana);
    life.profile.set(Attribute::DisplayName, Some("Edited".to_owned()));
    let promoted =
        profile(&[(Attribute::Login, "ana"), (Attribute::DisplayName, "Ana"), (Attribute::JobTitle, "Boss")]);
    let told = life.hear(&promoted, Contact::Repeated);
    assert_eq!(life.value(Attribute::DisplayName), Some("Ana"));
    let reverted = Disagreement {
        attribute: Attribute::DisplayName,
        kind: ConflictKind::Reverted,
        lms_value: Some("Edited".to_owned()),
        source_value: Some("Ana".to_owned()),
    };
    assert_eq!(told, [reverted]);
    assert_eq!(life.provenance.origin(Attribute::DisplayName).unwrap().cause, cause(2));
    assert_eq!(life.provenance.origin(Attribute::Login).unwrap().cause, cause(1));
}

#[test]
fn an_edit_that_is_kept_falls_when_the_directory_changes_its_mind() {
    let rules = rules(Attribute::Phone, Mode::KeepUntilSourceChanges, OnClear::Clear);
    let mut life = Life::begin(rules, &profile(&[(Attribute::Phone, "1")]));
    life.profile.set(Attribute::Phone, Some("2".to_owned()));
    assert_eq!(life.hear(&profile(&[(Attribute::Phone, "1")]), Contact::Repeated), []);
    assert_eq!(life.value(Attribute::Phone), Some("2"));
    assert_eq!(life.hear(&profile(&[(Attribute::Phone, "3")]), Contact::Repeated).len(), 1);
    assert_eq!(life.value(Attribute::Phone), Some("3"));
}

#[test]
fn a_language_stays_until_the_rules_change() {
    let said = |language| profile(&[(Attribute::PreferredLanguage, language)]);
    let mut life = Life::begin(VersionedRules::default(), &said("fr"));
    life.profile.set(Attribute::PreferredLanguage, Some("de".to_owned()));
    life.hear(&said("en"), Contact::Repeated);
    assert_eq!(life.value(Attribute::PreferredLanguage), Some("de"));
    life.rules = rules(Attribute::PreferredLanguage, Mode::Source, OnClear::Keep);
    life.hear(&said("en"), Contact::Repeated);
    assert_eq!(life.value(Attribute::PreferredLanguage), Some("en"));
    let origin = life.provenance.origin(Attribute::PreferredLanguage).unwrap();
    assert_eq!((origin.rules, origin.cause), (RulesVersion(3), cause(3)));
}

#[test]
fn what_is_ignored_leaves_no_trace() {
    let ignoring = rules(Attribute::Phone, Mode::Ignore, OnClear::Keep);
    let mut life = Life::begin(VersionedRules::default(), &profile(&[(Attribute::Phone, "1")]));
    assert!(life.provenance.origin(Attribute::Phone).is_some());
    life.rules = ignoring;
    life.hear(&profile(&[(Attribute::Phone, "2")]), Contact::Repeated);
    assert_eq!(life.value(Attribute::Phone), Some("1"));
    assert_eq!(life.provenance.origin(Attribute::Phone), None);
}

fn some_profile() -> impl Strategy<Value = Profile> {
    let value = prop_oneof![Just(None), "[a-c]".prop_map(Some)];
    prop::collection::vec(value, Attribute::ALL.len())
        .prop_map(|values| Attribute::ALL.into_iter().zip(values).collect())
}

proptest! {
    #[test]
    fn saying_it_again_changes_nothing(first in some_profile(), edited in some_profile(), said in some_profile()) {
        let mut life = Life::begin(VersionedRules::default(), &first);
        life.profile = edited;
        life.hear(&said, Contact::Repeated);
        let (profile, provenance) = (life.profile.clone(), life.provenance.clone());
        prop_assert_eq!(life.hear(&said, Contact::Repeated), []);
        prop_assert_eq!(&life.profile, &profile);
        prop_assert_eq!(life.provenance, provenance);
    }

    #[test]
    fn what_the_lms_owns_is_never_touched(first in some_profile(), edited in some_profile(), said in some_profile()) {
        let mut rules = Rules::default();
        for attribute in Attribute::ALL {
            let rule = Rule { mode: Mode::Lms, on_clear: OnClear::Clear };
            rules.ownership = rules.ownership.clone().with(attribute, rule);
        }
        let mut life = Life::begin(VersionedRules { version: RulesVersion(1), rules }, &first);
        life.profile = edited.clone();
        life.hear(&said, Contact::Repeated);
        prop_assert_eq!(life.profile, edited);
    }
}
