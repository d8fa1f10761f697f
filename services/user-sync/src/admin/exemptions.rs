use actix_web::{HttpResponse, web};
use lms::casework::{self, Case, CaseError, CaseStore, Exemption, ExemptionGrant};
use lms::{IntegrationSlug, LearnerId};
use platform::admin::Body;
use platform::admin::input::{Instant, Query};
use platform::clock;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::{Operator, Viewer};
use super::body::{Shown, read_or_empty, shown};
use super::casework::{CaseProblem, id};
use super::page::{PageBody, PageQuery};

/// For how long a learner is exempt, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExemptionRequest)]
pub(super) struct ExemptionBody {
    #[serde(default)]
    reason: String,
    #[schema(value_type = DateTime<Utc>)]
    ends_at: Instant,
}

/// `GET /admin/v1/integrations/{integration}/exemptions?cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    Query(query): Query<PageQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<PageBody<Exemption, Uuid>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = query.page(LearnerId);
    let items = cases.exemptions(&integration, wanted).await?;
    Ok(shown(PageBody::new(items, wanted.limit, |exemption| exemption.learner_id.0)))
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
    body: Body,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<Exemption>, CaseProblem> {
    let (integration, learner) = named(path)?;
    let ExemptionBody { reason, ends_at: Instant(ends_at) } = read_or_empty(body).await?;
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
