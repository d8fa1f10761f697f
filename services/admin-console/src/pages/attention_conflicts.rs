use actix_web::{HttpResponse, web};
use askama::Template;

use super::attention::part;
use super::wanted::Wanted;
use crate::api::Conflict;
use crate::http::{Failure, Page, Visit, answer};

#[derive(Template)]
#[template(path = "attention_conflicts.html")]
struct Conflicts {
    page: Page,
    slug: String,
    conflicts: Vec<Conflict>,
    next: Option<String>,
}

/// `GET /attention/conflicts`
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let slug = place.integration.slug.clone();
    let list = part(visit.api().conflicts(&slug, None, wanted.cursor()).await)?;
    let page = visit.page("conflicts-title").about(place);
    answer(&Conflicts { page, slug, next: list.next(), conflicts: list.items })
}
