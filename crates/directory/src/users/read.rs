use crate::{Caller, Directory, DirectoryError, UserId, UserRecord};

impl Directory {
    /// Reads a user (RFC 7644 section 3.4.1), active or not.
    ///
    /// # Errors
    /// [`DirectoryError::NotFound`] for an id that is unknown, deleted, or of another integration, all alike.
    pub async fn user(&self, caller: &Caller, id: UserId) -> Result<UserRecord, DirectoryError> {
        self.store.user(caller.integration.id, id).await?.ok_or(DirectoryError::NotFound)
    }
}
