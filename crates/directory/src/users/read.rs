use crate::{Caller, Directory, DirectoryError, UserId, UserView};

impl Directory {
    /// Reads a user (RFC 7644 section 3.4.1), active or not, with the user's groups only when `with_groups`.
    ///
    /// # Errors
    /// [`DirectoryError::NotFound`] for an id that is unknown, deleted, or of another integration, all alike.
    pub async fn user(
        &self,
        caller: &Caller,
        id: UserId,
        with_groups: bool,
    ) -> Result<UserView, DirectoryError> {
        self.store.user(caller.integration.id, id, with_groups).await?.ok_or(DirectoryError::NotFound)
    }
}
