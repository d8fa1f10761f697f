use actix_web::{HttpResponse, web};
use askama::Template;

use super::attribute_rules::{self, AttributeRule};
use super::wanted::{Wanted, heard};
use crate::api::SavedRules;
use crate::http::{Failure, Page, Visit, answer};

#[derive(Template)]
#[template(path = "attributes.html")]
struct Attributes {
    page: Page,
    slug: String,
    /// None while the LMS has heard nothing of the integration.
    saved: Option<SavedRules>,
    rules: Vec<AttributeRule>,
}

/// `GET /attributes`: where values come from, and who decides them.
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let slug = place.integration.slug.clone();
    let saved = heard(visit.api().rules(&slug).await)?;
    let rules = saved.as_ref().map(|saved| attribute_rules::read(&saved.rules)).unwrap_or_default();
    let page = visit.page("attributes-title").about(place);
    answer(&Attributes { page, slug, saved, rules })
}
