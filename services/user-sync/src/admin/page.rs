use lms::Page;
use platform::admin::input::{Limit, Position};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// Where the page before ended: its `next`.
    cursor: Option<Uuid>,
    /// Items at most, 100 when not given.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Limit,
}

impl PageQuery {
    pub(super) fn page<Id>(&self, id: impl Fn(Uuid) -> Id) -> Page<Id> {
        Page { after: self.cursor.map(id), limit: self.limit.0 }
    }
}

/// Which part of a list that is numbered.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NumberedQuery {
    /// Where the page before ended: its `next`.
    #[param(value_type = Option<i64>, minimum = 1)]
    cursor: Option<Position>,
    /// Items at most, 100 when not given.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Limit,
}

impl NumberedQuery {
    pub(super) fn page(&self) -> Page<i64> {
        Page { after: self.cursor.map(|Position(number)| number), limit: self.limit.0 }
    }
}

/// A part of a list.
#[derive(Debug, Serialize)]
pub(super) struct PageBody<T, Cursor> {
    pub(super) items: Vec<T>,
    /// Cursor of the next part; null at the end.
    pub(super) next: Option<Cursor>,
}

impl<T, Cursor> PageBody<T, Cursor> {
    /// A page of `items`; one that is full may have another after it.
    pub(super) fn new(items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> Cursor) -> Self {
        let is_full = items.len() >= limit as usize;
        let next = items.last().filter(|_| is_full).map(cursor);
        Self { items, next }
    }
}
