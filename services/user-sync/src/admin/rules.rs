use actix_web::http::header::{ETAG, HeaderMap};
use actix_web::{HttpRequest, web};
use lms::admin::{
    CohortsPreview, PersonPreview, Proposal, RulesError, RulesStore, RulesSummary, SavedRules, Who,
    preview_cohorts, preview_person, rules_in_force, rules_version, rules_versions, save_rules,
};
use lms::{IntegrationSlug, LearnerId, LmsStore, Page, RulesVersion, ScimId};
use platform::admin::input::{Limit, Query};
use platform::admin::{Body, NoVersion, seen_version};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::access::{Operator, Owner, Viewer};
use super::body::{Shown, read_body, shown};
use super::page::{NumberedQuery, PageBody};
use super::rules_problem::RulesProblem;

/// Longest comment, in characters.
const LONGEST_COMMENT: usize = 1_000;

fn shown_rules(rules: SavedRules) -> Shown<SavedRules> {
    let tag = format!("\"{}\"", rules.version.0);
    shown(rules).insert_header((ETAG, tag))
}

/// `GET /admin/v1/integrations/{integration}/rules`
pub(super) async fn read(
    _: Viewer,
    integration: web::Path<String>,
    store: web::Data<dyn RulesStore>,
) -> Result<Shown<SavedRules>, RulesProblem> {
    let integration = slug(integration.into_inner())?;
    Ok(shown_rules(rules_in_force(store.as_ref(), &integration).await?))
}

/// What was seen.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "the description of what is read from the headers")]
pub(super) struct SeenVersion {
    /// The ETag of the rules that were seen.
    #[param(rename = "If-Match")]
    if_match: String,
}

/// Rules that are to be in force, whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRules)]
pub(super) struct SaveBody {
    #[schema(value_type = lms::Rules)]
    rules: Value,
    /// Why, for those who read the list of versions.
    #[serde(default)]
    comment: String,
}

/// `PUT /admin/v1/integrations/{integration}/rules`
pub(super) async fn save(
    administrator: Owner,
    request: HttpRequest,
    integration: web::Path<String>,
    body: Body,
    store: web::Data<dyn RulesStore>,
    lms: web::Data<dyn LmsStore>,
) -> Result<Shown<SavedRules>, RulesProblem> {
    let integration = slug(integration.into_inner())?;
    let expected = expected_version(request.headers())?;
    let body: SaveBody = read_body(body).await?;
    let proposal = Proposal {
        expected,
        rules: body.rules,
        saved_by: administrator.subject.clone(),
        comment: read_comment(body.comment)?,
    };
    let saved = save_rules(store.as_ref(), lms.as_ref(), &integration, proposal).await?;
    if saved.version != expected {
        tracing::info!(
            administrator = administrator.subject,
            integration = integration.as_str(),
            version = saved.version.0,
            "rules were saved"
        );
    }
    Ok(shown_rules(saved))
}

/// `GET /admin/v1/integrations/{integration}/rules/versions?cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    Query(query): Query<NumberedQuery>,
    store: web::Data<dyn RulesStore>,
) -> Result<Shown<PageBody<RulesSummary, RulesVersion>>, RulesProblem> {
    let integration = slug(integration.into_inner())?;
    let Page { after, limit } = query.page();
    // Beyond the largest number there is no version: the list begins with the newest.
    let after = after.and_then(|number| i32::try_from(number).ok()).map(RulesVersion);
    let items = rules_versions(store.as_ref(), &integration, Page { after, limit }).await?;
    Ok(shown(PageBody::new(items, limit, |summary| summary.version)))
}

/// `GET /admin/v1/integrations/{integration}/rules/versions/{version}`
pub(super) async fn read_version(
    _: Viewer,
    path: web::Path<(String, String)>,
    store: web::Data<dyn RulesStore>,
) -> Result<Shown<SavedRules>, RulesProblem> {
    let (integration, version) = path.into_inner();
    let integration = slug(integration)?;
    let version = version.parse().map(RulesVersion).map_err(|_| RulesError::UnknownVersion)?;
    Ok(shown_rules(rules_version(store.as_ref(), &integration, version).await?))
}

/// What to try, and on whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PreviewRequest)]
pub(super) struct PreviewBody {
    /// Those in force, when absent.
    #[schema(value_type = Option<lms::Rules>)]
    rules: Option<Value>,
    scim_id: Option<Uuid>,
    learner_id: Option<Uuid>,
}

impl PreviewBody {
    fn who(&self) -> Result<Who, RulesProblem> {
        match (self.scim_id, self.learner_id) {
            (Some(id), None) => Ok(Who::User(ScimId(id))),
            (None, Some(id)) => Ok(Who::Learner(LearnerId(id))),
            (Some(_), Some(_)) | (None, None) => {
                Err(RulesProblem::Invalid("name a person by either scim_id or learner_id".to_owned()))
            }
        }
    }
}

/// `POST /admin/v1/integrations/{integration}/rules/preview`
pub(super) async fn preview(
    _: Operator,
    integration: web::Path<String>,
    body: Body,
    store: web::Data<dyn RulesStore>,
    lms: web::Data<dyn LmsStore>,
) -> Result<Shown<PersonPreview>, RulesProblem> {
    let integration = slug(integration.into_inner())?;
    let body: PreviewBody = read_body(body).await?;
    let who = body.who()?;
    Ok(shown(preview_person(store.as_ref(), lms.as_ref(), &integration, who, body.rules).await?))
}

/// What to try on the groups.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CohortsPreviewRequest)]
pub(super) struct PreviewCohortsBody {
    #[schema(value_type = lms::Rules)]
    rules: Value,
    /// Where the part before ended: its `next`.
    cursor: Option<Uuid>,
    /// Groups to look at, at most: 100 when not given.
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Limit,
}

/// `POST /admin/v1/integrations/{integration}/rules/preview-cohorts`
pub(super) async fn preview_groups(
    _: Operator,
    integration: web::Path<String>,
    body: Body,
    store: web::Data<dyn RulesStore>,
    lms: web::Data<dyn LmsStore>,
) -> Result<Shown<CohortsPreview>, RulesProblem> {
    let integration = slug(integration.into_inner())?;
    let body: PreviewCohortsBody = read_body(body).await?;
    let page = Page { after: body.cursor.map(ScimId), limit: body.limit.0 };
    Ok(shown(preview_cohorts(store.as_ref(), lms.as_ref(), &integration, body.rules, page).await?))
}

/// What no database can store names no integration.
pub(super) fn slug(integration: String) -> Result<IntegrationSlug, RulesProblem> {
    if integration.contains('\0') {
        return Err(RulesError::UnknownIntegration.into());
    }
    Ok(IntegrationSlug(integration))
}

/// A comment that can be kept.
pub(super) fn read_comment(comment: String) -> Result<String, RulesProblem> {
    if comment.chars().count() > LONGEST_COMMENT || comment.contains('\0') {
        return Err(RulesProblem::Invalid(format!(
            "the comment has at most {LONGEST_COMMENT} characters, none of them NUL"
        )));
    }
    Ok(comment)
}

/// The version that the caller has seen.
fn expected_version(headers: &HeaderMap) -> Result<RulesVersion, RulesProblem> {
    let version = i32::try_from(seen_version(headers)?).map_err(|_| NoVersion::NotOne)?;
    Ok(RulesVersion(version))
}
