use actix_web::web;
use lms::admin::{Explanation, RulesError, RulesStore, explain_learner};
use lms::{LearnerId, LmsStore};

use super::access::Viewer;
use super::body::{Shown, shown};
use super::rules::slug;
use super::rules_problem::RulesProblem;

/// `GET /admin/v1/integrations/{integration}/learners/{learner}/explain`
pub(super) async fn explain(
    _: Viewer,
    path: web::Path<(String, String)>,
    store: web::Data<dyn RulesStore>,
    lms: web::Data<dyn LmsStore>,
) -> Result<Shown<Explanation>, RulesProblem> {
    let (integration, learner) = path.into_inner();
    let integration = slug(integration)?;
    let learner = learner.parse().map(LearnerId).map_err(|_| RulesError::UnknownPerson)?;
    Ok(shown(explain_learner(store.as_ref(), lms.as_ref(), &integration, learner).await?))
}
