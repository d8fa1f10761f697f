//! Which parts of a filter a store can answer from an index.

use super::{Expression, Literal, Operand, Operator};

/// An equality that every match meets, on an indexed attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equality<'a> {
    /// What is compared.
    pub operand: &'a Operand,
    /// The value.
    pub literal: &'a Literal,
}

pub(super) fn equalities(root: &Expression) -> Vec<Equality<'_>> {
    match root {
        Expression::And(conditions) => conditions.iter().flat_map(equalities).collect(),
        Expression::Entry(_, inner) => equalities(inner),
        Expression::Compare(operand, Operator::Equal, literal) if operand.indexed => {
            vec![Equality { operand, literal }]
        }
        _ => Vec::new(),
    }
}

/// Returns the text a part is compared with for equality.
pub(crate) fn equal_text<'a>(condition: &'a Expression, part: &str) -> Option<&'a str> {
    match condition {
        Expression::Compare(operand, Operator::Equal, Literal::Text(text)) => {
            (operand.part.as_deref() == Some(part)).then_some(text.as_str())
        }
        _ => None,
    }
}
