use uuid::Uuid;

use super::*;
use crate::overwrite::Contact;
use crate::{Cause, Digest, RulesVersion};

fn cause() -> Cause {
    Cause {
        event: Uuid::from_u128(1),
        request: Uuid::from_u128(9),
        at: "2026-03-01T12:00:00Z".parse().unwrap(),
    }
}

/// Written for that word of the directory.
fn origin(set_by: SetBy, written: Option<&str>) -> Origin {
    let digest = Digest::of(written);
    Origin { set_by, rules: RulesVersion(2), cause: cause(), written: digest, source: digest }
}

struct Told {
    mode: Mode,
    on_clear: OnClear,
    current: Option<&'static str>,
    source: Option<&'static str>,
    memory: Option<Origin>,
    problem: Option<MappingProblem>,
    footing: Footing,
}

/// Azure set "a", and it is so still.
fn settled() -> Told {
    Told {
        mode: Mode::Source,
        on_clear: OnClear::Clear,
        current: Some("a"),
        source: Some("a"),
        memory: Some(origin(SetBy::Source, Some("a"))),
        problem: None,
        footing: Footing::Follows,
    }
}

fn words(told: Told) -> String {
    attribute_words(&AttributeCase {
        rule: Rule { mode: told.mode, on_clear: told.on_clear },
        facts: Facts {
            current: told.current,
            source: told.source,
            memory: told.memory.as_ref(),
            contact: Contact::Repeated,
        },
        problem: told.problem,
        footing: told.footing,
    })
}

const REQUEST: &str = "(request 00000000-0000-0000-0000-000000000009)";

#[test]
fn what_azure_owns() {
    assert_eq!(
        words(settled()),
        format!(
            "Azure owns this value. It was set from Azure on 2026-03-01 12:00 UTC by rules version 2 {REQUEST}."
        )
    );
    assert_eq!(
        words(Told { current: None, source: None, memory: Some(origin(SetBy::Source, None)), ..settled() }),
        format!(
            "Azure owns this value. It was emptied from Azure on 2026-03-01 12:00 UTC by rules version 2 {REQUEST}."
        )
    );
    assert_eq!(
        words(Told { current: None, source: None, memory: None, ..settled() }),
        "Azure owns this value. There is none."
    );
    assert_eq!(
        words(Told { source: Some("b"), ..settled() }),
        "Azure owns this value. The next event of the person, or a reconcile, writes what Azure says."
    );
    assert_eq!(
        words(Told { source: None, ..settled() }),
        "Azure owns this value. The next event of the person, or a reconcile, empties it, because Azure has no \
         value."
    );
    assert_eq!(
        words(Told { source: None, on_clear: OnClear::Keep, ..settled() }),
        "Azure owns this value. Azure has no value any more; the learner keeps this one because of on_clear keep."
    );
}

#[test]
fn what_was_changed_by_hand_and_azure_owns() {
    assert_eq!(
        words(Told { current: Some("b"), ..settled() }),
        "Somebody changed it in the LMS; the next event of the person, or a reconcile, puts back what Azure says."
    );
    assert_eq!(
        words(Told { current: None, ..settled() }),
        "Somebody emptied it in the LMS; the next event of the person, or a reconcile, puts back what Azure says."
    );
    assert_eq!(
        words(Told { current: Some("b"), footing: Footing::Waits, ..settled() }),
        "Somebody changed it in the LMS; what Azure says is put back once the learner follows Azure again."
    );
    assert_eq!(
        words(Told { current: Some("b"), footing: Footing::Gone, ..settled() }),
        "Somebody changed it in the LMS; what Azure says is put back once the person is back in Azure."
    );
}

#[test]
fn what_was_changed_by_hand_and_stands_for_now() {
    let mode = Mode::KeepUntilSourceChanges;
    assert_eq!(
        words(Told { mode, current: Some("b"), ..settled() }),
        "Somebody changed it in the LMS, which stands until Azure says something else than before."
    );
    assert_eq!(
        words(Told { mode, current: Some("b"), source: Some("c"), ..settled() }),
        "Somebody changed it in the LMS; the next event of the person, or a reconcile, puts back what Azure says."
    );
    assert!(
        words(Told { mode, ..settled() }).starts_with("Azure owns this value; what is changed in the LMS")
    );
}

