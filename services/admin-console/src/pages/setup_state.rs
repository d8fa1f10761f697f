use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::http::{Failure, LocalPath, Visit};

/// What an integration shall do from now on, and the page that it was asked at.
#[derive(Deserialize)]
pub(super) struct Wanted {
    integration: String,
    state: String,
    to: String,
    #[serde(default)]
    confirm: String,
}

/// `POST /setup/state`
pub(super) async fn set(visit: Visit, wanted: web::Form<Wanted>) -> Result<HttpResponse, Failure> {
    let Wanted { integration, state, to, confirm } = wanted.into_inner();
    // Azure stops for long when it is refused: that is typed once more.
    let is_meant = match state.as_str() {
        "enabled" | "paused" => true,
        "disabled" => confirm.trim() == integration,
        _ => return Err(Failure::Malformed),
    };
    let to = LocalPath::parse(&to);
    if !is_meant {
        return Ok(visit.refused(&to, visit.phrase().with("word", &integration).t("not-confirmed")));
    }
    visit.api().set_state(&integration, &state).await?;
    let text = visit.page("setup-title").word("state-set", &state);
    Ok(visit.done(&to, text))
}
