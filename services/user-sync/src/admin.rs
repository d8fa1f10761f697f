//! The private listener: what the LMS holds, and the rules by which it follows a directory, for administrators.

mod access;
mod adoptions;
mod audit;
mod body;
mod casework;
mod cohorts;
mod conflicts;
mod described;
mod description;
mod detachment;
mod effects;
mod erasures;
mod exemptions;
mod explain;
mod holds;
mod learners;
mod page;
mod parked;
mod promotion;
mod reconcile;
mod routes;
mod rules;
mod rules_problem;
mod summary;

use std::sync::Arc;

use actix_web::web;
use administration::AuditLog;
use lms::admin::{EffectLog, Integrations, RulesStore};
use lms::casework::CaseStore;
use lms::{LmsReader, LmsStore};
use platform::admin::AdminRoute;

/// Addresses at which a POST reads: whom it looks for, and rules that are only tried, stand in a body.
pub const READS: &[&str] = &[
    "/admin/v1/integrations/{integration}/learners/search",
    "/admin/v1/integrations/{integration}/rules/preview",
    "/admin/v1/integrations/{integration}/rules/preview-cohorts",
];

/// Every route, in the order in which they are tried.
pub fn admin_routes() -> Vec<AdminRoute> {
    routes::ROUTES.iter().map(|described| described.route).collect()
}

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
        service
            .app_data(reader.clone())
            .app_data(rules.clone())
            .app_data(cases.clone())
            .app_data(effects.clone())
            .app_data(integrations.clone())
            .app_data(lms.clone())
            .app_data(audit.clone());
        let parameters = |described: &routes::Described| (described.route, described.parameter_names());
        platform::admin::serve(service, routes::ROUTES.iter().map(parameters));
    }
}
