use actix_web::{HttpResponse, web};
use askama::Template;

use super::attention::part;
use super::cohort_rules::{self, CohortRule};
use super::wanted::{Wanted, heard};
use crate::api::{Cohort, SavedRules};
use crate::http::{Failure, Page, Visit, answer};

#[derive(Template)]
#[template(path = "groups.html")]
struct Groups {
    page: Page,
    slug: String,
    cohorts: Vec<Cohort>,
    next: Option<String>,
    /// None while the LMS has heard nothing of the integration.
    saved: Option<SavedRules>,
    /// None when a form cannot show them.
    rules: Option<Vec<CohortRule>>,
}

/// `GET /groups`: cohorts that groups became, and by which rules.
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let slug = place.integration.slug.clone();
    let api = visit.api();
    let (cohorts, saved) = futures::join!(api.cohorts(&slug, wanted.cursor()), api.rules(&slug));
    let (cohorts, saved) = (part(cohorts)?, heard(saved)?);
    let rules = saved.as_ref().and_then(|saved| cohort_rules::read(&saved.rules));
    let page = visit.page("groups-title").about(place);
    answer(&Groups { page, slug, next: cohorts.next(), cohorts: cohorts.items, saved, rules })
}
