use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::api::{ApiError, Changed, Effect, LogEntry};
use crate::http::{Failure, Page, Visit, answer};

#[derive(Template)]
#[template(path = "log_entry.html")]
struct EntryPage {
    page: Page,
    slug: String,
    request_id: Uuid,
    entries: Vec<LogEntry>,
    /// What came of it in the LMS, oldest first; none while the LMS cannot be asked.
    effects: Option<Vec<Effect>>,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    integration: String,
}

/// `GET /log/{request_id}`: one request through both services.
pub(super) async fn show(
    visit: Visit,
    request_id: web::Path<Uuid>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let (slug, request_id) = (place.integration.slug.clone(), request_id.into_inner());
    let api = visit.api();
    let (entries, effects) =
        futures::join!(api.log_of_request(&slug, request_id), api.effects_of_request(&slug, request_id));
    let mut page = visit.page("entry-title").about(place);
    let entries = entries?.items;
    if entries.is_empty() {
        return Err(Failure::NotFound);
    }
    let effects = match effects {
        Ok(list) => Some(list.items.into_iter().rev().collect()),
        // The LMS has not heard of the integration yet.
        Err(ApiError::NotFound) => Some(Vec::new()),
        Err(ApiError::Unavailable(service)) => {
            page = page.without(service);
            None
        }
        Err(error) => return Err(error.into()),
    };
    answer(&EntryPage { page, slug, request_id, entries, effects })
}

impl EntryPage {
    /// Whether none of it was carried out, so that nothing can be on its way.
    fn came_to_nothing(&self) -> bool {
        self.entries.iter().all(|entry| matches!(entry.outcome.as_str(), "refused" | "denied" | "failed"))
    }
}

impl LogEntry {
    /// Whether somebody, or a group, was not created. What was asked for stands there as far as values are logged.
    fn is_refused_creation(&self) -> bool {
        (self.operation.as_str(), self.outcome.as_str()) == ("create", "refused") && self.kind.is_some()
    }

    /// Whether it was refused because somebody, or another group, has what was asked for.
    fn is_about_what_is_taken(&self) -> bool {
        self.is_refused_creation() && (self.status == Some(409) || self.scim_id.is_some())
    }

    /// Who has what a creation was refused for.
    fn holder(&self) -> Option<Uuid> {
        self.scim_id.filter(|_| self.is_refused_creation())
    }
}

impl Changed {
    fn before(&self) -> String {
        shown(self.before.as_ref())
    }

    fn after(&self) -> String {
        shown(self.after.as_ref())
    }
}

/// A value as it is read: text without quotes.
pub(super) fn shown(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "–".to_owned(),
        Some(other) => other.to_string(),
    }
}
