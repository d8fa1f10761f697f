use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use lms::casework::{self, Case, CaseError, CaseStore, Erasure, ErasureRequest};
use lms::{IntegrationSlug, LearnerId};
use platform::admin::Body;
use platform::admin::input::Query;

use super::access::{Operator, Owner, Viewer};
use super::body::{Shown, read_or_empty, shown};
use super::casework::{CaseProblem, Remark, id};
use super::page::{NumberedQuery, PageBody};

/// `GET /admin/v1/integrations/{integration}/erasures?cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    Query(query): Query<NumberedQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<PageBody<Erasure, i64>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = query.page();
    let items = cases.waiting_erasures(&integration, wanted).await?;
    Ok(shown(PageBody::new(items, wanted.limit, |erasure| erasure.erasure_id)))
}

/// `GET /admin/v1/integrations/{integration}/learners/{id}/erasure`
pub(super) async fn show(
    _: Viewer,
    path: web::Path<(String, String)>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<Erasure>, CaseProblem> {
    let (integration, learner) = named(path)?;
    let subject = cases.erasure_subject(&integration, learner).await?;
    let subject = subject.ok_or(CaseError::NotFound(Case::Learner))?;
    Ok(shown(subject.erasure.ok_or(CaseError::NotFound(Case::Erasure))?))
}

/// `POST /admin/v1/integrations/{integration}/learners/{id}/erasure`
pub(super) async fn request(
    administrator: Operator,
    path: web::Path<(String, String)>,
    body: Body,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<Erasure>, CaseProblem> {
    let (integration, learner) = named(path)?;
    let remark: Remark = read_or_empty(body).await?;
    let request = ErasureRequest { reason: remark.reason, by: administrator.subject.clone() };
    let erasure = casework::request_erasure(cases.get_ref(), &integration, learner, request).await?;
    log(&integration, &erasure, "an erasure was requested");
    Ok(shown(erasure).with_status(StatusCode::ACCEPTED))
}

/// `POST /admin/v1/integrations/{integration}/learners/{id}/erasure/confirm`
pub(super) async fn confirm(
    administrator: Owner,
    path: web::Path<(String, String)>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<Erasure>, CaseProblem> {
    let (integration, learner) = named(path)?;
    let by = administrator.subject.as_str();
    let erasure = casework::confirm_erasure(cases.get_ref(), &integration, learner, by).await?;
    log(&integration, &erasure, "a learner was erased");
    Ok(shown(erasure))
}

/// `DELETE /admin/v1/integrations/{integration}/learners/{id}/erasure`
pub(super) async fn cancel(
    administrator: Operator,
    path: web::Path<(String, String)>,
    cases: web::Data<dyn CaseStore>,
) -> Result<HttpResponse, CaseProblem> {
    let (integration, learner) = named(path)?;
    casework::cancel_erasure(cases.get_ref(), &integration, learner, &administrator.subject).await?;
    tracing::info!(
        administrator = administrator.subject,
        integration = integration.as_str(),
        learner.id = %learner.0,
        "an erasure was cancelled"
    );
    Ok(HttpResponse::NoContent().finish())
}

fn log(integration: &IntegrationSlug, erasure: &Erasure, what: &str) {
    tracing::info!(
        requested_by = erasure.requested_by,
        confirmed_by = erasure.confirmed_by,
        integration = integration.as_str(),
        learner.id = %erasure.learner_id.0,
        "{what}"
    );
}

fn named(path: web::Path<(String, String)>) -> Result<(IntegrationSlug, LearnerId), CaseProblem> {
    let (integration, learner) = path.into_inner();
    Ok((IntegrationSlug(integration), LearnerId(id(&learner, Case::Learner)?)))
}
