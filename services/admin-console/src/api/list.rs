use serde::Deserialize;
use serde_json::Value;

/// One page of a list.
#[derive(Clone, Debug, Deserialize)]
pub struct List<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next one begins: text or a number, as the service has it.
    next: Option<Value>,
}

impl<T> List<T> {
    /// One with nothing on it.
    pub fn empty() -> Self {
        Self { items: Vec::new(), next: None }
    }

    /// What to give as `cursor` for the next page.
    pub fn next(&self) -> Option<String> {
        match self.next.as_ref()? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        }
    }
}

/// Parameters of a request. What has no value is not sent.
#[derive(Clone, Debug, Default)]
pub struct Query(Vec<(&'static str, String)>);

impl Query {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more, when it has a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Option<String>>) -> Self {
        self.0.extend(value.into().filter(|value| !value.is_empty()).map(|value| (name, value)));
        self
    }

    pub(super) fn pairs(&self) -> &[(&'static str, String)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_text_or_a_number() {
        let next = |json: &str| serde_json::from_str::<List<u8>>(json).unwrap().next();
        assert_eq!(next(r#"{"items":[1],"next":"a b"}"#).as_deref(), Some("a b"));
        assert_eq!(next(r#"{"items":[1],"next":41}"#).as_deref(), Some("41"));
        assert_eq!(next(r#"{"items":[],"next":null}"#), None);
    }

    #[test]
    fn what_is_empty_is_not_asked_for() {
        let query = Query::new().with("kind", String::new()).with("limit", "5".to_owned()).with("from", None);
        assert_eq!(query.pairs(), [("limit", "5".to_owned())]);
    }
}
