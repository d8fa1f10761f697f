//! The private listener: what the LMS holds, and the rules by which it follows a directory, for administrators.

mod adoptions;
mod casework;
mod cohorts;
mod conflicts;
mod erasures;
mod exemptions;
mod explain;
mod holds;
mod learners;
mod parked;
mod problem;
mod reconcile;
mod rules;
mod rules_problem;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, guard, web};
use lms::admin::RulesStore;
use lms::casework::CaseStore;
use lms::{LmsReader, LmsStore};
use platform::admin::AdminTokens;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::problem::Problem;

/// Items of a page when the caller does not say.
const DEFAULT_LIMIT: u32 = 100;

/// Items of a page at most.
const LARGEST_LIMIT: u32 = 1_000;

/// Where the routes of an integration begin.
const INTEGRATION: &str = "/admin/v1/integrations/{integration}";

fn problem_of_nowhere() -> HttpResponse {
    platform::problem::response(StatusCode::NOT_FOUND, "there is nothing of this name")
}

/// Adds the routes to a private listener.
///
/// Takes the one store as what it is, and hands it to each route as the port that the route needs.
pub fn configure<S>(store: Arc<S>, tokens: AdminTokens) -> impl Fn(&mut web::ServiceConfig) + Clone
where
    S: LmsReader + LmsStore + RulesStore + CaseStore + 'static,
{
    let reader: web::Data<dyn LmsReader> = web::Data::from(store.clone() as Arc<dyn LmsReader>);
    let rules: web::Data<dyn RulesStore> = web::Data::from(store.clone() as Arc<dyn RulesStore>);
    let cases: web::Data<dyn CaseStore> = web::Data::from(store.clone() as Arc<dyn CaseStore>);
    let lms: web::Data<dyn LmsStore> = web::Data::from(store as Arc<dyn LmsStore>);
    let tokens = web::Data::new(tokens);
    move |service| {
        service.app_data(reader.clone()).app_data(rules.clone()).app_data(lms.clone());
        // No name and no word to look for has a NUL, which PostgreSQL refuses to compare.
        let nowhere = || async { problem_of_nowhere() };
        let with_nul = guard::fn_guard(|request| request.head().uri.to_string().contains("%00"));
        service.service(web::scope(INTEGRATION).guard(with_nul).default_service(web::to(nowhere)));
        service.app_data(cases.clone()).app_data(tokens.clone()).service(
            web::scope(INTEGRATION)
                .app_data(web::QueryConfig::default().error_handler(|_, _| Problem::InvalidQuery.into()))
                .route("/learners", web::get().to(learners::list))
                .route("/cohorts", web::get().to(cohorts::list))
                .configure(rules::configure)
                .configure(explain::configure)
                .configure(casework::routes),
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
