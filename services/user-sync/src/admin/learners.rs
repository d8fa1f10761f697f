use actix_web::web;
use lms::{IntegrationSlug, LearnerId, LearnerView, LmsReader, Page};
use serde::Deserialize;
use uuid::Uuid;

use super::access::Viewer;
use super::problem::Problem;
use super::{PageBody, PageQuery};

/// `GET /admin/v1/integrations/{integration}/learners?login=&cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    query: web::Query<LearnerQuery>,
    store: web::Data<dyn LmsReader>,
) -> Result<web::Json<PageBody<LearnerView>>, Problem> {
    let integration = IntegrationSlug(integration.into_inner());
    let page = PageQuery { cursor: query.cursor, limit: query.limit };
    let wanted = Page { after: page.cursor.map(LearnerId), limit: page.limit() };
    let items = store.learners(&integration, query.login.as_deref(), wanted).await?;
    Ok(web::Json(PageBody::new(items, page.limit(), |learner| learner.learner_id.0)))
}

/// Which learners. (The page's fields stand here again because a flattened struct would read numbers as text.)
#[derive(Debug, Deserialize)]
pub(super) struct LearnerQuery {
    /// Only the one of this login, in any letter case.
    login: Option<String>,
    cursor: Option<Uuid>,
    limit: Option<u32>,
}
