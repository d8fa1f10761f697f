use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::log_entry::shown;
use crate::api::{ApiError, Comparison, Difference, Integration, Part, Refusal};
use crate::http::{Failure, LocalPath, Page, Place, Visit, answer_with};

#[derive(Template)]
#[template(path = "environments.html")]
struct Environments {
    page: Page,
    /// All integrations of the portal.
    members: Vec<Integration>,
    slug: String,
    pair: Option<Pair>,
    to: LocalPath,
    refused: Option<Refused>,
}

/// What would become of an integration that is made like another.
struct Pair {
    source: String,
    settings: Compared,
    rules: Compared,
}

/// Where both differ.
enum Compared {
    /// The service cannot be asked.
    Away,
    /// The LMS has not heard of one of them yet.
    Unheard,
    Found(Comparison),
}

/// Why nothing was promoted.
pub(super) enum Refused {
    /// Another word was typed.
    Unconfirmed,
    /// One of them was changed since the difference was shown.
    Changed,
    /// What a service says.
    Said(Refusal),
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    integration: String,
    #[serde(default)]
    with: String,
}

/// `GET /environments?integration=&with=`: what `integration` would become, made like `with`.
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let members = members(&visit, &place.integration).await?;
    // From staging to production, unless it is asked for the other way.
    if wanted.with.is_empty()
        && place.integration.environment == "staging"
        && let Some(production) = members.iter().find(|one| one.environment == "production")
    {
        let pairs = [("integration", production.slug.as_str()), ("with", &place.integration.slug)];
        let to = LocalPath::with("/environments", &pairs);
        return Ok(HttpResponse::SeeOther().insert_header(("location", to.as_str())).finish());
    }
    let source = match wanted.with.as_str() {
        "" => members.iter().find(|one| one.environment != place.integration.environment),
        named => Some(members.iter().find(|one| one.slug == named).ok_or(Failure::NotFound)?),
    };
    let source = source.map(|one| one.slug.clone()).filter(|slug| *slug != place.integration.slug);
    answer_pair(&visit, place, members, source, (StatusCode::OK, None)).await
}

/// The integrations of a portal.
pub(super) async fn members(visit: &Visit, of: &Integration) -> Result<Vec<Integration>, Failure> {
    let mut members = visit.integrations().await?;
    members.retain(|one| one.portal == of.portal);
    Ok(members)
}

/// The page, with what one of the integrations would become.
pub(super) async fn answer_pair(
    visit: &Visit,
    place: Place,
    members: Vec<Integration>,
    source: Option<String>,
    (status, refused): (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Failure> {
    let slug = place.integration.slug.clone();
    let mut page = visit.page("environments-title").about(place);
    let mut to = super::about::address_of("/environments", &slug);
    let mut pair = None;
    if let Some(source) = source {
        let api = visit.api();
        let (settings, rules) = futures::join!(
            api.comparison(Part::Settings, &slug, &source),
            api.comparison(Part::Rules, &slug, &source),
        );
        let mut compared = |found| match found {
            Ok(found) => Ok(Compared::Found(found)),
            Err(ApiError::Unavailable(service)) => {
                page.away.push(service);
                Ok(Compared::Away)
            }
            Err(ApiError::NotFound) => Ok(Compared::Unheard),
            Err(error) => Err(error),
        };
        let (settings, rules) = (compared(settings)?, compared(rules)?);
        to = LocalPath::with("/environments", &[("integration", &slug), ("with", &source)]);
        pair = Some(Pair { source, settings, rules });
    }
    answer_with(status, &Environments { page, members, slug, pair, to, refused })
}

impl Difference {
    pub(super) fn here(&self) -> String {
        shown(self.here.as_ref())
    }

    pub(super) fn there(&self) -> String {
        shown(self.there.as_ref())
    }
}
