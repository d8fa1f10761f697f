use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use administration::Role;
use directory::admin::{IdempotencyKey, Issued, issue_credential, revoke_credential};
use directory::{CredentialId, IntegrationId, Registration};
use platform::admin::Body;
use platform::{clock, secret_file};
use serde_json::json;

use super::body;
use super::call::Call;
use super::credential_view::CredentialView;
use super::new_credential::NewCredentialBody;
use super::page::ListView;
use super::problem::Problem;
use super::shown::{Shown, shown};

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// Lists the credentials of an integration: those that are not revoked first, the newest first.
///
/// Role `viewer`.
#[utoipa::path(get, path = "/admin/v1/integrations/{slug}/credentials",
    responses((status = 200, body = ListView<CredentialView>)))]
pub(super) async fn list(
    call: Call,
    slug: web::Path<String>,
) -> Result<Shown<ListView<CredentialView>>, Problem> {
    let registration = call.admit(&slug, Role::Viewer).await?;
    let now = clock::now();
    let view = |credential| CredentialView::new(&registration, credential, now);
    Ok(shown(ListView { items: registration.credentials.iter().map(view).collect() }))
}

/// Shows a credential.
///
/// Role `viewer`.
#[utoipa::path(get, path = "/admin/v1/integrations/{slug}/credentials/{id}",
    responses((status = 200, body = CredentialView)))]
pub(super) async fn read(
    call: Call,
    path: web::Path<(String, String)>,
) -> Result<Shown<CredentialView>, Problem> {
    let (slug, id) = path.into_inner();
    let registration = call.admit(&slug, Role::Viewer).await?;
    Ok(shown(view_of(&registration, &parse(&id)?)?))
}

/// Makes a credential, and shows its secret this once.
///
/// Role `owner`.
#[utoipa::path(post, path = "/admin/v1/integrations/{slug}/credentials", request_body = NewCredentialBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 printable ASCII characters")),
    responses(
    (status = 201, body = CredentialView, headers(("Location", description = "Where it is"))),
    (status = 409, description = "A request with this Idempotency-Key made a credential already, or one that can be \
        used has the name: it is named")))]
pub(super) async fn issue(
    call: Call,
    slug: web::Path<String>,
    body: Body,
) -> Result<Shown<CredentialView>, Problem> {
    let registration = call.admit(&slug, Role::Owner).await?;
    let wanted = body::read::<NewCredentialBody>(body).await?.into_wanted()?;
    let random = random(&call, registration.integration.id)?;
    let (store, by) = (call.gateway.integrations.as_ref(), &call.administrator.subject);
    let slug = &registration.integration.slug;
    let issued = issue_credential(store, slug, wanted, by, &random, clock::now()).await?;
    Ok(made(&call, registration, &issued))
}

/// Revokes a credential at once.
///
/// Role `owner`. Within five seconds no replica lets it in.
#[utoipa::path(delete, path = "/admin/v1/integrations/{slug}/credentials/{id}",
    responses((status = 204, description = "It is revoked")))]
pub(super) async fn revoke(call: Call, path: web::Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (slug, id) = path.into_inner();
    let integration = call.admit_to(&slug, Role::Owner).await?;
    let (store, by) = (call.gateway.integrations.as_ref(), &call.administrator.subject);
    revoke_credential(store, &integration.slug, &parse(&id)?, by, clock::now()).await?;
    call.changed(json!({ "revoked": id }));
    Ok(HttpResponse::NoContent().finish())
}

/// Bytes to make a credential of. A repetition under the same key draws the same id.
pub(super) fn random(call: &Call, of: IntegrationId) -> Result<[u8; 40], Problem> {
    let random = secret_file::random()?;
    let Some(key) = call.headers().get(IDEMPOTENCY_KEY) else { return Ok(random) };
    let key = key.to_str().unwrap_or_default();
    let key = IdempotencyKey::parse(key).map_err(|error| Problem::Malformed(error.to_string()))?;
    Ok(key.fix_id(of, random))
}

/// What has not the form of an id names no credential.
pub(super) fn parse(id: &str) -> Result<CredentialId, Problem> {
    CredentialId::parse(id).ok_or(Problem::NotFound("credential"))
}

pub(super) fn view_of(registration: &Registration, id: &CredentialId) -> Result<CredentialView, Problem> {
    let credential = registration.credentials.iter().find(|credential| credential.id == *id);
    let credential = credential.ok_or(Problem::NotFound("credential"))?;
    Ok(CredentialView::new(registration, credential, clock::now()))
}

/// The answer about a credential that was made just now.
pub(super) fn made(call: &Call, registration: Registration, issued: &Issued) -> Shown<CredentialView> {
    let (slug, id) = (&registration.integration.slug, issued.credential.id.as_str());
    let kind = issued.credential.proof.kind().as_str();
    call.changed(json!({ "credential": id, "kind": kind, "expires_at": issued.credential.expires }));
    let location = format!("/admin/v1/integrations/{slug}/credentials/{id}");
    let view = CredentialView::issued(registration, issued, clock::now());
    shown(view).with_status(StatusCode::CREATED).insert_header((LOCATION, location))
}
