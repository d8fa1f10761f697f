use std::str::FromStr;

use regex::Captures;
use serde::{Deserialize, Serialize};

use super::GroupFacts;
use crate::braces::{BraceError, Piece, split_braces};
use crate::cohort::name_cohort;
use crate::text::some_text;

/// The name of a cohort that nobody gave another.
const STANDARD: &str = "aad-{displayName}";
/// Most bytes of a name that a template makes.
const MAX_NAME_BYTES: usize = 4096;

/// The name of a cohort with places for what the group says: `Class {displayName}`.
///
/// `{displayName}` and `{externalId}` are the group's; `{1}` and `{class}` are what the groups of a regular expression
/// caught; `{{` and `}}` are braces that are text. What has no value leaves its place empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NameTemplate {
    written: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    DisplayName,
    ExternalId,
    Capture(String),
}

/// Why a text is no template of a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameTemplateError {
    /// A brace that is never closed, or closes nothing.
    #[error("the template cannot be read: {reason}")]
    Braces {
        /// Which of the two.
        reason: String,
    },
    /// Braces with something between them that names nothing.
    #[error("`{{{name}}}` names nothing; use {{displayName}}, {{externalId}}, or a group of the expression")]
    UnknownPlace {
        /// What is between them.
        name: String,
    },
}

impl From<BraceError> for NameTemplateError {
    fn from(error: BraceError) -> Self {
        Self::Braces { reason: error.to_string() }
    }
}

impl Default for NameTemplate {
    fn default() -> Self {
        let parts = vec![Part::Text("aad-".to_owned()), Part::DisplayName];
        Self { written: STANDARD.to_owned(), parts }
    }
}

impl FromStr for NameTemplate {
    type Err = NameTemplateError;

    fn from_str(text: &str) -> Result<Self, NameTemplateError> {
        let mut parts = Vec::new();
        for piece in split_braces(text)? {
            parts.push(match piece {
                Piece::Text(text) => Part::Text(text),
                Piece::Name(name) => read_place(name)?,
            });
        }
        Ok(Self { written: text.to_owned(), parts })
    }
}

fn read_place(name: String) -> Result<Part, NameTemplateError> {
    let is_word = |name: &str| name.chars().all(|letter| letter.is_alphanumeric() || "_.[]".contains(letter));
    match name.as_str() {
        "displayName" => Ok(Part::DisplayName),
        "externalId" => Ok(Part::ExternalId),
        word if !word.is_empty() && is_word(word) => Ok(Part::Capture(name)),
        _ => Err(NameTemplateError::UnknownPlace { name }),
    }
}

impl TryFrom<String> for NameTemplate {
    type Error = NameTemplateError;

    fn try_from(text: String) -> Result<Self, NameTemplateError> {
        text.parse()
    }
}

impl From<NameTemplate> for String {
    fn from(template: NameTemplate) -> Self {
        template.written
    }
}

impl NameTemplate {
    /// The template as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Names of the groups of a regular expression that it wants.
    pub(super) fn wanted_captures(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Capture(name) => Some(name.as_str()),
            Part::Text(_) | Part::DisplayName | Part::ExternalId => None,
        })
    }

    /// The cohort's name; the standard one if nothing visible comes out, or too much.
    pub(super) fn name(&self, group: &GroupFacts<'_>, captures: Option<&Captures<'_>>) -> String {
        let filled = self.fill(group, captures).and_then(|name| some_text(&name));
        filled.unwrap_or_else(|| name_cohort(group.display_name))
    }

    fn fill(&self, group: &GroupFacts<'_>, captures: Option<&Captures<'_>>) -> Option<String> {
        let display_name = some_text(group.display_name).unwrap_or_default();
        let mut filled = String::new();
        for part in &self.parts {
            filled.push_str(match part {
                Part::Text(text) => text,
                Part::DisplayName => &display_name,
                Part::ExternalId => group.external_id.unwrap_or_default(),
                Part::Capture(name) => {
                    captures.and_then(|captures| caught(captures, name)).unwrap_or_default()
                }
            });
            if filled.len() > MAX_NAME_BYTES {
                return None;
            }
        }
        Some(filled)
    }
}

fn caught<'a>(captures: &Captures<'a>, name: &str) -> Option<&'a str> {
    let found = match name.parse::<usize>() {
        Ok(number) => captures.get(number),
        Err(_) => captures.name(name),
    };
    found.map(|found| found.as_str())
}
