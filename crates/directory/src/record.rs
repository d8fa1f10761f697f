use chrono::{DateTime, SecondsFormat, Utc};
use scim::{Resource, ResourceKind};
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

/// A user as it is answered: with the groups that the user is in, where they were asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct UserView {
    /// The user.
    pub user: UserRecord,
    /// The user's groups in the order of their ids; `None` when they were left out.
    pub groups: Option<Vec<GroupLink>>,
}

/// A group that a user is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupLink {
    /// The group.
    pub id: GroupId,
    /// The group's `displayName`.
    pub display: String,
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
    /// How many members it has. A store counts them itself, and takes no notice of this when it commits.
    pub member_count: u32,
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
    pub(crate) kind: ResourceKind,
    pub(crate) id: Uuid,
    pub(crate) version: Version,
    pub(crate) created: DateTime<Utc>,
    pub(crate) last_modified: DateTime<Utc>,
}

impl Meta {
    pub(crate) fn document(&self, base: &str, attributes: &Map<String, Value>) -> Map<String, Value> {
        let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let location = format!("{base}{}/{}", self.kind.endpoint(), self.id);
        let mut document = attributes.clone();
        document.insert("id".to_owned(), Value::String(self.id.to_string()));
        document.insert(
            "meta".to_owned(),
            json!({
                "resourceType": self.kind.name(),
                "created": time(self.created),
                "lastModified": time(self.last_modified),
                "location": location,
                "version": self.version.to_string(),
            }),
        );
        document
    }
}
