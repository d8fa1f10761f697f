use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::source_path::{SourcePath, SourcePathError};
use super::{MAX_VALUE_BYTES, MappingProblem, SourceUser};
use crate::braces::{BraceError, Piece, split_braces};

/// The name of the value so far.
const VALUE: &str = "value";

/// A text with places for values: `{value} ({addresses[type eq "work"].country})`.
///
/// `{value}` is the value so far, any other name a [`SourcePath`]; `{{` and `}}` are braces that are text. Without a
/// value for each of them the whole text is no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    written: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    ValueSoFar,
    Source(SourcePath),
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the template cannot be read: {reason}")]
pub struct TemplateError {
    reason: String,
}

impl From<BraceError> for TemplateError {
    fn from(error: BraceError) -> Self {
        Self { reason: error.to_string() }
    }
}

impl From<SourcePathError> for TemplateError {
    fn from(error: SourcePathError) -> Self {
        Self { reason: error.to_string() }
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        for piece in split_braces(text)? {
            parts.push(match piece {
                Piece::Text(text) => Part::Text(text),
                Piece::Name(name) if name == VALUE => Part::ValueSoFar,
                Piece::Name(path) => Part::Source(path.parse()?),
            });
        }
        Ok(Self { written: text.to_owned(), parts })
    }
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        text.parse()
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.written
    }
}

impl Template {
    /// The template as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The text with the values in their places; `None` if one of them is missing.
    pub(super) fn fill(
        &self,
        value: Option<&str>,
        user: &SourceUser,
    ) -> Result<Option<String>, MappingProblem> {
        let mut filled = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::ValueSoFar => match value {
                    Some(value) => filled.push_str(value),
                    None => return Ok(None),
                },
                Part::Source(path) => match user.value(path) {
                    Some(value) => filled.push_str(&value),
                    None => return Ok(None),
                },
            }
            // Within the loop: a long value that is repeated must not fill the memory first.
            if filled.len() > MAX_VALUE_BYTES {
                return Err(MappingProblem::TooLong);
            }
        }
        Ok(Some(filled))
    }
}
