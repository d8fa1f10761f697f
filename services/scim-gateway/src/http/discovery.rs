use scim::discovery;

use super::Call;
use super::answer::Answer;
use super::endpoint::Document;
use super::error::RequestError;

/// `/ServiceProviderConfig`, `/Schemas` and `/ResourceTypes` (RFC 7644 section 4).
pub(super) fn read(call: &Call<'_>, document: &Document) -> Result<Answer, RequestError> {
    let base = &call.base;
    let body = match document {
        Document::ServiceProviderConfig => Some(discovery::service_provider_config(base)),
        Document::Schemas => Some(discovery::schemas(base)),
        Document::Schema(urn) => discovery::schema(base, urn),
        Document::ResourceTypes => Some(discovery::resource_types(base)),
        Document::ResourceType(name) => discovery::resource_type(base, name),
    };
    body.map(Answer::document).ok_or(RequestError::NoSuchResource)
}
