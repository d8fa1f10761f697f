use events::{Subject, SubjectKind};
use scim::members::MemberEdit;
use scim::{PatchRequest, Resource, ResourceKind, changed_paths};
use serde_json::{Map, Value};

use super::{member_change, user_ids};
use crate::attempts::Attempts;
use crate::event_data::group_event;
use crate::provisioning_log::changed_attributes;
use crate::{
    Access, Caller, Change, ChangedAttribute, Committed, Directory, DirectoryError, GroupId, GroupRecord,
    IfMatch, LoggedChange, MemberChange, Mutation, NewEvent, Operation,
};

impl Directory {
    /// Applies a PATCH to a group: attributes and members together, all or nothing.
    ///
    /// Members alone are changed without reading the group, so that many may add members to one group side by side.
    ///
    /// # Errors
    /// What the operations are wrong in, [`DirectoryError::NotFound`], or [`DirectoryError::Taken`].
    pub async fn patch_group(
        &self,
        caller: &Caller,
        id: GroupId,
        patch: PatchRequest<'_>,
        if_match: &IfMatch,
    ) -> Result<Committed, DirectoryError> {
        caller.require(ResourceKind::Group, Access::Write)?;
        let (patch, edit) = patch.split_members()?;
        if let MemberEdit::Delta { add: joining, .. } | MemberEdit::Replace(joining) = &edit {
            self.check_members(caller, joining).await?;
        }
        let members = member_change(edit);
        let modify = |group: &Resource| Ok(patch.apply(group)?);
        if patch.is_empty() && *if_match == IfMatch::Any && members != MemberChange::Keep {
            return self.edit_members(caller, id, Operation::Patch, members).await;
        }
        self.modify_group(caller, id, Operation::Patch, if_match, &members, modify).await
    }

    /// Replaces a group's attributes and members by those of a PUT (RFC 7644 section 3.5.1).
    ///
    /// # Errors
    /// What the body is wrong in, [`DirectoryError::NotFound`] or [`DirectoryError::Taken`].
    pub async fn replace_group(
        &self,
        caller: &Caller,
        id: GroupId,
        body: &Map<String, Value>,
        if_match: &IfMatch,
    ) -> Result<Committed, DirectoryError> {
        caller.require(ResourceKind::Group, Access::Write)?;
        let members = scim::members::from_request(body)?;
        self.check_members(caller, &members).await?;
        let members = MemberChange::Replace(user_ids(&members));
        let resource_type = caller.resource_type(ResourceKind::Group);
        let modify = |group: &Resource| Ok(group.replaced_by(resource_type, body.clone())?);
        self.modify_group(caller, id, Operation::Replace, if_match, &members, modify).await
    }

    async fn edit_members(
        &self,
        caller: &Caller,
        id: GroupId,
        operation: Operation,
        members: MemberChange,
    ) -> Result<Committed, DirectoryError> {
        // Beside others who edit members: it is decided under the group's lock, and a store may make many in one go.
        let _turn = self.writers.turn_beside_others(id.0).await;
        let mutation = Mutation::EditMembers { id, expected: None, members };
        Ok(self.store.commit(change(caller, operation, id, mutation, vec![], vec![])).await?)
    }

    async fn modify_group(
        &self,
        caller: &Caller,
        id: GroupId,
        operation: Operation,
        if_match: &IfMatch,
        members: &MemberChange,
        modify: impl Fn(&Resource) -> Result<Resource, DirectoryError>,
    ) -> Result<Committed, DirectoryError> {
        let _turn = self.writers.turn(id.0).await;
        let mut attempts = Attempts::default();
        loop {
            let outcome = self.try_modify_group(caller, id, operation, if_match, members, &modify).await;
            if !attempts.again(&outcome) {
                return outcome;
            }
        }
    }

    async fn try_modify_group(
        &self,
        caller: &Caller,
        id: GroupId,
        operation: Operation,
        if_match: &IfMatch,
        members: &MemberChange,
        modify: impl Fn(&Resource) -> Result<Resource, DirectoryError>,
    ) -> Result<Committed, DirectoryError> {
        let before = self.group_record(caller, id).await?;
        if_match.check(before.version)?;
        let resource = modify(&before.resource)?;
        match decide(caller, operation, &before, resource, members)? {
            Some(change) => Ok(self.store.commit(change).await?),
            None => Ok(Committed::Unchanged(before.version)),
        }
    }
}

fn decide(
    caller: &Caller,
    operation: Operation,
    before: &GroupRecord,
    resource: Resource,
    members: &MemberChange,
) -> Result<Option<Change>, serde_json::Error> {
    let changed = changed_paths(caller.resource_type(ResourceKind::Group), &before.resource, &resource);
    let members = members.clone();
    if changed.is_empty() {
        if members == MemberChange::Keep {
            return Ok(None);
        }
        let mutation = Mutation::EditMembers { id: before.id, expected: Some(before.version), members };
        return Ok(Some(change(caller, operation, before.id, mutation, vec![], vec![])));
    }
    let event = group_event(caller, before.id, Some(&before.resource), Some(&resource), &changed)?;
    let (settings, resource_type) = (&caller.integration.settings, caller.resource_type(ResourceKind::Group));
    let changed = changed_attributes(settings, resource_type, &changed, &before.resource, &resource);
    let record =
        GroupRecord { version: before.version.next(), last_modified: caller.now, resource, ..before.clone() };
    let mutation = Mutation::ReplaceGroup { record, expected: before.version, members };
    Ok(Some(change(caller, operation, before.id, mutation, vec![event], changed)))
}

fn change(
    caller: &Caller,
    operation: Operation,
    id: GroupId,
    mutation: Mutation,
    events: Vec<NewEvent>,
    mut changed: Vec<ChangedAttribute>,
) -> Change {
    let touches_members = match &mutation {
        Mutation::EditMembers { .. } => true,
        Mutation::ReplaceGroup { members, .. } => *members != MemberChange::Keep,
        _ => false,
    };
    if touches_members {
        changed.push(ChangedAttribute::named("members"));
    }
    let subject = Subject { kind: SubjectKind::Group, id: id.0 };
    let log = LoggedChange { operation, subject, person: None, changed };
    Change::new(caller, mutation, events, log)
}
