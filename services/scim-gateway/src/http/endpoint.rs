use actix_web::HttpRequest;
use actix_web::http::Method;
use directory::{GroupId, UserId};
use scim::ScimError;

use super::error::RequestError;
use crate::cause;

/// What a path below an integration's SCIM URL leads to (RFC 7644 section 3.2).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// The SCIM URL itself: users and groups together.
    Root,
    RootSearch,
    Users,
    UserSearch,
    User(UserId),
    Groups,
    GroupSearch,
    Group(GroupId),
    Bulk,
    Discovery(Document),
    /// An endpoint of the RFC that this service provider does not offer.
    NotSupported(&'static str),
}

/// A discovery document (RFC 7644 section 4).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Document {
    ServiceProviderConfig,
    Schemas,
    Schema(String),
    ResourceTypes,
    ResourceType(String),
}

impl Document {
    /// Whether it lists others.
    pub(super) fn is_list(&self) -> bool {
        matches!(self, Self::Schemas | Self::ResourceTypes)
    }
}

impl Endpoint {
    /// Finds the endpoint of a request to `/integrations/{integration}/scim{path}`.
    ///
    /// # Errors
    /// 400 `invalidVers` when the path begins with another version of the protocol than `v2`; 404 when it leads
    /// nowhere.
    pub(super) fn of_request(request: &HttpRequest) -> Result<Self, RequestError> {
        let path = request.match_info().get("path").unwrap_or_default();
        let versioned = path.strip_prefix('/').ok_or(RequestError::NoSuchEndpoint)?;
        let (version, below) = versioned.split_once('/').unwrap_or((versioned, ""));
        match version {
            "v2" => Self::parse(below),
            other => Err(not_a_collection(other)),
        }
    }

    /// Parses a path below the SCIM URL. The name of the collection counts without regard to case, and a slash too many
    /// is nothing: administrators type both.
    ///
    /// # Errors
    /// As [`Endpoint::of_request`].
    pub(super) fn parse(path: &str) -> Result<Self, RequestError> {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let Some(collection) = segments.next().map(str::to_ascii_lowercase) else { return Ok(Self::Root) };
        let (item, None) = (segments.next(), segments.next()) else {
            return Err(not_a_collection(&collection));
        };
        let endpoint = match (collection.as_str(), item) {
            (".search", None) => Self::RootSearch,
            ("users", None) => Self::Users,
            ("users", Some(".search")) => Self::UserSearch,
            ("users", Some(id)) => Self::User(UserId(resource_id(id)?)),
            ("groups", None) => Self::Groups,
            ("groups", Some(".search")) => Self::GroupSearch,
            ("groups", Some(id)) => Self::Group(GroupId(resource_id(id)?)),
            ("bulk", None) => Self::Bulk,
            ("serviceproviderconfig", None) => Self::Discovery(Document::ServiceProviderConfig),
            ("schemas", None) => Self::Discovery(Document::Schemas),
            ("schemas", Some(urn)) => Self::Discovery(Document::Schema(decode(urn)?)),
            ("resourcetypes", None) => Self::Discovery(Document::ResourceTypes),
            ("resourcetypes", Some(name)) => Self::Discovery(Document::ResourceType(decode(name)?)),
            // The token belongs to a machine: nobody is behind it.
            ("me", None) => Self::NotSupported("/Me"),
            _ => return Err(not_a_collection(&collection)),
        };
        Ok(endpoint)
    }

