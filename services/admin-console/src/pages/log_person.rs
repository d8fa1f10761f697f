use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::about::address_of;
use super::log::answer_log;
use super::log_filters::LogFilters;
use crate::http::{Failure, LocalPath, Place, Visit};
use crate::session::Search;

/// What was asked about a person, whose name stands in no address.
#[derive(Deserialize)]
pub(super) struct Asked {
    person: String,
    #[serde(default)]
    integration: String,
    #[serde(default)]
    cursor: String,
}

/// `POST /log/person`: keeps who is asked about, and leads to the page of it, to which a browser can go back.
pub(super) async fn search(visit: Visit, asked: web::Form<Asked>) -> Result<HttpResponse, Failure> {
    let Asked { person, integration, cursor } = asked.into_inner();
    let place = visit.place(Some(&integration)).await?;
    let search = Search { text: person.trim().to_owned(), cursor };
    let Some(id) = visit.session.keep_search(search.clone())? else {
        return answer_about(&visit, place, search).await;
    };
    let to = LocalPath::with("/log", &[("integration", &place.integration.slug), ("search", &id)]);
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, to.as_str())).finish())
}

/// The page of a search that the session keeps.
pub(super) async fn show(visit: &Visit, place: Place, id: &str) -> Result<HttpResponse, Failure> {
    match visit.session.search(id) {
        Some(search) => answer_about(visit, place, search).await,
        None => {
            let to = address_of("/log", &place.integration.slug);
            Ok(visit.refused(&to, visit.phrase().t("search-forgotten")))
        }
    }
}

async fn answer_about(visit: &Visit, place: Place, search: Search) -> Result<HttpResponse, Failure> {
    let Search { text, cursor } = search;
    let filters = LogFilters { integration: place.integration.slug.clone(), cursor, ..LogFilters::default() };
    answer_log(visit, place, filters, Some(text)).await
}
