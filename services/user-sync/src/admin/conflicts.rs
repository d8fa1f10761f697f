use actix_web::web;
use lms::IntegrationSlug;
use lms::casework::{CaseStore, ConflictEntry, FindingEntry};

use super::access::Viewer;
use super::casework::{CasePage, CaseProblem, NumberedQuery, Shown, shown};

/// `GET /admin/v1/integrations/{integration}/conflicts?learner=&cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    query: web::Query<NumberedQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<CasePage<ConflictEntry, i64>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let items = cases.conflicts(&integration, query.learner(), query.page()).await?;
    Ok(shown(CasePage::new(items, query.page().limit, |conflict| conflict.conflict_id)))
}

/// `GET /admin/v1/integrations/{integration}/findings?learner=&cursor=&limit=`
pub(super) async fn list_findings(
    _: Viewer,
    integration: web::Path<String>,
    query: web::Query<NumberedQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<CasePage<FindingEntry, i64>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let items = cases.findings(&integration, query.learner(), query.page()).await?;
    Ok(shown(CasePage::new(items, query.page().limit, |finding| finding.finding_id)))
}