#[test]
fn what_the_lms_owns() {
    let seed = || Some(origin(SetBy::Seed, Some("a")));
    assert_eq!(
        words(Told { mode: Mode::SeedOnce, memory: seed(), source: Some("b"), ..settled() }),
        "The LMS owns this value since the learner was created. Azure now says something else, which is not \
         written because of the rule seed_once."
    );
    assert_eq!(
        words(Told { mode: Mode::SeedOnce, memory: seed(), ..settled() }),
        format!(
            "The LMS owns this value since the learner was created. Azure gave it once, on 2026-03-01 12:00 UTC by \
             rules version 2 {REQUEST}."
        )
    );
    assert_eq!(
        words(Told { mode: Mode::Lms, memory: None, source: None, ..settled() }),
        "The LMS owns this value. It was set in the LMS."
    );
    assert_eq!(
        words(Told { mode: Mode::Lms, current: Some("b"), source: Some("b"), ..settled() }),
        format!(
            "The LMS owns this value. Somebody changed it in the LMS since Azure gave it on 2026-03-01 12:00 UTC by \
             rules version 2 {REQUEST}."
        )
    );
    assert_eq!(
        words(Told { mode: Mode::FillIfEmpty, current: None, ..settled() }),
        "The LMS owns this value; Azure only fills it in while it is empty. The next event of the person, or a \
         reconcile, writes what Azure says."
    );
    let filled = Some(origin(SetBy::Fill, Some("a")));
    let told = words(Told { mode: Mode::FillIfEmpty, memory: filled, ..settled() });
    assert!(told.contains("It was filled in from Azure on 2026-03-01"), "{told}");
}

#[test]
fn what_nobody_owns_what_cannot_be_used_and_what_is_not_known() {
    assert_eq!(
        words(Told { mode: Mode::Ignore, ..settled() }),
        "Nobody here looks after this value: the rule is ignore."
    );
    let problem = Some(MappingProblem::NotALanguage);
    assert_eq!(
        words(Told { problem, source: None, on_clear: OnClear::Keep, ..settled() }),
        "Azure owns this value. What Azure says cannot be used and counts as none: it is not a language tag such as \
         fr-CA. The learner keeps this one because of on_clear keep."
    );
    assert_eq!(
        words(Told { problem, source: None, mode: Mode::Lms, ..settled() }),
        "The LMS owns this value. What Azure says cannot be used and counts as none: it is not a language tag such as \
         fr-CA."
    );
    assert_eq!(
        words(Told { footing: Footing::Erased, ..settled() }),
        "The person was erased; no value comes back."
    );
    assert_eq!(
        words(Told { footing: Footing::Unknown, ..settled() }),
        "What Azure said of this person is not kept."
    );
}

#[test]
fn the_status() {
    let written = Writing {
        at: cause().at,
        event_id: cause().event,
        request_id: cause().request,
        rules_version: Some(RulesVersion(0)),
    };
    let case = StatusCase {
        value: Status::Active,
        directory: Some(Status::Active),
        written: Some(written),
        is_edited: false,
        footing: Footing::Follows,
    };
    assert_eq!(
        status_words(&case),
        format!(
            "Azure owns the status. It was set from Azure on 2026-03-01 12:00 UTC by the default rules {REQUEST}."
        )
    );
    let inactive = StatusCase { value: Status::Inactive, ..case };
    assert_eq!(
        status_words(&StatusCase { is_edited: true, ..inactive }),
        "Somebody changed it in the LMS; the next event of the person, or a reconcile, puts back what Azure says."
    );
    assert_eq!(
        status_words(&StatusCase { footing: Footing::Waits, ..inactive }),
        "Azure owns the status. What Azure says is written once the learner follows Azure again."
    );
    assert_eq!(
        status_words(&StatusCase { is_edited: true, ..case }),
        "Azure owns the status. Somebody changed it in the LMS to what Azure says."
    );
    assert_eq!(
        status_words(&StatusCase { footing: Footing::Erased, ..case }),
        "The person was erased, which is final."
    );
}
