use actix_web::{HttpResponse, web};
use askama::Template;

use super::attention::part;
use super::wanted::Wanted;
use crate::api::Finding;
use crate::http::{Failure, Page, Visit, answer};

#[derive(Template)]
#[template(path = "attention_findings.html")]
struct Findings {
    page: Page,
    slug: String,
    findings: Vec<Finding>,
    next: Option<String>,
}

/// `GET /attention/findings`
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let slug = place.integration.slug.clone();
    let list = part(visit.api().findings(&slug, wanted.cursor()).await)?;
    let page = visit.page("lms-findings-title").about(place);
    answer(&Findings { page, slug, next: list.next(), findings: list.items })
}
