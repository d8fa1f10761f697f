use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::mistakes::Mistake;
use super::wanted::heard;
use crate::api::{ApiError, Learner, List, Sought};
use crate::http::{Failure, LocalPath, Page, Place, Visit, answer_with};
use crate::session::Search;

/// What learners can be narrowed to.
const STATUSES: [&str; 2] = ["active", "inactive"];

#[derive(Template)]
#[template(path = "people.html")]
struct People {
    page: Page,
    slug: String,
    sought: Sought,
    /// Whether somebody was looked for by a text.
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

/// Which part of the list.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Listed {
    integration: String,
    status: String,
    cursor: String,
    /// The id of a search that the session keeps.
    search: String,
}

/// `GET /people`: learners by id, of one status or of any; or those whom a search that is kept looks for.
pub(super) async fn show(visit: Visit, listed: web::Query<Listed>) -> Result<HttpResponse, Failure> {
    let Listed { integration, status, cursor, search } = listed.into_inner();
    let place = visit.place(Some(&integration)).await?;
    let status = Some(status).filter(|status| STATUSES.contains(&status.as_str())).unwrap_or_default();
    if !search.is_empty() {
        let Some(Search { text, cursor }) = visit.session.search(&search) else {
            let to = address(&place.integration.slug, &status, None);
            return Ok(visit.refused(&to, visit.phrase().t("search-forgotten")));
        };
        return answer_search(&visit, place, Sought { text, status, cursor }).await;
    }
    let found = heard(visit.api().learners(&place.integration.slug, &status, Some(cursor)).await)?;
    let sought = Sought { status, ..Sought::default() };
    answer_people(&visit, place, sought, found, Vec::new())
}

/// `POST /people`: keeps whom somebody looks for, and leads to the page of it, to which a browser can go back.
pub(super) async fn search(visit: Visit, asked: web::Form<Asked>) -> Result<HttpResponse, Failure> {
    let Asked { integration, text, status, cursor } = asked.into_inner();
    let place = visit.place(Some(&integration)).await?;
    let sought = Sought { text: text.trim().to_owned(), status, cursor };
    let kept = match sought.text.as_str() {
        // Without a text there is nobody to keep out of an address.
        "" => None,
        text => {
            let search = Search { text: text.to_owned(), cursor: sought.cursor.clone() };
            let Some(id) = visit.session.keep_search(search)? else {
                return answer_search(&visit, place, sought).await;
            };
            Some(id)
        }
    };
    let to = address(&place.integration.slug, &sought.status, kept.as_deref());
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, to.as_str())).finish())
}

fn address(slug: &str, status: &str, search: Option<&str>) -> LocalPath {
    let mut pairs = vec![("integration", slug)];
    pairs.extend(Some(("status", status)).filter(|(_, status)| !status.is_empty()));
    pairs.extend(search.map(|id| ("search", id)));
    LocalPath::with("/people", &pairs)
}

async fn answer_search(visit: &Visit, place: Place, sought: Sought) -> Result<HttpResponse, Failure> {
    let (found, mistakes) = match visit.api().search_learners(&place.integration.slug, &sought).await {
        Err(ApiError::Invalid(said)) => (Some(List::empty()), vec![Mistake::Said(said)]),
        answered => (heard(answered)?, Vec::new()),
    };
    answer_people(visit, place, sought, found, mistakes)
}

fn answer_people(
    visit: &Visit,
    place: Place,
    sought: Sought,
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
        is_search: !sought.text.is_empty(),
        sought,
        next: found.next(),
        people: found.items,
        is_heard,
        mistakes,
    };
    answer_with(status, &people)
}
