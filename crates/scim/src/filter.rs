//! Filters: parsed once against the schema, then answered by stores, or evaluated over answered documents
//! (RFC 7644 §3.4.2.2).

mod display;
mod equality;
pub(crate) mod evaluate;
mod lexer;
mod literal;
mod operand;
pub(crate) mod parse;

use serde_json::{Map, Value};

pub use equality::Equality;
pub(crate) use equality::equal_text;
pub(crate) use lexer::quoted_length;
pub use literal::{Literal, instant};
pub use operand::Operand;

use crate::error::ScimError;
use crate::resource_type::ResourceType;

/// A filter whose every name and comparison fits the schema.
///
/// Displays as a filter of the same meaning, in canonical spelling.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    root: Expression,
}

/// A condition on a document, or, inside brackets, on one entry of a multi-valued attribute.
///
/// Every condition holds or does not: what is absent makes none of them unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// One of them holds; of none, none does.
    Or(Vec<Expression>),
    /// All of them hold; of none, all do.
    And(Vec<Expression>),
    /// It does not hold.
    Not(Box<Expression>),
    /// The operand has a value that is not empty; of a complex attribute, one of its parts has.
    Present(Operand),
    /// One value of the operand compares so. [`Operator::NotEqual`] holds too when there is none.
    Compare(Operand, Operator, Literal),
    /// One entry of the multi-valued attribute meets the whole condition, whose operands are parts of the entry.
    Entry(Operand, Box<Expression>),
}

impl Expression {
    /// How many comparisons and tests for presence it is made of.
    pub fn terms(&self) -> usize {
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter().map(Self::terms).sum(),
            Self::Not(inner) | Self::Entry(_, inner) => inner.terms(),
            Self::Present(_) | Self::Compare(..) => 1,
        }
    }
}

/// A comparison operator other than `pr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `co`
    Contains,
    /// `sw`
    StartsWith,
    /// `ew`
    EndsWith,
    /// `gt`
    GreaterThan,
    /// `ge`
    GreaterOrEqual,
    /// `lt`
    LessThan,
    /// `le`
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
    pub fn parse(text: &str, resource_type: ResourceType<'_>) -> Result<Self, ScimError> {
        let root = parse::parse_filter(text, resource_type).map_err(ScimError::from)?;
        Ok(Self { root })
    }

    /// Parses a filter on resources of two types for the first of them (RFC 7644 §3.4.2.1): an attribute that only the
    /// other has is one that no resource has a value of.
    ///
    /// # Errors
    /// As [`Filter::parse`]; an attribute is unknown when neither type has it.
    pub fn parse_among(
        text: &str,
        resource_type: ResourceType<'_>,
        other: ResourceType<'_>,
    ) -> Result<Self, ScimError> {
        let root = parse::parse_filter_among(text, resource_type, other).map_err(ScimError::from)?;
        Ok(Self { root })
    }

    /// Tells whether a full document, with `id` and `meta`, meets the filter.
    pub fn matches(&self, document: &Map<String, Value>) -> bool {
        evaluate::document_matches(&self.root, document)
    }

    /// Returns the condition, for a store that answers it by itself.
    pub fn expression(&self) -> &Expression {
        &self.root
    }

    /// Returns all that its conditions look at.
    pub fn operands(&self) -> Vec<&Operand> {
        fn of(condition: &Expression) -> Vec<&Operand> {
            match condition {
                Expression::Or(parts) | Expression::And(parts) => parts.iter().flat_map(of).collect(),
                Expression::Not(inner) => of(inner),
                Expression::Present(operand) | Expression::Compare(operand, ..) => vec![operand],
                // Inside the brackets the name of the attribute is not repeated.
                Expression::Entry(operand, inner) => std::iter::once(operand).chain(of(inner)).collect(),
            }
        }
        of(&self.root)
    }

    /// Lists equalities on indexed attributes that every match meets; a store may use any of them to look at less.
    pub fn equalities(&self) -> Vec<Equality<'_>> {
        equality::equalities(&self.root)
    }
}

#[cfg(test)]
mod tests;
