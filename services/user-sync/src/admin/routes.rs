//! Every route, once: what serves it, who may, and what it takes and answers.

use actix_web::web;
use administration::Role::{Operator, Owner, Viewer};
use lms::admin::{
    CohortsPreview, Detachment, EffectEntry, Explanation, LmsSummary, PersonPreview, RulesSummary, SavedRules,
};
use lms::casework::{
    AdoptedNewcomer, AdoptionCase, ConflictEntry, DriftEntry, Erasure, Exemption, FindingEntry, Hold,
    HoldDetails, ParkedView, ReconcileRun, StuckResource,
};
use lms::{CohortSize, CohortView, LearnerCohort, LearnerView};
use platform::admin::AdminRoute;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::adoptions::LinkedBody;
use super::audit::ActBody;
use super::casework::Remark;
use super::conflicts::AboutQuery;
use super::described::{Answer, NamedSchema};
use super::effects::{EffectQuery, ExportQuery};
use super::holds::HoldQuery;
use super::learners::{LearnerQuery, LearnerSearchBody};
use super::page::{NumberedQuery, PageQuery};
use super::parked::{MissingManagersBody, ParkedQuery, RetriedBody};
use super::promotion::{ComparisonBody, ComparisonQuery, PromotionBody, PromotionRequest};
use super::reconcile::{DriftQuery, RunsBody};
use super::{
    adoptions, audit, cohorts, conflicts, description, detachment, effects, erasures, exemptions, explain,
    holds, learners, parked, promotion, reconcile, rules, summary,
};

/// A route with its description.
pub(super) struct Described {
    pub(super) route: AdminRoute,
    /// What it does.
    pub(super) summary: &'static str,
    /// Its parameters: those of each struct that its handler reads.
    parameters: &'static [fn() -> Vec<Parameter>],
    /// The body that it takes.
    pub(super) body: Option<fn() -> NamedSchema>,
    pub(super) answer: fn() -> Answer,
}

impl Described {
    pub(super) fn parameters(&self) -> Vec<Parameter> {
        self.parameters.iter().flat_map(|of_struct| of_struct()).collect()
    }

    /// Names of those in the address.
    pub(super) fn parameter_names(&self) -> Vec<String> {
        let of_query = |parameter: &Parameter| parameter.parameter_in == ParameterIn::Query;
        self.parameters().into_iter().filter(of_query).map(|parameter| parameter.name).collect()
    }
}

fn of<T: IntoParams>() -> Vec<Parameter> {
    T::into_params(|| None)
}

/// Makes the table of lines that read as the documentation does.
macro_rules! routes {
    ($(
        $method:literal $path:literal $role:expr, $handler:path, $summary:literal,
        [$($parameters:ty),*], [$($body:ty)?], $answer:expr;
    )+) => {
        /// Every route, in the order in which they are tried.
        pub(super) const ROUTES: &[Described] = &[$(Described {
            route: AdminRoute {
                method: $method,
                path: concat!("/admin/v1/", $path),
                role: $role,
                handler: || web::to($handler),
            },
            summary: $summary,
            parameters: &[$(of::<$parameters>),*],
            body: [$(NamedSchema::of::<$body> as fn() -> NamedSchema,)?].first().copied(),
            answer: $answer,
        }),+];
    };
}

