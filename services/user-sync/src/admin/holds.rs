use actix_web::web;
use lms::casework::{self, Case, CaseStore, Hold, HoldDecision, HoldDetails, Verdict};
use lms::{HoldId, HoldState, IntegrationSlug};
use serde::Deserialize;
use uuid::Uuid;

use super::access::{Operator, Viewer};
use super::casework::{CasePage, CaseProblem, Remark, Shown, body, id, page, shown};

#[derive(Debug, Deserialize)]
pub(super) struct HoldQuery {
    /// Only those of this state.
    state: Option<HoldState>,
    cursor: Option<Uuid>,
    limit: Option<u32>,
}

/// `GET /admin/v1/integrations/{integration}/holds?state=&cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    query: web::Query<HoldQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<CasePage<Hold, Uuid>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = page(query.cursor.map(HoldId), query.limit);
    let items = cases.holds(&integration, query.state, wanted).await?;
    Ok(shown(CasePage::new(items, wanted.limit, |hold| hold.hold_id.0)))
}

/// `GET /admin/v1/integrations/{integration}/holds/{id}`
pub(super) async fn show(
    _: Viewer,
    path: web::Path<(String, String)>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<HoldDetails>, CaseProblem> {
    let (integration, hold) = path.into_inner();
    let hold = HoldId(id(&hold, Case::Hold)?);
    Ok(shown(casework::show_hold(cases.get_ref(), &IntegrationSlug(integration), hold).await?))
}

/// `POST /admin/v1/integrations/{integration}/holds/{id}/approve`
pub(super) async fn approve(
    administrator: Operator,
    path: web::Path<(String, String)>,
    bytes: Result<web::Bytes, actix_web::Error>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<Hold>, CaseProblem> {
    decide(administrator, path.into_inner(), bytes, cases.get_ref(), Verdict::Approve).await
}

/// `POST /admin/v1/integrations/{integration}/holds/{id}/reject`
pub(super) async fn reject(
    administrator: Operator,
    path: web::Path<(String, String)>,
    bytes: Result<web::Bytes, actix_web::Error>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<Hold>, CaseProblem> {
    decide(administrator, path.into_inner(), bytes, cases.get_ref(), Verdict::Reject).await
}

async fn decide(
    administrator: Operator,
    (integration, hold): (String, String),
    bytes: Result<web::Bytes, actix_web::Error>,
    cases: &dyn CaseStore,
    verdict: Verdict,
) -> Result<Shown<Hold>, CaseProblem> {
    let hold = HoldId(id(&hold, Case::Hold)?);
    let remark: Remark = body(bytes)?;
    let integration = IntegrationSlug(integration);
    let decision = HoldDecision { verdict, by: administrator.subject.clone(), comment: remark.reason };
    let decided = casework::decide_hold(cases, &integration, hold, decision).await?;
    tracing::info!(
        administrator = administrator.subject,
        integration = integration.as_str(),
        hold.id = %hold.0,
        verdict = ?verdict,
        "a hold was decided"
    );
    Ok(shown(decided))
}
