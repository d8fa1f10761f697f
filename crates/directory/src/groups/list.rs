use scim::{ResourceKind, ScimError};

use crate::{Access, Caller, Directory, DirectoryError, GroupRecord, GroupView, Listed, Listing};

/// Members in one list of groups at most. A single group is answered whole, however many it has.
const LISTED_MEMBERS: u64 = 20_000;

impl Directory {
    /// Lists groups (RFC 7644 section 3.4.2), with their members only when `with_members`.
    ///
    /// # Errors
    /// `tooMany` for a filter that would look at too many groups, and for a page with more members than anybody
    /// reads; `invalidCursor` and `expiredCursor`.
    pub async fn list_groups(
        &self,
        caller: &Caller,
        listing: &Listing,
        with_members: bool,
    ) -> Result<Listed<GroupView>, DirectoryError> {
        caller.require(ResourceKind::Group, Access::Read)?;
        listing.require_readable(caller)?;
        let walk = listing.begin(caller, ResourceKind::Group.endpoint())?;
        let selected = self.store.groups(caller.integration.id, &walk.query()).await?;
        let listed = walk.listed(caller, selected, document, |group| group.id.0);
        let items = self.page_views(caller, listed.items, with_members).await?;
        Ok(Listed { total: listed.total, place: listed.place, items })
    }

    /// Completes a page of groups with their members when they are asked for.
    pub(crate) async fn page_views(
        &self,
        caller: &Caller,
        groups: Vec<GroupRecord>,
        with_members: bool,
    ) -> Result<Vec<GroupView>, DirectoryError> {
        let members: u64 = groups.iter().map(|group| u64::from(group.member_count)).sum();
        if with_members && groups.len() > 1 && members > LISTED_MEMBERS {
            return Err(DirectoryError::Invalid(ScimError::too_many(
                "The groups of this page have too many members. Ask with excludedAttributes=members, or for fewer \
                 groups.",
            )));
        }
        self.views(caller, groups, with_members).await
    }
}

/// The group as a sort sees it: nothing is sorted by members.
fn document(group: &GroupRecord) -> serde_json::Map<String, serde_json::Value> {
    GroupView { group: group.clone(), members: None }.document("")
}
