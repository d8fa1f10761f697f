use actix_web::{HttpResponse, web};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::mistakes::Mistake;
use super::person::{Typed, address, answer_person};
use super::person_timeline::Position;
use crate::http::{Failure, Visit};

#[derive(Deserialize)]
pub(super) struct Exempted {
    #[serde(default)]
    integration: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    ends_on: String,
}

#[derive(Deserialize)]
pub(super) struct Ended {
    #[serde(default)]
    integration: String,
}

/// `POST /people/{learner_id}/exemption`
pub(super) async fn put(
    visit: Visit,
    learner: web::Path<Uuid>,
    form: web::Form<Exempted>,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&form.integration)).await?;
    let (slug, learner) = (place.integration.slug.clone(), *learner);
    let mut mistakes = Vec::new();
    if form.reason.trim().is_empty() {
        mistakes.push(Mistake::Noticed("no-reason"));
    }
    match end_of(&form.ends_on) {
        None => mistakes.push(Mistake::Noticed("no-date")),
        Some(ends_at) if mistakes.is_empty() => {
            match visit.api().exempt(&slug, learner, form.reason.trim(), ends_at).await {
                Ok(()) => {
                    let text = visit.phrase().t("exemption-set");
                    return Ok(visit.done(&address(&slug, learner), text));
                }
                Err(error) => mistakes.push(Mistake::of(error)?),
            }
        }
        Some(_) => {}
    }
    let form = form.into_inner();
    let typed = Typed { exempt_reason: form.reason, ends_on: form.ends_on, ..Typed::default() };
    answer_person(&visit, place, learner, Position::default(), typed, mistakes).await
}

/// `POST /people/{learner_id}/exemption/end`
pub(super) async fn end(
    visit: Visit,
    learner: web::Path<Uuid>,
    form: web::Form<Ended>,
) -> Result<HttpResponse, Failure> {
    let slug = visit.place(Some(&form.integration)).await?.integration.slug;
    visit.api().end_exemption(&slug, *learner).await?;
    let text = visit.phrase().t("exemption-ended");
    Ok(visit.done(&address(&slug, *learner), text))
}

/// The end of the last day, in UTC.
fn end_of(day: &str) -> Option<DateTime<Utc>> {
    let after = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?.succ_opt()?;
    Some(after.and_time(NaiveTime::MIN).and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_is_one_of_the_exemption() {
        assert_eq!(end_of("2026-12-31").unwrap().to_rfc3339(), "2027-01-01T00:00:00+00:00");
        assert_eq!(end_of("31.12.2026"), None);
        assert_eq!(end_of(""), None);
    }
}
