use std::collections::HashMap;

use directory::Listing;
use scim::list::Paging;
use scim::{Filter, Projection, ResourceType, ScimError, Sort};

/// Parameters that mean something here. Others are passed over: Entra's flags travel in the query.
pub(super) const KNOWN: [&str; 8] =
    ["filter", "startindex", "count", "cursor", "attributes", "excludedattributes", "sortby", "sortorder"];

/// What a request asks of its answer, by lower-case name: in the query, or in the body of a search request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters(HashMap<String, String>);

impl Parameters {
    /// Parses a query string, decoded once.
    ///
    /// # Errors
    /// When a parameter that means something comes twice, or is not UTF-8 in percent encoding.
    pub(super) fn from_query(query: &str) -> Result<Self, ScimError> {
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

    /// Takes parameters whose names are known and in lower case.
    pub(super) fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// Whether a condition is given.
    pub(super) fn have_filter(&self) -> bool {
        self.get("filter").is_some()
    }

    /// Whether the answer's attributes are chosen.
    pub(super) fn choose_attributes(&self) -> bool {
        ["attributes", "excludedattributes"]
            .into_iter()
            .any(|name| self.get(name).is_some_and(|names| !names.trim().is_empty()))
    }

    /// Which attributes to answer.
    pub(super) fn projection<'s>(
        &self,
        resource_type: ResourceType<'s>,
    ) -> Result<Projection<'s>, ScimError> {
        Projection::parse(self.get("attributes"), self.get("excludedattributes"), resource_type)
    }

    /// Which resources of one kind to answer.
    pub(super) fn listing(&self, resource_type: ResourceType<'_>) -> Result<Listing, ScimError> {
        let filter = self.get("filter").map(|text| Filter::parse(text, resource_type)).transpose()?;
        Ok(Listing { filter, sort: self.sort(resource_type)?, paging: self.paging()? })
    }

    /// The condition on resources of one kind, in a query over two.
    pub(super) fn filter_among(
        &self,
        resource_type: ResourceType<'_>,
        other: ResourceType<'_>,
    ) -> Result<Option<Filter>, ScimError> {
        self.get("filter").map(|text| Filter::parse_among(text, resource_type, other)).transpose()
    }

    /// The order.
    pub(super) fn sort(&self, resource_type: ResourceType<'_>) -> Result<Option<Sort>, ScimError> {
        Sort::parse(self.get("sortby"), self.get("sortorder"), resource_type)
    }

    /// Which part.
    pub(super) fn paging(&self) -> Result<Paging, ScimError> {
        Paging::parse(self.get("startindex"), self.get("count"), self.get("cursor"))
    }

    fn get(&self, name: &str) -> Option<&str> {
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
        let query =
            "aadOptscim062020&filter=userName+eq+%22o%27neil%2Blms%40contoso.example%22&count=5&cursor";
        let query = Parameters::from_query(query).unwrap();
        assert_eq!(query.get("filter"), Some("userName eq \"o'neil+lms@contoso.example\""));
        assert_eq!(query.get("count"), Some("5"));
        assert_eq!(query.get("cursor"), Some(""), "begins a walk");
        assert_eq!(query.get("aadoptscim062020"), None);
    }

    #[test]
    fn a_filter_that_is_badly_encoded_or_given_twice_is_refused() {
        for query in ["filter=%zz", "filter=%2", "filter=%ff", "filter=a&filter=b", "filter=a&Filter=b"] {
            let error = Parameters::from_query(query).unwrap_err();
            assert_eq!(error.scim_type, Some(scim::ScimType::InvalidFilter), "{query}");
        }
    }

    #[test]
    fn what_means_nothing_here_may_come_as_it_likes() {
        assert!(Parameters::from_query("x=%zz&x=2&y").is_ok());
    }
}
