use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::mistakes::Mistake;
use super::person_timeline::{Happening, Position, Timeline};
use crate::api::{
    ApiError, Conflict, Effect, Erasure, Exemption, Explanation, LearnerCohort, List, LogEntry,
};
use crate::http::{Failure, LocalPath, Page, Place, Visit, answer_with};

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    page: Page,
    slug: String,
    learner_id: Uuid,
    why: Explanation,
    exemption: Option<Exemption>,
    erasure: Option<Erasure>,
    conflicts: Vec<Conflict>,
    cohorts: List<LearnerCohort>,
    timeline: Timeline,
    typed: Typed,
    mistakes: Vec<Mistake>,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    integration: String,
    /// The timeline from there back.
    #[serde(default)]
    before: Position,
}

/// What was typed into forms of the page.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) exempt_reason: String,
    pub(super) ends_on: String,
    pub(super) erase_reason: String,
}

/// `GET /people/{learner_id}`
pub(super) async fn show(
    visit: Visit,
    learner: web::Path<Uuid>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    answer_person(&visit, place, *learner, wanted.before, Typed::default(), Vec::new()).await
}

/// The page of a learner, with what was typed and is wrong.
pub(super) async fn answer_person(
    visit: &Visit,
    place: Place,
    learner: Uuid,
    before: Position,
    typed: Typed,
    mistakes: Vec<Mistake>,
) -> Result<HttpResponse, Failure> {
    let slug = place.integration.slug.clone();
    let api = visit.api();
    let (why, exemption, erasure, conflicts, cohorts, effects) = futures::try_join!(
        api.explain(&slug, learner),
        api.exemption(&slug, learner),
        api.erasure(&slug, learner),
        api.conflicts(&slug, Some(learner), None),
        api.cohorts_of(&slug, learner),
        effects_before(visit, &slug, learner, before),
    )?;
    let mut page = visit.page("person-title").about(place);
    let asked = match log_before(visit, &slug, why.scim_id, before).await {
        Ok(entries) => Some(entries),
        Err(ApiError::Unavailable(service)) => {
            page = page.without(service);
            None
        }
        Err(error) => return Err(error.into()),
    };
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let timeline = Timeline::merge(before, asked, effects);
    let conflicts = conflicts.items;
    answer_with(
        status,
        &PersonPage {
            page,
            slug,
            learner_id: learner,
            why,
            exemption,
            erasure,
            conflicts,
            cohorts,
            timeline,
            typed,
            mistakes,
        },
    )
}

/// What was asked about somebody, from a position on.
async fn log_before(
    visit: &Visit,
    slug: &str,
    scim_id: Uuid,
    before: Position,
) -> Result<List<LogEntry>, ApiError> {
    let Some(query) = before.of_log() else { return Ok(List::empty()) };
    Ok(visit.api().log(slug, &query.with("scim_id", scim_id.to_string())).await?.list)
}

/// What came of it, from a position on.
async fn effects_before(
    visit: &Visit,
    slug: &str,
    learner: Uuid,
    before: Position,
) -> Result<List<Effect>, ApiError> {
    let Some(query) = before.of_effects() else { return Ok(List::empty()) };
    visit.api().effects_of_learner(slug, learner, query).await
}

/// What has to be typed before a person is erased: what they sign in with, else the id.
pub(super) fn word_for(why: &Explanation, learner: Uuid) -> String {
    why.value("login").map_or_else(|| learner.to_string(), str::to_owned)
}

impl PersonPage {
    fn name(&self) -> String {
        let name = self.why.value("display_name").or_else(|| self.why.value("login"));
        name.map_or_else(|| self.learner_id.to_string(), str::to_owned)
    }

    fn word_to_type(&self) -> String {
        word_for(&self.why, self.learner_id)
    }
}

impl Explanation {
    fn value(&self, attribute: &str) -> Option<&str> {
        self.attributes.iter().find(|one| one.attribute == attribute)?.value.as_deref()
    }
}

/// Where a learner's page is.
pub(super) fn address(slug: &str, learner: Uuid) -> LocalPath {
    LocalPath::parse(&format!("/people/{learner}?integration={slug}"))
}

impl Typed {
    /// What stood there before, when nothing was typed.
    fn exempt_reason<'a>(&'a self, exemption: &'a Option<Exemption>) -> &'a str {
        match exemption {
            Some(exemption) if self.exempt_reason.is_empty() => &exemption.reason,
            _ => &self.exempt_reason,
        }
    }
}
