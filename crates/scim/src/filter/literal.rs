//! The right-hand side of a comparison, already fitted to its attribute.

use chrono::{DateTime, FixedOffset};

use super::Operator;
use crate::filter::parse::FilterProblem;
use crate::path::AttributePath;
use crate::resource::value::boolean_text;
use crate::schema::Kind;

/// A value to compare with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    Boolean(bool),
    Instant(DateTime<FixedOffset>),
    /// `eq null` asks for absence.
    Null,
}

/// A literal as it was written.
#[derive(Debug)]
pub(super) enum Written {
    Text(String),
    Boolean(bool),
    Number,
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
        serde_json::from_str::<serde_json::Number>(word).ok().map(|_| Self::Number)
    }
}

/// Fits a literal to the attribute it is compared with.
pub(super) fn fit(
    path: &AttributePath,
    operator: Operator,
    written: Written,
) -> Result<Literal, FilterProblem> {
    let kind = path.leaf().kind;
    if let Written::Null = written {
        return if operator.is_equality() {
            Ok(Literal::Null)
        } else {
            Err(unfit(path, "has no order against null"))
        };
    }
    match kind {
        // RFC 7644 §3.4.2.2: ordering booleans or binary values fails with invalidFilter.
        Kind::Boolean if !operator.is_equality() => Err(unfit(path, "can only be compared with eq and ne")),
        Kind::Binary if operator.is_ordering() => Err(unfit(path, "has no order")),
        Kind::Boolean => fit_boolean(path, &written),
        Kind::DateTime => fit_instant(path, operator, written),
        Kind::String | Kind::Reference | Kind::Binary => match written {
            Written::Text(text) => Ok(Literal::Text(text)),
            Written::Boolean(_) | Written::Number | Written::Null => {
                Err(unfit(path, "compares with quoted text"))
            }
        },
        Kind::Complex => Err(unfit(path, "has parts; name one of them")),
    }
}

fn fit_boolean(path: &AttributePath, written: &Written) -> Result<Literal, FilterProblem> {
    let flag = match written {
        Written::Boolean(flag) => Some(*flag),
        // Entra deviation: `roles[primary eq "True"]`.
        Written::Text(text) => boolean_text(text),
        Written::Number | Written::Null => None,
    };
    flag.map(Literal::Boolean).ok_or_else(|| unfit(path, "compares with true or false"))
}

fn fit_instant(path: &AttributePath, operator: Operator, written: Written) -> Result<Literal, FilterProblem> {
    let Written::Text(text) = written else {
        return Err(unfit(path, "compares with a quoted date and time"));
    };
    if !operator.is_equality() && !operator.is_ordering() {
        return Ok(Literal::Text(text));
    }
    instant(&text).map(Literal::Instant).ok_or_else(|| unfit(path, "compares with a date, time and zone"))
}

/// Reads a date and time with zone (RFC 7643 §2.3.5).
pub(super) fn instant(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text).ok()
}

fn unfit(path: &AttributePath, problem: &str) -> FilterProblem {
    FilterProblem::Malformed(format!("{path} {problem}"))
}
