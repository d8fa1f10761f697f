//! Filters: parsed once against the schema, then evaluated over answered documents (RFC 7644 §3.4.2.2).

mod display;
pub(crate) mod evaluate;
mod index;
mod lexer;
mod literal;
pub(crate) mod parse;

use serde_json::{Map, Value};

pub use index::IndexedTerm;
pub(crate) use index::equal_text;
pub(crate) use lexer::quoted_length;
pub(crate) use literal::Literal;

use crate::error::ScimError;
use crate::path::AttributePath;
use crate::resource_type::ResourceType;

/// A filter whose every name and comparison fits the schema.
///
/// Displays as a filter of the same meaning, in canonical spelling.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    root: Expression,
}

/// A condition on a document, or, inside brackets, on one entry of a multi-valued attribute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    Or(Vec<Expression>),
    And(Vec<Expression>),
    Not(Box<Expression>),
    Present(AttributePath),
    Compare(AttributePath, Operator, Literal),
    /// One entry of the attribute meets the whole condition.
    Entry(AttributePath, Box<Expression>),
}

/// A comparison operator other than `pr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    GreaterThan,
    GreaterOrEqual,
    LessThan,
    LessOrEqual,
}

impl Operator {
    const ALL: [(&'static str, Self); 9] = [
        ("eq", Self::Equal),
        ("ne", Self::NotEqual),
        ("co", Self::Contains),
        ("sw", Self::StartsWith),
        ("ew", Self::EndsWith),
        ("gt", Self::GreaterThan),
        ("ge", Self::GreaterOrEqual),
        ("lt", Self::LessThan),
        ("le", Self::LessOrEqual),
    ];

    fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, operator)| operator)
    }

    fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, operator)| *operator == self).map_or("eq", |(name, _)| name)
    }

    /// Asks for equality or its opposite, which every type knows.
    pub(crate) const fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }

    /// Asks for an order between values.
    pub(crate) const fn is_ordering(self) -> bool {
        matches!(self, Self::GreaterThan | Self::GreaterOrEqual | Self::LessThan | Self::LessOrEqual)
    }
}

impl Filter {
    /// Parses a filter, already percent-decoded, for one resource type.
    ///
    /// # Errors
    /// 400 `invalidFilter` when it cannot be read, names an unknown attribute, compares what cannot be compared, or
    /// exceeds 4,096 bytes, 200 nodes or 32 levels; 403 `sensitive` when it asks about an attribute that is never
    /// returned.
    ///
    /// # RFC
    /// RFC 7644 §3.4.2.2. Entra deviations: `emails[type eq "work"].value eq "…"`, `primary eq "True"`, extension
    /// attributes without their URN.
    pub fn parse(text: &str, resource_type: ResourceType) -> Result<Self, ScimError> {
        let root = parse::parse_filter(text, resource_type).map_err(ScimError::from)?;
        Ok(Self { root })
    }

    /// Tells whether a full document, with `id` and `meta`, meets the filter.
    pub fn matches(&self, document: &Map<String, Value>) -> bool {
        evaluate::document_matches(&self.root, document)
    }

    /// Lists the equalities every match must meet and an index may answer; the rest is for [`Filter::matches`].
    pub fn equalities(&self) -> Vec<IndexedTerm<'_>> {
        index::equalities(&self.root)
    }
}

#[cfg(test)]
mod tests;
