use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use events::EventId;
use lms::casework::{self, Case, CaseStore, MissingManager, ParkedView, StuckResource};
use lms::{IntegrationSlug, ScimId};
use platform::admin::Body;
use platform::admin::input::Query;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::access::{Operator, Viewer};
use super::body::{Shown, read_or_empty, shown};
use super::casework::{CaseProblem, id};
use super::page::{PageBody, PageQuery};

/// Which parked events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ParkedQuery {
    /// Only those of this kind of reason.
    reason: Option<String>,
}

/// Which parked events are given again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = Retry)]
pub(super) struct RetryBody {
    /// Only those of this kind of reason; all when not given.
    reason: Option<String>,
}

/// How many are tried again in the next round.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Retried)]
pub(super) struct RetriedBody {
    due: u64,
}

/// Managers who are missing, and how many there are in all.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MissingManagers)]
pub(super) struct MissingManagersBody {
    total: u64,
    items: Vec<MissingManager>,
    /// Cursor of the next part; null at the end.
    next: Option<Uuid>,
}

/// `GET /admin/v1/integrations/{integration}/parked?reason=&cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    Query(query): Query<ParkedQuery>,
    Query(page): Query<PageQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<PageBody<ParkedView, Uuid>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = page.page(EventId);
    let reason = query.reason.as_deref();
    let items = casework::parked_events(cases.get_ref(), &integration, reason, wanted).await?;
    Ok(shown(PageBody::new(items, wanted.limit, |parked| parked.case.event_id)))
}

/// `POST /admin/v1/integrations/{integration}/parked/{event_id}/retry`
pub(super) async fn retry(
    administrator: Operator,
    path: web::Path<(String, String)>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<RetriedBody>, CaseProblem> {
    let (integration, event) = path.into_inner();
    let event = EventId(id(&event, Case::ParkedEvent)?);
    let integration = IntegrationSlug(integration);
    casework::retry_parked_event(cases.get_ref(), &integration, event).await?;
    Ok(accepted(&administrator, &integration, 1))
}

/// `POST /admin/v1/integrations/{integration}/parked/retry`
pub(super) async fn retry_all(
    administrator: Operator,
    integration: web::Path<String>,
    body: Body,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<RetriedBody>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted: RetryBody = read_or_empty(body).await?;
    let reason = wanted.reason.as_deref();
    let due = casework::retry_parked_events(cases.get_ref(), &integration, reason).await?;
    Ok(accepted(&administrator, &integration, due))
}

/// `DELETE /admin/v1/integrations/{integration}/parked/{event_id}`
pub(super) async fn discard(
    administrator: Operator,
    path: web::Path<(String, String)>,
    cases: web::Data<dyn CaseStore>,
) -> Result<HttpResponse, CaseProblem> {
    let (integration, event) = path.into_inner();
    let event = EventId(id(&event, Case::ParkedEvent)?);
    let integration = IntegrationSlug(integration);
    casework::discard_parked_event(cases.get_ref(), &integration, event).await?;
    tracing::info!(
        administrator = administrator.subject,
        integration = integration.as_str(),
        event.id = %event,
        "a parked event was discarded"
    );
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /admin/v1/integrations/{integration}/stuck?cursor=&limit=`
pub(super) async fn list_stuck(
    _: Viewer,
    integration: web::Path<String>,
    Query(query): Query<PageQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<PageBody<StuckResource, Uuid>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = query.page(ScimId);
    let items = cases.stuck(&integration, wanted).await?;
    Ok(shown(PageBody::new(items, wanted.limit, |resource| resource.scim_id.0)))
}

/// `POST /admin/v1/integrations/{integration}/stuck/{scim_id}/retry`
pub(super) async fn retry_stuck(
    administrator: Operator,
    path: web::Path<(String, String)>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<RetriedBody>, CaseProblem> {
    let (integration, resource) = path.into_inner();
    let resource = ScimId(id(&resource, Case::StuckResource)?);
    let integration = IntegrationSlug(integration);
    casework::retry_stuck(cases.get_ref(), &integration, resource).await?;
    Ok(accepted(&administrator, &integration, 1))
}

/// `GET /admin/v1/integrations/{integration}/missing-managers?cursor=&limit=`
pub(super) async fn list_missing_managers(
    _: Viewer,
    integration: web::Path<String>,
    Query(query): Query<PageQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<MissingManagersBody>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = query.page(ScimId);
    let found = cases.missing_managers(&integration, wanted).await?;
    let PageBody { items, next } =
        PageBody::new(found.items, wanted.limit, |manager| manager.manager_scim_id.0);
    Ok(shown(MissingManagersBody { total: found.total, items, next }))
}

fn accepted(administrator: &Operator, integration: &IntegrationSlug, due: u64) -> Shown<RetriedBody> {
    tracing::info!(
        administrator = administrator.subject,
        integration = integration.as_str(),
        due,
        "a retry was asked for"
    );
    shown(RetriedBody { due }).with_status(StatusCode::ACCEPTED)
}
