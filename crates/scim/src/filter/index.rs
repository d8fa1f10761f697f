//! Which parts of a filter a store can answer from an index.

use super::{Expression, Literal, Operator};
use crate::path::AttributePath;

/// An equality that every match meets, on an attribute stores keep an index of.
///
/// Texts are as the client wrote them; all but `Id`, `ExternalId` and `MemberValue` compare by their fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexedTerm<'a> {
    /// `id eq "…"`.
    Id(&'a str),
    /// `userName eq "…"`.
    UserName(&'a str),
    /// `externalId eq "…"`.
    ExternalId(&'a str),
    /// `displayName eq "…"`.
    DisplayName(&'a str),
    /// `emails[type eq "work"].value eq "…"`, in any spelling.
    WorkEmail(&'a str),
    /// `members.value eq "…"`, in any spelling.
    MemberValue(&'a str),
}

pub(super) fn equalities(root: &Expression) -> Vec<IndexedTerm<'_>> {
    match root {
        Expression::And(conditions) => conditions.iter().flat_map(equalities).collect(),
        Expression::Compare(path, Operator::Equal, Literal::Text(text)) => {
            simple(path, text).into_iter().collect()
        }
        Expression::Entry(path, inner) => entry(path, inner).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn simple<'a>(path: &AttributePath, text: &'a str) -> Option<IndexedTerm<'a>> {
    if path.extension.is_some() {
        return None;
    }
    match (path.attribute.name, path.sub_attribute.map(|part| part.name)) {
        ("id", None) => Some(IndexedTerm::Id(text)),
        ("userName", None) => Some(IndexedTerm::UserName(text)),
        ("externalId", None) => Some(IndexedTerm::ExternalId(text)),
        ("displayName", None) => Some(IndexedTerm::DisplayName(text)),
        ("members", Some("value")) => Some(IndexedTerm::MemberValue(text)),
        _ => None,
    }
}

fn entry<'a>(path: &AttributePath, inner: &'a Expression) -> Option<IndexedTerm<'a>> {
    let mut conditions = Vec::new();
    flatten(inner, &mut conditions);
    let text_of = |part: &str| conditions.iter().find_map(|condition| equal_text(condition, part));
    let value = text_of("value")?;
    match path.attribute.name {
        "emails" if text_of("type").is_some_and(|kind| kind.eq_ignore_ascii_case("work")) => {
            Some(IndexedTerm::WorkEmail(value))
        }
        "members" => Some(IndexedTerm::MemberValue(value)),
        _ => None,
    }
}

fn flatten<'a>(expression: &'a Expression, conditions: &mut Vec<&'a Expression>) {
    match expression {
        Expression::And(inner) => inner.iter().for_each(|condition| flatten(condition, conditions)),
        other => conditions.push(other),
    }
}

/// Returns the text a part is compared with for equality.
pub(crate) fn equal_text<'a>(condition: &'a Expression, part: &str) -> Option<&'a str> {
    match condition {
        Expression::Compare(path, Operator::Equal, Literal::Text(text)) => path
            .sub_attribute
            .is_some_and(|sub_attribute| sub_attribute.name == part)
            .then_some(text.as_str()),
        _ => None,
    }
}
