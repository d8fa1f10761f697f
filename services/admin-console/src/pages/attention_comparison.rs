use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::api::{Drift, Run};
use crate::http::{Failure, Page, Visit, answer};

#[derive(Template)]
#[template(path = "attention_comparison.html")]
struct Comparison {
    page: Page,
    slug: String,
    run: Run,
    kind: String,
    drift: Vec<Drift>,
    next: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    integration: String,
    kind: String,
    cursor: String,
}

/// `GET /attention/comparisons/{run}`: what differed, one kind at a time.
pub(super) async fn show(
    visit: Visit,
    run: web::Path<Uuid>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let slug = place.integration.slug.clone();
    let Wanted { kind, cursor, .. } = wanted.into_inner();
    let api = visit.api();
    let run = api.run(&slug, *run).await?;
    let first = run.drift.first().map(|one| one.kind.clone());
    let kind = if kind.is_empty() { first.unwrap_or_default() } else { kind };
    let (drift, next) = if kind.is_empty() {
        (Vec::new(), None)
    } else {
        let list = api.drift(&slug, run.run_id, &kind, Some(cursor)).await?;
        let next = list.next();
        (list.items, next)
    };
    let page = visit.page("comparison-title").about(place);
    answer(&Comparison { page, slug, run, kind, drift, next })
}
