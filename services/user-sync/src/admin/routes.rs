//! Every route of an integration, once.

use actix_web::web;

use super::{
    adoptions, audit, cohorts, conflicts, detachment, effects, erasures, exemptions, explain, holds,
    learners, parked, promotion, reconcile, rules,
};

/// Makes of one list the routes, and the list of them for those who check that each is described and guarded.
macro_rules! serve {
    ($($method:ident $path:literal => $handler:path, $summary:literal;)+) => {
        /// Adds the routes to the scope of an integration.
        pub(super) fn configure(scope: &mut web::ServiceConfig) {
            scope$(.route($path, web::$method().to($handler)))+;
        }

        /// Method and path of each route, after `/admin/v1/integrations/{integration}`.
        pub(crate) const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path)),+];

        /// What each route does, in the same order.
        pub(super) const SUMMARIES: &[&str] = &[$($summary),+];
    };
}

serve! {
    get "/learners" => learners::list, "Lists the learners that the integration brought, by login where one is given";
    get "/learners/{learner}/explain" => explain::explain, "Says why a learner is as it is";
    get "/cohorts" => cohorts::list, "Lists the cohorts that the integration brought";
    get "/rules" => rules::read, "Shows the rules in force";
    put "/rules" => rules::save, "Puts rules in force";
    get "/rules/versions" => rules::list, "Lists the versions of the rules, newest first";
    get "/rules/versions/{version}" => rules::read_version, "Shows a version of the rules; 0 are the defaults";
    post "/rules/preview" => rules::preview, "Shows what rules would make of a person";
    post "/rules/preview-cohorts" => rules::preview_groups, "Shows what rules would make of the groups";
    get "/rules-comparison" => promotion::compare, "Compares the rules with those of another integration";
    post "/rules-promotion" => promotion::promote, "Puts the rules of another integration in force";
    get "/effects" => effects::list, "Lists what events did to the LMS, newest first";
    get "/effects/export" => effects::export, "Exports what events did to the LMS, as CSV or NDJSON";
    get "/detachment" => detachment::show, "Counts what detaching would leave in the LMS";
    get "/lms-audit" => audit::list, "Lists what administrators did, newest first";
    get "/holds" => holds::list, "Lists deactivations that wait for a person";
    get "/holds/{id}" => holds::show, "Shows one of them with whom it is about";
    post "/holds/{id}/approve" => holds::approve, "Lets them happen";
    post "/holds/{id}/reject" => holds::reject, "Keeps the people active";
    get "/adoptions" => adoptions::list, "Lists newcomers who may be known already";
    post "/adoptions/link-all" => adoptions::link_all, "Links all newcomers with one likeness";
    post "/adoptions/{scim_id}/link" => adoptions::link, "Links a newcomer to a learner";
    post "/adoptions/{scim_id}/create" => adoptions::create, "Makes a new learner of a newcomer";
    get "/parked" => parked::list, "Lists events that could not be applied";
    post "/parked/retry" => parked::retry_all, "Gives all of them again";
    post "/parked/{event_id}/retry" => parked::retry, "Gives one of them again";
    delete "/parked/{event_id}" => parked::discard, "Forgets one of them, which then has no effect";
    get "/stuck" => parked::list_stuck, "Lists resources that could not be decided anew";
    post "/stuck/{scim_id}/retry" => parked::retry_stuck, "Decides one of them anew";
    get "/missing-managers" => parked::list_missing_managers, "Lists people whose manager is no learner yet";
    get "/exemptions" => exemptions::list, "Lists learners whom the directory does not change for a time";
    get "/learners/{id}/exemption" => exemptions::show, "Shows a learner's exemption";
    put "/learners/{id}/exemption" => exemptions::put, "Exempts a learner";
    delete "/learners/{id}/exemption" => exemptions::end, "Ends an exemption";
    get "/learners/{id}/erasure" => erasures::show, "Shows a learner's erasure";
    post "/learners/{id}/erasure" => erasures::request, "Asks for a learner's personal data to be erased";
    delete "/learners/{id}/erasure" => erasures::cancel, "Takes that back";
    post "/learners/{id}/erasure/confirm" => erasures::confirm, "Confirms it, as a second person";
    get "/conflicts" => conflicts::list, "Lists edits of the LMS that the directory overruled, newest first";
    get "/findings" => conflicts::list_findings, "Lists what is wrong and nobody can put right but a person";
    get "/reconcile/runs" => reconcile::list, "Lists comparisons with the directory, newest first";
    get "/reconcile/runs/{id}" => reconcile::show, "Shows one of them";
    get "/reconcile/runs/{id}/drift" => reconcile::list_drift, "Lists what differed";
}
