//! The private listener: what the LMS holds, for administrators.

mod cohorts;
mod learners;
mod problem;

use std::sync::Arc;

use actix_web::web;
use lms::LmsReader;
use platform::admin::AdminTokens;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::problem::Problem;

/// Items of a page when the caller does not say.
const DEFAULT_LIMIT: u32 = 100;

/// Items of a page at most.
const LARGEST_LIMIT: u32 = 1_000;

/// Adds the routes to a private listener.
pub fn configure(store: Arc<dyn LmsReader>, tokens: AdminTokens) -> impl Fn(&mut web::ServiceConfig) + Clone {
    let store: web::Data<dyn LmsReader> = web::Data::from(store);
    let tokens = web::Data::new(tokens);
    move |service| {
        service.app_data(store.clone()).app_data(tokens.clone()).service(
            web::scope("/admin/v1/integrations/{integration}")
                .app_data(web::QueryConfig::default().error_handler(|_, _| Problem::InvalidQuery.into()))
                .route("/learners", web::get().to(learners::list))
                .route("/cohorts", web::get().to(cohorts::list)),
        );
    }
}

/// Which part of a list.
#[derive(Debug, Deserialize)]
struct PageQuery {
    /// Where the page before ended: its `next`.
    cursor: Option<Uuid>,
    /// Items at most.
    limit: Option<u32>,
}

impl PageQuery {
    fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, LARGEST_LIMIT)
    }
}

/// A part of a list.
#[derive(Debug, Serialize)]
struct PageBody<T> {
    items: Vec<T>,
    /// Cursor of the next part; null at the end.
    next: Option<Uuid>,
}

impl<T> PageBody<T> {
    /// A page of `items`; one that is full may have another after it.
    fn new(items: Vec<T>, limit: u32, id: impl Fn(&T) -> Uuid) -> Self {
        let full = items.len() >= limit as usize;
        let next = items.last().filter(|_| full).map(id);
        Self { items, next }
    }
}
