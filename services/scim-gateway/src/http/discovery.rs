use directory::{CURSOR_SECONDS, Integration};
use scim::discovery::{self, ServiceLimits};
use scim::{Schema, ScimError};

use super::answer::Answer;
use super::endpoint::Document;
use super::error::RequestError;
use super::parameters::Parameters;
use crate::Gateway;

/// `/ServiceProviderConfig`, `/Schemas` and `/ResourceTypes` (RFC 7644 section 4). Sorting and paging mean nothing here.
pub(super) fn read(
    gateway: &Gateway,
    integration: &Integration,
    document: &Document,
    query: &str,
) -> Result<Answer, RequestError> {
    let base = &gateway.scim_url(&integration.slug);
    let extensions: &[Schema] = &integration.user_extensions;
    if document.is_list() && Parameters::from_query(query)?.have_filter() {
        return Err(ScimError::plain(403, "Discovery documents cannot be filtered.").into());
    }
    let body = match document {
        Document::ServiceProviderConfig => return Ok(service_provider_config(gateway, base)),
        Document::Schemas => Some(discovery::schemas(base, extensions)),
        Document::Schema(urn) => discovery::schema(base, extensions, urn),
        Document::ResourceTypes => Some(discovery::resource_types(base, extensions)),
        Document::ResourceType(name) => discovery::resource_type(base, extensions, name),
    };
    body.map(Answer::document).ok_or(RequestError::NoSuchResource)
}

/// `/ServiceProviderConfig`: the same for everybody.
pub(super) fn service_provider_config(gateway: &Gateway, base: &str) -> Answer {
    let limits = ServiceLimits { bulk_bytes: gateway.limits.bulk_body_bytes, cursor_seconds: CURSOR_SECONDS };
    Answer::document(discovery::service_provider_config(base, limits))
}
