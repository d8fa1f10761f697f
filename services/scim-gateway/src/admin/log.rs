use actix_web::web;
use administration::Role;
use chrono::{DateTime, Utc};
use directory::{LogEntry, LogPage, LogQuery};
use serde::Serialize;
use utoipa::ToSchema;
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

/// A part of the log.
#[derive(Serialize, ToSchema)]
pub(super) struct LogPageView {
    #[serde(flatten)]
    page: PageView<LogEntryView>,
    /// Until when this part was looked for: of what one filter selects 50,000 entries are looked at for the others. Null
    /// where it is full; where it ends the log it may be null. `next` goes on from there, also where there are no items.
    looked_back_to: Option<DateTime<Utc>>,
}

impl LogPageView {
    /// A page of what was found, which holds one entry more than the page when another is known to follow.
    fn new(found: LogPage, limit: u32) -> Self {
        let number = |entry: &LogEntry| entry.number.to_string();
        let mut page = PageView::new(found.entries, limit, number, LogEntryView::from);
        let ended = found.looked_back_to;
        page.next = page.next.or(ended.map(|last| last.number.to_string()));
        Self { page, looked_back_to: ended.map(|last| last.at) }
    }
}

/// Lists what requests came to, newest first.
///
/// Role `viewer`.
#[utoipa::path(get, path = "/admin/v1/integrations/{slug}/log", params(LogFilter, PageQuery),
    responses((status = 200, body = LogPageView)))]
pub(super) async fn list(call: Call, slug: web::Path<String>) -> Result<Shown<LogPageView>, Problem> {
    let integration = call.admit_to(&slug, Role::Viewer).await?;
    let (filter, page): (LogFilter, PageQuery) = (call.query()?, call.query()?);
    let limit = page.limit.0;
    // One more tells whether another page follows.
    let query = filter.into_query(integration.id, page.after(), limit + 1)?;
    Ok(shown(LogPageView::new(call.gateway.log.entries(integration.id, &query).await?, limit)))
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
    let found = call.gateway.log.entries(integration.id, &query).await?.entries;
    if found.is_empty() {
        return Err(Problem::NotFound("request"));
    }
    Ok(shown(ListView { items: found.into_iter().map(LogEntryView::from).collect() }))
}

#[cfg(test)]
mod tests {
    use directory::{IntegrationId, LoggedOperation, LoggedRequest, LookedBack, Origin, Outcome};

    use super::*;

    fn entry(number: i64) -> LogEntry {
        let request = LoggedRequest {
            integration: IntegrationId(Uuid::nil()),
            request_id: Uuid::nil(),
            at: DateTime::UNIX_EPOCH,
            origin: Origin::default(),
            operation: LoggedOperation::Search,
            kind: None,
            subject: None,
            person: None,
            outcome: Outcome::Found,
            status: None,
            reason: None,
            changed: vec![],
            duration_ms: None,
            mismatch: None,
        };
        LogEntry { number, request }
    }

    #[test]
    fn a_page_goes_on_behind_its_last_entry_or_where_the_look_ended() {
        let ended = Some(LookedBack { at: DateTime::UNIX_EPOCH, number: 4 });
        for (numbers, looked_back_to, items, next, is_told) in [
            (vec![9, 8, 7], None, 2, Some("8"), false),
            (vec![9, 8], None, 2, None, false),
            (vec![9], ended, 1, Some("4"), true),
            (vec![], ended, 0, Some("4"), true),
        ] {
            let entries = numbers.into_iter().map(entry).collect();
            let view = LogPageView::new(LogPage { entries, looked_back_to }, 2);
            assert_eq!(view.page.items.len(), items);
            assert_eq!(view.page.next.as_deref(), next);
            assert_eq!(view.looked_back_to.is_some(), is_told);
        }
    }
}
