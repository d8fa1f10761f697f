//! The private listener: what the LMS holds, and the rules by which it follows a directory, for administrators.

mod access;
mod adoptions;
mod audit;
mod casework;
mod cohorts;
mod conflicts;
mod description;
mod detachment;
mod effects;
mod erasures;
mod exemptions;
mod explain;
mod holds;
mod learners;
mod parked;
mod problem;
mod promotion;
mod reconcile;
mod routes;
mod rules;
mod rules_problem;

use std::sync::Arc;

use actix_web::web;
use administration::AuditLog;
use lms::admin::{EffectLog, Integrations, RulesStore};
use lms::casework::CaseStore;
use lms::{LmsReader, LmsStore};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::problem::Problem;

pub(crate) use routes::ROUTES;

/// Items of a page when the caller does not say.
const DEFAULT_LIMIT: u32 = 100;

/// Items of a page at most.
const LARGEST_LIMIT: u32 = 1_000;

/// Where the routes of an integration begin.
const INTEGRATION: &str = "/admin/v1/integrations/{integration}";

/// Longest body of a request, in bytes.
const LONGEST_BODY_BYTES: usize = 256 * 1024;

/// Adds the routes to a private listener, behind [`guarded`](platform::admin::guarded): what it does not let in comes here
/// without an administrator and is refused.
///
/// Takes the one store as what it is, and hands it to each route as the port that the route needs.
pub fn configure<S>(store: Arc<S>, audit: Arc<dyn AuditLog>) -> impl Fn(&mut web::ServiceConfig) + Clone
where
    S: LmsReader + LmsStore + RulesStore + CaseStore + EffectLog + Integrations + 'static,
{
    let reader: web::Data<dyn LmsReader> = web::Data::from(store.clone() as Arc<dyn LmsReader>);
    let rules: web::Data<dyn RulesStore> = web::Data::from(store.clone() as Arc<dyn RulesStore>);
    let cases: web::Data<dyn CaseStore> = web::Data::from(store.clone() as Arc<dyn CaseStore>);
    let effects: web::Data<dyn EffectLog> = web::Data::from(store.clone() as Arc<dyn EffectLog>);
    let integrations: web::Data<dyn Integrations> = web::Data::from(store.clone() as Arc<dyn Integrations>);
    let lms: web::Data<dyn LmsStore> = web::Data::from(store as Arc<dyn LmsStore>);
    let audit: web::Data<dyn AuditLog> = web::Data::from(audit);
    move |service| {
        description::configure(service);
        service.service(
            web::scope(INTEGRATION)
                .app_data(reader.clone())
                .app_data(rules.clone())
                .app_data(cases.clone())
                .app_data(effects.clone())
                .app_data(integrations.clone())
                .app_data(lms.clone())
                .app_data(audit.clone())
                .app_data(web::PayloadConfig::new(LONGEST_BODY_BYTES))
                .app_data(web::QueryConfig::default().error_handler(|_, _| Problem::InvalidQuery.into()))
                .configure(routes::configure),
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
