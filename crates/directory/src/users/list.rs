use scim::IndexedTerm;

use crate::listing::nothing;
use crate::{
    Caller, Directory, DirectoryError, Listing, Selected, UserId, UserKey, UserRecord, UserSelection,
};

impl Directory {
    /// Lists users (RFC 7644 section 3.4.2), active or not, in a stable order.
    ///
    /// # Errors
    /// `tooMany` for a filter that no index narrows enough.
    pub async fn list_users(
        &self,
        caller: &Caller,
        listing: &Listing,
    ) -> Result<Selected<UserRecord>, DirectoryError> {
        let Some(key) = key(listing) else { return Ok(nothing()?) };
        let selection = UserSelection { key, page: listing.page() };
        let selected = self.store.users(caller.integration.id, &selection).await?;
        listing.narrow(selected, |user| user.document(""))
    }
}

/// The index to ask; `None` when the filter names an id that no resource can have.
fn key(listing: &Listing) -> Option<UserKey> {
    let Some(filter) = &listing.filter else { return Some(UserKey::All) };
    let terms = filter.equalities();
    let key = terms.into_iter().find_map(|term| match term {
        IndexedTerm::Id(id) => Some(id.parse().ok().map(|id| UserKey::Id(UserId(id)))),
        IndexedTerm::UserName(name) => Some(Some(UserKey::UserName(scim::fold(name)))),
        IndexedTerm::ExternalId(id) => Some(Some(UserKey::ExternalId(id.to_owned()))),
        IndexedTerm::WorkEmail(email) => Some(Some(UserKey::WorkEmail(scim::fold(email)))),
        IndexedTerm::DisplayName(name) => Some(Some(UserKey::DisplayName(scim::fold(name)))),
        IndexedTerm::MemberValue(_) => None,
    });
    key.unwrap_or(Some(UserKey::All))
}
