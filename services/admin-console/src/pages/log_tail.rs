use std::collections::VecDeque;
use std::time::Duration;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use askama::Template;
use futures::stream;
use platform::shutdown::Shutdown;
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;

use super::log_filters::LogFilters;
use crate::api::{ApiError, LogEntry, Query};
use crate::http::{Failure, Page, Visit};

/// Between two questions to the gateway.
const PAUSE: Duration = Duration::from_secs(2);

/// Entries that are asked for each time: nearly always more than are new.
const FEW: usize = 50;

/// Entries that are shown at once, as many as the gateway tells in one answer. In a storm the oldest of what came between
/// two questions are seen only once the page is loaded anew.
const MOST: usize = 1_000;

#[derive(Template)]
#[template(path = "log_rows.html")]
struct Rows<'a> {
    page: &'a Page,
    slug: &'a str,
    entries: Vec<LogEntry>,
}

#[derive(Deserialize)]
pub(super) struct After {
    #[serde(default)]
    after: i64,
}

/// A live view: whose, of what, and how far it has come.
struct Tail {
    visit: Visit,
    page: Page,
    slug: String,
    query: Query,
    after: i64,
    /// What is to be sent before the gateway is asked again.
    ready: VecDeque<Bytes>,
    is_over: bool,
    shutdown: web::Data<Shutdown>,
    _permits: [OwnedSemaphorePermit; 2],
}

/// `GET /log/tail?after=`: new entries as server-sent events, until the session ends.
pub(super) async fn follow(
    visit: Visit,
    filters: web::Query<LogFilters>,
    after: web::Query<After>,
    shutdown: web::Data<Shutdown>,
) -> Result<HttpResponse, Failure> {
    let own = visit.session.tail().ok_or(Failure::TooManyTails)?;
    let all = visit.console.tails.clone().try_acquire_owned().map_err(|_| Failure::TooManyTails)?;
    let slug = visit.place(Some(&filters.integration)).await?.integration.slug;
    let query = filters.to_query().map_err(|_| Failure::Malformed)?;
    let tail = Tail {
        page: visit.page("log-title"),
        visit,
        slug,
        query,
        after: after.after,
        ready: VecDeque::from([Bytes::from_static(b": open\n\n")]),
        is_over: false,
        shutdown,
        _permits: [own, all],
    };
    let events = stream::unfold(tail, |mut tail| async move {
        let event = tail.next().await?;
        Some((Ok::<_, std::convert::Infallible>(event), tail))
    });
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/event-stream")).streaming(events))
}

impl Tail {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = self.shutdown.requested() => return None,
            }
            self.look().await;
        }
    }

    async fn look(&mut self) {
        if !self.visit.console.sessions.goes_on(&self.visit.session, platform::clock::now()) {
            return self.end();
        }
        match self.newer().await {
            Ok(entries) => {
                self.after = entries.iter().map(|entry| entry.entry_id).max().unwrap_or(self.after);
                self.ready.push_back(self.event(entries));
            }
            // Away for now: what came meanwhile is shown later.
            Err(ApiError::Unavailable(_)) => self.ready.push_back(Bytes::from_static(b": away\n\n")),
            Err(_) => self.end(),
        }
    }

    /// Entries that were not shown yet. Many are asked for only where few are all new.
    async fn newer(&self) -> Result<Vec<LogEntry>, ApiError> {
        let few = self.entries(FEW).await?;
        let asked = few.len();
        let entries = newer(few, self.after);
        if asked < FEW || entries.len() < asked {
            return Ok(entries);
        }
        Ok(newer(self.entries(MOST).await?, self.after))
    }

    async fn entries(&self, limit: usize) -> Result<Vec<LogEntry>, ApiError> {
        let query = self.query.clone().with("limit", limit.to_string());
        Ok(self.visit.api().log(&self.slug, &query).await?.list.items)
    }

    /// Rows as one event; a comment when there are none, so that a broken connection is noticed.
    fn event(&self, entries: Vec<LogEntry>) -> Bytes {
        if entries.is_empty() {
            return Bytes::from_static(b": nothing\n\n");
        }
        let rows = Rows { page: &self.page, slug: &self.slug, entries }.render().unwrap_or_default();
        let mut event = String::from("event: rows\n");
        for line in rows.lines() {
            event.push_str("data: ");
            event.push_str(line);
            event.push('\n');
        }
        event.push('\n');
        event.into()
    }

    /// Tells the browser not to come back.
    fn end(&mut self) {
        self.is_over = true;
        self.ready.push_back(Bytes::from_static(b"event: end\ndata: end\n\n"));
    }
}

/// Of entries those that were not shown yet. The log is in the order in which requests came, and numbers are drawn when
/// they were answered: below an entry that was shown may stand a slow one that was not.
fn newer(entries: Vec<LogEntry>, after: i64) -> Vec<LogEntry> {
    entries.into_iter().filter(|entry| entry.entry_id > after).collect()
}
