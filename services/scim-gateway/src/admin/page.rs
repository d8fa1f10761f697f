use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;

/// Items of a page when the caller does not say, and at most.
const DEFAULT_LIMIT: u32 = 100;
const LARGEST_LIMIT: u32 = 1_000;

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

/// How many items a caller wants.
pub(super) fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    let limit = asked.unwrap_or(DEFAULT_LIMIT);
    match (1..=LARGEST_LIMIT).contains(&limit) {
        true => Ok(limit),
        false => Err(Problem::Malformed(format!("limit must be 1 to {LARGEST_LIMIT}"))),
    }
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
