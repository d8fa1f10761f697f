use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::about::{About, address_of};
use crate::api::{ApiError, Detachment, Integration};
use crate::http::{Failure, Page, Place, Visit, answer_with};

#[derive(Template)]
#[template(path = "detachment.html")]
struct DetachmentPage {
    page: Page,
    integration: Integration,
    counts: Counts,
    /// Whether another word was typed.
    is_unconfirmed: bool,
}

/// What stays in the LMS.
enum Counts {
    /// The LMS cannot be asked: nothing is offered without knowing about whom.
    Away,
    /// It has not heard of the integration: there is nothing that could stay.
    Nothing,
    Known(Detachment),
}

impl DetachmentPage {
    fn is_away(&self) -> bool {
        matches!(self.counts, Counts::Away)
    }

    /// A number, or that there may be more.
    fn counted(&self, known: &Detachment, number: &u64) -> String {
        if known.counted_up_to.as_ref().is_some_and(|limit| number >= limit) {
            self.page.with("count", number).t("at-least")
        } else {
            self.page.number(number)
        }
    }
}

/// The slug of the integration, typed once more.
#[derive(Deserialize)]
pub(super) struct Meant {
    integration: String,
    #[serde(default)]
    confirm: String,
}

/// `GET /environments/detachment?integration=`
pub(super) async fn show(visit: Visit, about: web::Query<About>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&about.integration)).await?;
    ask(&visit, place, StatusCode::OK).await
}

/// `POST /environments/detachment`
pub(super) async fn detach(visit: Visit, meant: web::Form<Meant>) -> Result<HttpResponse, Failure> {
    let Meant { integration, confirm } = meant.into_inner();
    let confirm = confirm.trim();
    if confirm != integration {
        let place = visit.place(Some(&integration)).await?;
        return ask(&visit, place, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    visit.api().detach(&integration, confirm).await?;
    let text = visit.phrase().with("slug", &integration).t("detached");
    Ok(visit.done(&address_of("/environments/detachment", &integration), text))
}

async fn ask(visit: &Visit, place: Place, status: StatusCode) -> Result<HttpResponse, Failure> {
    let integration = place.integration.clone();
    let mut page = visit.page("detach-title").about(place);
    let counts = match visit.api().detachment(&integration.slug).await {
        Ok(known) => Counts::Known(known),
        Err(ApiError::NotFound) => Counts::Nothing,
        Err(ApiError::Unavailable(service)) => {
            page = page.without(service);
            Counts::Away
        }
        Err(error) => return Err(error.into()),
    };
    let is_unconfirmed = status != StatusCode::OK;
    answer_with(status, &DetachmentPage { page, integration, counts, is_unconfirmed })
}
