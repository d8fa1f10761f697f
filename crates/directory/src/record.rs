use chrono::{DateTime, SecondsFormat, Utc};
use scim::{Resource, ResourceType};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{GroupId, UserId, Version};

/// A user as the directory keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct UserRecord {
    /// SCIM id.
    pub id: UserId,
    /// `meta.version`.
    pub version: Version,
    /// `meta.created`.
    pub created: DateTime<Utc>,
    /// `meta.lastModified`.
    pub last_modified: DateTime<Utc>,
    /// The attributes.
    pub resource: Resource,
}

/// A group as the directory keeps it, without its members.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupRecord {
    /// SCIM id.
    pub id: GroupId,
    /// `meta.version`.
    pub version: Version,
    /// `meta.created`.
    pub created: DateTime<Utc>,
    /// `meta.lastModified`.
    pub last_modified: DateTime<Utc>,
    /// The attributes but `members`.
    pub resource: Resource,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The user.
    pub id: UserId,
    /// The user's `displayName`.
    pub display: Option<String>,
}

/// What a document says of itself (RFC 7643 section 3.1).
pub(crate) struct Meta {
    pub(crate) resource_type: ResourceType,
    pub(crate) id: Uuid,
    pub(crate) version: Version,
    pub(crate) created: DateTime<Utc>,
    pub(crate) last_modified: DateTime<Utc>,
}

impl Meta {
    pub(crate) fn document(&self, base: &str, attributes: &Map<String, Value>) -> Map<String, Value> {
        let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let location = format!("{base}{}/{}", self.resource_type.endpoint(), self.id);
        let mut document = attributes.clone();
        document.insert("id".to_owned(), Value::String(self.id.to_string()));
        document.insert(
            "meta".to_owned(),
            json!({
                "resourceType": self.resource_type.name(),
                "created": time(self.created),
                "lastModified": time(self.last_modified),
                "location": location,
                "version": self.version.to_string(),
            }),
        );
        document
    }
}
