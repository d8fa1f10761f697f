use actix_web::web;
use administration::{NotAllowed, Role};
use directory::admin::{Successor, retire_credential, rotate_credential};
use platform::admin::Body;
use platform::admin::input::Instant;
use platform::clock;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::body;
use super::call::Call;
use super::credential_view::CredentialView;
use super::credentials::{made, parse, random, view_of};
use super::problem::Problem;
use super::shown::{Shown, shown};

/// What a successor does not take over.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RotationBody {
    /// That of the credential before when not given.
    name: Option<String>,
    /// 180 days from now when not given.
    #[schema(value_type = Option<DateTime<Utc>>)]
    expires_at: Option<Instant>,
}

/// Makes a successor of a credential on the same terms; both are good until the old one is retired.
///
/// Role `owner`. The answer is that to a new credential, and `Idempotency-Key` means the same. The body may be empty.
#[utoipa::path(post, path = "/admin/v1/integrations/{slug}/credentials/{id}/rotate",
    request_body(content = Option<RotationBody>),
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 printable ASCII characters")),
    responses(
    (status = 201, body = CredentialView),
    (status = 409, description = "It has a successor that can be used, or another has the name: it is named; or the integration \
        has enough"),
    (status = 422, description = "It has no secret")))]
pub(super) async fn rotate(
    call: Call,
    path: web::Path<(String, String)>,
    body: Body,
) -> Result<Shown<CredentialView>, Problem> {
    let (slug, id) = path.into_inner();
    let registration = call.admit(&slug, Role::Owner).await?;
    let RotationBody { name, expires_at } = body::read_or_default(body).await?;
    let random = random(&call, registration.integration.id)?;
    let (store, by) = (call.gateway.integrations.as_ref(), &call.administrator.subject);
    let (slug, successor) =
        (&registration.integration.slug, Successor { name, expires: expires_at.map(|Instant(at)| at) });
    let issued = rotate_credential(store, slug, &parse(&id)?, successor, by, &random, clock::now()).await?;
    Ok(made(&call, registration, &issued))
}

/// Revokes a credential, if its `retirement` is `safe`.
///
/// Role `owner`.
#[utoipa::path(post, path = "/admin/v1/integrations/{slug}/credentials/{id}/retire", responses(
    (status = 200, body = CredentialView),
    (status = 409, description = "Somebody would be shut out")))]
pub(super) async fn retire(
    call: Call,
    path: web::Path<(String, String)>,
) -> Result<Shown<CredentialView>, Problem> {
    let (slug, id) = path.into_inner();
    let slug = call.admit_to(&slug, Role::Owner).await?.slug;
    let (id, by) = (parse(&id)?, &call.administrator.subject);
    let store = call.gateway.integrations.as_ref();
    retire_credential(store, &slug, &id, by, clock::now()).await?;
    call.changed(json!({ "retired": id.as_str() }));
    let registration = store.registration(&slug).await?.ok_or(NotAllowed::Unseen)?;
    Ok(shown(view_of(&registration, &id)?))
}
