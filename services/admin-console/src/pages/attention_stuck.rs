use actix_web::{HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::attention::{address, part};
use super::wanted::Wanted;
use crate::api::Stuck;
use crate::http::{Failure, Page, Visit, answer};

#[derive(Template)]
#[template(path = "attention_stuck.html")]
struct StuckPage {
    page: Page,
    slug: String,
    stuck: Vec<Stuck>,
    next: Option<String>,
}

/// `GET /attention/stuck`
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let slug = place.integration.slug.clone();
    let list = part(visit.api().stuck(&slug, wanted.cursor()).await)?;
    let page = visit.page("stuck-title").about(place);
    answer(&StuckPage { page, slug, next: list.next(), stuck: list.items })
}

/// `POST /attention/stuck/{scim_id}/retry`
pub(super) async fn retry(
    visit: Visit,
    scim_id: web::Path<Uuid>,
    form: web::Form<Wanted>,
) -> Result<HttpResponse, Failure> {
    let slug = visit.place(Some(&form.integration)).await?.integration.slug;
    visit.api().retry_stuck(&slug, *scim_id).await?;
    let text = visit.phrase().t("stuck-due");
    Ok(visit.done(&address("/stuck", &slug), text))
}
