//! Evaluation over answered documents.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::literal::instant;
use super::{Expression, Literal, Operator};
use crate::document::attribute_value;
use crate::fold::fold;
use crate::path::AttributePath;
use crate::resource::value::is_unassigned;

/// Tells whether a document meets a condition.
pub(super) fn document_matches(expression: &Expression, document: &Map<String, Value>) -> bool {
    matches(expression, Subject::Document(document))
}

/// Tells whether one entry of a multi-valued attribute meets the condition of its brackets.
pub(crate) fn entry_matches(expression: &Expression, entry: &Map<String, Value>) -> bool {
    matches(expression, Subject::Entry(entry))
}

/// What the names in a condition are about.
#[derive(Clone, Copy)]
enum Subject<'a> {
    Document(&'a Map<String, Value>),
    Entry(&'a Map<String, Value>),
}

impl<'a> Subject<'a> {
    /// Returns the values at a path: several in a list, none where nothing is assigned.
    fn values(self, path: &AttributePath) -> Vec<&'a Value> {
        match self {
            Self::Entry(entry) => {
                path.sub_attribute.and_then(|part| entry.get(part.name)).into_iter().collect()
            }
            Self::Document(document) => {
                let tops = match attribute_value(document, path) {
                    Some(Value::Array(items)) => items.iter().collect(),
                    Some(value) => vec![value],
                    None => Vec::new(),
                };
                match path.sub_attribute {
                    Some(part) => tops.into_iter().filter_map(|value| value.get(part.name)).collect(),
                    None => tops,
                }
            }
        }
    }
}

fn matches(expression: &Expression, subject: Subject<'_>) -> bool {
    match expression {
        Expression::Or(alternatives) => alternatives.iter().any(|inner| matches(inner, subject)),
        Expression::And(conditions) => conditions.iter().all(|inner| matches(inner, subject)),
        Expression::Not(inner) => !matches(inner, subject),
        Expression::Present(path) => is_present(path, subject),
        Expression::Compare(path, operator, Literal::Null) => {
            (*operator == Operator::NotEqual) == is_present(path, subject)
        }
        Expression::Compare(path, operator, literal) => compare(path, *operator, literal, subject),
        Expression::Entry(path, inner) => subject
            .values(path)
            .into_iter()
            .filter_map(Value::as_object)
            .any(|entry| entry_matches(inner, entry)),
    }
}

fn is_present(path: &AttributePath, subject: Subject<'_>) -> bool {
    let is_assigned = |value: &Value| match value {
        Value::Object(parts) => parts.values().any(|part| !is_unassigned(part)),
        other => !is_unassigned(other),
    };
    subject.values(path).into_iter().any(is_assigned)
}

/// Any value of a list may decide. What is absent equals nothing, so it differs from everything.
fn compare(path: &AttributePath, operator: Operator, literal: &Literal, subject: Subject<'_>) -> bool {
    let values = subject.values(path);
    if values.is_empty() {
        return operator == Operator::NotEqual;
    }
    let case_exact = path.leaf().case_exact;
    values.into_iter().any(|value| holds(value, operator, literal, case_exact))
}

fn holds(value: &Value, operator: Operator, literal: &Literal, case_exact: bool) -> bool {
    match (value, literal) {
        (Value::Bool(value), Literal::Boolean(wanted)) => in_order(operator, value.cmp(wanted)),
        (Value::String(value), Literal::Instant(wanted)) => {
            instant(value).is_some_and(|value| in_order(operator, value.cmp(wanted)))
        }
        (Value::String(value), Literal::Text(wanted)) if case_exact => text_holds(value, operator, wanted),
        (Value::String(value), Literal::Text(wanted)) => text_holds(&fold(value), operator, &fold(wanted)),
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
