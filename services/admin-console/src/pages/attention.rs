use actix_web::{HttpResponse, web};
use askama::Template;

use super::wanted::{Wanted, heard};
use crate::api::{ApiError, Hold, List, MissingManager, Run, Waiting};
use crate::http::{Failure, LocalPath, Page, Visit, answer};

#[derive(Template)]
#[template(path = "attention.html")]
struct Attention {
    page: Page,
    slug: String,
    /// None while the LMS has heard nothing of the integration.
    waiting: Option<Waiting>,
    holds: Vec<Hold>,
    managers: List<MissingManager>,
    last_run: Option<Run>,
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
    let waiting = waiting?;
    let page = visit.page("attention-title").about(place);
    answer(&Attention {
        page,
        slug,
        waiting,
        holds: heard(holds)?.map(|list| list.items).unwrap_or_default(),
        managers: heard(managers)?.unwrap_or_else(List::empty),
        last_run: heard(runs)?.and_then(|list| list.items.into_iter().next()),
    })
}

impl Attention {
    /// Whether nobody has to do anything.
    fn is_quiet(waiting: &Waiting) -> bool {
        let counts = [
            waiting.parked,
            waiting.held,
            waiting.adoptions,
            waiting.stuck,
            waiting.erasures,
            waiting.findings_open,
        ];
        counts.iter().all(|count| count.count == 0)
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
