use std::fmt::Write;

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
    /// Writes it as text: `id`, and `meta` when that is wanted, without a comma behind.
    pub(crate) fn write(&self, base: &str, with_meta: bool, out: &mut String) {
        let Self { kind, id, version, .. } = self;
        // Writing to a text cannot fail.
        let _ = write!(out, "\"id\":\"{id}\"");
        if !with_meta {
            return;
        }
        let (created, last_modified) = (time(self.created), time(self.last_modified));
        let (name, location) = (kind.name(), json!(self.location(base)));
        let _ = write!(
            out,
            ",\"meta\":{{\"resourceType\":\"{name}\",\"created\":\"{created}\",\"lastModified\":\"{last_modified}\",\
             \"location\":{location},\"version\":{}}}",
            json!(version.to_string())
        );
    }

    fn location(&self, base: &str) -> String {
        format!("{base}{}/{}", self.kind.endpoint(), self.id)
    }

    pub(crate) fn document(&self, base: &str, attributes: &Map<String, Value>) -> Map<String, Value> {
        let mut document = attributes.clone();
        document.insert("id".to_owned(), Value::String(self.id.to_string()));
        document.insert(
            "meta".to_owned(),
            json!({
                "resourceType": self.kind.name(),
                "created": time(self.created),
                "lastModified": time(self.last_modified),
                "location": self.location(base),
                "version": self.version.to_string(),
            }),
        );
        document
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use scim::{Projection, ResourceType};

    use super::*;

    const DOCUMENT: &str = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ana",
        "emails": [{"type": "work", "value": "a@b"}], "active": true}"#;

    fn view(resource: Resource) -> UserView {
        let (created, last_modified) =
            ("2026-01-02T03:04:05.006Z".parse().unwrap(), "2026-01-03T00:00:00Z".parse().unwrap());
        let user = UserRecord {
            id: UserId(Uuid::from_u128(7)),
            version: Version(3),
            created,
            last_modified,
            resource,
        };
        UserView {
            user,
            groups: Some(vec![GroupLink { id: GroupId(Uuid::from_u128(9)), display: "\"G\"".to_owned() }]),
        }
    }

    #[test]
    fn a_user_is_written_alike_as_text_and_as_a_document() {
        let as_text = view(Resource::from_stored_text(ResourceKind::User, DOCUMENT.to_owned()).unwrap());
        let as_map = view(Resource::from_stored(ResourceKind::User, serde_json::from_str(DOCUMENT).unwrap()));
        for (attributes, excluded) in [
            (None, None),
            (Some("userName"), None),
            (Some("emails.value"), None),
            (Some("groups.display"), None),
            (None, Some("meta,groups")),
            (None, Some("meta.location")),
        ] {
            let projection = Projection::parse(attributes, excluded, ResourceType::USER).unwrap();
            let written = |view: &UserView| -> Value {
                let mut out = String::new();
                view.write("https://x.example/scim/v2", &mut projection.of_text(), &mut out);
                serde_json::from_str(&out).unwrap()
            };
            let mut expected = as_map.document("https://x.example/scim/v2");
            projection.apply(&mut expected);
            assert_eq!(written(&as_text), Value::Object(expected.clone()), "{attributes:?} {excluded:?}");
            assert_eq!(written(&as_map), Value::Object(expected), "{attributes:?} {excluded:?}");
        }
    }
}
