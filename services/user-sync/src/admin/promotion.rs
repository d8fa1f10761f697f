use actix_web::web;
use administration::{Difference, Role, differences};
use lms::admin::{
    Integrations, Proposal, RulesError, RulesStore, SavedRules, require_attached, rules_in_force, save_rules,
};
use lms::{IntegrationSlug, LmsStore, RulesVersion};
use platform::admin::input::Query;
use platform::admin::{Body, leave_details};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::access::{Owner, Viewer, require};
use super::body::{Shown, read_body, shown};
use super::rules::read_comment;
use super::rules_problem::RulesProblem;

/// Where the rules of two integrations differ.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = RulesComparison)]
pub(super) struct ComparisonBody {
    #[schema(value_type = Vec<DifferenceView>)]
    differences: Vec<Difference>,
    versions: VersionsBody,
}

/// A place where the rules differ.
#[derive(utoipa::ToSchema)]
#[schema(as = Difference)]
#[expect(dead_code, reason = "the description of a type that cannot describe itself")]
struct DifferenceView {
    /// The place, as a JSON pointer (RFC 6901).
    pointer: String,
    /// What stands there here; null when there is nothing.
    here: Option<Value>,
    /// What stands there in the other; null when there is nothing.
    there: Option<Value>,
}

/// Versions of two integrations.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = RulesVersions)]
pub(super) struct VersionsBody {
    here: RulesVersion,
    there: RulesVersion,
}

/// What a promotion did.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = RulesPromoted)]
pub(super) struct PromotionBody {
    /// What was different before.
    #[schema(value_type = Vec<DifferenceView>)]
    differences: Vec<Difference>,
    /// The rules in force now.
    rules: SavedRules,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ComparisonQuery {
    /// The other integration.
    with: String,
}

/// Whose rules are put in force, over which.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[schema(as = RulesPromotion)]
#[serde(deny_unknown_fields)]
pub(super) struct PromotionRequest {
    /// The integration whose rules are copied.
    from: String,
    /// The version of its rules that was seen.
    from_version: i32,
    /// The version of the rules here that was seen.
    to_version: i32,
    /// Why, for those who read the list of versions.
    #[serde(default)]
    comment: String,
}

/// `GET /admin/v1/integrations/{integration}/rules-comparison?with={other}`
pub(super) async fn compare(
    caller: Viewer,
    integration: web::Path<String>,
    Query(query): Query<ComparisonQuery>,
    integrations: web::Data<dyn Integrations>,
    store: web::Data<dyn RulesStore>,
) -> Result<Shown<ComparisonBody>, RulesProblem> {
    let other = IntegrationSlug(query.with);
    require(integrations.as_ref(), &caller, Role::Viewer, &other).await?;
    let here = rules_in_force(store.as_ref(), &IntegrationSlug(integration.into_inner())).await?;
    let there = rules_in_force(store.as_ref(), &other).await?;
    let versions = VersionsBody { here: here.version, there: there.version };
    Ok(shown(ComparisonBody { differences: differences(&document(&here), &document(&there)), versions }))
}

/// `POST /admin/v1/integrations/{integration}/rules-promotion`
pub(super) async fn promote(
    caller: Owner,
    request: actix_web::HttpRequest,
    integration: web::Path<String>,
    body: Body,
    integrations: web::Data<dyn Integrations>,
    store: web::Data<dyn RulesStore>,
    lms: web::Data<dyn LmsStore>,
) -> Result<Shown<PromotionBody>, RulesProblem> {
    let wanted: PromotionRequest = read_body(body).await?;
    let comment = read_comment(wanted.comment)?;
    let from = IntegrationSlug(wanted.from);
    require(integrations.as_ref(), &caller, Role::Owner, &from).await?;
    require_attached(lms.as_ref(), &from).await.map_err(RulesProblem::Example)?;
    let integration = IntegrationSlug(integration.into_inner());
    let there = rules_in_force(store.as_ref(), &from).await?;
    if there.version != RulesVersion(wanted.from_version) {
        return Err(RulesError::Outdated { present: there.version }.into());
    }
    let here = rules_in_force(store.as_ref(), &integration).await?;
    let differences = differences(&document(&here), &document(&there));
    let proposal = Proposal {
        expected: RulesVersion(wanted.to_version),
        rules: document(&there),
        saved_by: caller.subject.clone(),
        comment,
    };
    let rules = save_rules(store.as_ref(), lms.as_ref(), &integration, proposal).await?;
    leave_details(
        &request,
        json!({ "from": from.as_str(), "from_version": there.version, "version": rules.version }),
    );
    Ok(shown(PromotionBody { differences, rules }))
}

fn document(saved: &SavedRules) -> Value {
    serde_json::to_value(&saved.rules).unwrap_or_default()
}
