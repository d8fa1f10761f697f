use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::about::{AboutCredential, address_of_credential};
use super::credential_form::{Refused, Typed, show_form, show_made};
use super::credential_issue::{made_before, refusal};
use crate::http::{Failure, Visit};

/// `GET /setup/rotate?integration=&id=`
pub(super) async fn show(visit: Visit, about: web::Query<AboutCredential>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&about.integration)).await?;
    visit.require_owner(&place.integration)?;
    visit.require_fresh()?;
    let old = visit.api().credential(&place.integration.slug, &about.id).await?;
    let typed = Typed { name: old.name.clone(), ..Typed::proposed(&old.kind, visit.now) };
    show_form(&visit, place, typed, Some(old), (StatusCode::OK, Refused::default()))
}

/// `POST /setup/rotate`: the answer is the page with the secret, and the only one.
pub(super) async fn rotate(visit: Visit, typed: web::Form<Typed>) -> Result<HttpResponse, Failure> {
    let typed = typed.into_inner();
    visit
        .require_fresh_for(address_of_credential("/setup/rotate", &typed.integration, &typed.id).as_str())?;
    let place = visit.place(Some(&typed.integration)).await?;
    let slug = &place.integration.slug;
    let old = visit.api().credential(slug, &typed.id).await?;
    let terms = match typed.terms() {
        Ok(terms) => terms,
        Err(mistakes) => {
            let refused = Refused { mistakes, said: None };
            return show_form(&visit, place, typed, Some(old), (StatusCode::UNPROCESSABLE_ENTITY, refused));
        }
    };
    match visit.api().rotate_credential(slug, &old.id, terms, &typed.key).await {
        Ok(issued) => show_made(&visit, place, issued, Some(old.name)),
        Err(error) if error.is_repeat() => Ok(made_before(&visit, slug)),
        Err(error) => show_form(&visit, place, typed, Some(old), refusal(error)?),
    }
}
