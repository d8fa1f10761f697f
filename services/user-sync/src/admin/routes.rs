//! Every route of an integration, once.

use actix_web::web;

use super::{
    adoptions, audit, cohorts, conflicts, detachment, effects, erasures, exemptions, explain, holds,
    learners, parked, promotion, reconcile, rules,
};

/// Makes of one list the routes, and the list of them for those who check that each is described and guarded.
macro_rules! serve {
    ($($method:ident $path:literal => $handler:path,)+) => {
        /// Adds the routes to the scope of an integration.
        pub(super) fn configure(scope: &mut web::ServiceConfig) {
            scope$(.route($path, web::$method().to($handler)))+;
        }

        /// Method and path of each route, after `/admin/v1/integrations/{integration}`.
        pub(crate) const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path)),+];
    };
}

serve! {
    get "/learners" => learners::list,
    get "/learners/{learner}/explain" => explain::explain,
    get "/cohorts" => cohorts::list,
    get "/rules" => rules::read,
    put "/rules" => rules::save,
    get "/rules/versions" => rules::list,
    get "/rules/versions/{version}" => rules::read_version,
    post "/rules/preview" => rules::preview,
    post "/rules/preview-cohorts" => rules::preview_groups,
    get "/rules-comparison" => promotion::compare,
    post "/rules-promotion" => promotion::promote,
    get "/effects" => effects::list,
    get "/effects/export" => effects::export,
    get "/detachment" => detachment::show,
    get "/lms-audit" => audit::list,
    get "/holds" => holds::list,
    get "/holds/{id}" => holds::show,
    post "/holds/{id}/approve" => holds::approve,
    post "/holds/{id}/reject" => holds::reject,
    get "/adoptions" => adoptions::list,
    post "/adoptions/link-all" => adoptions::link_all,
    post "/adoptions/{scim_id}/link" => adoptions::link,
    post "/adoptions/{scim_id}/create" => adoptions::create,
    get "/parked" => parked::list,
    post "/parked/retry" => parked::retry_all,
    post "/parked/{event_id}/retry" => parked::retry,
    get "/stuck" => parked::list_stuck,
    post "/stuck/{scim_id}/retry" => parked::retry_stuck,
    get "/missing-managers" => parked::list_missing_managers,
    get "/exemptions" => exemptions::list,
    get "/learners/{id}/exemption" => exemptions::show,
    put "/learners/{id}/exemption" => exemptions::put,
    delete "/learners/{id}/exemption" => exemptions::end,
    get "/learners/{id}/erasure" => erasures::show,
    post "/learners/{id}/erasure" => erasures::request,
    delete "/learners/{id}/erasure" => erasures::cancel,
    post "/learners/{id}/erasure/confirm" => erasures::confirm,
    get "/conflicts" => conflicts::list,
    get "/findings" => conflicts::list_findings,
    get "/reconcile/runs" => reconcile::list,
    get "/reconcile/runs/{id}" => reconcile::show,
    get "/reconcile/runs/{id}/drift" => reconcile::list_drift,
}
