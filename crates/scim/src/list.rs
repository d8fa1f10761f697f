//! Paging and the list message (RFC 7644 §3.4.2, §3.4.2.4).

use serde_json::{Map, Value, json};

use crate::error::{ScimError, excerpt};
use crate::urn;

/// Page size when the client names none.
pub const DEFAULT_COUNT: u64 = 100;
/// Largest page; `filter.maxResults` of the service provider configuration.
pub const MAX_COUNT: u64 = 200;

/// A page as it was asked for, within the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Number of the first resource, 1-based.
    pub start_index: u64,
    /// Largest number of resources to answer; 0 asks for the total only.
    pub count: u64,
}

impl Paging {
    /// Reads the query parameters `startIndex` and `count`.
    ///
    /// # Errors
    /// 400 `invalidValue` when one is not an integer of 64 bits.
    ///
    /// # RFC
    /// RFC 7644 §3.4.2.4: a start below 1 means 1, a negative count means 0; neither is an error.
    pub fn parse(start_index: Option<&str>, count: Option<&str>) -> Result<Self, ScimError> {
        let start_index = match start_index {
            Some(text) => integer("startIndex", text)?.unwrap_or(1).max(1),
            None => 1,
        };
        let count = match count {
            Some(text) => integer("count", text)?.unwrap_or(0).min(MAX_COUNT),
            None => DEFAULT_COUNT,
        };
        Ok(Self { start_index, count })
    }

    /// Returns how many resources to skip.
    pub fn offset(&self) -> u64 {
        self.start_index.saturating_sub(1)
    }
}

/// Reads an integer; `None` when it is negative.
fn integer(parameter: &str, text: &str) -> Result<Option<u64>, ScimError> {
    match text.parse::<i64>() {
        Ok(number) => Ok(u64::try_from(number).ok()),
        Err(_) => {
            Err(ScimError::invalid_value(format!("{parameter} must be an integer, not {}.", excerpt(text))))
        }
    }
}

/// One page of a query's result.
#[derive(Clone, Debug, PartialEq)]
pub struct ListResponse {
    /// Number of all matches, not of this page.
    pub total_results: u64,
    /// Number of the first resource, 1-based, as asked for.
    pub start_index: u64,
    /// Number of resources on this page.
    pub items_per_page: u64,
    /// The resources, already projected.
    pub resources: Vec<Map<String, Value>>,
}

impl ListResponse {
    /// Makes the message for a complete result on a single page.
    pub fn complete(resources: Vec<Map<String, Value>>) -> Self {
        let count = u64::try_from(resources.len()).unwrap_or(u64::MAX);
        Self { total_results: count, start_index: 1, items_per_page: count, resources }
    }

    /// Returns the message; `Resources` is there even when empty, because Entra looks into it.
    pub fn to_json(self) -> Value {
        json!({
            "schemas": [urn::LIST_RESPONSE],
            "totalResults": self.total_results,
            "startIndex": self.start_index,
            "itemsPerPage": self.items_per_page,
            "Resources": self.resources,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ScimType;

    fn paging(start_index: &str, count: &str) -> (u64, u64) {
        let paging = Paging::parse(Some(start_index), Some(count)).unwrap();
        (paging.start_index, paging.count)
    }

    #[test]
    fn missing_parameters_have_defaults() {
        assert_eq!(Paging::parse(None, None).unwrap(), Paging { start_index: 1, count: 100 });
    }

    #[test]
    fn odd_numbers_are_moved_into_range() {
        assert_eq!(paging("0", "-1"), (1, 0));
        assert_eq!(paging("-5", "0"), (1, 0));
        assert_eq!(paging("6", "1000000000"), (6, 200));
        assert_eq!(paging("9223372036854775807", "5"), (9_223_372_036_854_775_807, 5));
    }

    #[test]
    fn anything_but_a_number_is_refused() {
        for text in ["abc", "", "1.5", "18446744073709551616", " 1", "1e3"] {
            for (start_index, count) in [(Some(text), None), (None, Some(text))] {
                let error = Paging::parse(start_index, count).unwrap_err();
                assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidValue)), "{text}");
            }
        }
    }

    #[test]
    fn first_page_skips_nothing() {
        assert_eq!(Paging { start_index: 1, count: 5 }.offset(), 0);
        assert_eq!(Paging { start_index: 6, count: 5 }.offset(), 5);
    }

    #[test]
    fn empty_list_has_an_empty_array() {
        assert_eq!(
            ListResponse { total_results: 7, start_index: 100, items_per_page: 0, resources: vec![] }
                .to_json(),
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": 7, "startIndex": 100, "itemsPerPage": 0, "Resources": []
            })
        );
    }
}
