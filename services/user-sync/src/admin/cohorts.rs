use actix_web::web;
use lms::{CohortId, CohortView, IntegrationSlug, LmsReader, Page};

use super::access::Viewer;
use super::problem::Problem;
use super::{PageBody, PageQuery};

/// `GET /admin/v1/integrations/{integration}/cohorts?cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    page: web::Query<PageQuery>,
    store: web::Data<dyn LmsReader>,
) -> Result<web::Json<PageBody<CohortView>>, Problem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = Page { after: page.cursor.map(CohortId), limit: page.limit() };
    let items = store.cohorts(&integration, wanted).await?;
    Ok(web::Json(PageBody::new(items, page.limit(), |cohort| cohort.cohort_id.0)))
}
