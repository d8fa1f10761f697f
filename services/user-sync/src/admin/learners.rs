use actix_web::web;
use lms::{IntegrationSlug, LearnerId, LearnerView, LmsReader};
use platform::admin::input::Query;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::access::Viewer;
use super::body::{Shown, shown};
use super::casework::CaseProblem;
use super::page::{PageBody, PageQuery};

/// Which learners.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LearnerQuery {
    /// Only the one of this login, in any letter case.
    login: Option<String>,
}

/// `GET /admin/v1/integrations/{integration}/learners`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    Query(wanted): Query<LearnerQuery>,
    Query(page): Query<PageQuery>,
    store: web::Data<dyn LmsReader>,
) -> Result<Shown<PageBody<LearnerView, Uuid>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let page = page.page(LearnerId);
    let items = store.learners(&integration, wanted.login.as_deref(), page).await?;
    Ok(shown(PageBody::new(items, page.limit, |learner| learner.learner_id.0)))
}
