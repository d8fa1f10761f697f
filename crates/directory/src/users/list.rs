use scim::ResourceKind;

use crate::{Access, Caller, Directory, DirectoryError, Listed, Listing, UserView};

impl Directory {
    /// Lists users (RFC 7644 section 3.4.2), active or not, with their groups only when `with_groups`.
    ///
    /// # Errors
    /// `tooMany` for a filter that would look at too many users; `invalidCursor` and `expiredCursor`.
    pub async fn list_users(
        &self,
        caller: &Caller,
        listing: &Listing,
        with_groups: bool,
    ) -> Result<Listed<UserView>, DirectoryError> {
        caller.require(ResourceKind::User, Access::Read)?;
        listing.require_readable(caller)?;
        let with_groups = with_groups && caller.scopes.allow(ResourceKind::Group, Access::Read);
        let walk = listing.begin(caller, ResourceKind::User.endpoint())?;
        let selected = self.store.users(caller.integration.id, &walk.query(), with_groups).await?;
        Ok(walk.listed(caller, selected, |user| user.document(""), |user| user.user.id.0))
    }
}