#[rustfmt::skip]
routes! {
    "GET" "lms/openapi.json" None, description::read, "Describes this API", [], [], Answer::object;
    "GET" "integrations/{integration}/lms-summary" Some(Viewer), summary::show,
        "Shows how the integration is doing: what was applied, and what waits",
        [], [], Answer::one::<LmsSummary>;
    "GET" "integrations/{integration}/learners" Some(Viewer), learners::list,
        "Lists the learners that the integration brought, by login where one is given",
        [LearnerQuery, PageQuery], [], Answer::page::<LearnerView>;
    "POST" "integrations/{integration}/learners/search" Some(Viewer), learners::search,
        "Finds learners by how a name or an address begins, or by a whole number or id",
        [], [LearnerSearchBody], Answer::text_page::<LearnerView>;
    "GET" "integrations/{integration}/learners/{learner}/explain" Some(Viewer), explain::explain,
        "Says why a learner is as it is",
        [], [], Answer::one::<Explanation>;
    "GET" "integrations/{integration}/learners/{learner}/cohorts" Some(Viewer), cohorts::list_of_learner,
        "Lists the cohorts of the integration that a learner is in",
        [PageQuery], [], Answer::page::<LearnerCohort>;
    "GET" "integrations/{integration}/cohorts" Some(Viewer), cohorts::list,
        "Lists the cohorts that the integration brought, with the ids of all their members",
        [PageQuery], [], Answer::page::<CohortView>;
    "GET" "integrations/{integration}/cohort-sizes" Some(Viewer), cohorts::list_sizes,
        "Lists the cohorts that the integration brought, with the number of their members",
        [PageQuery], [], Answer::page::<CohortSize>;
    "GET" "integrations/{integration}/rules" Some(Viewer), rules::read,
        "Shows the rules in force",
        [], [], Answer::one::<SavedRules>;
    "PUT" "integrations/{integration}/rules" Some(Owner), rules::save,
        "Puts rules in force",
        [rules::SeenVersion], [rules::SaveBody], Answer::one::<SavedRules>;
    "GET" "integrations/{integration}/rules/versions" Some(Viewer), rules::list,
        "Lists the versions of the rules, newest first",
        [NumberedQuery], [], Answer::numbered_page::<RulesSummary>;
    "GET" "integrations/{integration}/rules/versions/{version}" Some(Viewer), rules::read_version,
        "Shows a version of the rules; 0 are the defaults",
        [], [], Answer::one::<SavedRules>;
    "POST" "integrations/{integration}/rules/preview" Some(Operator), rules::preview,
        "Shows what rules would make of a person",
        [], [rules::PreviewBody], Answer::one::<PersonPreview>;
    "POST" "integrations/{integration}/rules/preview-cohorts" Some(Operator), rules::preview_groups,
        "Shows what rules would make of the groups",
        [], [rules::PreviewCohortsBody], Answer::one::<CohortsPreview>;
    "GET" "integrations/{integration}/rules-comparison" Some(Viewer), promotion::compare,
        "Compares the rules with those of another integration",
        [ComparisonQuery], [], Answer::one::<ComparisonBody>;
    "POST" "integrations/{integration}/rules-promotion" Some(Owner), promotion::promote,
        "Puts the rules of another integration in force",
        [], [PromotionRequest], Answer::one::<PromotionBody>;
    "GET" "integrations/{integration}/effects" Some(Viewer), effects::list,
        "Lists what events did to the LMS, newest first",
        [EffectQuery, NumberedQuery], [], Answer::numbered_page::<EffectEntry>;
    "GET" "integrations/{integration}/effects/export" Some(Operator), effects::export,
        "Exports what events did to the LMS, as CSV or NDJSON",
        [EffectQuery, ExportQuery], [], Answer::export::<EffectEntry>;
    "GET" "integrations/{integration}/detachment" Some(Viewer), detachment::show,
        "Counts what detaching would leave in the LMS",
        [], [], Answer::one::<Detachment>;
    "GET" "integrations/{integration}/lms-audit" Some(Owner), audit::list,
        "Lists what administrators did, newest first",
        [NumberedQuery], [], Answer::numbered_page::<ActBody>;
    "GET" "integrations/{integration}/holds" Some(Viewer), holds::list,
        "Lists deactivations that wait for a person",
        [HoldQuery, PageQuery], [], Answer::page::<Hold>;
    "GET" "integrations/{integration}/holds/{id}" Some(Viewer), holds::show,
        "Shows one of them with whom it is about",
        [], [], Answer::one::<HoldDetails>;
    "POST" "integrations/{integration}/holds/{id}/approve" Some(Operator), holds::approve,
        "Lets them happen",
        [], [Remark], Answer::one::<Hold>;
    "POST" "integrations/{integration}/holds/{id}/reject" Some(Operator), holds::reject,
        "Keeps the people active",
        [], [Remark], Answer::one::<Hold>;
    "GET" "integrations/{integration}/adoptions" Some(Viewer), adoptions::list,
        "Lists newcomers who may be known already",
        [PageQuery], [], Answer::page::<AdoptionCase>;
    "POST" "integrations/{integration}/adoptions/link-all" Some(Owner), adoptions::link_all,
        "Links all newcomers with one likeness",
        [], [adoptions::LinkAllBody], Answer::one::<LinkedBody>;
    "POST" "integrations/{integration}/adoptions/{scim_id}/link" Some(Operator), adoptions::link,
        "Links a newcomer to a learner",
        [], [adoptions::LinkBody], Answer::one::<AdoptedNewcomer>;
    "POST" "integrations/{integration}/adoptions/{scim_id}/create" Some(Operator), adoptions::create,
        "Makes a new learner of a newcomer",
        [], [], Answer::one::<AdoptedNewcomer>;
    "GET" "integrations/{integration}/parked" Some(Viewer), parked::list,
        "Lists events that could not be applied",
        [ParkedQuery, PageQuery], [], Answer::page::<ParkedView>;
    "POST" "integrations/{integration}/parked/retry" Some(Operator), parked::retry_all,
        "Gives all of them again",
        [], [parked::RetryBody], Answer::accepted::<RetriedBody>;
    "POST" "integrations/{integration}/parked/{event_id}/retry" Some(Operator), parked::retry,
        "Gives one of them again",
        [], [], Answer::accepted::<RetriedBody>;
    "DELETE" "integrations/{integration}/parked/{event_id}" Some(Operator), parked::discard,
        "Forgets one of them, which then has no effect",
        [], [], Answer::nothing;
    "GET" "integrations/{integration}/stuck" Some(Viewer), parked::list_stuck,
        "Lists resources that could not be decided anew",
        [PageQuery], [], Answer::page::<StuckResource>;
    "POST" "integrations/{integration}/stuck/{scim_id}/retry" Some(Operator), parked::retry_stuck,
        "Decides one of them anew",
        [], [], Answer::accepted::<RetriedBody>;
    "GET" "integrations/{integration}/missing-managers" Some(Viewer), parked::list_missing_managers,
        "Lists people whose manager is no learner yet",
        [PageQuery], [], Answer::one::<MissingManagersBody>;
    "GET" "integrations/{integration}/exemptions" Some(Viewer), exemptions::list,
        "Lists learners whom the directory does not change for a time",
        [PageQuery], [], Answer::page::<Exemption>;
    "GET" "integrations/{integration}/learners/{id}/exemption" Some(Viewer), exemptions::show,
        "Shows a learner's exemption",
        [], [], Answer::one::<Exemption>;
    "PUT" "integrations/{integration}/learners/{id}/exemption" Some(Operator), exemptions::put,
        "Exempts a learner",
        [], [exemptions::ExemptionBody], Answer::one::<Exemption>;
    "DELETE" "integrations/{integration}/learners/{id}/exemption" Some(Operator), exemptions::end,
        "Ends an exemption",
        [], [], Answer::nothing;
    "GET" "integrations/{integration}/erasures" Some(Viewer), erasures::list,
        "Lists requests of erasure that wait for another person, newest first",
        [NumberedQuery], [], Answer::numbered_page::<Erasure>;
    "GET" "integrations/{integration}/learners/{id}/erasure" Some(Viewer), erasures::show,
        "Shows a learner's erasure",
        [], [], Answer::one::<Erasure>;
    "POST" "integrations/{integration}/learners/{id}/erasure" Some(Operator), erasures::request,
        "Asks for a learner's personal data to be erased",
        [], [Remark], Answer::accepted::<Erasure>;
    "DELETE" "integrations/{integration}/learners/{id}/erasure" Some(Operator), erasures::cancel,
        "Takes that back",
        [], [], Answer::nothing;
    "POST" "integrations/{integration}/learners/{id}/erasure/confirm" Some(Owner), erasures::confirm,
        "Confirms it, as a second person",
        [], [], Answer::one::<Erasure>;
    "GET" "integrations/{integration}/conflicts" Some(Viewer), conflicts::list,
        "Lists edits of the LMS that the directory overruled, newest first",
        [AboutQuery, NumberedQuery], [], Answer::numbered_page::<ConflictEntry>;
    "GET" "integrations/{integration}/findings" Some(Viewer), conflicts::list_findings,
        "Lists what is wrong and nobody can put right but a person",
        [AboutQuery, NumberedQuery], [], Answer::numbered_page::<FindingEntry>;
    "GET" "integrations/{integration}/reconcile/runs" Some(Viewer), reconcile::list,
        "Lists comparisons with the directory, newest first",
        [PageQuery], [], Answer::one::<RunsBody>;
    "GET" "integrations/{integration}/reconcile/runs/{id}" Some(Viewer), reconcile::show,
        "Shows one of them",
        [], [], Answer::one::<ReconcileRun>;
    "GET" "integrations/{integration}/reconcile/runs/{id}/drift" Some(Viewer), reconcile::list_drift,
        "Lists what differed",
        [DriftQuery, NumberedQuery], [], Answer::numbered_page::<DriftEntry>;
}
