use actix_web::{HttpResponse, web};
use askama::Template;

use super::attention::part;
use super::wanted::Wanted;
use crate::api::Hold;
use crate::http::{Failure, Page, Visit, answer};

#[derive(Template)]
#[template(path = "attention_holds.html")]
struct Holds {
    page: Page,
    slug: String,
    holds: Vec<Hold>,
    next: Option<String>,
}

/// `GET /attention/holds`: open ones and decided ones.
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let slug = place.integration.slug.clone();
    let list = part(visit.api().holds(&slug, None, wanted.cursor()).await)?;
    let page = visit.page("holds-title").about(place);
    answer(&Holds { page, slug, next: list.next(), holds: list.items })
}
