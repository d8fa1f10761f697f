use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::mistakes::Mistake;
use super::wanted::{Wanted, heard};
use crate::api::{ApiError, Learner, List, Sought};
use crate::http::{Failure, Page, Place, Visit, answer_with};

#[derive(Template)]
#[template(path = "people.html")]
struct People {
    page: Page,
    slug: String,
    sought: Sought,
    /// Whether somebody was looked for: such a page has no address.
    is_search: bool,
    people: Vec<Learner>,
    /// Where the next page begins.
    next: Option<String>,
    /// Whether the LMS has heard of the integration.
    is_heard: bool,
    mistakes: Vec<Mistake>,
}

/// Whom somebody looks for. Never in an address.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    integration: String,
    text: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    cursor: String,
}

/// `GET /people`: learners by id.
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let found = heard(visit.api().learners(&place.integration.slug, wanted.cursor()).await)?;
    answer_people(&visit, place, None, found, Vec::new())
}

/// `POST /people`: those who are looked for.
pub(super) async fn search(visit: Visit, asked: web::Form<Asked>) -> Result<HttpResponse, Failure> {
    let Asked { integration, text, status, cursor } = asked.into_inner();
    let place = visit.place(Some(&integration)).await?;
    let sought = Sought { text: text.trim().to_owned(), status, cursor };
    if sought.text.is_empty() {
        let mistakes = vec![Mistake::Noticed("no-text")];
        return answer_people(&visit, place, Some(sought), Some(List::empty()), mistakes);
    }
    let (found, mistakes) = match visit.api().search_learners(&place.integration.slug, &sought).await {
        Err(ApiError::Invalid(detail)) => (Some(List::empty()), vec![Mistake::Said(detail)]),
        answered => (heard(answered)?, Vec::new()),
    };
    answer_people(&visit, place, Some(sought), found, mistakes)
}

fn answer_people(
    visit: &Visit,
    place: Place,
    sought: Option<Sought>,
    found: Option<List<Learner>>,
    mistakes: Vec<Mistake>,
) -> Result<HttpResponse, Failure> {
    let slug = place.integration.slug.clone();
    let is_heard = found.is_some();
    let found = found.unwrap_or_else(List::empty);
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let people = People {
        page: visit.page("people-title").about(place),
        slug,
        is_search: sought.is_some(),
        sought: sought.unwrap_or_default(),
        next: found.next(),
        people: found.items,
        is_heard,
        mistakes,
    };
    answer_with(status, &people)
}
