use serde::{Deserialize, Serialize};

use crate::provenance::{Origin, Provenance, SetBy};
use crate::{Attribute, Cause, Digest, Mode, OnClear, Profile, Rule, VersionedRules};

/// How the LMS comes to know the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact {
    /// The learner is being created.
    Created,
    /// A learner of the LMS's own is handed over to the directory.
    Adopted,
    /// The learner follows the directory already.
    Repeated,
}

/// What is known about one attribute when the directory speaks.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The learner's value.
    pub current: Option<&'a str>,
    /// The directory's value.
    pub source: Option<&'a str>,
    /// What was written last, and for which word of the directory.
    pub memory: Option<&'a Origin>,
    /// How the person is met.
    pub contact: Contact,
}

impl Facts<'_> {
    /// Whether the LMS changed the value since the directory's was written.
    pub(crate) fn is_edited(&self) -> bool {
        let written = self.memory.and_then(|origin| origin.written);
        self.contact == Contact::Repeated && written != Digest::of(self.current)
    }

    /// Whether the directory says something else than it did before.
    pub(crate) fn is_source_changed(&self) -> bool {
        self.memory.and_then(|origin| origin.source) != Digest::of(self.source)
    }
}

/// What becomes of one attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What happens to the value.
    pub act: Act,
    /// What somebody should hear of.
    pub conflict: Option<ConflictKind>,
}

/// What happens to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It stays, whatever it is.
    Keep,
    /// The directory's is written.
    Write(SetBy),
    /// It is emptied.
    Clear,
}

/// A disagreement between the LMS and the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// A value that was edited in the LMS went back to what the directory says.
    Reverted,
    /// The directory emptied a value that must not be empty; the learner kept it.
    ClearRefused,
}

/// Decides one attribute.
///
/// The only place that knows what a [`Mode`] and an [`OnClear`] mean. It compares with what the learner has now, not
/// with the event before: an edit of what the directory owns is undone whatever the event is about.
pub fn decide_attribute(rule: Rule, facts: Facts<'_>) -> Decision {
    match rule.mode {
        Mode::Source => follow_source(rule.on_clear, facts),
        Mode::KeepUntilSourceChanges if facts.is_edited() && !facts.is_source_changed() => KEEP,
        Mode::KeepUntilSourceChanges => follow_source(rule.on_clear, facts),
        Mode::SeedOnce => match facts.contact {
            Contact::Created => fill(facts, SetBy::Seed),
            Contact::Adopted => fill(facts, SetBy::Fill),
            Contact::Repeated => KEEP,
        },
        Mode::FillIfEmpty => fill(facts, SetBy::Fill),
        Mode::Lms | Mode::Ignore => KEEP,
    }
}

const KEEP: Decision = Decision { act: Act::Keep, conflict: None };

fn follow_source(on_clear: OnClear, facts: Facts<'_>) -> Decision {
    let reverted = facts.is_edited().then_some(ConflictKind::Reverted);
    match (facts.source, facts.current) {
        (source, current) if source == current => KEEP,
        (Some(_), _) => Decision { act: Act::Write(SetBy::Source), conflict: reverted },
        (None, _) => match on_clear {
            OnClear::Clear => Decision { act: Act::Clear, conflict: reverted },
            OnClear::Keep => KEEP,
            OnClear::Refuse => {
                let conflict = facts.is_source_changed().then_some(ConflictKind::ClearRefused);
                Decision { act: Act::Keep, conflict }
            }
        },
    }
}

fn fill(facts: Facts<'_>, by: SetBy) -> Decision {
    if facts.current.is_none() && facts.source.is_some() {
        Decision { act: Act::Write(by), conflict: None }
    } else {
        KEEP
    }
}

/// A disagreement about one attribute of a learner, or about the status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Disagreement {
    pub(crate) attribute: Attribute,
    pub(crate) kind: ConflictKind,
    pub(crate) lms_value: Option<String>,
    pub(crate) source_value: Option<String>,
}

/// Writes what the directory says over a learner's values, attribute by attribute, and remembers it.
pub(crate) fn overwrite(
    profile: &mut Profile,
    provenance: &mut Provenance,
    incoming: &Profile,
    rules: &VersionedRules,
    contact: Contact,
    cause: Cause,
) -> Vec<Disagreement> {
    let mut disagreements = Vec::new();
    for (attribute, rule) in rules.rules.ownership.rules() {
        let (current, source) = (profile.value(attribute), incoming.value(attribute));
        let memory = provenance.origin(attribute).copied();
        let facts = Facts { current, source, memory: memory.as_ref(), contact };
        let decision = decide_attribute(rule, facts);
        disagreements.extend(decision.conflict.map(|kind| Disagreement {
            attribute,
            kind,
            lms_value: current.map(str::to_owned),
            source_value: source.map(str::to_owned),
        }));
        let said = Digest::of(source);
        let is_confirmed = rule.mode.follows_source() && current == source;
        let origin = match decision.act {
            Act::Write(set_by) => Some((set_by, said)),
            Act::Clear => Some((SetBy::Source, None)),
            // Also a value that somebody else wrote first: from now on it is the directory's.
            Act::Keep if is_confirmed && memory.is_none_or(|origin| origin.written != said) => {
                current.map(|_| (SetBy::Source, said))
            }
            Act::Keep => None,
        };
        match origin {
            Some((set_by, written)) => {
                let origin = Origin { set_by, rules: rules.version, cause, written, source: said };
                provenance.record(attribute, origin);
            }
            None => remember_source(provenance, attribute, rule.mode, said),
        }
        match decision.act {
            Act::Write(_) => profile.set(attribute, source.map(str::to_owned)),
            Act::Clear => profile.set(attribute, None),
            Act::Keep => {}
        }
    }
    disagreements
}

/// Remembers what the directory said of a value that it did not write.
fn remember_source(provenance: &mut Provenance, attribute: Attribute, mode: Mode, said: Option<Digest>) {
    if mode == Mode::Ignore {
        provenance.forget(attribute);
        return;
    }
    let known = provenance.origin(attribute).copied();
    if let Some(origin) = known.filter(|origin| origin.source != said) {
        provenance.record(attribute, Origin { source: said, ..origin });
    }
}

#[cfg(test)]
mod tests;
