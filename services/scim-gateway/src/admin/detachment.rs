use actix_web::web;
use administration::Role;
use directory::admin;
use directory::{IntegrationState, Registration};
use platform::admin::Body;
use platform::clock;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body;
use super::call::Call;
use super::integration_view::IntegrationView;
use super::integrations::shown_integration;
use super::problem::Problem;
use super::shown::Shown;

/// That it is meant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DetachBody {
    /// The slug of the integration once more.
    confirm: String,
}

/// Ends an integration for ever, and leaves the people that it fed to the LMS.
///
/// Role `owner`. Asked again, it answers the same and does nothing.
#[utoipa::path(post, path = "/admin/v1/integrations/{slug}/detach", request_body = DetachBody,
    responses((status = 200, body = IntegrationView)))]
pub(super) async fn detach(
    call: Call,
    slug: web::Path<String>,
    body: Body,
) -> Result<Shown<IntegrationView>, Problem> {
    let before = call.admit(&slug, Role::Owner).await?;
    let body: DetachBody = body::read(body).await?;
    if body.confirm != before.integration.slug.as_str() {
        return Err(Problem::Unprocessable("confirm must be the slug of the integration".to_owned()));
    }
    let (store, slug) = (call.gateway.integrations.as_ref(), &before.integration.slug);
    let state = IntegrationState::Detached;
    let changed = admin::set_state(store, slug, state, Uuid::new_v4(), clock::now()).await?;
    call.changed(json!({ "before": before.integration.state.as_str(), "after": state.as_str() }));
    Ok(shown_integration(&call.gateway, &Registration { integration: changed, ..before }))
}
