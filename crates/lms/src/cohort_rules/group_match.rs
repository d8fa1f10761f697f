use regex::{Captures, Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ScimId;
use crate::fold::fold;

/// Most memory of a compiled expression: enough for any name, too little to be a burden.
const MAX_COMPILED_BYTES: usize = 1 << 20;
/// Longest expression.
const MAX_PATTERN_CHARACTERS: usize = 1000;

/// What rules may know of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupFacts<'a> {
    /// Its id in the directory.
    pub scim_id: ScimId,
    /// Its id at the source.
    pub external_id: Option<&'a str>,
    /// Its name.
    pub display_name: &'a str,
}

/// Which groups a rule is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GroupMatch {
    /// All of them.
    Any,
    /// The one with this SCIM id.
    GroupId(Uuid),
    /// The one with this externalId, to the letter.
    ExternalId(String),
    /// Those with this name, without regard to case.
    Exact(FoldedText),
    /// Those whose name begins so, without regard to case.
    Prefix(FoldedText),
    /// Those whose name has this in it, without regard to case.
    Contains(FoldedText),
    /// Those whose name the expression finds something in. With regard to case, unless it begins with `(?i)`.
    Regex(Pattern),
}

impl GroupMatch {
    /// Whether it names one group by an id, which nobody takes by choosing a name.
    pub(super) fn is_by_identity(&self) -> bool {
        match self {
            Self::GroupId(_) | Self::ExternalId(_) => true,
            Self::Any | Self::Exact(_) | Self::Prefix(_) | Self::Contains(_) | Self::Regex(_) => false,
        }
    }

    /// The member of the JSON form and its text, where there is one.
    pub(super) fn text(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Any | Self::GroupId(_) => None,
            Self::ExternalId(id) => Some(("external_id", id)),
            Self::Exact(text) => Some(("exact", text.as_str())),
            Self::Prefix(text) => Some(("prefix", text.as_str())),
            Self::Contains(text) => Some(("contains", text.as_str())),
            Self::Regex(pattern) => Some(("regex", pattern.as_str())),
        }
    }

    pub(super) fn matches(&self, group: &GroupFacts<'_>, folded_name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::GroupId(id) => group.scim_id.0 == *id,
            Self::ExternalId(id) => group.external_id == Some(id),
            Self::Exact(text) => folded_name == text.folded,
            Self::Prefix(text) => folded_name.starts_with(&text.folded),
            Self::Contains(text) => folded_name.contains(&text.folded),
            Self::Regex(pattern) => pattern.0.is_match(group.display_name),
        }
    }

    /// What the groups of the expression caught in the name.
    pub(super) fn captures<'a>(&self, group: &GroupFacts<'a>) -> Option<Captures<'a>> {
        self.pattern()?.0.captures(group.display_name)
    }

    pub(super) fn pattern(&self) -> Option<&Pattern> {
        match self {
            Self::Regex(pattern) => Some(pattern),
            Self::Any
            | Self::GroupId(_)
            | Self::ExternalId(_)
            | Self::Exact(_)
            | Self::Prefix(_)
            | Self::Contains(_) => None,
        }
    }
}

/// Text that is compared without regard to case, folded once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct FoldedText {
    written: String,
    folded: String,
}

impl FoldedText {
    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

impl From<String> for FoldedText {
    fn from(written: String) -> Self {
        Self { folded: fold(&written), written }
    }
}

impl From<FoldedText> for String {
    fn from(text: FoldedText) -> Self {
        text.written
    }
}

/// A regular expression, compiled once.
///
/// # Guarantees
/// Takes time in proportion to the name, whatever the expression.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(Regex);

/// Why a text is no regular expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Too much to read.
    #[error("the regular expression is longer than {MAX_PATTERN_CHARACTERS} characters")]
    TooLong,
    /// Too much to keep.
    #[error("the regular expression is too large; repeat less in it")]
    TooLarge,
    /// Not the syntax.
    #[error("the regular expression cannot be read: {0}")]
    Syntax(String),
}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        if text.chars().count() > MAX_PATTERN_CHARACTERS {
            return Err(PatternError::TooLong);
        }
        let built = RegexBuilder::new(&text).size_limit(MAX_COMPILED_BYTES).build();
        built.map(Self).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
            // Before it the library draws the expression on several lines.
            error => PatternError::Syntax(last_line(&error.to_string())),
        })
    }
}

fn last_line(text: &str) -> String {
    let line = text.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.0.as_str().to_owned()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl Pattern {
    /// The expression as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether it has a group of this number or name.
    pub(super) fn has_capture(&self, name: &str) -> bool {
        match name.parse::<usize>() {
            Ok(number) => number < self.0.captures_len(),
            Err(_) => self.0.capture_names().flatten().any(|known| known == name),
        }
    }
}
