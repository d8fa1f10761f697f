//! Use cases of groups, one a file.

mod create;
mod delete;
mod list;
mod modify;
mod read;

use std::collections::HashSet;

use scim::ResourceKind;
use scim::members::MemberEdit;
use scim::{Profile, ScimError};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{Caller, Directory, DirectoryError, GroupRecord, Member, MemberChange, UserId};

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
            kind: ResourceKind::Group,
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
        "$ref": format!("{base}{}/{}", ResourceKind::User.endpoint(), member.id),
        "type": "User",
    });
    if let (Some(display), Value::Object(fields)) = (&member.display, &mut value) {
        fields.insert("display".to_owned(), Value::String(display.clone()));
    }
    value
}

/// Ids that a client sent for members, each once. What cannot be an id of ours is nobody we know, and is passed over as such:
/// Entra sends ids of nested groups and of people out of scope, and repeats a refused request for ever.
fn user_ids(values: &[String]) -> Vec<UserId> {
    let mut seen = HashSet::new();
    values.iter().filter_map(|value| value.parse().ok().map(UserId)).filter(|id| seen.insert(*id)).collect()
}

impl Directory {
    /// Requires everybody who is to be a member to be a user here, where requests are read to the letter.
    ///
    /// # Errors
    /// 400 `invalidValue`, the same for an id of nobody, of another integration and of a group.
    async fn check_members(&self, caller: &Caller, values: &[String]) -> Result<(), DirectoryError> {
        if caller.integration.profile == Profile::Entra || values.is_empty() {
            return Ok(());
        }
        let ids = user_ids(values);
        let all_are_ids = values.iter().all(|value| value.parse::<Uuid>().is_ok());
        if all_are_ids && self.store.count_users(caller.integration.id, &ids).await? == ids.len() as u64 {
            return Ok(());
        }
        Err(ScimError::invalid_value("Every member must be the id of a user.").into())
    }
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
