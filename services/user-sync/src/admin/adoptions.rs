use actix_web::web;
use lms::casework::{self, AdoptedNewcomer, AdoptionCase, AdoptionDecision, Case, CaseStore};
use lms::{IntegrationSlug, LearnerId, Likeness, ScimId};
use platform::admin::Body;
use platform::admin::input::Query;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::{Operator, Owner, Viewer};
use super::body::{Shown, read_or_empty, shown};
use super::casework::{CaseProblem, id};
use super::page::{PageBody, PageQuery};

/// Who a newcomer is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AdoptionLink)]
pub(super) struct LinkBody {
    learner_id: Uuid,
}

/// Which newcomers are linked to those whom they resemble.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AdoptionLinks)]
pub(super) struct LinkAllBody {
    likeness: Likeness,
}

/// How many newcomers were linked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdoptionsLinked)]
pub(super) struct LinkedBody {
    linked: u64,
}

/// `GET /admin/v1/integrations/{integration}/adoptions?cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    Query(query): Query<PageQuery>,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<PageBody<AdoptionCase, Uuid>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = query.page(ScimId);
    let items = casework::waiting_newcomers(cases.get_ref(), &integration, wanted).await?;
    Ok(shown(PageBody::new(items, wanted.limit, |case| case.scim_id.0)))
}

/// `POST /admin/v1/integrations/{integration}/adoptions/{scim_id}/link`
pub(super) async fn link(
    administrator: Operator,
    path: web::Path<(String, String)>,
    body: Body,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<AdoptedNewcomer>, CaseProblem> {
    let wanted: LinkBody = read_or_empty(body).await?;
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
    body: Body,
    cases: web::Data<dyn CaseStore>,
) -> Result<Shown<LinkedBody>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let LinkAllBody { likeness } = read_or_empty(body).await?;
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
