use platform::admin::input::{Limit, Position};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which part of a list that is numbered.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// The `next` of the part before.
    #[param(value_type = Option<i64>, minimum = 1)]
    pub(super) cursor: Option<Position>,
    /// Items at most, 100 when not given.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub(super) limit: Limit,
}

impl PageQuery {
    /// The number of the last item of the part before.
    pub(super) fn after(&self) -> Option<i64> {
        self.cursor.map(|Position(number)| number)
    }
}

/// A part of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct PageView<T> {
    pub(super) items: Vec<T>,
    /// Goes into `cursor` for the next part; null at the end.
    pub(super) next: Option<String>,
}

/// All of a list that has no parts.
#[derive(Serialize, ToSchema)]
pub(super) struct ListView<T> {
    pub(super) items: Vec<T>,
}

impl<T> PageView<T> {
    /// A page of `found`, which holds one item more than the page when another page follows.
    pub(super) fn new<F>(
        mut found: Vec<F>,
        limit: u32,
        cursor: impl Fn(&F) -> String,
        view: impl Fn(F) -> T,
    ) -> Self {
        let follows = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| follows).map(cursor);
        Self { items: found.into_iter().map(view).collect(), next }
    }
}
