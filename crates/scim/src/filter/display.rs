//! Filters as text, in canonical spelling.

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, Offset, SecondsFormat, Utc};
use serde_json::json;

use super::{Expression, Filter, Literal, Operand};

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
        // What a term about another type's attribute came to; every resource has an id.
        Expression::Or(none) if none.is_empty() => f.write_str("not (id pr)"),
        Expression::And(none) if none.is_empty() => f.write_str("id pr"),
        Expression::Or(alternatives) => write_joined(f, alternatives, " or ", place),
        Expression::And(conditions) => write_joined(f, conditions, " and ", place),
        Expression::Not(inner) => {
            f.write_str("not (")?;
            write_expression(f, inner, place)?;
            f.write_str(")")
        }
        Expression::Present(operand) => {
            write_name(f, operand, place)?;
            f.write_str(" pr")
        }
        Expression::Compare(operand, operator, literal) => {
            write_name(f, operand, place)?;
            write!(f, " {} ", operator.name())?;
            write_literal(f, literal)
        }
        Expression::Entry(operand, inner) => {
            write!(f, "{operand}[")?;
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
        if matches!(part, Expression::Or(inner) | Expression::And(inner) if !inner.is_empty()) {
            f.write_str("(")?;
            write_expression(f, part, place)?;
            f.write_str(")")?;
        } else {
            write_expression(f, part, place)?;
        }
    }
    Ok(())
}

fn write_name(f: &mut fmt::Formatter<'_>, operand: &Operand, place: Place) -> fmt::Result {
    match (place, &operand.part) {
        (Place::Brackets, Some(part)) => f.write_str(part),
        (Place::Brackets, None) => f.write_str("value"),
        (Place::Document, _) => write!(f, "{operand}"),
    }
}

fn write_literal(f: &mut fmt::Formatter<'_>, literal: &Literal) -> fmt::Result {
    match literal {
        Literal::Text(text) => write!(f, "{}", json!(text)),
        Literal::Boolean(flag) => write!(f, "{flag}"),
        Literal::Number(number) => write!(f, "{number}"),
        Literal::Instant(instant) => {
            let local = instant.with_timezone(&zone_for(instant));
            write!(f, "\"{}\"", local.to_rfc3339_opts(SecondsFormat::Millis, true))
        }
    }
}

/// RFC 3339 has years of four digits. An instant just outside them in UTC was written in a zone that has it within, so
/// the outermost zones have it too.
fn zone_for(instant: &DateTime<Utc>) -> FixedOffset {
    const OUTERMOST: i32 = (24 * 60 - 1) * 60;
    let seconds = match instant.year() {
        ..0 => OUTERMOST,
        0..=9_999 => 0,
        10_000.. => -OUTERMOST,
    };
    FixedOffset::east_opt(seconds).unwrap_or_else(|| Utc.fix())
}
