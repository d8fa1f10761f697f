use scim::list::{PageStart, Paging, Place};
use scim::{Filter, ResourceKind, ScimError, Sort};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::cursor::{Cursor, QueryDigest};
use crate::{Access, Caller, DirectoryError, Page, Position, Query, Selected};

/// What a client asked to list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Condition, if any.
    pub filter: Option<Filter>,
    /// Order, if another than that of ids.
    pub sort: Option<Sort>,
    /// Part.
    pub paging: Paging,
}

/// A page of a query's result.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<T> {
    /// How many match in all; for a walk by cursors, when it began.
    pub total: u64,
    /// Where this page is among the others.
    pub place: Place,
    /// The resources.
    pub items: Vec<T>,
}

/// A listing with its cursor read.
pub(crate) struct Walk {
    listing: Listing,
    cursor: Option<Cursor>,
    of: QueryDigest,
}

impl Listing {
    /// Reads the cursor, if there is one. `collection` tells a list of users from one of groups.
    ///
    /// # Errors
    /// 400 `invalidCursor` or `expiredCursor`.
    pub(crate) fn begin(&self, caller: &Caller, collection: &str) -> Result<Walk, ScimError> {
        let of = self.digest(caller, collection);
        let cursor = match &self.paging.start {
            PageStart::Cursor(text) => Some(Cursor::parse(text, of, caller.now)?),
            PageStart::Index(_) | PageStart::First => None,
        };
        Ok(Walk { listing: self.clone(), cursor, of })
    }

    /// Requires the caller to be allowed to read what the condition and the order look at: who is in which group is
    /// nothing for a caller who may see users alone, nor what members are called for one who may see groups alone.
    pub(crate) fn require_readable(&self, caller: &Caller) -> Result<(), DirectoryError> {
        let sorted_by = self.sort.as_ref().map(|sort| &sort.operand);
        let operands = self.filter.iter().flat_map(Filter::operands).chain(sorted_by);
        for operand in operands.filter(|operand| operand.extension.is_none()) {
            match (operand.attribute.as_str(), operand.part.as_deref()) {
                ("groups", _) => caller.require(ResourceKind::Group, Access::Read)?,
                ("members", Some("display")) => caller.require(ResourceKind::User, Access::Read)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn digest(&self, caller: &Caller, collection: &str) -> QueryDigest {
        let filter = self.filter.as_ref().map(ToString::to_string).unwrap_or_default();
        let (by, order) = match &self.sort {
            Some(sort) => {
                (sort.operand.to_string(), if sort.descending { "descending" } else { "ascending" })
            }
            None => (String::new(), ""),
        };
        QueryDigest::of(&[&caller.integration.id.0.to_string(), collection, &filter, &by, order])
    }
}

impl Walk {
    /// What to ask the store for. A walk asks for one more than the page has, to know whether another follows.
    pub(crate) fn query(&self) -> Query {
        let count = saturated(self.listing.paging.count);
        let page = match (&self.listing.paging.start, &self.cursor) {
            (PageStart::Index(start), _) => {
                Page::From { offset: saturated(start.saturating_sub(1)), limit: count }
            }
            (_, cursor) => Page::After {
                position: cursor.as_ref().map(|cursor| cursor.position.clone()),
                limit: if count == 0 { 0 } else { count.saturating_add(1) },
            },
        };
        Query {
            filter: self.listing.filter.clone(),
            sort: self.listing.sort.clone(),
            page,
            counted: self.cursor.is_none(),
        }
    }

    /// Makes the page of what the store found. `document` writes a resource as the sort sees it, `id` tells its id.
    pub(crate) fn listed<T>(
        &self,
        caller: &Caller,
        selected: Selected<T>,
        document: impl Fn(&T) -> Map<String, Value>,
        id: impl Fn(&T) -> Uuid,
    ) -> Listed<T> {
        let total = self.cursor.as_ref().map_or(selected.total, |cursor| cursor.total);
        let mut items = selected.items;
        if let PageStart::Index(start) = self.listing.paging.start {
            return Listed { total, place: Place::Index(start), items };
        }
        let count = saturated(self.listing.paging.count) as usize;
        let more = items.len() > count && count > 0;
        items.truncate(count);
        let next = items.last().filter(|_| more).map(|last| {
            let value = self.listing.sort.as_ref().and_then(|sort| sort.value_of(&document(last)));
            let position = Position { value, id: id(last) };
            Cursor { position, total, given: caller.now }.to_text(self.of)
        });
        Listed { total, place: Place::Before(next), items }
    }
}

pub(crate) fn saturated(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The refusal of a query that would look at too many resources.
pub(crate) fn too_many() -> DirectoryError {
    DirectoryError::Invalid(ScimError::too_many(
        "This query would have to look at too many resources. Filter with eq by an indexed attribute, such as id, \
         externalId, userName, displayName or emails.value.",
    ))
}
