use actix_web::http::header::HeaderMap;
use directory::{Access, Caller, Directory, Listing};
use scim::{Projection, ResourceKind, ResourceType, ScimError};

use super::noted::Noted;
use super::parameters::Parameters;
use super::preconditions::Preconditions;

/// One authenticated operation: a request of its own, or one of the many in a bulk request.
pub(super) struct Call<'a> {
    /// The integration's SCIM URL.
    pub(super) base: &'a str,
    pub(super) caller: &'a Caller,
    pub(super) directory: &'a Directory,
    pub(super) noted: &'a Noted,
    pub(super) parameters: Parameters,
    pub(super) preconditions: Preconditions,
    pub(super) prefers_minimal: bool,
}

impl Call<'_> {
    /// What a kind of resource is like for the caller.
    pub(super) fn resource_type(&self, kind: ResourceKind) -> ResourceType<'_> {
        self.caller.resource_type(kind)
    }

    /// Which attributes to answer.
    pub(super) fn projection(&self, kind: ResourceKind) -> Result<Projection<'_>, ScimError> {
        self.parameters.projection(self.resource_type(kind))
    }

    /// Which resources to answer.
    pub(super) fn listing(&self, kind: ResourceKind) -> Result<Listing, ScimError> {
        let listing = self.parameters.listing(self.resource_type(kind))?;
        self.noted.listing(self.caller.integration.id, &listing);
        Ok(listing)
    }

    /// Whether the caller may see resources of a kind, besides those that an answer to its own change shows.
    pub(super) fn may_read(&self, kind: ResourceKind) -> bool {
        self.caller.scopes.allow(kind, Access::Read)
    }

    /// Whether the answer to a PATCH is to have no body. Who chooses attributes wants to see them (RFC 7644 section
    /// 3.5.2), whatever else they prefer.
    pub(super) fn wants_no_body(&self) -> bool {
        self.prefers_minimal && !self.parameters.choose_attributes()
    }
}

/// Whether `Prefer` asks for `return=minimal` (RFC 7240 section 4.2); the first `return` counts.
pub(super) fn prefers_minimal(headers: &HeaderMap) -> bool {
    let lines = headers.get_all("prefer").filter_map(|line| line.to_str().ok());
    let preferences = lines.flat_map(|line| line.split(',')).filter_map(|text| text.split(';').next());
    let mut returns = preferences.filter_map(|preference| {
        let (name, value) = preference.split_once('=')?;
        name.trim().eq_ignore_ascii_case("return").then(|| value.trim().trim_matches('"'))
    });
    returns.next().is_some_and(|value| value.eq_ignore_ascii_case("minimal"))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn the_first_return_preference_counts() {
        let prefers = |text: &'static str| {
            let name = HeaderName::from_static("prefer");
            prefers_minimal(&[(name, HeaderValue::from_static(text))].into_iter().collect())
        };
        assert!(prefers("return=minimal"));
        assert!(prefers("respond-async, RETURN = \"minimal\"; x=y"));
        assert!(!prefers("return=representation, return=minimal"));
        assert!(!prefers("minimal"));
        assert!(!prefers_minimal(&HeaderMap::new()));
    }
}
