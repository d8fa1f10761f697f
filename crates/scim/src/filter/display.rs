//! Filters as text, in canonical spelling.

use std::fmt;

use serde_json::json;

use super::{Expression, Filter, Literal};
use crate::path::AttributePath;

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_expression(f, &self.root, Place::Document)
    }
}

/// Inside brackets, names stand without their attribute.
#[derive(Clone, Copy)]
enum Place {
    Document,
    Brackets,
}

fn write_expression(f: &mut fmt::Formatter<'_>, expression: &Expression, place: Place) -> fmt::Result {
    match expression {
        Expression::Or(alternatives) => write_joined(f, alternatives, " or ", place),
        Expression::And(conditions) => write_joined(f, conditions, " and ", place),
        Expression::Not(inner) => {
            f.write_str("not (")?;
            write_expression(f, inner, place)?;
            f.write_str(")")
        }
        Expression::Present(path) => {
            write_name(f, path, place)?;
            f.write_str(" pr")
        }
        Expression::Compare(path, operator, literal) => {
            write_name(f, path, place)?;
            write!(f, " {} ", operator.name())?;
            write_literal(f, literal)
        }
        Expression::Entry(path, inner) => {
            write!(f, "{path}[")?;
            write_expression(f, inner, Place::Brackets)?;
            f.write_str("]")
        }
    }
}

/// Nested alternatives and conjunctions always get parentheses: right beats pretty.
fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Expression], word: &str, place: Place) -> fmt::Result {
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            f.write_str(word)?;
        }
        if matches!(part, Expression::Or(_) | Expression::And(_)) {
            f.write_str("(")?;
            write_expression(f, part, place)?;
            f.write_str(")")?;
        } else {
            write_expression(f, part, place)?;
        }
    }
    Ok(())
}

fn write_name(f: &mut fmt::Formatter<'_>, path: &AttributePath, place: Place) -> fmt::Result {
    match (place, path.sub_attribute) {
        (Place::Brackets, Some(part)) => f.write_str(part.name),
        _ => write!(f, "{path}"),
    }
}

fn write_literal(f: &mut fmt::Formatter<'_>, literal: &Literal) -> fmt::Result {
    match literal {
        Literal::Text(text) => write!(f, "{}", json!(text)),
        Literal::Boolean(flag) => write!(f, "{flag}"),
        Literal::Instant(instant) => write!(f, "\"{}\"", instant.to_rfc3339()),
        Literal::Null => f.write_str("null"),
    }
}
