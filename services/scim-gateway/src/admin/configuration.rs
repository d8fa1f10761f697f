use actix_web::web;
use administration::Role;
use directory::admin;
use directory::{Integration, IntegrationSettings, IntegrationState, Registration};
use platform::admin::{Body, seen_version};
use platform::clock;
use scim::Profile;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body;
use super::call::Call;
use super::integration_view::{IntegrationView, SettingsView};
use super::integrations::shown_integration;
use super::problem::Problem;
use super::shown::Shown;

/// Whether an integration takes requests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StateBody {
    /// `enabled`, `paused` or `disabled`.
    state: String,
}

/// How the requests of an integration are read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileBody {
    /// `entra` or `strict`.
    profile: String,
}

/// Sets whether an integration takes requests.
///
/// Role `operator`. A paused one answers Entra 503, a disabled one 403. The LMS is told.
#[utoipa::path(put, path = "/admin/v1/integrations/{slug}/state", request_body = StateBody,
    responses((status = 200, body = IntegrationView)))]
pub(super) async fn set_state(
    call: Call,
    slug: web::Path<String>,
    body: Body,
) -> Result<Shown<IntegrationView>, Problem> {
    let before = call.admit(&slug, Role::Operator).await?;
    let body: StateBody = body::read(body).await?;
    let state = IntegrationState::parse(&body.state).filter(|state| *state != IntegrationState::Detached);
    let state = state
        .ok_or_else(|| Problem::Unprocessable("state must be enabled, paused or disabled".to_owned()))?;
    let (store, slug) = (call.gateway.integrations.as_ref(), &before.integration.slug);
    let changed = admin::set_state(store, slug, state, Uuid::new_v4(), clock::now()).await?;
    let details = json!({ "before": before.integration.state.as_str(), "after": state.as_str() });
    Ok(answer(&call, before, changed, details))
}

/// Sets how the requests of an integration are read.
///
/// Role `operator`.
#[utoipa::path(put, path = "/admin/v1/integrations/{slug}/profile", request_body = ProfileBody,
    responses((status = 200, body = IntegrationView)))]
pub(super) async fn set_profile(
    call: Call,
    slug: web::Path<String>,
    body: Body,
) -> Result<Shown<IntegrationView>, Problem> {
    let before = call.admit(&slug, Role::Operator).await?;
    let body: ProfileBody = body::read(body).await?;
    let profile = Profile::parse(&body.profile)
        .ok_or_else(|| Problem::Unprocessable("profile must be entra or strict".to_owned()))?;
    let store = call.gateway.integrations.as_ref();
    let changed = admin::set_profile(store, &before.integration.slug, profile).await?;
    let details = json!({ "before": before.integration.profile.as_str(), "after": profile.as_str() });
    Ok(answer(&call, before, changed, details))
}

/// Sets the whole settings of an integration.
///
/// Role `operator`. `If-Match` must be the ETag of the integration that the caller has seen.
#[utoipa::path(put, path = "/admin/v1/integrations/{slug}/settings", request_body = SettingsView,
    params(("If-Match" = String, Header, description = "The ETag that was seen")), responses(
    (status = 200, body = IntegrationView),
    (status = 412, description = "The integration has another version"),
    (status = 428, description = "If-Match is missing")))]
pub(super) async fn set_settings(
    call: Call,
    slug: web::Path<String>,
    body: Body,
) -> Result<Shown<IntegrationView>, Problem> {
    let before = call.admit(&slug, Role::Operator).await?;
    let expected = seen_version(call.headers())?;
    let settings: IntegrationSettings = body::read(body).await?;
    let store = call.gateway.integrations.as_ref();
    let changed = admin::set_settings(store, &before.integration.slug, &settings, expected).await?;
    let found = admin::comparison(&before.integration, &changed)?;
    let names: Vec<_> = found.iter().map(|difference| difference.pointer.as_str()).collect();
    let details = json!({ "changed": names });
    Ok(answer(&call, before, changed, details))
}

/// Adds an extension schema to an integration's users, or attributes to one that it has.
///
/// Role `operator`. Attributes are only ever added.
#[utoipa::path(put, path = "/admin/v1/integrations/{slug}/schemas/{urn}", request_body = Object,
    responses((status = 200, body = IntegrationView)))]
pub(super) async fn put_schema(
    call: Call,
    path: web::Path<(String, String)>,
    body: Body,
) -> Result<Shown<IntegrationView>, Problem> {
    let (slug, urn) = path.into_inner();
    let before = call.admit(&slug, Role::Operator).await?;
    let definition = identified(body::object(body).await?, &urn)?;
    let store = call.gateway.integrations.as_ref();
    let changed = admin::put_user_extension(store, &before.integration.slug, &definition).await?;
    let details = json!({ "schema": urn, "is_changed": changed.version != before.integration.version });
    Ok(answer(&call, before, changed, details))
}

fn answer(call: &Call, before: Registration, changed: Integration, details: Value) -> Shown<IntegrationView> {
    call.changed(details);
    shown_integration(&call.gateway, &Registration { integration: changed, ..before })
}

/// The definition with the URN of the address, which it may leave out but not contradict.
fn identified(mut definition: Map<String, Value>, urn: &str) -> Result<Map<String, Value>, Problem> {
    let spelt = definition.keys().find(|name| name.eq_ignore_ascii_case("id")).cloned();
    match spelt.and_then(|name| definition.remove(&name)) {
        None | Some(Value::Null) => {}
        Some(Value::String(id)) if id.eq_ignore_ascii_case(urn) => {}
        Some(_) => return Err(Problem::Unprocessable("id must be the URN of the address".to_owned())),
    }
    definition.insert("id".to_owned(), Value::String(urn.to_owned()));
    Ok(definition)
}
