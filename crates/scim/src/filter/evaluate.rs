//! Evaluation over answered documents: what every store's answer is held to.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::literal::instant;
use super::{Expression, Literal, Operand, Operator};
use crate::resource::value::is_unassigned;

/// Tells whether a document meets a condition.
pub(super) fn document_matches(expression: &Expression, document: &Map<String, Value>) -> bool {
    matches(expression, Subject::Document(document))
}

/// Tells whether one entry of a multi-valued attribute meets the condition of its brackets.
pub(crate) fn entry_matches(expression: &Expression, entry: &Map<String, Value>) -> bool {
    matches(expression, Subject::Entry(entry))
}

/// Tells whether one value of a list of simple values meets the condition of its brackets.
pub(crate) fn value_matches(expression: &Expression, value: &Value) -> bool {
    matches(expression, Subject::Value(value))
}

/// Lists the values of an operand in a document.
pub(crate) fn values<'a>(operand: &Operand, document: &'a Map<String, Value>) -> Vec<&'a Value> {
    Subject::Document(document).values(operand)
}

/// What the names in a condition are about.
#[derive(Clone, Copy)]
enum Subject<'a> {
    Document(&'a Map<String, Value>),
    Entry(&'a Map<String, Value>),
    Value(&'a Value),
}

impl<'a> Subject<'a> {
    /// Returns the values of an operand: several in a list, none where nothing is assigned.
    fn values(self, operand: &Operand) -> Vec<&'a Value> {
        match (self, &operand.part) {
            (Self::Document(document), None) => each(attribute_of(document, operand)),
            (Self::Document(document), Some(part)) => each(attribute_of(document, operand))
                .into_iter()
                .flat_map(|value| each(value.get(part)))
                .collect(),
            (Self::Entry(entry), Some(part)) => each(entry.get(part)),
            (Self::Value(value), None) => vec![value],
            (Self::Entry(_), None) | (Self::Value(_), Some(_)) => Vec::new(),
        }
    }
}

fn attribute_of<'a>(document: &'a Map<String, Value>, operand: &Operand) -> Option<&'a Value> {
    let home = match &operand.extension {
        Some(extension) => document.get(extension)?.as_object()?,
        None => document,
    };
    home.get(&operand.attribute)
}

fn each(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(value) => vec![value],
        None => Vec::new(),
    }
}

fn matches(expression: &Expression, subject: Subject<'_>) -> bool {
    match expression {
        Expression::Or(alternatives) => alternatives.iter().any(|inner| matches(inner, subject)),
        Expression::And(conditions) => conditions.iter().all(|inner| matches(inner, subject)),
        Expression::Not(inner) => !matches(inner, subject),
        Expression::Present(operand) => is_present(operand, subject),
        Expression::Compare(operand, operator, literal) => compare(operand, *operator, literal, subject),
        Expression::Entry(operand, inner) => subject.values(operand).into_iter().any(|value| match value {
            Value::Object(entry) => entry_matches(inner, entry),
            simple => value_matches(inner, simple),
        }),
    }
}

fn is_present(operand: &Operand, subject: Subject<'_>) -> bool {
    let is_assigned = |value: &Value| match value {
        Value::Object(parts) => parts.values().any(|part| !is_unassigned(part)),
        other => !is_unassigned(other),
    };
    subject.values(operand).into_iter().any(is_assigned)
}

/// Any value of a list may decide. What is absent equals nothing, so it differs from everything.
fn compare(operand: &Operand, operator: Operator, literal: &Literal, subject: Subject<'_>) -> bool {
    let values = subject.values(operand);
    if values.is_empty() {
        return operator == Operator::NotEqual;
    }
    values.into_iter().any(|value| holds(operand, value, operator, literal))
}

fn holds(operand: &Operand, value: &Value, operator: Operator, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Bool(value), Literal::Boolean(wanted)) => in_order(operator, value.cmp(wanted)),
        (Value::Number(value), Literal::Number(wanted)) => {
            let ordering = value.as_f64().partial_cmp(&wanted.as_f64());
            ordering.is_some_and(|ordering| in_order(operator, ordering))
        }
        (Value::String(value), Literal::Instant(wanted)) => match instant(value) {
            Some(value) => in_order(operator, value.cmp(wanted)),
            None => operator == Operator::NotEqual,
        },
        (Value::String(value), Literal::Text(wanted)) => {
            text_holds(&operand.comparable(value), operator, &operand.comparable(wanted))
        }
        _ => operator == Operator::NotEqual,
    }
}

fn text_holds(value: &str, operator: Operator, wanted: &str) -> bool {
    match operator {
        Operator::Contains => value.contains(wanted),
        Operator::StartsWith => value.starts_with(wanted),
        Operator::EndsWith => value.ends_with(wanted),
        _ => in_order(operator, value.cmp(wanted)),
    }
}

fn in_order(operator: Operator, ordering: Ordering) -> bool {
    match operator {
        Operator::Equal => ordering.is_eq(),
        Operator::NotEqual => ordering.is_ne(),
        Operator::GreaterThan => ordering.is_gt(),
        Operator::GreaterOrEqual => ordering.is_ge(),
        Operator::LessThan => ordering.is_lt(),
        Operator::LessOrEqual => ordering.is_le(),
        Operator::Contains | Operator::StartsWith | Operator::EndsWith => false,
    }
}
