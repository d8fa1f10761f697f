use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::mistakes::{Mistake, is_typed};
use super::person::{Typed, address, answer_person, word_for};
use super::person_timeline::Position;
use crate::http::{Failure, Visit};

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    integration: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    confirm: String,
}

/// `POST /people/{learner_id}/erasure`: asks for it.
pub(super) async fn request(
    visit: Visit,
    learner: web::Path<Uuid>,
    form: web::Form<Asked>,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&form.integration)).await?;
    let (slug, learner) = (place.integration.slug.clone(), *learner);
    let mistake = if form.reason.trim().is_empty() {
        Mistake::Noticed("no-reason")
    } else {
        match visit.api().request_erasure(&slug, learner, form.reason.trim()).await {
            Ok(()) => {
                let text = visit.phrase().t("erasure-requested");
                return Ok(visit.done(&address(&slug, learner), text));
            }
            Err(error) => Mistake::of(error)?,
        }
    };
    let typed = Typed { erase_reason: form.into_inner().reason, ..Typed::default() };
    answer_person(&visit, place, learner, Position::default(), typed, vec![mistake]).await
}

/// `POST /people/{learner_id}/erasure/confirm`: there is no way back.
pub(super) async fn confirm(
    visit: Visit,
    learner: web::Path<Uuid>,
    form: web::Form<Asked>,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&form.integration)).await?;
    let (slug, learner) = (place.integration.slug.clone(), *learner);
    let word = word_for(&visit.api().explain(&slug, learner).await?, learner);
    let mistake = if is_typed(&form.confirm, &word) {
        match visit.api().confirm_erasure(&slug, learner).await {
            Ok(()) => {
                let text = visit.phrase().t("erasure-confirmed");
                return Ok(visit.done(&address(&slug, learner), text));
            }
            Err(error) => Mistake::of(error)?,
        }
    } else {
        Mistake::Noticed("not-typed")
    };
    answer_person(&visit, place, learner, Position::default(), Typed::default(), vec![mistake]).await
}

/// `POST /people/{learner_id}/erasure/withdraw`
pub(super) async fn withdraw(
    visit: Visit,
    learner: web::Path<Uuid>,
    form: web::Form<Asked>,
) -> Result<HttpResponse, Failure> {
    let slug = visit.place(Some(&form.integration)).await?.integration.slug;
    visit.api().withdraw_erasure(&slug, *learner).await?;
    let text = visit.phrase().t("erasure-withdrawn");
    Ok(visit.done(&address(&slug, *learner), text))
}
