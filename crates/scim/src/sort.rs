//! `sortBy` and `sortOrder` (RFC 7644 §3.4.2.3).

use std::cmp::Ordering;

use serde_json::{Map, Value};

use crate::error::{ScimError, excerpt};
use crate::filter::Operand;
use crate::filter::evaluate::values;
use crate::path::AttributePath;
use crate::resource_type::ResourceType;
use crate::schema::{Kind, Returned};

/// What resources are ordered by. Those with equal values are ordered by id, ascending in either direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The attribute or part.
    pub operand: Operand,
    /// From the greatest to the least.
    pub descending: bool,
}

/// A value that resources are ordered by, in the form in which it compares.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum SortValue {
    /// False before true.
    Boolean(bool),
    /// Any number.
    Number(f64),
    /// Milliseconds since 1970.
    Instant(i64),
    /// Text, folded unless letter case counts; ordered by code points.
    Text(String),
}

impl Sort {
    /// Reads the two query parameters; `None` without `sortBy`.
    ///
    /// # Errors
    /// 400 `invalidValue` when `sortOrder` is neither `ascending` nor `descending`, and when `sortBy` is no attribute
    /// that has an order. Memberships have none: they are no part of the resource that holds the place in a walk.
    pub fn parse(
        sort_by: Option<&str>,
        sort_order: Option<&str>,
        resource_type: ResourceType<'_>,
    ) -> Result<Option<Self>, ScimError> {
        let descending = match sort_order.unwrap_or("ascending") {
            order if order.eq_ignore_ascii_case("ascending") => false,
            order if order.eq_ignore_ascii_case("descending") => true,
            other => {
                let detail = format!("sortOrder must be ascending or descending, not {}.", excerpt(other));
                return Err(ScimError::invalid_value(detail));
            }
        };
        let Some(name) = sort_by else { return Ok(None) };
        let path = AttributePath::parse(name, resource_type).map(AttributePath::with_implied_value);
        let has_order = |path: &AttributePath<'_>| {
            let leaf = path.leaf();
            !matches!(leaf.kind, Kind::Complex | Kind::Binary)
                && !leaf.is_address
                && !path.is_membership()
                && leaf.returned != Returned::Never
        };
        let path = path.filter(has_order).ok_or_else(|| {
            ScimError::invalid_value(format!("Nothing can be sorted by {}.", excerpt(name)))
        })?;
        Ok(Some(Self { operand: Operand::new(&path), descending }))
    }

    /// Returns what decides about a full document: the value; of a list, that of the primary entry, else of the first.
    pub fn value_of(&self, document: &Map<String, Value>) -> Option<SortValue> {
        let attribute = Operand { part: None, ..self.operand.clone() };
        let tops = values(&attribute, document);
        let is_primary = |value: &&&Value| value.get("primary") == Some(&Value::Bool(true));
        let top = tops.iter().find(is_primary).or_else(|| tops.first())?;
        let leaf = match &self.operand.part {
            Some(part) => top.get(part)?,
            None => top,
        };
        let leaf = leaf.as_array().map_or(Some(leaf), |items| items.first())?;
        SortValue::of(&self.operand, leaf)
    }

    /// Orders two resources by their values and ids: without a value last when ascending, first when descending.
    pub fn compare<I: Ord>(&self, one: (Option<&SortValue>, I), other: (Option<&SortValue>, I)) -> Ordering {
        let by_value = match (one.0, other.0) {
            (Some(one), Some(other)) => one.partial_cmp(other).unwrap_or(Ordering::Equal),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        let by_value = if self.descending { by_value.reverse() } else { by_value };
        by_value.then_with(|| one.1.cmp(&other.1))
    }
}

impl SortValue {
    fn of(operand: &Operand, value: &Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(Self::Boolean(*flag)),
            Value::Number(number) => number.as_f64().map(Self::Number),
            Value::String(text) if operand.kind == Kind::DateTime => {
                crate::filter::instant(text).map(|instant| Self::Instant(instant.timestamp_millis()))
            }
            Value::String(text) if !text.is_empty() => {
                Some(Self::Text(operand.comparable(text).into_owned()))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::ScimType;

    fn sort(by: &str) -> Sort {
        Sort::parse(Some(by), None, ResourceType::USER).unwrap().unwrap()
    }

    fn value(by: &str, document: Value) -> Option<SortValue> {
        sort(by).value_of(document.as_object().unwrap())
    }

    #[test]
    fn the_primary_entry_decides_else_the_first() {
        let emails = json!({"emails": [{"value": "B@x"}, {"value": "a@x", "primary": true}]});
        assert_eq!(value("emails.value", emails.clone()), Some(SortValue::Text("a@x".to_owned())));
        assert_eq!(value("emails", emails), Some(SortValue::Text("a@x".to_owned())));
        let emails = json!({"emails": [{"value": "B@x", "primary": false}, {"value": "a@x"}]});
        assert_eq!(value("EMAILS.VALUE", emails), Some(SortValue::Text("b@x".to_owned())));
    }

    #[test]
    fn parts_urns_and_instants_are_found() {
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let document = json!({
            "name": {"familyName": "Å"}, "meta": {"created": "1970-01-01T00:00:01.0009Z"}, urn: {"department": "D"}
        });
        assert_eq!(value("name.familyName", document.clone()), Some(SortValue::Text("å".to_owned())));
        assert_eq!(
            value(&format!("{urn}:department"), document.clone()),
            Some(SortValue::Text("d".to_owned()))
        );
        assert_eq!(value("meta.created", document.clone()), Some(SortValue::Instant(1_000)));
        assert_eq!(value("title", document), None);
    }

    #[test]
    fn nothing_comes_last_ascending_and_first_descending() {
        let ascending = sort("title");
        let descending = Sort { descending: true, ..ascending.clone() };
        let a = SortValue::Text("a".to_owned());
        assert_eq!(ascending.compare((None, 1), (Some(&a), 2)), Ordering::Greater);
        assert_eq!(descending.compare((None, 1), (Some(&a), 2)), Ordering::Less);
        assert_eq!(descending.compare((Some(&a), 1), (Some(&a), 2)), Ordering::Less, "ids ascend");
    }

    #[test]
    fn what_has_no_order_is_refused() {
        for (by, order) in [
            ("nope", None),
            ("", None),
            ("name", None),
            ("password", None),
            ("x509Certificates", None),
            ("meta.location", None),
            ("groups.display", None),
            ("title", Some("up")),
        ] {
            let error = Sort::parse(Some(by), order, ResourceType::USER).unwrap_err();
            assert_eq!(error.scim_type, Some(ScimType::InvalidValue), "{by}");
        }
        assert_eq!(Sort::parse(None, Some("DESCENDING"), ResourceType::USER).unwrap(), None);
    }
}
