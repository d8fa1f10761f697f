use actix_web::web;
use lms::casework::{self, Case, CaseStore, Hold, HoldDecision, HoldDetails, Verdict};
use lms::{HoldId, HoldState, IntegrationSlug};
use platform::admin::Body;
use platform::admin::input::Query;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::access::{Operator, Viewer};
use super::body::{Shown, read_or_empty, shown};
use super::casework::{CaseProblem, Remark, id};
use super::page::{PageBody, PageQuery};

/// Which holds.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct HoldQuery {
    /// Only those of this state.
    #[param(inline)]
    state: Option<HoldState>,
}

/// `GET /admin/v1/integrations/{integration}/holds?state=&cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    Query(query): Query<HoldQuery>,
    Query(page): Query<PageQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<PageBody<Hold, Uuid>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = page.page(HoldId);
    let items = cases.holds(&integration, query.state, wanted).await?;
    Ok(shown(PageBody::new(items, wanted.limit, |hold| hold.hold_id.0)))
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
    body: Body,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<Hold>, CaseProblem> {
    decide(administrator, path.into_inner(), body, cases.get_ref(), Verdict::Approve).await
}

/// `POST /admin/v1/integrations/{integration}/holds/{id}/reject`
pub(super) async fn reject(
    administrator: Operator,
    path: web::Path<(String, String)>,
    body: Body,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<Hold>, CaseProblem> {
    decide(administrator, path.into_inner(), body, cases.get_ref(), Verdict::Reject).await
}

async fn decide(
    administrator: Operator,
    (integration, hold): (String, String),
    body: Body,
    cases: &dyn CaseStore,
    verdict: Verdict,
) -> Result<Shown<Hold>, CaseProblem> {
    let hold = HoldId(id(&hold, Case::Hold)?);
    let remark: Remark = read_or_empty(body).await?;
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
