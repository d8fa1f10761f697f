use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::about::{AboutCredential, address_of};
use crate::api::{Credential, Integration};
use crate::http::{Failure, Page, Place, Visit, answer_with};

#[derive(Template)]
#[template(path = "revoke.html")]
struct Revocation {
    page: Page,
    integration: Integration,
    credential: Credential,
    /// Others that let somebody in.
    others: usize,
    /// Whether another word was typed.
    is_unconfirmed: bool,
}

/// The credential, and its name typed once more.
#[derive(Deserialize)]
pub(super) struct Meant {
    integration: String,
    id: String,
    #[serde(default)]
    confirm: String,
}

/// `GET /setup/revoke?integration=&id=`
pub(super) async fn show(visit: Visit, about: web::Query<AboutCredential>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&about.integration)).await?;
    visit.require_owner(&place.integration)?;
    ask(&visit, place, &about.id, StatusCode::OK).await
}

/// `POST /setup/revoke`
pub(super) async fn revoke(visit: Visit, meant: web::Form<Meant>) -> Result<HttpResponse, Failure> {
    let Meant { integration, id, confirm } = meant.into_inner();
    let place = visit.place(Some(&integration)).await?;
    let name = visit.api().credential(&integration, &id).await?.name;
    if confirm.trim() != name.trim() {
        return ask(&visit, place, &id, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    visit.api().revoke_credential(&integration, &id).await?;
    let text = visit.phrase().with("name", name).t("revoked");
    Ok(visit.done(&address_of("/setup", &integration), text))
}

/// `POST /setup/retire`: the gateway refuses it when somebody would be shut out.
pub(super) async fn retire(visit: Visit, about: web::Form<AboutCredential>) -> Result<HttpResponse, Failure> {
    let AboutCredential { integration, id } = about.into_inner();
    let name = visit.api().credential(&integration, &id).await?.name;
    visit.api().retire_credential(&integration, &id).await?;
    let text = visit.phrase().with("name", name).t("retired");
    Ok(visit.done(&address_of("/setup", &integration), text))
}

async fn ask(visit: &Visit, place: Place, id: &str, status: StatusCode) -> Result<HttpResponse, Failure> {
    let integration = place.integration.clone();
    let all = visit.api().credentials(&integration.slug).await?.items;
    let others = all.iter().filter(|one| one.is_usable() && one.id != id).count();
    let credential = all.into_iter().find(|one| one.id == id).ok_or(Failure::NotFound)?;
    let (page, is_unconfirmed) = (visit.page("revoke-title").about(place), status != StatusCode::OK);
    answer_with(status, &Revocation { page, integration, credential, others, is_unconfirmed })
}
