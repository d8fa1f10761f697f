use std::future::ready;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{self, Bytes};
use administration::Role;
use chrono::Duration;
use directory::{IntegrationId, LogQuery, ProvisioningLog, StoreError};
use futures::StreamExt;
use futures::stream::{TryStreamExt, once, try_unfold};
use platform::clock;
use platform::telemetry::chain;
use serde::Deserialize;
use utoipa::IntoParams;

use super::call::Call;
use super::csv;
use super::log_query::LogFilter;
use super::log_view::LogEntryView;
use super::problem::Problem;

/// Entries read together.
const PAGE: u32 = 1_000;

/// In which form.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// `csv` or `ndjson`.
    #[param(value_type = String)]
    format: Format,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Csv,
    Ndjson,
}

/// The part of an export that was not read yet.
struct Rest {
    log: Arc<dyn ProvisioningLog>,
    of: IntegrationId,
    query: LogQuery,
    format: Format,
    is_read: bool,
}

/// Streams what requests came to, newest first: all that the filters select and the retention has left.
///
/// Role `operator`. `format` is `csv` (RFC 4180, safe to open in a spreadsheet) or `ndjson`.
#[utoipa::path(get, path = "/admin/v1/integrations/{slug}/log/export", params(LogFilter, ExportQuery), responses(
    (status = 200, content((String = "text/csv"), (LogEntryView = "application/x-ndjson")))))]
pub(super) async fn export(call: Call, slug: web::Path<String>) -> Result<HttpResponse, Problem> {
    let integration = call.admit_to(&slug, Role::Operator).await?;
    let (filter, ExportQuery { format }): (LogFilter, ExportQuery) = (call.query()?, call.query()?);
    let query = filter.into_query(integration.id, None, PAGE)?;
    let kept = clock::now() - Duration::days(integration.settings.log_retention_days.into());
    let from = query.from.map_or(kept, |from| from.max(kept));
    let query = LogQuery { from: Some(from), ..query };
    let log = call.gateway.log.clone();
    let rest = Rest { log, of: integration.id, query, format, is_read: false };
    // Read before anything is answered, so that a store that is away is a 503.
    let (first, rest) = rest.part().await?;
    let first = once(ready(Ok::<_, StoreError>(Bytes::from([format.head(), &first].concat()))));
    let others = try_unfold(rest, Rest::next).map_ok(Bytes::from);
    let body = first.chain(others).inspect_err(|error| {
        tracing::error!(error = %chain(error), "an export was cut off");
    });
    let name = format!("attachment; filename=\"{}-log.{}\"", integration.slug, format.extension());
    Ok(HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header((CONTENT_DISPOSITION, name))
        .streaming(body))
}

impl Rest {
    async fn next(self) -> Result<Option<(String, Self)>, StoreError> {
        if self.is_read { Ok(None) } else { self.part().await.map(Some) }
    }

    async fn part(mut self) -> Result<(String, Self), StoreError> {
        let found = self.log.entries(self.of, &self.query).await?;
        let last = found.entries.last().map(|entry| entry.number);
        self.query.before = found.looked_back_to.map(|last| last.number).or(last);
        self.is_read = found.looked_back_to.is_none() && found.entries.len() < PAGE as usize;
        let mut text = String::new();
        for entry in found.entries {
            self.format.add(&LogEntryView::from(entry), &mut text);
        }
        Ok((text, self))
    }
}

impl Format {
    fn head(self) -> &'static str {
        match self {
            Self::Csv => csv::HEADER,
            Self::Ndjson => "",
        }
    }

    fn add(self, entry: &LogEntryView, to: &mut String) {
        match self {
            Self::Csv => csv::add_line(entry, to),
            Self::Ndjson => {
                to.push_str(&serde_json::to_string(entry).unwrap_or_default());
                to.push('\n');
            }
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}
