//! Use cases of groups, one a file.

mod create;
mod delete;
mod list;
mod modify;
mod read;

use scim::ResourceType;
use scim::members::MemberEdit;
use serde_json::{Map, Value, json};

use crate::{GroupRecord, Member, MemberChange, UserId};

/// A group as it is answered: with its members, where they were asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupView {
    /// The group.
    pub group: GroupRecord,
    /// Its members; `None` when they were left out.
    pub members: Option<Vec<Member>>,
}

impl GroupView {
    /// The whole resource as it is answered, below `base` (the integration's SCIM URL).
    pub fn document(&self, base: &str) -> Map<String, Value> {
        let group = &self.group;
        let meta = crate::record::Meta {
            resource_type: ResourceType::Group,
            id: group.id.0,
            version: group.version,
            created: group.created,
            last_modified: group.last_modified,
        };
        let mut document = meta.document(base, group.resource.as_map());
        // An attribute without a value is left out (RFC 7643 section 2.5).
        if let Some(members) = self.members.as_ref().filter(|members| !members.is_empty()) {
            document.insert("members".to_owned(), members.iter().map(|m| member(base, m)).collect());
        }
        document
    }
}

fn member(base: &str, member: &Member) -> Value {
    let mut value = json!({
        "value": member.id.to_string(),
        "$ref": format!("{base}{}/{}", ResourceType::User.endpoint(), member.id),
        "type": "User",
    });
    if let (Some(display), Value::Object(fields)) = (&member.display, &mut value) {
        fields.insert("display".to_owned(), Value::String(display.clone()));
    }
    value
}

/// Ids that a client sent for members. What cannot be an id of ours is nobody we know, and is passed over as such:
/// Entra sends ids of nested groups and of people out of scope, and repeats a refused request for ever.
fn user_ids(values: &[String]) -> Vec<UserId> {
    values.iter().filter_map(|value| value.parse().ok().map(UserId)).collect()
}

fn member_change(edit: MemberEdit) -> MemberChange {
    match edit {
        MemberEdit::Keep => MemberChange::Keep,
        MemberEdit::Delta { add, remove } => {
            MemberChange::Delta { add: user_ids(&add), remove: user_ids(&remove) }
        }
        MemberEdit::Replace(values) => MemberChange::Replace(user_ids(&values)),
    }
}
