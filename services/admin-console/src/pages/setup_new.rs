use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::about::address_of;
use crate::api::{ApiError, Integration, NewIntegration, Portals, Preview, Refusal};
use crate::http::{Failure, Page, Visit, answer, answer_with};

#[derive(Template)]
#[template(path = "setup_new.html")]
struct New {
    page: Page,
    typed: Typed,
    /// Where the administrator is owner; empty for everywhere.
    portals: Vec<String>,
    /// Portals that have an integration already.
    known: Vec<String>,
    /// Why it was not made.
    refused: Option<Refusal>,
}

#[derive(Template)]
#[template(path = "setup_new_confirm.html")]
struct Confirm {
    page: Page,
    /// As it would be made.
    integration: Integration,
    known: Vec<String>,
    /// Those that feed the same portal and environment already.
    beside: Vec<String>,
}

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    slug: String,
    portal: String,
    environment: String,
    state: String,
    /// Whether what will be was shown, and is meant.
    is_meant: String,
    /// Whether it was shown, and is to be typed otherwise.
    back: String,
}

/// `GET /setup/new`
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    form(&visit, Typed::default(), StatusCode::OK, None).await
}

/// `POST /setup/new`: shows what will be, and makes it once that is said to be meant.
pub(super) async fn make(visit: Visit, typed: web::Form<Typed>) -> Result<HttpResponse, Failure> {
    let typed = typed.into_inner();
    if !typed.back.is_empty() {
        return form(&visit, typed, StatusCode::OK, None).await;
    }
    let (slug, portal) = (typed.slug.trim(), typed.portal.trim());
    let state = if typed.state == "disabled" { "disabled" } else { "enabled" };
    let wanted = NewIntegration { slug, portal, environment: &typed.environment, state };
    let about = |slug: &str| visit.phrase().with("slug", slug);
    let answered = match typed.is_meant.is_empty() {
        true => match visit.api().preview_integration(wanted).await {
            Ok(Preview { integration, is_new: true }) => {
                let known = known_portals(&visit).await?;
                let beside = visit.integrations().await?.into_iter().filter(|one| {
                    one.state != "detached"
                        && (&one.portal, &one.environment) == (&integration.portal, &integration.environment)
                });
                let beside = beside.map(|one| one.slug).collect();
                return answer(&Confirm {
                    page: visit.page("new-confirm-title"),
                    integration,
                    known,
                    beside,
                });
            }
            preview => preview.map(|Preview { integration: Integration { slug, .. }, .. }| {
                (about(&slug).t("new-present"), slug)
            }),
        },
        false => visit
            .api()
            .create_integration(wanted)
            .await
            .map(|Integration { slug, .. }| (about(&slug).t("new-made"), slug)),
    };
    match answered {
        Ok((said, slug)) => Ok(visit.done(&address_of("/setup", &slug), said)),
        Err(ApiError::Invalid(said)) => {
            form(&visit, typed, StatusCode::UNPROCESSABLE_ENTITY, Some(said)).await
        }
        Err(ApiError::Conflict(said)) => form(&visit, typed, StatusCode::CONFLICT, Some(said)).await,
        Err(error) => Err(error.into()),
    }
}

/// Portals that have an integration which the administrator may see.
async fn known_portals(visit: &Visit) -> Result<Vec<String>, Failure> {
    let mut portals: Vec<String> = visit.integrations().await?.into_iter().map(|one| one.portal).collect();
    portals.sort_unstable();
    portals.dedup();
    Ok(portals)
}

async fn form(
    visit: &Visit,
    typed: Typed,
    status: StatusCode,
    refused: Option<Refusal>,
) -> Result<HttpResponse, Failure> {
    let portals = match visit.session.owned_portals() {
        Portals::All => Vec::new(),
        Portals::These(portals) if portals.is_empty() => {
            return Err(ApiError::Forbidden(Refusal::lacks_owner()).into());
        }
        Portals::These(portals) => portals.into_iter().collect(),
    };
    let known = known_portals(visit).await?;
    answer_with(status, &New { page: visit.page("new-title"), typed, portals, known, refused })
}

impl New {
    fn is_wrong(&self, field: &str) -> bool {
        let Some(said) = &self.refused else { return false };
        said.field.as_deref() == Some(field) || field == "slug" && said.code.as_deref() == Some("slug_taken")
    }
}

impl Confirm {
    /// Whether it would be the first of its portal: perhaps the code is mistyped.
    fn is_first_of_its_portal(&self) -> bool {
        !self.known.contains(&self.integration.portal)
    }
}
