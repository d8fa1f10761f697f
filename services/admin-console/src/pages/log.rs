use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::log_filters::{KINDS, LogFilters, Mistakes, OPERATIONS, OUTCOMES};
use super::log_person;
use crate::api::{ApiError, LogEntry, Refusal};
use crate::http::{Failure, Page, Place, Visit, answer_with};

#[derive(Template)]
#[template(path = "log.html")]
pub(super) struct LogPage {
    page: Page,
    slug: String,
    filters: LogFilters,
    entries: Vec<LogEntry>,
    /// The userName that was searched for. It stands in no address.
    person: Option<String>,
    /// Where the next page begins.
    cursor: Option<String>,
    older: Option<String>,
    /// Until when the gateway looked, where that was not all the way to a full page.
    looked_back_to: Option<DateTime<Utc>>,
    tail: Option<String>,
    export: Option<String>,
    /// Fields that are wrong.
    mistakes: Mistakes,
    /// Why the gateway would not answer, in its words.
    refused: Option<Refusal>,
}

/// The search for a person that an address names.
#[derive(Deserialize)]
pub(super) struct Kept {
    #[serde(default)]
    search: String,
}

/// `GET /log`
pub(super) async fn show(
    visit: Visit,
    filters: web::Query<LogFilters>,
    kept: web::Query<Kept>,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&filters.integration)).await?;
    if !kept.search.is_empty() {
        return log_person::show(&visit, place, &kept.search).await;
    }
    let filters = LogFilters { integration: place.integration.slug.clone(), ..filters.into_inner() };
    answer_log(&visit, place, filters, None).await
}

/// The page of what the filters select, and of a person when one was searched for.
pub(super) async fn answer_log(
    visit: &Visit,
    place: Place,
    filters: LogFilters,
    person: Option<String>,
) -> Result<HttpResponse, Failure> {
    let slug = place.integration.slug.clone();
    let (mut status, mut mistakes, mut refused, mut found) = (StatusCode::OK, Vec::new(), None, None);
    match filters.to_query() {
        Ok(query) => match visit.api().log(&slug, &query.with("person", person.clone())).await {
            Ok(part) => found = Some(part),
            Err(ApiError::Invalid(said)) => refused = Some(said),
            Err(error) => return Err(error.into()),
        },
        Err(wrong) => mistakes = wrong,
    }
    if found.is_none() {
        status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    let looked_back_to = found.as_ref().and_then(|part| part.looked_back_to);
    let cursor = found.as_ref().and_then(|part| part.list.next());
    let entries = found.map(|part| part.list.items).unwrap_or_default();
    let is_open = person.is_none();
    let older =
        cursor.as_deref().filter(|_| is_open).map(|next| filters.address("/log", &[("cursor", next)]));
    // What is newer than a page in the middle has been seen.
    let is_newest = is_open && status == StatusCode::OK && filters.cursor.is_empty() && filters.to.is_empty();
    let newest = entries.iter().map(|entry| entry.entry_id).max().unwrap_or(0).to_string();
    let tail = is_newest.then(|| filters.address("/log/tail", &[("after", &newest)]));
    let export = is_open.then(|| filters.address("/log/export", &[("format", "csv")]));
    let page = visit.page("log-title").about(place);
    answer_with(
        status,
        &LogPage {
            page,
            slug,
            filters,
            entries,
            person,
            cursor,
            older,
            looked_back_to,
            tail,
            export,
            mistakes,
            refused,
        },
    )
}

impl LogPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.mistakes.contains(&field)
    }
}
