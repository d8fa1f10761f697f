use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::about::address_of;
use super::credential_form::{KINDS, Refused, Typed, show_form, show_made};
use crate::api::ApiError;
use crate::http::{Failure, LocalPath, Visit};

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    integration: String,
    kind: String,
}

/// `GET /setup/credential?integration=&kind=`
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    if !KINDS.contains(&wanted.kind.as_str()) {
        return Err(Failure::NotFound);
    }
    let place = visit.place(Some(&wanted.integration)).await?;
    visit.require_owner(&place.integration)?;
    visit.require_fresh()?;
    let typed = Typed::proposed(&wanted.kind, visit.now);
    show_form(&visit, place, typed, None, (StatusCode::OK, Refused::default()))
}

/// `POST /setup/credential`: the answer is the page with the secret, and the only one.
pub(super) async fn issue(visit: Visit, typed: web::Form<Typed>) -> Result<HttpResponse, Failure> {
    let typed = typed.into_inner();
    if !KINDS.contains(&typed.kind.as_str()) {
        return Err(Failure::Malformed);
    }
    let form = [("integration", typed.integration.as_str()), ("kind", &typed.kind)];
    visit.require_fresh_for(LocalPath::with("/setup/credential", &form).as_str())?;
    let place = visit.place(Some(&typed.integration)).await?;
    let wanted = match typed.to_new() {
        Ok(wanted) => wanted,
        Err(mistakes) => {
            let refused = Refused { mistakes, said: None };
            return show_form(&visit, place, typed, None, (StatusCode::UNPROCESSABLE_ENTITY, refused));
        }
    };
    match visit.api().issue_credential(&place.integration.slug, &wanted, &typed.key).await {
        Ok(issued) => show_made(&visit, place, issued, None),
        Err(error) if error.is_repeat() => Ok(made_before(&visit, &place.integration.slug)),
        Err(error) => show_form(&visit, place, typed, None, refusal(error)?),
    }
}

/// Of a form that was sent once more, such as by loading the page with the secret anew.
pub(super) fn made_before(visit: &Visit, slug: &str) -> HttpResponse {
    let to = LocalPath::parse(&format!("{}#credentials", address_of("/setup", slug)));
    visit.done(&to, visit.phrase().t("made-before"))
}

/// What is shown beside the form, that can be put right there.
pub(super) fn refusal(error: ApiError) -> Result<(StatusCode, Refused), Failure> {
    let (status, said) = match error {
        ApiError::Invalid(said) => (StatusCode::UNPROCESSABLE_ENTITY, said),
        ApiError::Conflict(said) => (StatusCode::CONFLICT, said),
        error => return Err(error.into()),
    };
    Ok((status, Refused { mistakes: Vec::new(), said: Some(said) }))
}
