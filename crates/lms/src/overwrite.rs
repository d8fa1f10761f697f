use crate::{Attribute, Mode, OnClear, Ownership, Profile};

/// Whether the LMS knew the person before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contact {
    /// The learner is being created.
    First,
    /// The learner exists.
    Repeated,
}

/// What an event does to a learner's attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Overwrite {
    /// New values, only where they differ from the current ones.
    pub changes: Vec<AttributeChange>,
    /// Attributes that the directory emptied although it must not.
    pub refused: Vec<Attribute>,
}

/// One attribute's new value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AttributeChange {
    /// Which attribute.
    pub attribute: Attribute,
    /// The value; `None` clears it.
    pub value: Option<String>,
}

/// Decides which attributes of a learner an incoming user overwrites.
///
/// Compares with what the learner has now, not with the event before: an edit made in the LMS to an attribute that the
/// directory owns is undone, whatever the event is about.
pub(crate) fn overwrite(
    current: &Profile,
    incoming: &Profile,
    ownership: &Ownership,
    contact: Contact,
) -> Overwrite {
    let mut result = Overwrite::default();
    for (attribute, rule) in ownership.rules() {
        let was = current.value(attribute);
        let Some(value) = incoming.value(attribute) else {
            let clears = rule.mode == Mode::Source && was.is_some();
            match rule.on_clear {
                OnClear::Clear if clears => result.changes.push(AttributeChange { attribute, value: None }),
                OnClear::Refuse if clears => result.refused.push(attribute),
                OnClear::Clear | OnClear::Keep | OnClear::Refuse => {}
            }
            continue;
        };
        let writes = match rule.mode {
            Mode::Source => true,
            Mode::SeedOnce => contact == Contact::First,
            Mode::FillIfEmpty => was.is_none(),
            Mode::Lms | Mode::Ignore => false,
        };
        if writes && was != Some(value) {
            result.changes.push(AttributeChange { attribute, value: Some(value.to_owned()) });
        }
    }
    result
}

#[cfg(test)]
mod tests;
