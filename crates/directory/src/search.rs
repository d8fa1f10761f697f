use scim::list::{PageStart, Paging};
use scim::{Filter, ResourceKind, ScimError, Sort, SortValue};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::listing::{Listing, saturated};
use crate::{
    Access, Caller, Directory, DirectoryError, GroupRecord, GroupView, Listed, Page, Position, Query,
    UserView,
};

/// How far into the result of a query over all resources a page by index may reach, because everything before it is
/// loaded; a walk by cursor has no limit.
const REACH: u32 = 1_000;

/// A query over users and groups together (RFC 7644 section 3.4.2.1).
#[derive(Clone, Debug)]
pub struct Search {
    /// What is asked of users.
    pub users: KindQuery,
    /// What is asked of groups.
    pub groups: KindQuery,
    /// Part.
    pub paging: Paging,
}

/// What a query over several kinds of resources asks of one.
#[derive(Clone, Debug)]
pub struct KindQuery {
    /// Condition, if any.
    pub filter: Option<Filter>,
    /// Order; `None` also where resources of this kind have no value to be ordered by.
    pub sort: Option<Sort>,
}

/// A resource of either kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// A user.
    User(UserView),
    /// A group.
    Group(GroupView),
}

impl Found {
    /// The whole resource as it is answered, below `base` (the integration's SCIM URL).
    pub fn document(&self, base: &str) -> Map<String, Value> {
        match self {
            Self::User(user) => user.document(base),
            Self::Group(group) => group.document(base),
        }
    }

    fn id(&self) -> Uuid {
        match self {
            Self::User(user) => user.user.id.0,
            Self::Group(group) => group.group.id.0,
        }
    }
}

/// One resource with what decides about its place.
struct Placed {
    value: Option<SortValue>,
    found: Found,
}

impl Directory {
    /// Lists users and groups together, in one order.
    ///
    /// # Errors
    /// `tooMany` as for lists of one kind, and for a page by index beyond the first 1,000 resources; `invalidCursor`
    /// and `expiredCursor`.
    pub async fn search(
        &self,
        caller: &Caller,
        search: &Search,
        with_groups: bool,
        with_members: bool,
    ) -> Result<Listed<Found>, DirectoryError> {
        for kind in [ResourceKind::User, ResourceKind::Group] {
            caller.require(kind, Access::Read)?;
        }
        let sort = search.users.sort.as_ref().or(search.groups.sort.as_ref());
        // The walk is that of the users' query; a cursor is tied to it by the order and by both filters.
        let listing = Listing {
            filter: search.users.filter.clone(),
            sort: sort.cloned(),
            paging: search.paging.clone(),
        };
        let groups_filter = search.groups.filter.as_ref().map(ToString::to_string).unwrap_or_default();
        let walk = listing.begin(caller, &format!("/ {groups_filter}"))?;
        let query = together(walk.query())?;
        let of = caller.integration.id;
        let users_query = for_kind(&query, &search.users, sort);
        let users = self.store.users(of, &users_query, with_groups).await?;
        let groups_query = for_kind(&query, &search.groups, sort);
        let groups = self.store.groups(of, &groups_query).await?;
        let total = users.total + groups.total;

        let mut placed: Vec<Placed> = Vec::with_capacity(users.items.len() + groups.items.len());
        placed.extend(users.items.into_iter().map(|user| place(&search.users, Found::User(user))));
        let bare = |group: GroupRecord| Found::Group(GroupView { group, members: None });
        placed.extend(groups.items.into_iter().map(|group| place(&search.groups, bare(group))));
        sort_together(&mut placed, sort);
        let (passed_over, limit) = match (&search.paging.start, &query.page) {
            (PageStart::Index(start), _) => {
                (saturated(start.saturating_sub(1)) as usize, saturated(search.paging.count) as usize)
            }
            (_, Page::After { limit, .. } | Page::From { limit, .. }) => (0, *limit as usize),
        };
        let items: Vec<Found> =
            placed.into_iter().skip(passed_over).take(limit).map(|placed| placed.found).collect();
        let selected = crate::Selected { total, items };
        let listed = walk.listed(caller, selected, |found| found.document(""), Found::id);
        self.completed(caller, listed, with_members).await
    }

    async fn completed(
        &self,
        caller: &Caller,
        listed: Listed<Found>,
        with_members: bool,
    ) -> Result<Listed<Found>, DirectoryError> {
        let groups = listed.items.iter().filter_map(|found| match found {
            Found::Group(view) => Some(view.group.clone()),
            Found::User(_) => None,
        });
        let mut views = self.page_views(caller, groups.collect(), with_members).await?.into_iter();
        let complete = |found| match found {
            Found::User(user) => Some(Found::User(user)),
            Found::Group(_) => views.next().map(Found::Group),
        };
        let items = listed.items.into_iter().filter_map(complete).collect();
        Ok(Listed { items, ..listed })
    }
}

/// The same part of each kind that the page of both together may need.
fn together(query: Query) -> Result<Query, ScimError> {
    let page = match query.page {
        Page::From { offset, limit } => match offset.checked_add(limit) {
            _ if limit == 0 => Page::From { offset: 0, limit: 0 },
            Some(reach) if reach <= REACH => Page::From { offset: 0, limit: reach },
            _ => {
                let detail = format!("Beyond the first {REACH} resources of all kinds only a cursor leads.");
                return Err(ScimError::too_many(detail));
            }
        },
        after @ Page::After { .. } => after,
    };
    Ok(Query { page, ..query })
}

fn for_kind(query: &Query, kind: &KindQuery, sort: Option<&Sort>) -> Query {
    let page = match (&query.page, sort) {
        // Without a value they come behind all others when ascending, and before them when descending.
        (Page::After { position: Some(Position { value: Some(_), .. }), limit }, Some(sort))
            if kind.sort.is_none() =>
        {
            Page::After { position: None, limit: if sort.descending { 0 } else { *limit } }
        }
        (page, _) => page.clone(),
    };
    Query { filter: kind.filter.clone(), sort: kind.sort.clone(), page, counted: query.counted }
}

fn place(kind: &KindQuery, found: Found) -> Placed {
    let value = kind.sort.as_ref().and_then(|sort| sort.value_of(&found.document("")));
    Placed { value, found }
}

fn sort_together(placed: &mut [Placed], sort: Option<&Sort>) {
    match sort {
        Some(sort) => placed.sort_by(|one, other| {
            sort.compare((one.value.as_ref(), one.found.id()), (other.value.as_ref(), other.found.id()))
        }),
        None => placed.sort_by_key(|placed| placed.found.id()),
    }
}
