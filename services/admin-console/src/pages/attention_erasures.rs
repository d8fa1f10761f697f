use actix_web::{HttpResponse, web};
use askama::Template;

use super::attention::part;
use super::wanted::Wanted;
use crate::api::Erasure;
use crate::http::{Failure, Page, Visit, answer};

#[derive(Template)]
#[template(path = "attention_erasures.html")]
struct Erasures {
    page: Page,
    slug: String,
    erasures: Vec<Erasure>,
    next: Option<String>,
}

/// `GET /attention/erasures`: those that wait for another person. They are confirmed on the page of the learner.
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let slug = place.integration.slug.clone();
    let list = part(visit.api().erasures(&slug, wanted.cursor()).await)?;
    let page = visit.page("erasures-title").about(place);
    answer(&Erasures { page, slug, next: list.next(), erasures: list.items })
}
