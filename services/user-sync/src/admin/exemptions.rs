use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use lms::casework::{self, Case, CaseError, CaseStore, Exemption, ExemptionGrant};
use lms::{IntegrationSlug, LearnerId};
use platform::clock;
use serde::Deserialize;
use uuid::Uuid;

use super::PageQuery;
use super::access::{Operator, Viewer};
use super::casework::{CasePage, CaseProblem, Shown, body, id, page, shown};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExemptionBody {
    #[serde(default)]
    reason: String,
    ends_at: DateTime<Utc>,
}

/// `GET /admin/v1/integrations/{integration}/exemptions?cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    query: web::Query<PageQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<CasePage<Exemption, Uuid>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = page(query.cursor.map(LearnerId), query.limit);
    let items = cases.exemptions(&integration, wanted).await?;
    Ok(shown(CasePage::new(items, wanted.limit, |exemption| exemption.learner_id.0)))
}

/// `GET /admin/v1/integrations/{integration}/learners/{id}/exemption`
pub(super) async fn show(
    _: Viewer,
    path: web::Path<(String, String)>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<Exemption>, CaseProblem> {
    let (integration, learner) = named(path)?;
    let found = cases.exemption(&integration, learner).await?;
    Ok(shown(found.ok_or(CaseError::NotFound(Case::Exemption))?))
}

/// `PUT /admin/v1/integrations/{integration}/learners/{id}/exemption`
pub(super) async fn put(
    administrator: Operator,
    path: web::Path<(String, String)>,
    bytes: Result<web::Bytes, actix_web::Error>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<Exemption>, CaseProblem> {
    let (integration, learner) = named(path)?;
    let ExemptionBody { reason, ends_at } = body(bytes)?;
    let grant = ExemptionGrant { reason, ends_at, by: administrator.subject.clone() };
    let granted =
        casework::put_exemption(cases.get_ref(), &integration, learner, grant, clock::now()).await?;
    tracing::info!(
        administrator = administrator.subject,
        integration = integration.as_str(),
        learner.id = %learner.0,
        "a learner was exempted"
    );
    Ok(shown(granted))
}

/// `DELETE /admin/v1/integrations/{integration}/learners/{id}/exemption`
pub(super) async fn end(
    administrator: Operator,
    path: web::Path<(String, String)>,
    cases: web::Data<dyn CaseStore>,
) -> Result<HttpResponse, CaseProblem> {
    let (integration, learner) = named(path)?;
    casework::end_exemption(cases.get_ref(), &integration, learner).await?;
    tracing::info!(
        administrator = administrator.subject,
        integration = integration.as_str(),
        learner.id = %learner.0,
        "an exemption was ended"
    );
    Ok(HttpResponse::NoContent().finish())
}

fn named(path: web::Path<(String, String)>) -> Result<(IntegrationSlug, LearnerId), CaseProblem> {
    let (integration, learner) = path.into_inner();
    Ok((IntegrationSlug(integration), LearnerId(id(&learner, Case::Learner)?)))
}
