use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::attention::{address, part};
use super::mistakes::{Mistake, is_typed};
use super::wanted::Wanted;
use crate::api::{ApiError, List, Newcomer};
use crate::http::{Failure, Page, Place, Visit, answer_with};

/// What newcomers may have in common with somebody known and be linked by at once. An address alone is never enough.
pub(super) const LIKENESSES: [&str; 2] = ["login", "employee_number"];

#[derive(Template)]
#[template(path = "attention_newcomers.html")]
struct Newcomers {
    page: Page,
    slug: String,
    newcomers: Vec<Newcomer>,
    next: Option<String>,
    mistakes: Vec<Mistake>,
}

#[derive(Deserialize)]
pub(super) struct Decision {
    #[serde(default)]
    integration: String,
    learner: Option<Uuid>,
}

#[derive(Deserialize)]
pub(super) struct LinkAll {
    #[serde(default)]
    integration: String,
    likeness: String,
    #[serde(default)]
    confirm: String,
}

/// `GET /attention/newcomers`
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    answer_newcomers(&visit, place, wanted.cursor(), None).await
}

/// `POST /attention/newcomers/{scim_id}/link`: they are somebody known.
pub(super) async fn link(
    visit: Visit,
    newcomer: web::Path<Uuid>,
    form: web::Form<Decision>,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&form.integration)).await?;
    let slug = place.integration.slug.clone();
    let learner = form.learner.ok_or(Failure::Malformed)?;
    match visit.api().link_newcomer(&slug, *newcomer, learner).await {
        Ok(()) => {
            let text = visit.phrase().t("newcomer-linked");
            Ok(visit.done(&super::person::address(&slug, learner), text))
        }
        Err(error) => answer_newcomers(&visit, place, None, Some(error)).await,
    }
}

/// `POST /attention/newcomers/{scim_id}/create`: they are somebody new.
pub(super) async fn create(
    visit: Visit,
    newcomer: web::Path<Uuid>,
    form: web::Form<Decision>,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&form.integration)).await?;
    let slug = place.integration.slug.clone();
    match visit.api().create_newcomer(&slug, *newcomer).await {
        Ok(()) => {
            let text = visit.phrase().t("newcomer-created");
            Ok(visit.done(&address("/newcomers", &slug), text))
        }
        Err(error) => answer_newcomers(&visit, place, None, Some(error)).await,
    }
}

/// `POST /attention/newcomers/link-all`
pub(super) async fn link_all(visit: Visit, form: web::Form<LinkAll>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&form.integration)).await?;
    let slug = place.integration.slug.clone();
    if !LIKENESSES.contains(&form.likeness.as_str()) {
        return Err(Failure::Malformed);
    }
    if !is_typed(&form.confirm, &slug) {
        return answer_page(&visit, place, None, vec![Mistake::Noticed("not-typed")]).await;
    }
    match visit.api().link_all_newcomers(&slug, &form.likeness).await {
        Ok(linked) => {
            let text = visit.phrase().with("count", linked).t("newcomers-linked");
            Ok(visit.done(&address("/newcomers", &slug), text))
        }
        Err(error) => answer_newcomers(&visit, place, None, Some(error)).await,
    }
}

async fn answer_newcomers(
    visit: &Visit,
    place: Place,
    cursor: Option<String>,
    refused: Option<ApiError>,
) -> Result<HttpResponse, Failure> {
    let mistakes = refused.map(Mistake::of).transpose()?;
    answer_page(visit, place, cursor, mistakes.into_iter().collect()).await
}

async fn answer_page(
    visit: &Visit,
    place: Place,
    cursor: Option<String>,
    mistakes: Vec<Mistake>,
) -> Result<HttpResponse, Failure> {
    let slug = place.integration.slug.clone();
    let list: List<Newcomer> = part(visit.api().newcomers(&slug, cursor).await)?;
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = visit.page("newcomers-title").about(place);
    let newcomers = Newcomers { page, slug, next: list.next(), newcomers: list.items, mistakes };
    answer_with(status, &newcomers)
}
