use directory::{GroupId, UserId};

use super::error::RequestError;

/// What a path below an integration's SCIM URL leads to (RFC 7644 section 3.2).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    Users,
    User(UserId),
    Groups,
    Group(GroupId),
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

impl Endpoint {
    /// Parses a path. The name of the collection counts without regard to case, and a slash at the end is nothing:
    /// administrators type both.
    pub(super) fn parse(path: &str) -> Result<Self, RequestError> {
        let trimmed = path.trim_end_matches('/');
        let mut segments = trimmed.strip_prefix('/').unwrap_or(trimmed).split('/');
        let collection = segments.next().unwrap_or_default().to_ascii_lowercase();
        let (item, None) = (segments.next(), segments.next()) else {
            return Err(RequestError::NoSuchEndpoint);
        };
        let endpoint = match (collection.as_str(), item) {
            ("users", None) => Self::Users,
            ("users", Some(id)) => Self::User(UserId(resource_id(id)?)),
            ("groups", None) => Self::Groups,
            ("groups", Some(id)) => Self::Group(GroupId(resource_id(id)?)),
            ("serviceproviderconfig", None) => Self::Discovery(Document::ServiceProviderConfig),
            ("schemas", None) => Self::Discovery(Document::Schemas),
            ("schemas", Some(urn)) => Self::Discovery(Document::Schema(decode(urn)?)),
            ("resourcetypes", None) => Self::Discovery(Document::ResourceTypes),
            ("resourcetypes", Some(name)) => Self::Discovery(Document::ResourceType(decode(name)?)),
            ("bulk", None) => Self::NotSupported("/Bulk"),
            ("me", None) => Self::NotSupported("/Me"),
            (".search", None) => Self::NotSupported("/.search"),
            _ => return Err(RequestError::NoSuchEndpoint),
        };
        Ok(endpoint)
    }

    /// The methods that it has, for `Allow`.
    pub(super) fn methods(&self) -> &'static str {
        match self {
            Self::Users | Self::Groups => "GET, POST",
            Self::User(_) | Self::Group(_) => "GET, PUT, PATCH, DELETE",
            Self::Discovery(_) => "GET",
            Self::NotSupported(_) => "",
        }
    }
}

/// Our ids are UUIDs; what is none names no resource.
fn resource_id(text: &str) -> Result<uuid::Uuid, RequestError> {
    uuid::Uuid::try_parse(text).map_err(|_| RequestError::NoSuchResource)
}

fn decode(segment: &str) -> Result<String, RequestError> {
    super::query::decode(segment).ok_or(RequestError::NoSuchEndpoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_and_a_last_slash_do_not_matter() {
        for path in ["/Users", "/users", "/USERS/", "Users"] {
            assert_eq!(Endpoint::parse(path).unwrap(), Endpoint::Users, "{path}");
        }
        let id = uuid::Uuid::from_u128(1);
        assert_eq!(Endpoint::parse(&format!("/groups/{id}/")).unwrap(), Endpoint::Group(GroupId(id)));
    }

    #[test]
    fn a_schema_is_found_by_its_encoded_urn() {
        let path = "/Schemas/urn%3Aietf%3Aparams:scim:schemas:core:2.0:User";
        let urn = "urn:ietf:params:scim:schemas:core:2.0:User".to_owned();
        assert_eq!(Endpoint::parse(path).unwrap(), Endpoint::Discovery(Document::Schema(urn)));
    }

    #[test]
    fn what_is_not_there_is_said_apart_from_what_is_not_offered() {
        assert!(matches!(Endpoint::parse("/Widgets"), Err(RequestError::NoSuchEndpoint)));
        assert!(matches!(Endpoint::parse("/Users/1/2"), Err(RequestError::NoSuchEndpoint)));
        assert!(matches!(Endpoint::parse(""), Err(RequestError::NoSuchEndpoint)));
        for id in ["x", "..%2f", "%00", &"9".repeat(5000)] {
            assert!(matches!(Endpoint::parse(&format!("/Users/{id}")), Err(RequestError::NoSuchResource)));
        }
        assert_eq!(Endpoint::parse("/Bulk").unwrap(), Endpoint::NotSupported("/Bulk"));
    }
}
