use std::collections::HashMap;

use scim::ScimError;

/// Query parameters that mean something here. Others are passed over: Entra's flags travel in the query.
const KNOWN: [&str; 7] =
    ["filter", "startindex", "count", "attributes", "excludedattributes", "sortby", "sortorder"];

/// Query parameters of a request, by lower-case name.
pub(super) struct Query(HashMap<String, String>);

impl Query {
    /// Parses a query string, decoded once.
    ///
    /// # Errors
    /// When a parameter that means something comes twice, or is not UTF-8 in percent encoding.
    pub(super) fn parse(query: &str) -> Result<Self, ScimError> {
        let mut parameters = HashMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(name) = decode(name).map(|name| name.to_ascii_lowercase()) else { continue };
            if !KNOWN.contains(&name.as_str()) {
                continue;
            }
            let Some(value) = decode(&value.replace('+', " ")) else {
                return Err(wrong(&name, "The query is not in percent-encoded UTF-8."));
            };
            if parameters.contains_key(&name) {
                return Err(wrong(&name, "A query parameter was given twice."));
            }
            parameters.insert(name, value);
        }
        Ok(Self(parameters))
    }

    /// The parameter of that lower-case name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

fn wrong(name: &str, detail: &str) -> ScimError {
    match name {
        "filter" => ScimError::invalid_filter(detail),
        _ => ScimError::invalid_value(detail),
    }
}

/// Decodes percent encoding strictly; `None` when it is none, or not UTF-8.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (high, low) = (hex(rest.next()?)?, hex(rest.next()?)?);
        bytes.push(high << 4 | low);
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entras_encoding_is_read() {
        let query = "aadOptscim062020&filter=userName+eq+%22o%27neil%2Blms%40contoso.example%22&count=5";
        let query = Query::parse(query).unwrap();
        assert_eq!(query.get("filter"), Some("userName eq \"o'neil+lms@contoso.example\""));
        assert_eq!(query.get("count"), Some("5"));
        assert_eq!(query.get("aadoptscim062020"), None);
    }

    #[test]
    fn a_filter_that_is_badly_encoded_or_given_twice_is_refused() {
        for query in ["filter=%zz", "filter=%2", "filter=%ff", "filter=a&filter=b", "filter=a&Filter=b"] {
            let error = Query::parse(query).err().unwrap();
            assert_eq!(error.scim_type, Some(scim::ScimType::InvalidFilter), "{query}");
        }
    }

    #[test]
    fn what_means_nothing_here_may_come_as_it_likes() {
        assert!(Query::parse("x=%zz&x=2&y").is_ok());
    }
}
