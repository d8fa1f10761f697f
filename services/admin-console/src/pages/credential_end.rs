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
    /// What has to be typed.
    word: String,
    /// Others that let somebody in.
    others: usize,
    /// Whether another word was typed.
    is_unconfirmed: bool,
}

/// The credential, and its name or id typed once more.
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
    let all = visit.api().credentials(&integration).await?.items;
    let credential = all.iter().find(|one| one.id == id).ok_or(Failure::NotFound)?;
    if confirm.trim() != word_for(credential, &all) {
        return ask(&visit, place, &id, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    visit.api().revoke_credential(&integration, &id).await?;
    let text = visit.phrase().with("name", credential.name.as_str()).t("revoked");
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
    let credential = all.iter().find(|one| one.id == id).cloned().ok_or(Failure::NotFound)?;
    let word = word_for(&credential, &all).to_owned();
    let (page, is_unconfirmed) = (visit.page("revoke-title").about(place), status != StatusCode::OK);
    answer_with(status, &Revocation { page, integration, credential, word, others, is_unconfirmed })
}

/// The name, unless another that is not revoked has it too, as a successor has: then the id.
fn word_for<'a>(credential: &'a Credential, all: &[Credential]) -> &'a str {
    let name = credential.name.trim();
    let is_namesake = |one: &Credential| {
        one.id != credential.id && one.state != "revoked" && one.name.trim().eq_ignore_ascii_case(name)
    };
    if all.iter().any(is_namesake) { &credential.id } else { name }
}
