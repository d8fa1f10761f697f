use scim::{IndexedTerm, ScimError};
use serde_json::json;

use crate::listing::nothing;
use crate::{
    Caller, Directory, DirectoryError, GroupId, GroupKey, GroupRecord, GroupSelection, GroupView, Listing,
    Selected, UserId,
};

/// Members in one list of groups at most. A single group is answered whole, however many it has.
const LISTED_MEMBERS: usize = 20_000;

impl Directory {
    /// Lists groups (RFC 7644 section 3.4.2) in a stable order, with members only when `with_members`.
    ///
    /// # Errors
    /// `tooMany` for a filter that no index narrows enough, and for a page with more members than anybody reads.
    pub async fn list_groups(
        &self,
        caller: &Caller,
        listing: &Listing,
        with_members: bool,
    ) -> Result<Selected<GroupView>, DirectoryError> {
        let Some((key, with_member)) = key(listing) else { return Ok(nothing()?) };
        let selection = GroupSelection { key, with_member, page: listing.page() };
        let selected = self.store.groups(caller.integration.id, &selection).await?;
        let narrowed = listing.narrow(selected, |group| document(group, with_member))?;
        let mut items = Vec::with_capacity(narrowed.items.len());
        let mut members = 0;
        for group in narrowed.items {
            let view = self.view(caller, group, with_members).await?;
            members += view.members.as_ref().map_or(0, Vec::len);
            if members > LISTED_MEMBERS && narrowed.total > 1 {
                return Err(DirectoryError::Invalid(ScimError::too_many(
                    "The groups of this page have too many members. Ask with excludedAttributes=members, or for \
                     fewer groups.",
                )));
            }
            items.push(view);
        }
        Ok(Selected { total: narrowed.total, items })
    }
}

/// The group as the filter sees it. Members are not read for that: the store has already asked for the one in
/// question.
fn document(group: &GroupRecord, with_member: Option<UserId>) -> serde_json::Map<String, serde_json::Value> {
    let mut document = GroupView { group: group.clone(), members: None }.document("");
    if let Some(member) = with_member {
        document.insert("members".to_owned(), json!([{ "value": member.to_string() }]));
    }
    document
}

/// The index to ask; `None` when the filter names an id that no resource can have.
fn key(listing: &Listing) -> Option<(GroupKey, Option<UserId>)> {
    let Some(filter) = &listing.filter else { return Some((GroupKey::All, None)) };
    let mut key = GroupKey::All;
    let mut with_member = None;
    for term in filter.equalities() {
        match term {
            IndexedTerm::Id(id) => key = GroupKey::Id(GroupId(id.parse().ok()?)),
            IndexedTerm::ExternalId(id) => key = GroupKey::ExternalId(id.to_owned()),
            IndexedTerm::DisplayName(name) => key = GroupKey::DisplayName(scim::fold(name)),
            IndexedTerm::MemberValue(id) => with_member = Some(UserId(id.parse().ok()?)),
            IndexedTerm::UserName(_) | IndexedTerm::WorkEmail(_) => {}
        }
    }
    Some((key, with_member))
}
