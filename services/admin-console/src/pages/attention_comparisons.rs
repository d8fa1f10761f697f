use actix_web::{HttpResponse, web};
use askama::Template;

use super::attention::{address, part};
use super::wanted::Wanted;
use crate::api::{ApiError, Run, Snapshot};
use crate::http::{Failure, Page, Visit, answer};

#[derive(Template)]
#[template(path = "attention_comparisons.html")]
struct Comparisons {
    page: Page,
    slug: String,
    /// What the gateway is telling now.
    telling: Option<Snapshot>,
    runs: Vec<Run>,
    next: Option<String>,
}

/// `GET /attention/comparisons`: what the directory has beside what the LMS has.
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let slug = place.integration.slug.clone();
    let api = visit.api();
    let (snapshots, runs) = futures::join!(api.snapshots(&slug), api.runs(&slug, wanted.cursor()));
    let mut page = visit.page("comparisons-title").about(place);
    let telling = match snapshots {
        Ok(all) => all.into_iter().find(|one| one.state == "running" && one.only.is_none()),
        Err(ApiError::Unavailable(service)) => {
            page = page.without(service);
            None
        }
        Err(error) => return Err(error.into()),
    };
    let list = part(runs)?;
    answer(&Comparisons { page, slug, telling, next: list.next(), runs: list.items })
}

/// `POST /attention/comparisons`: has everything compared now.
pub(super) async fn start(visit: Visit, form: web::Form<Wanted>) -> Result<HttpResponse, Failure> {
    let slug = visit.place(Some(&form.integration)).await?.integration.slug;
    visit.api().compare_now(&slug).await?;
    let text = visit.phrase().t("comparison-begun");
    Ok(visit.done(&address("/comparisons", &slug), text))
}

impl Comparisons {
    /// Whether the page changes by itself.
    fn goes_on(&self) -> bool {
        self.telling.is_some() || self.runs.first().is_some_and(|run| !run.is_finished)
    }
}
