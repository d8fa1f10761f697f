use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::environments::{Refused, answer_pair, members};
use crate::api::{ApiError, Part, Versions};
use crate::http::{Failure, LocalPath, Visit};

/// What is to be promoted, and the versions that were seen.
#[derive(Deserialize)]
pub(super) struct Wanted {
    integration: String,
    with: String,
    part: String,
    here: i64,
    there: i64,
    #[serde(default)]
    confirm: String,
}

/// `POST /environments/promotion`
pub(super) async fn promote(visit: Visit, wanted: web::Form<Wanted>) -> Result<HttpResponse, Failure> {
    let Wanted { integration, with, part, here, there, confirm } = wanted.into_inner();
    let part = match part.as_str() {
        "settings" => Part::Settings,
        "rules" => Part::Rules,
        _ => return Err(Failure::Malformed),
    };
    let place = visit.place(Some(&integration)).await?;
    let again = if confirm.trim() != integration {
        (StatusCode::UNPROCESSABLE_ENTITY, Some(Refused::Unconfirmed))
    } else {
        match visit.api().promote(part, &integration, &with, Versions { here, there }).await {
            Ok(()) => return Ok(promoted(&visit, part, &integration, &with)),
            Err(ApiError::Precondition(_)) => (StatusCode::PRECONDITION_FAILED, Some(Refused::Changed)),
            Err(ApiError::Invalid(said)) => (StatusCode::UNPROCESSABLE_ENTITY, Some(Refused::Said(said))),
            Err(ApiError::Conflict(said)) => (StatusCode::CONFLICT, Some(Refused::Said(said))),
            Err(error) => return Err(error.into()),
        }
    };
    let members = members(&visit, &place.integration).await?;
    answer_pair(&visit, place, members, Some(with), again).await
}

fn promoted(visit: &Visit, part: Part, integration: &str, with: &str) -> HttpResponse {
    let said = visit.phrase().with("from", with).with("to", integration);
    let text = match part {
        Part::Settings => said.t("promoted-settings"),
        Part::Rules => said.t("promoted-rules"),
    };
    visit.done(&LocalPath::with("/environments", &[("integration", integration), ("with", with)]), text)
}
