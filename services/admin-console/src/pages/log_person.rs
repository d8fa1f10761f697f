use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::log::answer_log;
use super::log_filters::LogFilters;
use crate::http::{Failure, Visit};

/// What was asked about a person, whose name stands in no address.
#[derive(Deserialize)]
pub(super) struct Asked {
    person: String,
    #[serde(default)]
    integration: String,
    #[serde(default)]
    cursor: String,
}

/// `POST /log/person`
pub(super) async fn show(visit: Visit, asked: web::Form<Asked>) -> Result<HttpResponse, Failure> {
    let Asked { person, integration, cursor } = asked.into_inner();
    let place = visit.place(Some(&integration)).await?;
    let filters = LogFilters { integration: place.integration.slug.clone(), cursor, ..LogFilters::default() };
    answer_log(&visit, place, filters, Some(person.trim().to_owned())).await
}
