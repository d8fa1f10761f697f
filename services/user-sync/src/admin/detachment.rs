use actix_web::web;
use administration::NotAllowed;
use lms::IntegrationSlug;
use lms::admin::{DETACHMENT_COUNTED_UP_TO, Detachment, Integrations};

use super::access::{AccessProblem, Viewer};
use super::body::{Shown, shown};
use super::casework::CaseProblem;

/// `GET /admin/v1/integrations/{integration}/detachment`
pub(super) async fn show(
    _: Viewer,
    integration: web::Path<String>,
    integrations: web::Data<dyn Integrations>,
) -> Result<Shown<Detachment>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let found = integrations.detachment(&integration, DETACHMENT_COUNTED_UP_TO).await?;
    let found = found.ok_or(AccessProblem::NotAllowed(NotAllowed::Unseen))?;
    Ok(shown(found))
}
