use actix_web::web;
use administration::Role;
use directory::Registration;
use directory::admin::{self, Promotion};
use platform::admin::Body;
use platform::clock;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::body;
use super::call::Call;
use super::differences::{self, DifferenceView};
use super::integration_view::IntegrationView;
use super::problem::Problem;
use super::shown::{Shown, shown};

/// With which integration to compare.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ComparisonQuery {
    /// Slug of the other integration.
    with: String,
}

/// Where two integrations differ in what can be promoted.
#[derive(Serialize, ToSchema)]
#[schema(as = Comparison)]
pub(super) struct ComparisonView {
    differences: Vec<DifferenceView>,
    versions: VersionsView,
}

/// What was compared.
#[derive(Serialize, ToSchema)]
#[schema(as = Versions)]
pub(super) struct VersionsView {
    /// Version of the integration in the address.
    here: u32,
    /// Version of the other.
    there: u32,
}

/// What to copy.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PromotionBody {
    /// Slug of the integration to copy from.
    from: String,
    /// Its version that the caller has seen.
    from_version: u32,
    /// The version of the integration in the address that the caller has seen.
    to_version: u32,
}

/// What a promotion did.
#[derive(Serialize, ToSchema)]
#[schema(as = Promoted)]
pub(super) struct PromotedView {
    /// `here` is what the integration had, `there` what it has now.
    differences: Vec<DifferenceView>,
    integration: IntegrationView,
}

/// Compares the settings, the profile and the schemas of two integrations.
///
/// Role `viewer` in the portals of both.
#[utoipa::path(get, path = "/admin/v1/integrations/{slug}/comparison", params(ComparisonQuery),
    responses((status = 200, body = ComparisonView)))]
pub(super) async fn compare(call: Call, slug: web::Path<String>) -> Result<Shown<ComparisonView>, Problem> {
    let here = call.admit_to(&slug, Role::Viewer).await?;
    let query: ComparisonQuery = call.query()?;
    let there = call.admit_to(&query.with, Role::Viewer).await?;
    let found = admin::comparison(&here, &there)?;
    let versions = VersionsView { here: here.version, there: there.version };
    Ok(shown(ComparisonView { differences: differences::views(&found), versions }))
}

/// Copies the profile, the schemas and the settings of another integration to this one.
///
/// Role `owner` in the portals of both. Attributes are only ever added: what the other lacks is not taken away here.
#[utoipa::path(post, path = "/admin/v1/integrations/{slug}/promotion", request_body = PromotionBody, responses(
    (status = 200, body = PromotedView),
    (status = 409, description = "This one has a schema or an attribute that the other lacks, or has otherwise"),
    (status = 412, description = "One of the two has another version")))]
pub(super) async fn promote(
    call: Call,
    slug: web::Path<String>,
    body: Body,
) -> Result<Shown<PromotedView>, Problem> {
    let to = call.admit(&slug, Role::Owner).await?;
    let body: PromotionBody = body::read(body).await?;
    let from = call.admit_to(&body.from, Role::Owner).await?;
    let promotion = Promotion {
        from: &from.slug,
        from_version: body.from_version,
        to: &to.integration.slug,
        to_version: body.to_version,
    };
    let promoted = admin::promote(call.gateway.integrations.as_ref(), promotion).await?;
    call.changed(json!({
        "from": from.slug.as_str(), "from_version": body.from_version, "differences": promoted.differences,
    }));
    let registration = Registration { integration: promoted.integration, ..to };
    Ok(shown(PromotedView {
        differences: differences::views(&promoted.differences),
        integration: IntegrationView::new(&call.gateway, &registration, clock::now()),
    }))
}
