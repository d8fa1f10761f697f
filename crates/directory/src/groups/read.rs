use std::collections::HashMap;

use scim::ResourceKind;

use crate::{Access, Caller, Directory, DirectoryError, GroupId, GroupRecord, GroupView, Member};

impl Directory {
    /// Reads a group, with its members only when `with_members`: a group may have 100,000.
    ///
    /// # Errors
    /// [`DirectoryError::NotFound`] for an id that is unknown, deleted, or of another integration, all alike.
    pub async fn group(
        &self,
        caller: &Caller,
        id: GroupId,
        with_members: bool,
    ) -> Result<GroupView, DirectoryError> {
        caller.require(ResourceKind::Group, Access::Read)?;
        let group = self.group_record(caller, id).await?;
        match with_members {
            true => self.with_members(caller, group).await,
            false => Ok(GroupView { group, members: None }),
        }
    }

    /// Completes a group that was just read with its members.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn with_members(
        &self,
        caller: &Caller,
        group: GroupRecord,
    ) -> Result<GroupView, DirectoryError> {
        let mut views = self.views(caller, vec![group], true).await?;
        views.pop().ok_or(DirectoryError::NotFound)
    }

    /// Completes groups with their members when they are asked for.
    pub(crate) async fn views(
        &self,
        caller: &Caller,
        groups: Vec<GroupRecord>,
        with_members: bool,
    ) -> Result<Vec<GroupView>, DirectoryError> {
        if !with_members {
            return Ok(groups.into_iter().map(|group| GroupView { group, members: None }).collect());
        }
        let may_name = caller.scopes.allow(ResourceKind::User, Access::Read);
        let ids: Vec<GroupId> =
            groups.iter().filter(|group| group.member_count > 0).map(|group| group.id).collect();
        let mut members: HashMap<GroupId, Vec<Member>> = HashMap::new();
        if !ids.is_empty() {
            for (group, member) in self.store.members(caller.integration.id, &ids).await? {
                let display = member.display.filter(|_| may_name);
                members.entry(group).or_default().push(Member { display, ..member });
            }
        }
        let complete = |group: GroupRecord| {
            let members = Some(members.remove(&group.id).unwrap_or_default());
            GroupView { group, members }
        };
        Ok(groups.into_iter().map(complete).collect())
    }

    pub(crate) async fn group_record(
        &self,
        caller: &Caller,
        id: GroupId,
    ) -> Result<GroupRecord, DirectoryError> {
        self.store.group(caller.integration.id, id).await?.ok_or(DirectoryError::NotFound)
    }
}
