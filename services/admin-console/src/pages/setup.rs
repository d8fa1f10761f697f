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

/// A credential, and what takes over from it.
struct Row {
    credential: Credential,
    /// In use, so that this one can be retired.
    successor: Option<Credential>,
    /// Made to take over, and not used yet.
    waiting: Option<Credential>,
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
    let rows = with_successors(good, &revoked);
    let to = super::about::address_of("/setup", &integration.slug);
    let (page, may_make) = (visit.page("setup-title").about(place), visit.session.may_make());
    answer(&Setup { page, integration, steps, rows, revoked, may_make, to })
}

fn with_successors(credentials: Vec<Credential>, revoked: &[Credential]) -> Vec<Row> {
    let mut by_age: Vec<&Credential> = credentials.iter().chain(revoked).collect();
    by_age.sort_by_key(|one| one.created_at);
    let successor_of = |old: &Credential| {
        let id = old.retirement.successor.as_ref()?;
        credentials.iter().find(|one| one.id == *id).cloned()
    };
    let waiting_for = |old: &Credential| {
        // A successor may have one of its own, and be revoked since.
        let mut line = vec![&old.id];
        for one in &by_age {
            if one.replaces.as_ref().is_some_and(|replaced| line.contains(&replaced)) {
                line.push(&one.id);
            }
        }
        let is_next = |one: &&&Credential| one.id != old.id && one.is_usable() && line.contains(&&one.id);
        let next = by_age.iter().rev().find(is_next).filter(|_| old.retirement.state == "no_successor");
        next.map(|next| (*next).clone())
    };
    let found: Vec<_> = credentials.iter().map(|one| (successor_of(one), waiting_for(one))).collect();
    credentials
        .into_iter()
        .zip(found)
        .map(|(credential, (successor, waiting))| Row { credential, successor, waiting })
        .collect()
}
