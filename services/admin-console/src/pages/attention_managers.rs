use actix_web::{HttpResponse, web};
use askama::Template;

use super::attention::part;
use super::wanted::Wanted;
use crate::api::MissingManager;
use crate::http::{Failure, Page, Visit, answer};

#[derive(Template)]
#[template(path = "attention_managers.html")]
struct Managers {
    page: Page,
    slug: String,
    managers: Vec<MissingManager>,
    next: Option<String>,
}

/// `GET /attention/managers`: who is named as manager and is no learner.
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let slug = place.integration.slug.clone();
    let list = part(visit.api().missing_managers(&slug, wanted.cursor()).await)?;
    let page = visit.page("managers-title").about(place);
    answer(&Managers { page, slug, next: list.next(), managers: list.items })
}
