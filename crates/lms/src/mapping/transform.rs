use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{MappingProblem, SourceUser, Template};

/// One step from what the source says to what the learner gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// Takes away white space at both ends.
    Trim,
    /// Makes all letters small, in every script.
    Lower,
    /// Puts values into a text.
    Template(Template),
    /// Looks the whole value up in a table.
    Lookup(Lookup),
    /// Stands in where there is no value.
    Default(String),
}

/// A table of values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// What becomes of each value, to the letter.
    pub table: BTreeMap<String, String>,
    /// What becomes of a value that is not in the table.
    #[serde(default)]
    pub otherwise: Otherwise,
}

/// What becomes of a value that is not in a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Otherwise {
    /// It stays as it is.
    #[default]
    Keep,
    /// There is no value.
    Clear,
}

impl Transform {
    pub(super) fn apply(
        &self,
        value: Option<String>,
        user: &SourceUser,
    ) -> Result<Option<String>, MappingProblem> {
        Ok(match self {
            Self::Trim => value.map(|text| text.trim().to_owned()),
            Self::Lower => value.map(|text| text.to_lowercase()),
            Self::Template(template) => template.fill(value.as_deref(), user)?,
            Self::Lookup(lookup) => value.and_then(|text| lookup.find(text)),
            Self::Default(default) => value.or_else(|| Some(default.clone())),
        })
    }
}

impl Lookup {
    fn find(&self, text: String) -> Option<String> {
        match (self.table.get(&text), self.otherwise) {
            (Some(found), _) => Some(found.clone()),
            (None, Otherwise::Keep) => Some(text),
            (None, Otherwise::Clear) => None,
        }
    }
}
