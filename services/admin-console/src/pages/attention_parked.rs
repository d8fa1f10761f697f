use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::attention::{address, part};
use super::mistakes::{Mistake, is_typed};
use crate::api::Parked;
use crate::http::{Failure, Page, Place, Visit, answer_with};

/// Kinds of reasons, to choose from.
pub(super) const REASONS: [&str; 12] = [
    "refused",
    "no_seat",
    "missing_attribute",
    "contested_external_id",
    "unknown_cohort",
    "unfit_key",
    "foreign_portal",
    "malformed_member",
    "malformed_snapshot",
    "missing_state",
    "undecodable",
    "given_up",
];

#[derive(Template)]
#[template(path = "attention_parked.html")]
struct ParkedPage {
    page: Page,
    slug: String,
    reason: String,
    parked: Vec<Parked>,
    next: Option<String>,
    mistakes: Vec<Mistake>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    integration: String,
    reason: String,
    cursor: String,
    /// The beginning of the event's id, typed by whoever discards it.
    confirm: String,
}

/// `GET /attention/parked`
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    answer_parked(&visit, place, &wanted, Vec::new()).await
}

/// `POST /attention/parked/retry`: all, or those of a kind of reason.
pub(super) async fn retry_all(visit: Visit, form: web::Form<Wanted>) -> Result<HttpResponse, Failure> {
    let slug = visit.place(Some(&form.integration)).await?.integration.slug;
    let due = visit.api().retry_all_parked(&slug, &form.reason).await?;
    let text = visit.phrase().with("count", due).t("parked-all-due");
    Ok(visit.done(&address("/parked", &slug), text))
}

/// `POST /attention/parked/{event}/retry`
pub(super) async fn retry(
    visit: Visit,
    event: web::Path<Uuid>,
    form: web::Form<Wanted>,
) -> Result<HttpResponse, Failure> {
    let slug = visit.place(Some(&form.integration)).await?.integration.slug;
    visit.api().retry_parked(&slug, *event).await?;
    let text = visit.phrase().t("parked-due");
    Ok(visit.done(&address("/parked", &slug), text))
}

/// `POST /attention/parked/{event}/discard`
pub(super) async fn discard(
    visit: Visit,
    event: web::Path<Uuid>,
    form: web::Form<Wanted>,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&form.integration)).await?;
    let slug = place.integration.slug.clone();
    if !is_typed(&form.confirm, &word_for(*event)) {
        return answer_parked(&visit, place, &form, vec![Mistake::Noticed("not-typed")]).await;
    }
    visit.api().discard_parked(&slug, *event).await?;
    let text = visit.phrase().t("parked-discarded");
    Ok(visit.done(&address("/parked", &slug), text))
}

/// What has to be typed before an event is discarded. The end of an id is what differs.
fn word_for(event: Uuid) -> String {
    let id = event.simple().to_string();
    id.get(id.len() - 6..).unwrap_or_default().to_owned()
}

async fn answer_parked(
    visit: &Visit,
    place: Place,
    wanted: &Wanted,
    mistakes: Vec<Mistake>,
) -> Result<HttpResponse, Failure> {
    let slug = place.integration.slug.clone();
    let reason = wanted.reason.clone();
    let list = part(visit.api().parked(&slug, Some(reason.clone()), Some(wanted.cursor.clone())).await)?;
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = visit.page("parked-title").about(place);
    answer_with(status, &ParkedPage { page, slug, reason, next: list.next(), parked: list.items, mistakes })
}

impl Parked {
    fn word_to_type(&self) -> String {
        word_for(self.event_id)
    }

    /// The SCIM id of whom it is about.
    fn scim_id(&self) -> Option<&str> {
        let (_, id) = self.subject.as_deref()?.split_once('/')?;
        id.parse::<Uuid>().ok().map(|_| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_the_end_of_the_id() {
        let event: Uuid = "0198c0de-0000-7000-8000-00000000abcd".parse().unwrap();
        assert_eq!(word_for(event), "00abcd");
    }
}
