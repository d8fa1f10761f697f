use actix_web::web;
use administration::NotAllowed;
use lms::IntegrationSlug;
use lms::admin::{Detachment, Integrations};

use super::access::{AccessProblem, Viewer};
use super::body::{Shown, shown};
use super::casework::CaseProblem;

/// `GET /admin/v1/integrations/{integration}/detachment`
pub(super) async fn show(
    _: Viewer,
    integration: web::Path<String>,
    integrations: web::Data<dyn Integrations>,
) -> Result<Shown<Detachment>, CaseProblem> {
    let found = integrations.detachment(&IntegrationSlug(integration.into_inner())).await?;
    let found = found.ok_or(AccessProblem::NotAllowed(NotAllowed::Unseen))?;
    Ok(shown(found))
}
