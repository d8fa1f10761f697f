use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::{HttpResponse, web};
use chrono::SecondsFormat;
use futures::stream;
use lms::admin::{EffectEntry, EffectFilter, EffectLog};
use lms::{CohortId, EffectOutcome, IntegrationSlug, LearnerId, Page, ScimId, StoreError};
use platform::admin::input::{self, Instant, Query};
use platform::csv;
use platform::telemetry::chain;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::access::{Operator, Viewer};
use super::body::{BodyProblem, Shown, shown};
use super::casework::CaseProblem;
use super::page::{NumberedQuery, PageBody};

/// Effects read at once for an export.
const EXPORTED_AT_ONCE: u32 = 1_000;

/// Which effects. All that is given must hold.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EffectQuery {
    /// Of this request of the directory.
    request_id: Option<Uuid>,
    /// About this learner, also as a member of a group.
    learner_id: Option<Uuid>,
    /// About this cohort or its members.
    cohort_id: Option<Uuid>,
    /// About this user, also as a member of a group, or about this group or its members.
    scim_id: Option<Uuid>,
    /// One outcome, or several with commas.
    outcome: Option<String>,
    /// Not before this instant.
    #[param(value_type = Option<DateTime<Utc>>)]
    from: Option<Instant>,
    /// Before this instant.
    #[param(value_type = Option<DateTime<Utc>>)]
    to: Option<Instant>,
}

/// In which form.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// `csv` or `ndjson`.
    #[param(inline)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    Csv,
    Ndjson,
}

impl EffectQuery {
    fn filter(&self) -> Result<EffectFilter, CaseProblem> {
        let words = self.outcome.iter().flat_map(|words| words.split(','));
        let outcomes: Result<Vec<EffectOutcome>, _> =
            words.map(|word| input::value(Value::from(word))).collect();
        Ok(EffectFilter {
            request: self.request_id,
            learner: self.learner_id.map(LearnerId),
            cohort: self.cohort_id.map(CohortId),
            resource: self.scim_id.map(ScimId),
            outcomes: outcomes.map_err(BodyProblem::Mistake)?,
            from: self.from.map(|Instant(from)| from),
            to: self.to.map(|Instant(to)| to),
        })
    }
}

/// `GET /admin/v1/integrations/{integration}/effects`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    Query(query): Query<EffectQuery>,
    Query(page): Query<NumberedQuery>,
    effects: web::Data<dyn EffectLog>,
) -> Result<Shown<PageBody<EffectEntry, i64>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let wanted = page.page();
    let items = effects.effects(&integration, &query.filter()?, wanted).await?;
    Ok(shown(PageBody::new(items, wanted.limit, |effect| effect.effect_id)))
}

/// `GET /admin/v1/integrations/{integration}/effects/export?format=csv|ndjson`
///
/// Read and told page by page. When the database goes away in the middle, the answer is cut off, so that nobody takes it
/// for whole.
pub(super) async fn export(
    _: Operator,
    integration: web::Path<String>,
    Query(query): Query<EffectQuery>,
    Query(ExportQuery { format }): Query<ExportQuery>,
    effects: web::Data<dyn EffectLog>,
) -> Result<HttpResponse, CaseProblem> {
    let (content_type, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "effects.csv"),
        Format::Ndjson => ("application/x-ndjson", "effects.ndjson"),
    };
    let integration = IntegrationSlug(integration.into_inner());
    let filter = query.filter()?;
    // The first page is read before the status is told.
    let first = read(&effects, &integration, &filter, None).await?;
    let head = match format {
        Format::Csv => csv::line(&COLUMNS.map(str::to_owned)),
        Format::Ndjson => String::new(),
    };
    let told = Told { page: Some(first), head };
    let lines = stream::try_unfold(told, move |told| {
        let (effects, integration, filter) = (effects.clone(), integration.clone(), filter.clone());
        async move {
            let Some(page) = told.page else { return Ok(None) };
            let text = told.head + &page.iter().map(|effect| line(effect, format)).collect::<String>();
            let is_full = page.len() >= EXPORTED_AT_ONCE as usize;
            let next = match page.last().filter(|_| is_full) {
                Some(last) => Some(read(&effects, &integration, &filter, Some(last.effect_id)).await),
                None => None,
            };
            let page = next.transpose().inspect_err(|error| {
                tracing::error!(error = %chain(error), "an export of effects was cut off");
            })?;
            Ok::<_, StoreError>(Some((web::Bytes::from(text), Told { page, head: String::new() })))
        }
    });
    let lines = futures::StreamExt::map(lines, |part: Result<_, StoreError>| {
        part.map_err(|_| actix_web::error::ErrorServiceUnavailable("the export was cut off"))
    });
    Ok(HttpResponse::build(StatusCode::OK)
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .content_type(content_type)
        .streaming(lines))
}

/// What is to be told next.
struct Told {
    page: Option<Vec<EffectEntry>>,
    head: String,
}

async fn read(
    effects: &web::Data<dyn EffectLog>,
    integration: &IntegrationSlug,
    filter: &EffectFilter,
    after: Option<i64>,
) -> Result<Vec<EffectEntry>, StoreError> {
    effects.effects(integration, filter, Page { after, limit: EXPORTED_AT_ONCE }).await
}

const COLUMNS: [&str; 13] = [
    "effect_id",
    "at",
    "request_id",
    "event_id",
    "event_type",
    "kind",
    "scim_id",
    "learner_id",
    "cohort_id",
    "outcome",
    "changed",
    "members",
    "reason",
];

fn line(effect: &EffectEntry, format: Format) -> String {
    match format {
        Format::Ndjson => serde_json::to_string(effect).unwrap_or_default() + "\n",
        Format::Csv => csv::line(&cells(effect)),
    }
}

fn cells(effect: &EffectEntry) -> [String; 13] {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    [
        effect.effect_id.to_string(),
        effect.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        effect.request_id.to_string(),
        effect.event_id.to_string(),
        effect.event_type.clone(),
        word(effect.kind),
        id(effect.scim_id.map(|id| id.0)),
        id(effect.learner_id.map(|id| id.0)),
        id(effect.cohort_id.map(|id| id.0)),
        word(effect.outcome),
        effect.changed.join(" "),
        effect.members.map(|members| members.to_string()).unwrap_or_default(),
        effect.reason.clone().unwrap_or_default(),
    ]
}

fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}
