use actix_web::web;
use lms::{CohortId, CohortSize, CohortView, IntegrationSlug, LearnerCohort, LearnerId, LmsReader};
use platform::admin::input::Query;
use uuid::Uuid;

use super::access::Viewer;
use super::body::{Shown, shown};
use super::casework::CaseProblem;
use super::page::{PageBody, PageQuery};

/// `GET /admin/v1/integrations/{integration}/cohorts`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    Query(query): Query<PageQuery>,
    store: web::Data<dyn LmsReader>,
) -> Result<Shown<PageBody<CohortView, Uuid>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = query.page(CohortId);
    let items = store.cohorts(&integration, wanted).await?;
    Ok(shown(PageBody::new(items, wanted.limit, |cohort| cohort.cohort_id.0)))
}

/// `GET /admin/v1/integrations/{integration}/learners/{learner}/cohorts`
pub(super) async fn list_of_learner(
    _: Viewer,
    path: web::Path<(String, Uuid)>,
    Query(query): Query<PageQuery>,
    store: web::Data<dyn LmsReader>,
) -> Result<Shown<PageBody<LearnerCohort, Uuid>>, CaseProblem> {
    let (integration, learner) = path.into_inner();
    let wanted = query.page(CohortId);
    let items = store.cohorts_of(&IntegrationSlug(integration), LearnerId(learner), wanted).await?;
    Ok(shown(PageBody::new(items, wanted.limit, |cohort| cohort.cohort_id.0)))
}

/// `GET /admin/v1/integrations/{integration}/cohort-sizes`
pub(super) async fn list_sizes(
    _: Viewer,
    integration: web::Path<String>,
    Query(query): Query<PageQuery>,
    store: web::Data<dyn LmsReader>,
) -> Result<Shown<PageBody<CohortSize, Uuid>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = query.page(CohortId);
    let items = store.cohort_sizes(&integration, wanted).await?;
    Ok(shown(PageBody::new(items, wanted.limit, |cohort| cohort.cohort_id.0)))
}
