use actix_web::web;
use administration::Role;
use directory::LogQuery;
use uuid::Uuid;

use super::call::Call;
use super::log_query::LogFilter;
use super::log_view::LogEntryView;
use super::page::{ListView, PageQuery, PageView};
use super::problem::Problem;
use super::shown::{Shown, shown};

/// Entries of one request at most: a bulk request has its own, one for each of its 1,000 operations, and another for each
/// that completes what refers to a later one.
const OF_ONE_REQUEST: u32 = 2_001;

/// Lists what requests came to, newest first.
///
/// Role `viewer`.
#[utoipa::path(get, path = "/admin/v1/integrations/{slug}/log", params(LogFilter, PageQuery),
    responses((status = 200, body = PageView<LogEntryView>)))]
pub(super) async fn list(
    call: Call,
    slug: web::Path<String>,
) -> Result<Shown<PageView<LogEntryView>>, Problem> {
    let integration = call.admit_to(&slug, Role::Viewer).await?;
    let (filter, page): (LogFilter, PageQuery) = (call.query()?, call.query()?);
    let limit = page.limit.0;
    // One more tells whether another page follows.
    let query = filter.into_query(integration.id, page.after(), limit + 1)?;
    let found = call.gateway.log.entries(integration.id, &query).await?;
    Ok(shown(PageView::new(found, limit, |entry| entry.number.to_string(), LogEntryView::from)))
}

/// Shows what one request came to, and of a bulk request each of its operations.
///
/// Role `viewer`.
#[utoipa::path(get, path = "/admin/v1/integrations/{slug}/log/{request_id}",
    responses((status = 200, body = ListView<LogEntryView>)))]
pub(super) async fn of_request(
    call: Call,
    path: web::Path<(String, String)>,
) -> Result<Shown<ListView<LogEntryView>>, Problem> {
    let (slug, request_id) = path.into_inner();
    let integration = call.admit_to(&slug, Role::Viewer).await?;
    let request_id: Uuid = request_id.parse().map_err(|_| Problem::NotFound("request"))?;
    let query = LogQuery { request_id: Some(request_id), limit: OF_ONE_REQUEST, ..LogQuery::default() };
    let found = call.gateway.log.entries(integration.id, &query).await?;
    if found.is_empty() {
        return Err(Problem::NotFound("request"));
    }
    Ok(shown(ListView { items: found.into_iter().map(LogEntryView::from).collect() }))
}
