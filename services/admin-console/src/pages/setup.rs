use actix_web::{HttpResponse, web};
use askama::Template;

use super::about::About;
use super::setup_steps::{Steps, look};
use crate::api::{Credential, Integration};
use crate::http::{Failure, LocalPath, Page, Visit, answer};

#[derive(Template)]
#[template(path = "setup.html")]
struct Setup {
    page: Page,
    integration: Integration,
    steps: Steps,
    /// Those that are not revoked.
    rows: Vec<Row>,
    revoked: Vec<Credential>,
    may_make: bool,
    to: LocalPath,
}

/// A credential, and what took over from it.
struct Row {
    credential: Credential,
    successor: Option<Credential>,
}

/// `GET /setup`
pub(super) async fn show(visit: Visit, about: web::Query<About>) -> Result<HttpResponse, Failure> {
    let place = match visit.place(Some(&about.integration)).await {
        Err(Failure::NoIntegration) if visit.session.may_make() => {
            let to = LocalPath::with("/setup/new", &[]);
            return Ok(HttpResponse::SeeOther().insert_header(("location", to.as_str())).finish());
        }
        place => place?,
    };
    let integration = place.integration.clone();
    let api = visit.api();
    let (check, credentials) =
        futures::try_join!(api.setup_check(&integration.slug), api.credentials(&integration.slug))?;
    let (revoked, good): (Vec<_>, Vec<_>) =
        credentials.items.into_iter().partition(|credential| credential.state == "revoked");
    let steps = look(&integration, check, &good, visit.now);
    let rows = with_successors(good);
    let to = super::about::address_of("/setup", &integration.slug);
    let (page, may_make) = (visit.page("setup-title").about(place), visit.session.may_make());
    answer(&Setup { page, integration, steps, rows, revoked, may_make, to })
}

fn with_successors(credentials: Vec<Credential>) -> Vec<Row> {
    let find = |id: &String| credentials.iter().find(|one| one.id == *id).cloned();
    let successors: Vec<_> =
        credentials.iter().map(|one| one.retirement.successor.as_ref().and_then(find)).collect();
    credentials
        .into_iter()
        .zip(successors)
        .map(|(credential, successor)| Row { credential, successor })
        .collect()
}
