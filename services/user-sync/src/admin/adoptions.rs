use actix_web::web;
use lms::casework::{self, AdoptedNewcomer, AdoptionCase, AdoptionDecision, Case, CaseStore};
use lms::{IntegrationSlug, LearnerId, Likeness, ScimId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::PageQuery;
use super::access::{Operator, Owner, Viewer};
use super::casework::{CasePage, CaseProblem, Shown, body, id, page, shown};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkBody {
    learner_id: Uuid,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkAllBody {
    likeness: Likeness,
}

/// How many newcomers were linked.
#[derive(Debug, Serialize)]
pub(super) struct LinkedBody {
    linked: u64,
}

/// `GET /admin/v1/integrations/{integration}/adoptions?cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    query: web::Query<PageQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<CasePage<AdoptionCase, Uuid>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = page(query.cursor.map(ScimId), query.limit);
    let items = casework::waiting_newcomers(cases.get_ref(), &integration, wanted).await?;
    Ok(shown(CasePage::new(items, wanted.limit, |case| case.scim_id.0)))
}

/// `POST /admin/v1/integrations/{integration}/adoptions/{scim_id}/link`
pub(super) async fn link(
    administrator: Operator,
    path: web::Path<(String, String)>,
    bytes: Result<web::Bytes, actix_web::Error>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<AdoptedNewcomer>, CaseProblem> {
    let wanted: LinkBody = body(bytes)?;
    let decision = AdoptionDecision::Link(LearnerId(wanted.learner_id));
    decide(administrator, path.into_inner(), cases.get_ref(), decision).await
}

/// `POST /admin/v1/integrations/{integration}/adoptions/{scim_id}/create`
pub(super) async fn create(
    administrator: Operator,
    path: web::Path<(String, String)>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<AdoptedNewcomer>, CaseProblem> {
    decide(administrator, path.into_inner(), cases.get_ref(), AdoptionDecision::Create).await
}

/// `POST /admin/v1/integrations/{integration}/adoptions/link-all`
pub(super) async fn link_all(
    administrator: Owner,
    integration: web::Path<String>,
    bytes: Result<web::Bytes, actix_web::Error>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<LinkedBody>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let LinkAllBody { likeness } = body(bytes)?;
    let linked = casework::link_all(cases.get_ref(), &integration, likeness).await?;
    tracing::info!(
        administrator = administrator.subject,
        integration = integration.as_str(),
        likeness = ?likeness,
        linked,
        "newcomers were linked"
    );
    Ok(shown(LinkedBody { linked }))
}

async fn decide(
    administrator: Operator,
    (integration, newcomer): (String, String),
    cases: &dyn CaseStore,
    decision: AdoptionDecision,
) -> Result<Shown<AdoptedNewcomer>, CaseProblem> {
    let newcomer = ScimId(id(&newcomer, Case::Newcomer)?);
    let integration = IntegrationSlug(integration);
    let adopted = casework::decide_adoption(cases, &integration, newcomer, decision).await?;
    tracing::info!(
        administrator = administrator.subject,
        integration = integration.as_str(),
        scim.id = %newcomer.0,
        learner.id = %adopted.learner_id.0,
        decision = ?decision,
        "it was decided who a newcomer is"
    );
    Ok(shown(adopted))
}
