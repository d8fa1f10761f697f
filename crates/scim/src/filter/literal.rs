//! The right-hand side of a comparison, already fitted to its attribute.

use chrono::{DateTime, Utc};
use serde_json::Number;

use super::{Operand, Operator};
use crate::filter::parse::FilterProblem;
use crate::profile::Profile;
use crate::resource::value::boolean_text;
use crate::schema::Kind;

/// A value to compare with.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// Text as it was written; [`Operand::comparable`] brings it into the form that compares.
    Text(String),
    /// True or false.
    Boolean(bool),
    /// A number.
    Number(Number),
    /// A point in time, in whole milliseconds: instants are compared to the millisecond.
    Instant(DateTime<Utc>),
}

/// A literal as it was written.
#[derive(Debug)]
pub(super) enum Written {
    Text(String),
    Boolean(bool),
    Number(Number),
    Null,
}

impl Written {
    /// Reads an unquoted literal; only text may be quoted.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        if word.eq_ignore_ascii_case("null") {
            return Some(Self::Null);
        }
        if let Some(flag) = boolean_text(word) {
            return Some(Self::Boolean(flag));
        }
        serde_json::from_str::<Number>(word).ok().map(Self::Number)
    }
}

/// Fits a literal to the operand it is compared with; `None` for null, which asks for absence.
pub(super) fn fit(
    operand: &Operand,
    operator: Operator,
    written: Written,
    profile: Profile,
) -> Result<Option<Literal>, FilterProblem> {
    if let Written::Null = written {
        return if operator.is_equality() {
            Ok(None)
        } else {
            Err(unfit(operand, "has no order against null"))
        };
    }
    let literal = match operand.kind {
        // RFC 7644 §3.4.2.2: ordering booleans or binary values fails with invalidFilter.
        Kind::Boolean if !operator.is_equality() => {
            return Err(unfit(operand, "can only be compared with eq and ne"));
        }
        Kind::Integer | Kind::Decimal if !operator.is_equality() && !operator.is_ordering() => {
            return Err(unfit(operand, "is a number and has no parts"));
        }
        Kind::Binary if operator.is_ordering() => return Err(unfit(operand, "has no order")),
        Kind::Boolean => fit_boolean(operand, &written, profile)?,
        Kind::Integer | Kind::Decimal => match written {
            Written::Number(number) => Literal::Number(number),
            Written::Text(_) | Written::Boolean(_) | Written::Null => {
                return Err(unfit(operand, "compares with a number"));
            }
        },
        Kind::DateTime => fit_instant(operand, operator, written)?,
        Kind::String | Kind::Reference | Kind::Binary => match written {
            Written::Text(text) => Literal::Text(text),
            Written::Boolean(_) | Written::Number(_) | Written::Null => {
                return Err(unfit(operand, "compares with quoted text"));
            }
        },
        Kind::Complex => return Err(unfit(operand, "has parts; name one of them")),
    };
    Ok(Some(literal))
}

fn fit_boolean(operand: &Operand, written: &Written, profile: Profile) -> Result<Literal, FilterProblem> {
    let flag = match written {
        Written::Boolean(flag) => Some(*flag),
        // Entra deviation: `roles[primary eq "True"]`.
        Written::Text(text) if !profile.is_strict() => boolean_text(text),
        Written::Text(_) | Written::Number(_) | Written::Null => None,
    };
    flag.map(Literal::Boolean).ok_or_else(|| unfit(operand, "compares with true or false"))
}

fn fit_instant(operand: &Operand, operator: Operator, written: Written) -> Result<Literal, FilterProblem> {
    let Written::Text(text) = written else {
        return Err(unfit(operand, "compares with a quoted date and time"));
    };
    if !operator.is_equality() && !operator.is_ordering() {
        return Err(unfit(operand, "is a point in time and has no parts"));
    }
    instant(&text).map(Literal::Instant).ok_or_else(|| unfit(operand, "compares with a date, time and zone"))
}

/// Reads a date and time with zone (RFC 7643 §2.3.5), to the millisecond, as comparisons see it. A leap second is the
/// second after it.
pub fn instant(text: &str) -> Option<DateTime<Utc>> {
    // The parser also takes a blank or a small letter there, which xsd:dateTime does not know.
    if text.as_bytes().get(10) != Some(&b'T') || text.ends_with('z') {
        return None;
    }
    DateTime::from_timestamp_millis(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis())
}

fn unfit(operand: &Operand, problem: &str) -> FilterProblem {
    FilterProblem::Malformed(format!("{operand} {problem}"))
}
