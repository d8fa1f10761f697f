use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use futures::stream;

use super::log_filters::LogFilters;
use crate::http::{Failure, Visit};

/// `GET /log/export`: all that the filters select as CSV, passed on as it comes.
pub(super) async fn send(visit: Visit, filters: web::Query<LogFilters>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&filters.integration)).await?;
    let slug = place.integration.slug;
    let query = filters.to_query().map_err(|_| Failure::Malformed)?.with("format", "csv".to_owned());
    let export = visit.api().log_export(&slug, &query).await?;
    // An end in the middle closes the connection, so that nobody takes a part for the whole.
    let chunks = stream::try_unfold(export, |mut export| async move {
        Ok::<_, reqwest::Error>(export.chunk().await?.map(|chunk| (chunk, export)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"log-{slug}.csv\"")))
        .streaming(chunks))
}
