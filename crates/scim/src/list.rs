//! Paging and the list message (RFC 7644 §3.4.2, §3.4.2.4).

use serde_json::{Map, Value, json};

use crate::error::{ScimError, ScimType};
use crate::urn;

/// Page size when the client names none.
pub const DEFAULT_COUNT: u64 = 100;
/// Largest page; `filter.maxResults` of the service provider configuration.
pub const MAX_COUNT: u64 = 200;

/// A page as it was asked for, within the limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Where the page begins.
    pub start: PageStart,
    /// Largest number of resources to answer; 0 asks for the total only.
    pub count: u64,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageStart {
    /// At the resource of this number, 1-based (RFC 7644 §3.4.2.4).
    Index(u64),
    /// At the first resource, and on from there by cursors (RFC 9865).
    First,
    /// Where this cursor says.
    Cursor(String),
}

impl Paging {
    /// Reads the query parameters `startIndex`, `count` and `cursor`; without the last, pages go by index.
    ///
    /// # Errors
    /// 400 `invalidValue` when a number is not an integer of 64 bits, or both ways of paging are asked for; 400
    /// `invalidCount` for such a `count` beside a cursor.
    ///
    /// # RFC
    /// RFC 7644 §3.4.2.4, RFC 9865 §2: a start below 1 means 1, a negative count means 0; neither is an error.
    pub fn parse(
        start_index: Option<&str>,
        count: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<Self, ScimError> {
        let start = match (start_index, cursor) {
            (Some(_), Some(_)) => {
                return Err(ScimError::invalid_value("startIndex and cursor exclude each other."));
            }
            (None, Some("")) => PageStart::First,
            (None, Some(cursor)) => PageStart::Cursor(cursor.to_owned()),
            (Some(text), None) => PageStart::Index(integer("startIndex", text)?.unwrap_or(1).max(1)),
            (None, None) => PageStart::Index(1),
        };
        let count = match count {
            Some(text) => integer("count", text).map_err(|error| match start {
                PageStart::Index(_) => error,
                PageStart::First | PageStart::Cursor(_) => {
                    ScimError::typed(ScimType::InvalidCount, error.detail)
                }
            })?,
            None => Some(DEFAULT_COUNT),
        };
        Ok(Self { start, count: count.unwrap_or(0).min(MAX_COUNT) })
    }
}

/// Reads an integer; `None` when it is negative.
fn integer(parameter: &str, text: &str) -> Result<Option<u64>, ScimError> {
    match text.parse::<i64>() {
        Ok(number) => Ok(u64::try_from(number).ok()),
        Err(_) => Err(ScimError::invalid_value(format!("{parameter} must be an integer."))),
    }
}

/// One page of a query's result.
#[derive(Clone, Debug, PartialEq)]
pub struct ListResponse {
    /// Number of all matches, not of this page.
    pub total_results: u64,
    /// Where this page is among the others.
    pub place: Place,
    /// The resources, already projected.
    pub resources: Vec<Map<String, Value>>,
}

/// Where a page is among the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It begins with the resource of this number, 1-based, as asked for.
    Index(u64),
    /// It is followed by that of this cursor, or by none.
    Before(Option<String>),
}

/// Writes the message of a page whose resources are written already, as a JSON list.
pub fn message(total_results: u64, place: &Place, items: usize, resources: &str) -> String {
    let place = match place {
        Place::Index(start_index) => format!("\"startIndex\":{start_index},"),
        Place::Before(Some(cursor)) => format!("\"nextCursor\":{},", json!(cursor)),
        Place::Before(None) => String::new(),
    };
    let schema = urn::LIST_RESPONSE;
    format!(
        "{{\"schemas\":[\"{schema}\"],\"totalResults\":{total_results},\"itemsPerPage\":{items},{place}\
         \"Resources\":{resources}}}"
    )
}

impl ListResponse {
    /// Makes the message for a complete result on a single page.
    pub fn complete(resources: Vec<Map<String, Value>>) -> Self {
        Self { total_results: resources.len() as u64, place: Place::Index(1), resources }
    }

    /// Returns the message; `Resources` is there even when empty, because Entra looks into it.
    pub fn to_json(self) -> Value {
        let mut message = Map::new();
        message.insert("schemas".to_owned(), json!([urn::LIST_RESPONSE]));
        message.insert("totalResults".to_owned(), json!(self.total_results));
        message.insert("itemsPerPage".to_owned(), json!(self.resources.len()));
        match self.place {
            Place::Index(start_index) => {
                message.insert("startIndex".to_owned(), json!(start_index));
            }
            Place::Before(Some(cursor)) => {
                message.insert("nextCursor".to_owned(), json!(cursor));
            }
            Place::Before(None) => {}
        }
        message.insert("Resources".to_owned(), self.resources.into_iter().map(Value::Object).collect());
        Value::Object(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(start_index: &str, count: &str) -> (u64, u64) {
        let paging = Paging::parse(Some(start_index), Some(count), None).unwrap();
        let PageStart::Index(start_index) = paging.start else { panic!("by index") };
        (start_index, paging.count)
    }

    #[test]
    fn missing_parameters_have_defaults() {
        let paging = Paging::parse(None, None, None).unwrap();
        assert_eq!(paging, Paging { start: PageStart::Index(1), count: 100 });
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
                let error = Paging::parse(start_index, count, None).unwrap_err();
                assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidValue)), "{text}");
            }
            let error = Paging::parse(None, Some(text), Some("")).unwrap_err();
            assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidCount)), "{text}");
        }
    }

    #[test]
    fn an_empty_cursor_asks_for_the_first_page() {
        let start = |cursor| Paging::parse(None, Some("-3"), Some(cursor)).unwrap();
        assert_eq!(start(""), Paging { start: PageStart::First, count: 0 });
        assert_eq!(start("x").start, PageStart::Cursor("x".to_owned()));
        assert_eq!(
            Paging::parse(Some("1"), None, Some("")).unwrap_err().scim_type,
            Some(ScimType::InvalidValue)
        );
    }

    #[test]
    fn empty_list_has_an_empty_array() {
        assert_eq!(
            ListResponse { total_results: 7, place: Place::Index(100), resources: vec![] }.to_json(),
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": 7, "startIndex": 100, "itemsPerPage": 0, "Resources": []
            })
        );
    }

    #[test]
    fn a_message_of_written_resources_says_the_same() {
        let resource: Map<String, Value> = serde_json::from_value(json!({ "id": "1" })).unwrap();
        for place in [Place::Index(3), Place::Before(Some("\"c\"".to_owned())), Place::Before(None)] {
            let text = message(7, &place, 1, r#"[{"id": "1"}]"#);
            let page = ListResponse { total_results: 7, place, resources: vec![resource.clone()] };
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), page.to_json());
        }
    }

    #[test]
    fn only_a_page_before_another_has_a_cursor() {
        let page =
            |cursor| ListResponse { total_results: 7, place: Place::Before(cursor), resources: vec![] };
        assert_eq!(page(Some("c".to_owned())).to_json()["nextCursor"], "c");
        assert_eq!(page(None).to_json().get("nextCursor"), None);
        assert_eq!(page(None).to_json().get("startIndex"), None);
    }
}
