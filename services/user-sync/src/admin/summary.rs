use actix_web::web;
use administration::NotAllowed;
use lms::IntegrationSlug;
use lms::admin::{Integrations, LmsSummary};

use super::access::{AccessProblem, Viewer};
use super::body::{Shown, shown};
use super::casework::CaseProblem;

/// `GET /admin/v1/integrations/{integration}/lms-summary`
pub(super) async fn show(
    _: Viewer,
    integration: web::Path<String>,
    integrations: web::Data<dyn Integrations>,
) -> Result<Shown<LmsSummary>, CaseProblem> {
    let found = integrations.summary(&IntegrationSlug(integration.into_inner())).await?;
    Ok(shown(found.ok_or(AccessProblem::NotAllowed(NotAllowed::Unseen))?))
}
