use actix_web::web;
use lms::casework::{CaseStore, ConflictEntry, FindingEntry};
use lms::{IntegrationSlug, LearnerId};
use platform::admin::input::Query;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::access::Viewer;
use super::body::{Shown, shown};
use super::casework::CaseProblem;
use super::page::{NumberedQuery, PageBody};

/// About whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AboutQuery {
    /// Only about this learner.
    learner: Option<Uuid>,
}

/// `GET /admin/v1/integrations/{integration}/conflicts?learner=&cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    Query(about): Query<AboutQuery>,
    Query(page): Query<NumberedQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<PageBody<ConflictEntry, i64>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let items = cases.conflicts(&integration, about.learner.map(LearnerId), page.page()).await?;
    Ok(shown(PageBody::new(items, page.page().limit, |conflict| conflict.conflict_id)))
}

/// `GET /admin/v1/integrations/{integration}/findings?learner=&cursor=&limit=`
pub(super) async fn list_findings(
    _: Viewer,
    integration: web::Path<String>,
    Query(about): Query<AboutQuery>,
    Query(page): Query<NumberedQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<PageBody<FindingEntry, i64>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let items = cases.findings(&integration, about.learner.map(LearnerId), page.page()).await?;
    Ok(shown(PageBody::new(items, page.page().limit, |finding| finding.finding_id)))
}
