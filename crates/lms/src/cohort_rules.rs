mod check;
mod group_match;
mod name_template;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub use group_match::{FoldedText, GroupFacts, GroupMatch, Pattern, PatternError};
pub use name_template::{NameTemplate, NameTemplateError};

use crate::fold::fold;
use crate::rule_error::read_rule;
use crate::{CohortId, RuleError};

/// Which cohort a group of the directory becomes, as data.
///
/// In order: the first rule that matches the group decides, so that its position is its priority. A group that no rule
/// matches is ignored.
///
/// ```
/// let rules = lms::CohortRules::read(serde_json::json!([
///     { "name": "tests", "when": { "prefix": "test-" }, "then": "ignore" },
///     {
///         "name": "teachers",
///         "when": { "external_id": "2f6c1c5e-0d5e-4c43-8d34-0f9f3ad1f3a1" },
///         "then": { "create": { "name_template": "Teachers" } },
///         "grants_role": "instructor"
///     },
///     {
///         "name": "classes",
///         "when": { "regex": "^LMS - (?<class>.+)$" },
///         "then": { "create": { "name_template": "Class {class}" } },
///         "on_leave": "withdraw"
///     },
///     { "name": "all others", "when": "any", "then": { "create": {} } }
/// ]))?;
/// let scim_id = lms::ScimId(uuid::Uuid::from_u128(1));
/// let group = lms::GroupFacts { scim_id, external_id: None, display_name: "LMS - Welding" };
/// let lms::CohortPlan::Create { name, .. } = rules.decide(&group) else { unreachable!() };
/// assert_eq!(name, "Class Welding");
/// # Ok::<(), Vec<lms::RuleError>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct CohortRules(Vec<CohortRule>);

/// What becomes of the groups that match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CohortRule {
    /// Name for people, unique among the rules.
    pub name: String,
    /// The groups that are meant.
    pub when: GroupMatch,
    /// What they become.
    pub then: CohortAction,
    /// What leaving the group means for what came through it.
    #[serde(default)]
    pub on_leave: OnLeave,
    /// Role that members get. Only for a group that is named by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grants_role: Option<Role>,
}

/// What a group becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CohortAction {
    /// A cohort of its own.
    Create {
        /// The cohort's name.
        #[serde(default)]
        name_template: NameTemplate,
    },
    /// Part of a cohort that exists.
    Link {
        /// The cohort's id.
        cohort: Uuid,
    },
    /// Nothing.
    Ignore,
}

/// What happens to what a learner has through a group when the learner leaves it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnLeave {
    /// Enrolments end.
    Withdraw,
    /// Enrolments rest until the learner returns.
    Suspend,
    /// Enrolments stay.
    #[default]
    Keep,
}

/// What a person may do in the LMS beyond learning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Teaches.
    Instructor,
    /// Manages learners.
    Manager,
    /// Administers the portal.
    Admin,
}

/// What is to be done for a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CohortPlan {
    /// It has a cohort of its own.
    Create {
        /// The cohort's name, never blank.
        name: String,
        /// What leaving means.
        on_leave: OnLeave,
        /// What members may do.
        role: Option<Role>,
        /// The rule that decided.
        rule: String,
    },
    /// It feeds a cohort that exists.
    Link {
        /// The cohort.
        cohort: CohortId,
        /// What leaving means.
        on_leave: OnLeave,
        /// What members may do.
        role: Option<Role>,
        /// The rule that decided.
        rule: String,
    },
    /// It means nothing here.
    Ignore {
        /// The rule that decided; `None` if none matched.
        rule: Option<String>,
    },
}

impl Default for CohortRules {
    /// Every group has a cohort, with a name that shows where it comes from.
    fn default() -> Self {
        Self(vec![CohortRule {
            name: "every group".to_owned(),
            when: GroupMatch::Any,
            then: CohortAction::Create { name_template: NameTemplate::default() },
            on_leave: OnLeave::default(),
            grants_role: None,
        }])
    }
}

impl FromIterator<CohortRule> for CohortRules {
    fn from_iter<I: IntoIterator<Item = CohortRule>>(rules: I) -> Self {
        Self(rules.into_iter().collect())
    }
}

impl CohortRules {
    /// The cohorts that groups are linked to.
    pub(crate) fn linked(&self) -> impl Iterator<Item = CohortId> {
        self.0.iter().filter_map(|rule| match rule.then {
            CohortAction::Link { cohort } => Some(CohortId(cohort)),
            CohortAction::Create { .. } | CohortAction::Ignore => None,
        })
    }

    /// Reads rules from JSON and validates them.
    ///
    /// # Errors
    /// Of each rule the first thing that does not parse, else everything that [`Self::validate`] finds.
    pub fn read(rules: Value) -> Result<Self, Vec<RuleError>> {
        let Value::Array(elements) = rules else {
            return Err(vec![RuleError::at([check::ROOT], "Write a list of rules.")]);
        };
        check::check_count(elements.len()).map_err(|error| vec![error])?;
        let mut rules = Vec::new();
        let mut errors = Vec::new();
        for (index, element) in elements.into_iter().enumerate() {
            match read_rule(&[check::ROOT, &index.to_string()], element) {
                Ok(rule) => rules.push(rule),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let rules = Self(rules);
        rules.validate()?;
        Ok(rules)
    }

    /// Checks what parsing lets through: limits, and rules that could not work or must not.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place.
    pub fn validate(&self) -> Result<(), Vec<RuleError>> {
        let errors = check::check_rules(&self.0);
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// The rules, the first one with the highest priority.
    pub fn rules(&self) -> &[CohortRule] {
        &self.0
    }

    /// Decides what a group becomes.
    pub fn decide(&self, group: &GroupFacts<'_>) -> CohortPlan {
        let folded_name = fold(group.display_name);
        match self.0.iter().find(|rule| rule.when.matches(group, &folded_name)) {
            Some(rule) => rule.plan(group),
            None => CohortPlan::Ignore { rule: None },
        }
    }
}

impl CohortRule {
    fn plan(&self, group: &GroupFacts<'_>) -> CohortPlan {
        let rule = self.name.clone();
        let (on_leave, role) = (self.on_leave, self.grants_role);
        match &self.then {
            CohortAction::Create { name_template } => {
                let name = name_template.name(group, self.when.captures(group).as_ref());
                CohortPlan::Create { name, on_leave, role, rule }
            }
            CohortAction::Link { cohort } => {
                CohortPlan::Link { cohort: CohortId(*cohort), on_leave, role, rule }
            }
            CohortAction::Ignore => CohortPlan::Ignore { rule: Some(rule) },
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
