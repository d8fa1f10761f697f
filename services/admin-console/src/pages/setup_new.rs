use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::about::address_of;
use crate::api::{ApiError, NewIntegration, Portals};
use crate::http::{Failure, Page, Visit, answer_with};

#[derive(Template)]
#[template(path = "setup_new.html")]
struct New {
    page: Page,
    typed: Typed,
    /// Where the administrator is owner; empty for everywhere.
    portals: Vec<String>,
    /// Why it was not made, in the words of the gateway.
    refused: Option<String>,
}

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    slug: String,
    portal: String,
    environment: String,
}

/// `GET /setup/new`
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    form(&visit, Typed::default(), StatusCode::OK, None)
}

/// `POST /setup/new`
pub(super) async fn make(visit: Visit, typed: web::Form<Typed>) -> Result<HttpResponse, Failure> {
    let typed = typed.into_inner();
    let (slug, portal) = (typed.slug.trim(), typed.portal.trim());
    let wanted = NewIntegration { slug, portal, environment: &typed.environment };
    match visit.api().create_integration(wanted).await {
        Ok(made) => {
            let text = visit.phrase().with("slug", &made.slug).t("new-made");
            Ok(visit.done(&address_of("/setup", &made.slug), text))
        }
        Err(ApiError::Invalid(detail)) => form(&visit, typed, StatusCode::UNPROCESSABLE_ENTITY, Some(detail)),
        Err(ApiError::Conflict(detail)) => form(&visit, typed, StatusCode::CONFLICT, Some(detail)),
        Err(error) => Err(error.into()),
    }
}

fn form(
    visit: &Visit,
    typed: Typed,
    status: StatusCode,
    refused: Option<String>,
) -> Result<HttpResponse, Failure> {
    let portals = match visit.session.owned_portals() {
        Portals::All => Vec::new(),
        Portals::These(portals) if portals.is_empty() => {
            return Err(ApiError::Forbidden("the role owner is needed in this portal".to_owned()).into());
        }
        Portals::These(portals) => portals.into_iter().collect(),
    };
    answer_with(status, &New { page: visit.page("new-title"), typed, portals, refused })
}
