use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderValue, IF_MATCH};
use actix_web::{CustomizeResponder, HttpRequest, Responder, web};
use lms::admin::{
    CohortsPreview, PersonPreview, Proposal, RulesError, RulesStore, RulesSummary, SavedRules, Who,
    preview_cohorts, preview_person, rules_in_force, rules_version, rules_versions, save_rules,
};
use lms::{IntegrationSlug, LearnerId, LmsStore, Page, RulesVersion, ScimId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::PageQuery;
use super::access::{Operator, Owner, Viewer};
use super::rules_problem::RulesProblem;

/// Longest comment, in characters.
const LONGEST_COMMENT: usize = 1_000;

/// For the administrator's eyes now and for no cache.
pub(super) type Shown<T> = CustomizeResponder<web::Json<T>>;

pub(super) fn shown<T: Serialize>(view: T) -> Shown<T> {
    web::Json(view).customize().insert_header((CACHE_CONTROL, "no-store"))
}

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SaveBody {
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
    body: Result<web::Bytes, actix_web::Error>,
    store: web::Data<dyn RulesStore>,
    lms: web::Data<dyn LmsStore>,
) -> Result<Shown<SavedRules>, RulesProblem> {
    let integration = slug(integration.into_inner())?;
    let expected = expected_version(request.headers().get(IF_MATCH))?;
    let body: SaveBody = parse(body)?;
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

#[derive(Deserialize)]
pub(super) struct VersionQuery {
    /// Where the page before ended: its `next`.
    cursor: Option<i32>,
    limit: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct VersionsBody {
    items: Vec<RulesSummary>,
    /// Cursor of the next part; null at the end.
    next: Option<RulesVersion>,
}

/// `GET /admin/v1/integrations/{integration}/rules/versions?cursor=&limit=`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    query: web::Query<VersionQuery>,
    store: web::Data<dyn RulesStore>,
) -> Result<Shown<VersionsBody>, RulesProblem> {
    let integration = slug(integration.into_inner())?;
    let limit = PageQuery { cursor: None, limit: query.limit }.limit();
    let page = Page { after: query.cursor.map(RulesVersion), limit };
    let items = rules_versions(store.as_ref(), &integration, page).await?;
    let is_full = items.len() >= limit as usize;
    let next = items.last().filter(|_| is_full).map(|summary| summary.version);
    Ok(shown(VersionsBody { items, next }))
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewBody {
    /// Those in force, when absent.
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
    body: Result<web::Bytes, actix_web::Error>,
    store: web::Data<dyn RulesStore>,
    lms: web::Data<dyn LmsStore>,
) -> Result<Shown<PersonPreview>, RulesProblem> {
    let integration = slug(integration.into_inner())?;
    let body: PreviewBody = parse(body)?;
    let who = body.who()?;
    Ok(shown(preview_person(store.as_ref(), lms.as_ref(), &integration, who, body.rules).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewCohortsBody {
    rules: Value,
    /// Where the part before ended: its `next`.
    cursor: Option<Uuid>,
    /// Groups to look at, at most.
    limit: Option<u32>,
}

/// `POST /admin/v1/integrations/{integration}/rules/preview-cohorts`
pub(super) async fn preview_groups(
    _: Operator,
    integration: web::Path<String>,
    body: Result<web::Bytes, actix_web::Error>,
    store: web::Data<dyn RulesStore>,
    lms: web::Data<dyn LmsStore>,
) -> Result<Shown<CohortsPreview>, RulesProblem> {
    let integration = slug(integration.into_inner())?;
    let body: PreviewCohortsBody = parse(body)?;
    let limit = PageQuery { cursor: None, limit: body.limit }.limit();
    let page = Page { after: body.cursor.map(ScimId), limit };
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

pub(super) fn parse<T: DeserializeOwned>(
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<T, RulesProblem> {
    let bytes = body.map_err(|error| match error.as_response_error().status_code().as_u16() {
        413 => RulesProblem::TooLarge,
        _ => RulesProblem::Invalid("the body was cut off".to_owned()),
    })?;
    serde_json::from_slice(&bytes)
        .map_err(|error| RulesProblem::Invalid(format!("the body is not as documented: {error}")))
}

/// The version that the caller has seen. One version and no other form: whoever saves has to have looked.
fn expected_version(if_match: Option<&HeaderValue>) -> Result<RulesVersion, RulesProblem> {
    let text = if_match.ok_or(RulesProblem::NoIfMatch)?.to_str().unwrap_or_default().trim();
    let tag = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let version = tag.and_then(|tag| tag.parse().ok()).ok_or(RulesProblem::NoVersion)?;
    Ok(RulesVersion(version))
}
