use actix_web::HttpRequest;
use actix_web::http::header::IF_MATCH;
use directory::{Caller, IfMatch, Listing, Version};
use scim::list::Paging;
use scim::{Filter, Projection, ResourceType, ScimError};

use super::query::Query;
use crate::Gateway;

/// One authenticated request.
pub(super) struct Call<'a> {
    /// The integration's SCIM URL.
    pub(super) base: String,
    pub(super) caller: Caller,
    pub(super) gateway: &'a Gateway,
    pub(super) request: &'a HttpRequest,
}

impl Call<'_> {
    /// The query parameters.
    pub(super) fn query(&self) -> Result<Query, ScimError> {
        Query::parse(self.request.query_string())
    }

    /// `If-Match`: entity tags as we answer them, or `*`.
    pub(super) fn if_match(&self) -> Result<IfMatch, ScimError> {
        let Some(header) = self.request.headers().get(IF_MATCH) else { return Ok(IfMatch::Any) };
        let text = header.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(IfMatch::Any);
        }
        let versions: Option<Vec<Version>> = text.split(',').map(|tag| version(tag.trim())).collect();
        versions
            .map(IfMatch::OneOf)
            .ok_or_else(|| ScimError::invalid_value("If-Match must hold entity tags such as W/\"3\"."))
    }
}

/// The version that an entity tag names; one that is no number of ours matches nothing.
fn version(tag: &str) -> Option<Version> {
    let opaque = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
    if opaque.contains('"') {
        return None;
    }
    Some(Version(opaque.parse().unwrap_or(0)))
}

impl Query {
    /// Which attributes to answer.
    pub(super) fn projection(&self, resource_type: ResourceType) -> Result<Projection, ScimError> {
        Projection::parse(self.get("attributes"), self.get("excludedattributes"), resource_type)
    }

    /// Which resources to answer.
    pub(super) fn listing(&self, resource_type: ResourceType) -> Result<Listing, ScimError> {
        let filter = self.get("filter").map(|text| Filter::parse(text, resource_type)).transpose()?;
        Ok(Listing { filter, paging: Paging::parse(self.get("startindex"), self.get("count"))? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entity_tags_are_read_weak_or_strong() {
        assert_eq!(version("W/\"3\""), Some(Version(3)));
        assert_eq!(version("\"3\""), Some(Version(3)));
        assert_eq!(version("\"of another server\""), Some(Version(0)), "which no resource has");
        assert_eq!(version("3"), None);
        assert_eq!(version("\"3"), None);
    }
}
