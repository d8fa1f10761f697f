use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, LOCATION};
use actix_web::web;
use administration::{NotAllowed, Role};
use directory::admin::{NewIntegration, create_integration, preview_integration};
use directory::{
    Credential, IntegrationId, IntegrationSettings, IntegrationSlug, IntegrationState, Registration,
};
use platform::admin::Body;
use platform::admin::input::Limit;
use platform::clock;
use scim::Profile;
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body;
use super::call::Call;
use super::integration_view::{IntegrationView, SettingsView};
use super::page::PageView;
use super::problem::Problem;
use super::shown::{Shown, shown};
use crate::Gateway;

/// Which part of the list of integrations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// The `next` of the part before.
    cursor: Option<String>,
    /// Items at most, 100 when not given.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Limit,
}

/// An integration to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewIntegrationBody {
    /// Its name in addresses, for ever: 1 to 63 lower-case letters, digits and hyphens.
    slug: String,
    /// Code of the portal that it feeds.
    portal: String,
    /// `production` or `staging`.
    environment: String,
    /// `enabled` when not given.
    state: Option<String>,
    /// `entra` when not given.
    profile: Option<String>,
    #[serde(default)]
    #[schema(value_type = SettingsView, required = false)]
    settings: IntegrationSettings,
    /// Makes nothing, and answers what would be made.
    #[serde(default)]
    #[schema(required = false)]
    dry_run: bool,
}

/// The view with its version as ETag.
pub(super) fn shown_integration(gateway: &Gateway, registration: &Registration) -> Shown<IntegrationView> {
    let tag = format!("\"{}\"", registration.integration.version);
    shown(IntegrationView::new(gateway, registration, clock::now())).insert_header((ETAG, tag))
}

/// Lists the integrations of the caller's portals, by slug.
///
/// Role `viewer`.
#[utoipa::path(get, path = "/admin/v1/integrations", params(ListQuery),
    responses((status = 200, body = PageView<IntegrationView>)))]
pub(super) async fn list(call: Call) -> Result<Shown<PageView<IntegrationView>>, Problem> {
    let query: ListQuery = call.query()?;
    let limit = query.limit.0;
    let after = query.cursor.as_deref().map(IntegrationSlug::parse).transpose();
    let after = after.map_err(|_| Problem::Malformed("cursor must be the next of a page".to_owned()))?;
    let portals = call.administrator.portals();
    let (gateway, now) = (&call.gateway, clock::now());
    let found = gateway.integrations.integrations(portals.as_deref(), after.as_ref(), limit + 1).await?;
    let ids: Vec<IntegrationId> = found.iter().map(|integration| integration.id).collect();
    let mut usable: HashMap<IntegrationId, Vec<Credential>> = HashMap::new();
    for credential in gateway.integrations.usable_credentials(&ids, now).await? {
        usable.entry(credential.integration).or_default().push(credential);
    }
    let registrations = found.into_iter().map(|integration| {
        let credentials = usable.remove(&integration.id).unwrap_or_default();
        Registration { integration, credentials }
    });
    Ok(shown(PageView::new(
        registrations.collect(),
        limit,
        |registration| registration.integration.slug.to_string(),
        |registration| IntegrationView::new(gateway, &registration, now),
    )))
}

/// Makes an integration.
///
/// Role `owner` in its portal. Who asks again for what they asked before is answered what there is, with 200;
/// so is a `dry_run`, of which the same is refused, and which tells by `is_new` whether anything would be made.
#[utoipa::path(post, path = "/admin/v1/integrations", request_body = NewIntegrationBody, responses(
    (status = 201, body = IntegrationView, headers(("Location", description = "Where it is"))),
    (status = 200, body = IntegrationView, description = "It was there already"),
    (status = 409, description = "The slug is taken, in another portal or environment: slugs are public names and \
        differ everywhere")))]
pub(super) async fn create(call: Call, body: Body) -> Result<Shown<IntegrationView>, Problem> {
    // Of a portal without a role nothing is told but that a role is needed.
    let lacks = NotAllowed::Lacks { needed: Role::Owner };
    if !call.administrator.grants.have_somewhere(Role::Owner) {
        return Err(lacks.into());
    }
    let body: NewIntegrationBody = body::read(body).await?;
    call.administrator.require(Role::Owner, &body.portal).map_err(|_| lacks)?;
    let is_dry_run = body.dry_run;
    let wanted = wanted(body)?;
    let store = call.gateway.integrations.as_ref();
    if is_dry_run {
        let (integration, is_new) = preview_integration(store, wanted, Uuid::new_v4()).await?;
        call.leave(json!({ "integration": integration.slug.as_str(), "dry_run": true }));
        let registration = match is_new {
            true => Registration { integration, credentials: vec![] },
            false => store.registration(&integration.slug).await?.ok_or(NotAllowed::Unseen)?,
        };
        let mut view = IntegrationView::new(&call.gateway, &registration, clock::now());
        view.is_new = Some(is_new);
        return Ok(shown(view));
    }
    let (integration, is_new) = create_integration(store, wanted, Uuid::new_v4(), clock::now()).await?;
    call.made(&integration);
    call.changed(json!({
        "integration": integration.slug.as_str(), "portal": integration.portal,
        "environment": integration.environment.as_str(), "is_new": is_new,
    }));
    let location = format!("/admin/v1/integrations/{}", integration.slug);
    let found = store.registration(&integration.slug).await?.ok_or(NotAllowed::Unseen)?;
    let view = shown_integration(&call.gateway, &found);
    Ok(match is_new {
        true => view.with_status(StatusCode::CREATED).insert_header((LOCATION, location)),
        false => view,
    })
}

/// Shows an integration.
///
/// Role `viewer`.
#[utoipa::path(get, path = "/admin/v1/integrations/{slug}", responses((status = 200, body = IntegrationView)))]
pub(super) async fn read(call: Call, slug: web::Path<String>) -> Result<Shown<IntegrationView>, Problem> {
    let registration = call.admit(&slug, Role::Viewer).await?;
    Ok(shown_integration(&call.gateway, &registration))
}

fn wanted(body: NewIntegrationBody) -> Result<NewIntegration, Problem> {
    let wrong = |field, text: &str| Problem::Unfit(field, text.to_owned());
    let slug = IntegrationSlug::parse(&body.slug);
    let slug = slug.map_err(|error| wrong("slug", &error.to_string()))?;
    let environment = body.environment.parse().ok();
    let state = body.state.as_deref().map_or(Some(IntegrationState::Enabled), IntegrationState::parse);
    let profile = body.profile.as_deref().map_or(Some(Profile::default()), Profile::parse);
    Ok(NewIntegration {
        slug,
        portal: body.portal,
        environment: environment
            .ok_or_else(|| wrong("environment", "environment must be production or staging"))?,
        state: state.ok_or_else(|| wrong("state", "state must be enabled, paused or disabled"))?,
        profile: profile.ok_or_else(|| wrong("profile", "profile must be entra or strict"))?,
        settings: body.settings,
    })
}
