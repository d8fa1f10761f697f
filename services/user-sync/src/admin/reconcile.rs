use actix_web::web;
use lms::casework::{Case, CaseError, CaseStore, DriftEntry, ReconcileRun};
use lms::{DriftKind, IntegrationSlug};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::PageQuery;
use super::access::Viewer;
use super::casework::{CasePage, CaseProblem, Shown, id, page, shown};

/// Runs, and where they come from.
#[derive(Debug, Serialize)]
pub(super) struct RunsBody {
    #[serde(flatten)]
    page: CasePage<ReconcileRun, Uuid>,
    how_to_start: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct DriftQuery {
    kind: DriftKind,
    cursor: Option<i64>,
    limit: Option<u32>,
}

/// `GET /admin/v1/integrations/{integration}/reconcile/runs?cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    query: web::Query<PageQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<RunsBody>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = page(query.cursor, query.limit);
    let items = cases.runs(&integration, wanted).await?;
    let how_to_start = format!(
        "a run is started at the gateway: POST /admin/v1/integrations/{integration}/snapshots; it appears here with \
         its first part"
    );
    let page = CasePage::new(items, wanted.limit, |run| run.run_id);
    Ok(shown(RunsBody { page, how_to_start }))
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
    query: web::Query<DriftQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<CasePage<DriftEntry, i64>>, CaseProblem> {
    let (integration, run) = path.into_inner();
    let (integration, run) = (IntegrationSlug(integration), id(&run, Case::Run)?);
    cases.run(&integration, run).await?.ok_or(CaseError::NotFound(Case::Run))?;
    let wanted = page(query.cursor, query.limit);
    let items = cases.drift(&integration, run, query.kind, wanted).await?;
    Ok(shown(CasePage::new(items, wanted.limit, |drift| drift.drift_id)))
}