    /// Its path with the ids taken out, for figures and traces.
    pub(super) fn route(&self) -> &'static str {
        match self {
            Self::Root => "/scim/v2",
            Self::RootSearch => "/scim/v2/.search",
            Self::Users => "/scim/v2/Users",
            Self::UserSearch => "/scim/v2/Users/.search",
            Self::User(_) => "/scim/v2/Users/{id}",
            Self::Groups => "/scim/v2/Groups",
            Self::GroupSearch => "/scim/v2/Groups/.search",
            Self::Group(_) => "/scim/v2/Groups/{id}",
            Self::Bulk => "/scim/v2/Bulk",
            Self::Discovery(Document::ServiceProviderConfig) => "/scim/v2/ServiceProviderConfig",
            Self::Discovery(Document::Schemas | Document::Schema(_)) => "/scim/v2/Schemas",
            Self::Discovery(Document::ResourceTypes | Document::ResourceType(_)) => "/scim/v2/ResourceTypes",
            Self::NotSupported(_) => "/scim/v2/Me",
        }
    }

    /// The methods that it has, for `Allow`.
    pub(super) fn methods(&self) -> &'static str {
        match self {
            Self::Users | Self::Groups => "GET, HEAD, POST, OPTIONS",
            Self::User(_) | Self::Group(_) => "GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
            Self::RootSearch | Self::UserSearch | Self::GroupSearch | Self::Bulk => "POST, OPTIONS",
            Self::Root | Self::Discovery(_) => "GET, HEAD, OPTIONS",
            Self::NotSupported(_) => "",
        }
    }

    /// Whether it is that of a kind of resource or of one.
    pub(super) fn is_of_resources(&self) -> bool {
        matches!(self, Self::Users | Self::User(_) | Self::Groups | Self::Group(_))
    }

    /// Requires it to have the method.
    ///
    /// # Errors
    /// 405, or 501 for an endpoint that is not offered.
    pub(super) fn check_method(&self, method: &Method) -> Result<(), RequestError> {
        if let Self::NotSupported(name) = self {
            return Err(RequestError::NotSupported(name));
        }
        match self.methods().split(", ").any(|name| name == method.as_str()) {
            true => Ok(()),
            false => Err(RequestError::MethodNotAllowed(self.methods())),
        }
    }
}

/// The refusal of a segment that names no collection: perhaps it names another version of the protocol.
fn not_a_collection(segment: &str) -> RequestError {
    let number = segment.strip_prefix(['v', 'V']).unwrap_or_default();
    match !number.is_empty() && number != "2" && number.bytes().all(|byte| byte.is_ascii_digit()) {
        true => ScimError::invalid_vers(cause::ANOTHER_VERSION).into(),
        false => RequestError::NoSuchEndpoint,
    }
}

/// Our ids are UUIDs; what is none names no resource.
fn resource_id(text: &str) -> Result<uuid::Uuid, RequestError> {
    uuid::Uuid::try_parse(text).map_err(|_| RequestError::NoSuchResource)
}

fn decode(segment: &str) -> Result<String, RequestError> {
    super::parameters::decode(segment).ok_or(RequestError::NoSuchEndpoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_and_slashes_too_many_do_not_matter() {
        for path in ["/Users", "/users", "/USERS/", "Users", "//Users//"] {
            assert_eq!(Endpoint::parse(path).unwrap(), Endpoint::Users, "{path}");
        }
        let id = uuid::Uuid::from_u128(1);
        assert_eq!(Endpoint::parse(&format!("/groups/{id}/")).unwrap(), Endpoint::Group(GroupId(id)));
        assert_eq!(Endpoint::parse("").unwrap(), Endpoint::Root);
    }

    #[test]
    fn a_schema_is_found_by_its_encoded_urn() {
        let path = "/Schemas/urn%3Aietf%3Aparams:scim:schemas:core:2.0:User";
        let urn = "urn:ietf:params:scim:schemas:core:2.0:User".to_owned();
        assert_eq!(Endpoint::parse(path).unwrap(), Endpoint::Discovery(Document::Schema(urn)));
    }

    #[test]
    fn a_search_is_no_id() {
        assert_eq!(Endpoint::parse("/.search").unwrap(), Endpoint::RootSearch);
        assert_eq!(Endpoint::parse("/Users/.search").unwrap(), Endpoint::UserSearch);
        assert_eq!(Endpoint::parse("/Groups/.search").unwrap(), Endpoint::GroupSearch);
    }

    #[test]
    fn what_is_not_there_is_said_apart_from_what_is_not_offered() {
        assert!(matches!(Endpoint::parse("/Widgets"), Err(RequestError::NoSuchEndpoint)));
        assert!(matches!(Endpoint::parse("/Users/1/2"), Err(RequestError::NoSuchEndpoint)));
        for id in ["x", "..%2f", "%00", &"9".repeat(5000)] {
            assert!(matches!(Endpoint::parse(&format!("/Users/{id}")), Err(RequestError::NoSuchResource)));
        }
        assert_eq!(Endpoint::parse("/Me").unwrap(), Endpoint::NotSupported("/Me"));
    }

    #[test]
    fn another_version_of_the_protocol_is_said_to_be_one() {
        for path in ["/v1", "/v3/Users", "V9/Users/1"] {
            assert!(matches!(Endpoint::parse(path), Err(RequestError::Invalid(_))), "{path}");
        }
        assert!(matches!(Endpoint::parse("/v2beta/Users"), Err(RequestError::NoSuchEndpoint)));
    }
}
