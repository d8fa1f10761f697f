use scim::ResourceKind;

use crate::{Access, Caller, Directory, DirectoryError, UserId, UserView};

impl Directory {
    /// Reads a user (RFC 7644 section 3.4.1), active or not, with the user's groups only when `with_groups` and the
    /// caller may read groups.
    ///
    /// # Errors
    /// [`DirectoryError::NotFound`] for an id that is unknown, deleted, or of another integration, all alike.
    pub async fn user(
        &self,
        caller: &Caller,
        id: UserId,
        with_groups: bool,
    ) -> Result<UserView, DirectoryError> {
        caller.require(ResourceKind::User, Access::Read)?;
        let with_groups = with_groups && caller.scopes.allow(ResourceKind::Group, Access::Read);
        self.user_view(caller, id, with_groups).await
    }

    /// The user as a step of a use case that may see it.
    pub(crate) async fn user_view(
        &self,
        caller: &Caller,
        id: UserId,
        with_groups: bool,
    ) -> Result<UserView, DirectoryError> {
        self.store.user(caller.integration.id, id, with_groups).await?.ok_or(DirectoryError::NotFound)
    }
}
