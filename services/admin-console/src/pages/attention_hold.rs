use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::attention::address;
use super::mistakes::{Mistake, is_typed};
use super::wanted::Wanted;
use crate::api::{HoldDetails, Verdict};
use crate::http::{Failure, Page, Place, Visit, answer_with};

#[derive(Template)]
#[template(path = "attention_hold.html")]
struct HoldPage {
    page: Page,
    slug: String,
    details: HoldDetails,
    typed: Decision,
    mistakes: Vec<Mistake>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Decision {
    integration: String,
    comment: String,
    /// How many will be deactivated, typed by whoever approves.
    confirm: String,
}

/// `GET /attention/holds/{hold}`
pub(super) async fn show(
    visit: Visit,
    hold: web::Path<Uuid>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let details = visit.api().hold(&place.integration.slug, *hold).await?;
    answer_hold(&visit, place, details, Decision::default(), Vec::new())
}

/// `POST /attention/holds/{hold}/approve`: they are deactivated.
pub(super) async fn approve(
    visit: Visit,
    hold: web::Path<Uuid>,
    form: web::Form<Decision>,
) -> Result<HttpResponse, Failure> {
    decide(visit, *hold, form.into_inner(), Verdict::Approve).await
}

/// `POST /attention/holds/{hold}/reject`: they stay active.
pub(super) async fn reject(
    visit: Visit,
    hold: web::Path<Uuid>,
    form: web::Form<Decision>,
) -> Result<HttpResponse, Failure> {
    decide(visit, *hold, form.into_inner(), Verdict::Reject).await
}

async fn decide(
    visit: Visit,
    hold: Uuid,
    decision: Decision,
    verdict: Verdict,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&decision.integration)).await?;
    let slug = place.integration.slug.clone();
    let details = visit.api().hold(&slug, hold).await?;
    let people = details.hold.people;
    let mut mistakes = Vec::new();
    if decision.comment.trim().is_empty() {
        mistakes.push(Mistake::Noticed("no-comment"));
    }
    // Others may have come above the threshold since the page was opened.
    if verdict == Verdict::Approve && !is_typed(&decision.confirm, &people.to_string()) {
        mistakes.push(Mistake::Noticed("not-the-number"));
    }
    if mistakes.is_empty() {
        match visit.api().decide_hold(&slug, hold, verdict, decision.comment.trim()).await {
            Ok(()) => {
                let text = visit.phrase().with("count", people);
                let text = match verdict {
                    Verdict::Approve => text.t("hold-is-approved"),
                    Verdict::Reject => text.t("hold-is-rejected"),
                };
                return Ok(visit.done(&address("", &slug), text));
            }
            Err(error) => mistakes.push(Mistake::of(error)?),
        }
    }
    answer_hold(&visit, place, details, decision, mistakes)
}

fn answer_hold(
    visit: &Visit,
    place: Place,
    details: HoldDetails,
    typed: Decision,
    mistakes: Vec<Mistake>,
) -> Result<HttpResponse, Failure> {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let slug = place.integration.slug.clone();
    let page = visit.page("hold-title").about(place);
    answer_with(status, &HoldPage { page, slug, details, typed, mistakes })
}
