use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Attribute;

/// Who decides the value of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The directory, always: an edit in the LMS is undone by the next event.
    Source,
    /// The directory once, when the learner is created; the LMS from then on.
    SeedOnce,
    /// The LMS; the directory only while there is no value.
    FillIfEmpty,
    /// The directory; an edit in the LMS stands until the directory says something else than before.
    KeepUntilSourceChanges,
    /// The LMS. What the directory says is remembered for comparison, and never written.
    Lms,
    /// Nobody here: the attribute is left alone, as if the directory said nothing of it.
    Ignore,
}

impl Mode {
    /// Every mode, for tables and tests.
    pub const ALL: [Self; 6] = [
        Self::Source,
        Self::SeedOnce,
        Self::FillIfEmpty,
        Self::KeepUntilSourceChanges,
        Self::Lms,
        Self::Ignore,
    ];

    /// Whether an edit in the LMS is undone.
    pub(crate) fn follows_source(self) -> bool {
        matches!(self, Self::Source | Self::KeepUntilSourceChanges)
    }
}

/// What happens when the directory no longer has a value that it owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnClear {
    /// The learner loses it as well.
    Clear,
    /// The learner keeps it.
    Keep,
    /// The learner keeps it, and the case is reported: the directory should never do this.
    Refuse,
}

impl OnClear {
    /// Every answer, for tables and tests.
    pub const ALL: [Self; 3] = [Self::Clear, Self::Keep, Self::Refuse];
}

/// The rule of one attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Who decides.
    pub mode: Mode,
    /// What an absent value means.
    #[serde(default = "keep")]
    pub on_clear: OnClear,
}

fn keep() -> OnClear {
    OnClear::Keep
}

/// Who owns which attribute of a learner, as data. What is not said has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Ownership(BTreeMap<Attribute, Rule>);

impl Ownership {
    /// Replaces the rule of one attribute.
    #[must_use]
    pub fn with(mut self, attribute: Attribute, rule: Rule) -> Self {
        self.0.insert(attribute, rule);
        self
    }

    /// The rule of an attribute.
    pub fn rule(&self, attribute: Attribute) -> Rule {
        self.0.get(&attribute).copied().unwrap_or_else(|| default_rule(attribute))
    }

    /// Every attribute with its rule.
    pub fn rules(&self) -> impl Iterator<Item = (Attribute, Rule)> {
        Attribute::ALL.into_iter().map(|attribute| (attribute, self.rule(attribute)))
    }

    /// The table with nothing left unsaid.
    #[must_use]
    pub fn complete(&self) -> Self {
        Self(self.rules().collect())
    }
}

const SOURCE: Rule = Rule { mode: Mode::Source, on_clear: OnClear::Clear };
const SOURCE_KEPT: Rule = Rule { mode: Mode::Source, on_clear: OnClear::Keep };
const SOURCE_REQUIRED: Rule = Rule { mode: Mode::Source, on_clear: OnClear::Refuse };
const SEED: Rule = Rule { mode: Mode::SeedOnce, on_clear: OnClear::Keep };
const FILL: Rule = Rule { mode: Mode::FillIfEmpty, on_clear: OnClear::Keep };

/// What holds where an integration says nothing else.
fn default_rule(attribute: Attribute) -> Rule {
    match attribute {
        Attribute::Login => SOURCE_REQUIRED,
        // An address that is gone from the directory still reaches the person.
        Attribute::Email | Attribute::HireDate => SOURCE_KEPT,
        Attribute::GivenName
        | Attribute::FamilyName
        | Attribute::DisplayName
        | Attribute::JobTitle
        | Attribute::Department
        | Attribute::Division
        | Attribute::Organization
        | Attribute::CostCenter
        | Attribute::EmployeeNumber
        | Attribute::EmployeeType
        | Attribute::Manager
        | Attribute::Office
        | Attribute::Country => SOURCE,
        // The learner chooses the language of the courses, and who to be called by.
        Attribute::PreferredLanguage | Attribute::Phone => SEED,
        Attribute::Locale | Attribute::TimeZone => FILL,
    }
}
