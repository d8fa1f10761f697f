use actix_web::http::header::CACHE_CONTROL;
use actix_web::{CustomizeResponder, Responder, web};
use directory::{Integration, IntegrationSlug, admin};
use platform::admin::Administrator;
use scim::{Profile, Schema};
use serde::Serialize;
use serde_json::{Map, Value};

use super::problem::Problem;
use crate::Gateway;

/// An integration as administrators see it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IntegrationView {
    slug: String,
    portal: String,
    environment: &'static str,
    state: &'static str,
    profile: &'static str,
    scim_url: String,
    /// Schema documents (RFC 7643 section 7).
    user_extensions: Vec<Map<String, Value>>,
}

/// The view, for the administrator's eyes now and for no cache.
type Shown = CustomizeResponder<web::Json<IntegrationView>>;

impl IntegrationView {
    fn shown(gateway: &Gateway, integration: &Integration) -> Shown {
        let view = Self {
            slug: integration.slug.to_string(),
            portal: integration.portal.clone(),
            environment: integration.environment.as_str(),
            state: integration.state.as_str(),
            profile: integration.profile.as_str(),
            scim_url: gateway.scim_url(&integration.slug),
            user_extensions: integration.user_extensions.iter().map(Schema::definition).collect(),
        };
        web::Json(view).customize().insert_header((CACHE_CONTROL, "no-store"))
    }
}

/// `GET /admin/v1/integrations/{slug}`
pub(super) async fn read(
    _: Administrator,
    slug: web::Path<String>,
    gateway: web::Data<Gateway>,
) -> Result<Shown, Problem> {
    let found = admin::integration(gateway.integrations.as_ref(), &parse(&slug)?).await?;
    Ok(IntegrationView::shown(&gateway, &found))
}

/// `PUT /admin/v1/integrations/{slug}/profile`
pub(super) async fn set_profile(
    administrator: Administrator,
    slug: web::Path<String>,
    body: Result<web::Bytes, actix_web::Error>,
    gateway: web::Data<Gateway>,
) -> Result<Shown, Problem> {
    let body = object(body)?;
    let profile = body.get("profile").and_then(Value::as_str).and_then(Profile::parse);
    let profile = profile.ok_or_else(|| Problem::Invalid("profile must be entra or strict.".to_owned()))?;
    let changed = admin::set_profile(gateway.integrations.as_ref(), &parse(&slug)?, profile).await?;
    tracing::info!(
        administrator = administrator.subject,
        integration = changed.slug.as_str(),
        profile = profile.as_str(),
        "an integration's profile was set"
    );
    Ok(IntegrationView::shown(&gateway, &changed))
}

/// `PUT /admin/v1/integrations/{slug}/schemas/{urn}`
pub(super) async fn put_schema(
    administrator: Administrator,
    path: web::Path<(String, String)>,
    body: Result<web::Bytes, actix_web::Error>,
    gateway: web::Data<Gateway>,
) -> Result<Shown, Problem> {
    let (slug, urn) = path.into_inner();
    let definition = identified(object(body)?, &urn)?;
    let changed =
        admin::put_user_extension(gateway.integrations.as_ref(), &parse(&slug)?, &definition).await?;
    tracing::info!(
        administrator = administrator.subject,
        integration = changed.slug.as_str(),
        // It has the form of a URN, or it would have been refused.
        schema = urn,
        "an extension schema was put"
    );
    Ok(IntegrationView::shown(&gateway, &changed))
}

/// What has not the form of a slug names no integration.
pub(super) fn parse(slug: &str) -> Result<IntegrationSlug, Problem> {
    IntegrationSlug::parse(slug).map_err(|_| Problem::NotFound)
}

fn object(body: Result<web::Bytes, actix_web::Error>) -> Result<Map<String, Value>, Problem> {
    let bytes = body.map_err(|_| Problem::Invalid("The body is too large, or was cut off.".to_owned()))?;
    scim::json::parse(&bytes).map_err(|error| Problem::Invalid(error.detail))
}

/// The definition with the URN of the address, which it may leave out but not contradict.
fn identified(mut definition: Map<String, Value>, urn: &str) -> Result<Map<String, Value>, Problem> {
    let spelt = definition.keys().find(|name| name.eq_ignore_ascii_case("id")).cloned();
    match spelt.and_then(|name| definition.remove(&name)) {
        None | Some(Value::Null) => {}
        Some(Value::String(id)) if id.eq_ignore_ascii_case(urn) => {}
        Some(_) => return Err(Problem::Invalid("id must be the URN of the address.".to_owned())),
    }
    definition.insert("id".to_owned(), Value::String(urn.to_owned()));
    Ok(definition)
}
