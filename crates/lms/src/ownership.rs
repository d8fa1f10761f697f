use crate::Attribute;

/// Who decides the value of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The directory, always: an edit in the LMS is undone by the next event.
    Source,
    /// The directory once, when the learner is created; the LMS from then on.
    SeedOnce,
    /// The LMS; the directory only while there is no value.
    FillIfEmpty,
    /// The LMS; what the directory says is shown nowhere.
    Lms,
    /// Nobody: the attribute is not used.
    Ignore,
}

/// What happens when the directory no longer has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnClear {
    /// The learner loses it as well.
    Clear,
    /// The learner keeps it.
    Keep,
    /// The learner keeps it, and the case is reported: the directory should never do this.
    Refuse,
}

/// The rule of one attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Who decides.
    pub mode: Mode,
    /// What an absent value means.
    pub on_clear: OnClear,
}

/// Who owns which attribute of a learner, as data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ownership([(Attribute, Rule); Attribute::ALL.len()]);

impl Default for Ownership {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl Ownership {
    /// Replaces the rule of one attribute.
    #[must_use]
    pub fn with(mut self, attribute: Attribute, replacement: Rule) -> Self {
        for (candidate, rule) in &mut self.0 {
            if *candidate == attribute {
                *rule = replacement;
            }
        }
        self
    }

    /// Every attribute with its rule.
    pub fn rules(&self) -> impl Iterator<Item = (Attribute, Rule)> {
        self.0.iter().copied()
    }
}

const SOURCE: Rule = Rule { mode: Mode::Source, on_clear: OnClear::Clear };
const SOURCE_KEPT: Rule = Rule { mode: Mode::Source, on_clear: OnClear::Keep };
const SOURCE_REQUIRED: Rule = Rule { mode: Mode::Source, on_clear: OnClear::Refuse };
const SEED: Rule = Rule { mode: Mode::SeedOnce, on_clear: OnClear::Keep };
const FILL: Rule = Rule { mode: Mode::FillIfEmpty, on_clear: OnClear::Keep };

const DEFAULT: [(Attribute, Rule); Attribute::ALL.len()] = [
    (Attribute::Login, SOURCE_REQUIRED),
    (Attribute::Email, SOURCE_KEPT),
    (Attribute::GivenName, SOURCE),
    (Attribute::FamilyName, SOURCE),
    (Attribute::DisplayName, SOURCE),
    (Attribute::JobTitle, SOURCE),
    (Attribute::Department, SOURCE),
    (Attribute::Division, SOURCE),
    (Attribute::Organization, SOURCE),
    (Attribute::CostCenter, SOURCE),
    (Attribute::EmployeeNumber, SOURCE),
    (Attribute::EmployeeType, SOURCE),
    (Attribute::HireDate, SOURCE_KEPT),
    (Attribute::Manager, SOURCE),
    (Attribute::Office, SOURCE),
    (Attribute::Country, SOURCE),
    (Attribute::PreferredLanguage, SEED),
    (Attribute::Locale, FILL),
    (Attribute::TimeZone, FILL),
    (Attribute::Phone, SEED),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_has_exactly_one_rule() {
        let listed: Vec<_> = DEFAULT.iter().map(|(attribute, _)| *attribute).collect();
        for attribute in Attribute::ALL {
            assert_eq!(listed.iter().filter(|listed| **listed == attribute).count(), 1, "{attribute:?}");
        }
    }
}
