use actix_web::web;
use lms::casework::{Case, CaseError, CaseStore, DriftEntry, ReconcileRun};
use lms::{DriftKind, IntegrationSlug};
use platform::admin::input::Query;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::access::Viewer;
use super::body::{Shown, shown};
use super::casework::{CaseProblem, id};
use super::page::{NumberedQuery, PageBody, PageQuery};

/// Runs, and where they come from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconcileRuns)]
pub(super) struct RunsBody {
    items: Vec<ReconcileRun>,
    /// Cursor of the next part; null at the end.
    next: Option<Uuid>,
    /// Where a run is started.
    how_to_start: String,
}

/// Which differences.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DriftQuery {
    /// Those of this kind.
    #[param(inline)]
    kind: DriftKind,
}

/// `GET /admin/v1/integrations/{integration}/reconcile/runs?cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    Query(query): Query<PageQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<RunsBody>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = query.page(|run| run);
    let items = cases.runs(&integration, wanted).await?;
    let how_to_start = format!(
        "a run is started at the gateway: POST /admin/v1/integrations/{integration}/snapshots; it appears here with \
         its first part"
    );
    let PageBody { items, next } = PageBody::new(items, wanted.limit, |run| run.run_id);
    Ok(shown(RunsBody { items, next, how_to_start }))
}

/// `GET /admin/v1/integrations/{integration}/reconcile/runs/{id}`
pub(super) async fn show(
    _: Viewer,
    path: web::Path<(String, String)>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<ReconcileRun>, CaseProblem> {
    let (integration, run) = path.into_inner();
    let run = id(&run, Case::Run)?;
    let found = cases.run(&IntegrationSlug(integration), run).await?;
    Ok(shown(found.ok_or(CaseError::NotFound(Case::Run))?))
}

/// `GET /admin/v1/integrations/{integration}/reconcile/runs/{id}/drift?kind=&cursor=&limit=`
pub(super) async fn list_drift(
    _: Viewer,
    path: web::Path<(String, String)>,
    Query(query): Query<DriftQuery>,
    Query(page): Query<NumberedQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<PageBody<DriftEntry, i64>>, CaseProblem> {
    let (integration, run) = path.into_inner();
    let (integration, run) = (IntegrationSlug(integration), id(&run, Case::Run)?);
    cases.run(&integration, run).await?.ok_or(CaseError::NotFound(Case::Run))?;
    let wanted = page.page();
    let items = cases.drift(&integration, run, query.kind, wanted).await?;
    Ok(shown(PageBody::new(items, wanted.limit, |drift| drift.drift_id)))
}
