use actix_web::{HttpResponse, web};
use askama::Template;

use super::wanted::{Wanted, heard, told};
use crate::api::{ApiError, Hold, List, MissingManager, Run, Waiting};
use crate::http::{Failure, LocalPath, Page, Visit, answer};

#[derive(Template)]
#[template(path = "attention.html")]
struct Attention {
    page: Page,
    slug: String,
    /// Whether the LMS has heard of the integration. What is none although it has, the service is too old for.
    is_heard: bool,
    waiting: Waiting,
    holds: Vec<Hold>,
    managers: Option<List<MissingManager>>,
    runs: Option<List<Run>>,
}

/// `GET /attention`: what waits for a person, and how many.
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let slug = place.integration.slug.clone();
    let api = visit.api();
    let (waiting, holds, managers, runs) = futures::join!(
        api.waiting(&slug),
        api.holds(&slug, Some("open"), None),
        api.missing_managers(&slug, None),
        api.runs(&slug, None),
    );
    let page = visit.page("attention-title").about(place);
    let (page, waiting) = told(page, waiting)?;
    let (page, holds) = told(page, holds)?;
    let (page, managers) = told(page, managers)?;
    let (page, runs) = told(page, runs)?;
    let waiting = waiting.flatten();
    let is_heard = waiting.is_some() || holds.is_some() || managers.is_some() || runs.is_some();
    let (waiting, holds) = (waiting.unwrap_or_default(), holds.map(|list| list.items).unwrap_or_default());
    answer(&Attention { page, slug, is_heard, waiting, holds, managers, runs })
}

impl Attention {
    /// Whether it is known that nobody has to do anything.
    fn is_quiet(&self) -> bool {
        let Waiting { parked, held, adoptions, stuck, erasures, findings_open, .. } = self.waiting;
        let counts = [parked, held, adoptions, stuck, erasures, findings_open];
        counts.iter().all(|count| count.is_some_and(|count| count.count == 0))
    }
}

impl Run {
    /// Differences of all kinds.
    fn differences(&self) -> u64 {
        self.drift.iter().map(|one| one.count).sum()
    }
}

/// Where a list of what waits is.
pub(super) fn address(what: &str, slug: &str) -> LocalPath {
    LocalPath::parse(&format!("/attention{what}?integration={slug}"))
}

/// Of a part of a list; an integration of which the LMS has heard nothing has none.
pub(super) fn part<T>(list: Result<List<T>, ApiError>) -> Result<List<T>, Failure> {
    Ok(heard(list)?.unwrap_or_else(List::empty))
}
