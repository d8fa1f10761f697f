use crate::{Caller, Directory, DirectoryError, GroupId, GroupRecord, GroupView};

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
        let group = self.group_record(caller, id).await?;
        self.view(caller, group, with_members).await
    }

    /// Completes a group with its members when they are asked for.
    pub(crate) async fn view(
        &self,
        caller: &Caller,
        group: GroupRecord,
        with_members: bool,
    ) -> Result<GroupView, DirectoryError> {
        let members = match with_members {
            true => Some(self.store.members(caller.integration.id, group.id).await?),
            false => None,
        };
        Ok(GroupView { group, members })
    }

    pub(crate) async fn group_record(
        &self,
        caller: &Caller,
        id: GroupId,
    ) -> Result<GroupRecord, DirectoryError> {
        self.store.group(caller.integration.id, id).await?.ok_or(DirectoryError::NotFound)
    }
}
