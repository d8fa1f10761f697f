mod check;
mod finding;
mod language;
mod normalise;
mod source_path;
mod source_schema;
mod source_user;
mod standard;
mod template;
mod time_zone;
mod transform;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use finding::{MappingFinding, MappingProblem};
pub use source_path::{SourcePath, SourcePathError};
pub use source_user::SourceUser;
pub use template::{Template, TemplateError};
pub use transform::{Lookup, Otherwise, Transform};

use crate::rule_error::read_rule;
use crate::text::some_text;
use crate::{Attribute, Profile, RuleError};

/// Most bytes of a value, on the way and at the end.
const MAX_VALUE_BYTES: usize = 4096;

/// Which attribute of a SCIM user becomes which attribute of the learner, as data.
///
/// An attribute that is absent gets no value from the source. For one that is present, the first of the sources that
/// has a value counts; the transforms follow in their order; the result is brought into the attribute's own form
/// (a canonical language tag, an IANA time zone, a date).
///
/// ```
/// let rules = serde_json::json!({
///     "login": { "from": ["userName"] },
///     "country": { "from": ["addresses[type eq \"work\"].country"] },
///     "department": {
///         "from": ["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "title"],
///         "transforms": [
///             "trim",
///             { "lookup": { "table": { "R&D": "Research" }, "otherwise": "keep" } },
///             { "template": "{value} ({addresses[type eq \"work\"].country})" },
///             { "default": "Unknown" }
///         ]
///     }
/// });
/// let mapping = lms::Mapping::read(rules)?;
/// let ana = lms::SourceUser::from_json(serde_json::json!({
///     "userName": "ana",
///     "title": " R&D ",
///     "addresses": [{ "type": "work", "country": "br" }]
/// }));
/// let profile = mapping.map(&ana).profile;
/// assert_eq!(profile.value(lms::Attribute::Country), Some("BR"));
/// assert_eq!(profile.value(lms::Attribute::Department), Some("Research (br)"));
/// # Ok::<(), Vec<lms::RuleError>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Mapping(BTreeMap<Attribute, AttributeMapping>);

/// Where one attribute comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AttributeMapping {
    /// The places to look at, the best first.
    #[serde(default)]
    pub from: Vec<SourcePath>,
    /// What is done with the value, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transforms: Vec<Transform>,
}

/// What a user means for the learner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapped {
    /// Values for the learner.
    pub profile: Profile,
    /// Values that could not be used, in the order of [`Attribute`].
    pub findings: Vec<MappingFinding>,
}

impl FromIterator<(Attribute, AttributeMapping)> for Mapping {
    fn from_iter<I: IntoIterator<Item = (Attribute, AttributeMapping)>>(rules: I) -> Self {
        Self(rules.into_iter().collect())
    }
}

impl Mapping {
    /// Reads a mapping from JSON and validates it.
    ///
    /// # Errors
    /// Of each attribute the first thing that does not parse, else everything that [`Self::validate`] finds.
    pub fn read(rules: Value) -> Result<Self, Vec<RuleError>> {
        let Value::Object(members) = rules else {
            let problem = "Write an object with a member for each attribute.";
            return Err(vec![RuleError::at([check::ROOT], problem)]);
        };
        let mut mapping = BTreeMap::new();
        let mut errors = Vec::new();
        for (name, rule) in members {
            let steps = [check::ROOT, name.as_str()];
            let attribute = read_rule(&steps, Value::from(name.as_str()));
            let rule = read_rule(&steps, rule);
            match (attribute, rule) {
                (Ok(attribute), Ok(rule)) => {
                    mapping.insert(attribute, rule);
                }
                (Err(error), _) | (Ok(_), Err(error)) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let mapping = Self(mapping);
        mapping.validate()?;
        Ok(mapping)
    }

    /// Checks what parsing lets through: limits, and rules that could not work.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place.
    pub fn validate(&self) -> Result<(), Vec<RuleError>> {
        let errors = check::check_mapping(self);
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Where the attribute comes from; `None` if the source gives it no value.
    pub fn of(&self, attribute: Attribute) -> Option<&AttributeMapping> {
        self.0.get(&attribute)
    }

    /// Every mapped attribute, in the order of [`Attribute`].
    pub fn rules(&self) -> impl Iterator<Item = (Attribute, &AttributeMapping)> {
        self.0.iter().map(|(attribute, rule)| (*attribute, rule))
    }

    /// Reads a user in the words of the LMS.
    pub fn map(&self, user: &SourceUser) -> Mapped {
        let mut mapped = Mapped::default();
        for (attribute, rule) in self.rules() {
            match rule.value(attribute, user, &mapped.profile) {
                Ok(value) => mapped.profile.set(attribute, value),
                Err(problem) => mapped.findings.push(MappingFinding { attribute, problem }),
            }
        }
        mapped
    }
}

impl AttributeMapping {
    fn value(
        &self,
        attribute: Attribute,
        user: &SourceUser,
        known: &Profile,
    ) -> Result<Option<String>, MappingProblem> {
        let mut value = self.from.iter().find_map(|path| user.value(path));
        refuse_long(value.as_deref())?;
        for transform in &self.transforms {
            value = transform.apply(value, user)?.and_then(|text| some_text(&text));
            refuse_long(value.as_deref())?;
        }
        value.map(|text| normalise::normalise(attribute, text, known)).transpose()
    }
}

fn refuse_long(value: Option<&str>) -> Result<(), MappingProblem> {
    match value {
        Some(text) if text.len() > MAX_VALUE_BYTES => Err(MappingProblem::TooLong),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
