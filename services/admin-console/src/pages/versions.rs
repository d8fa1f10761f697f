use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::attention::part;
use super::mistakes::{Mistake, is_typed};
use super::rules_document::{Difference, Saving, differences, save};
use super::wanted::Wanted;
use crate::api::{SavedRules, SavedVersion};
use crate::http::{Failure, LocalPath, Page, Place, Visit, answer, answer_with};

#[derive(Template)]
#[template(path = "versions.html")]
struct Versions {
    page: Page,
    slug: String,
    versions: Vec<SavedVersion>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "version.html")]
struct Version {
    page: Page,
    slug: String,
    version: SavedRules,
    /// The version in force.
    seen: i64,
    differences: Vec<Difference>,
    comment: String,
    mistakes: Vec<Mistake>,
}

#[derive(Deserialize)]
pub(super) struct Restore {
    #[serde(default)]
    integration: String,
    seen: i64,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    confirm: String,
}

/// `GET /attributes/versions`
pub(super) async fn list(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let slug = place.integration.slug.clone();
    let list = part(visit.api().rules_versions(&slug, wanted.cursor()).await)?;
    let page = visit.page("versions-title").about(place);
    answer(&Versions { page, slug, next: list.next(), versions: list.items })
}

/// `GET /attributes/versions/{version}`
pub(super) async fn show(
    visit: Visit,
    version: web::Path<i64>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let slug = &place.integration.slug;
    let api = visit.api();
    let (version, now) = futures::try_join!(api.rules_version(slug, *version), api.rules(slug))?;
    answer_version(&visit, place, version, &now, String::new(), Vec::new())
}

/// `POST /attributes/versions/{version}/restore`: puts it in force once more.
pub(super) async fn restore(
    visit: Visit,
    version: web::Path<i64>,
    form: web::Form<Restore>,
) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&form.integration)).await?;
    let slug = place.integration.slug.clone();
    let api = visit.api();
    let (version, now) = futures::try_join!(api.rules_version(&slug, *version), api.rules(&slug))?;
    let mut mistakes = Vec::new();
    if form.comment.trim().is_empty() {
        mistakes.push(Mistake::Noticed("no-comment"));
    }
    if !is_typed(&form.confirm, &version.version.to_string()) {
        mistakes.push(Mistake::Noticed("not-typed"));
    }
    let mut in_force = now.clone();
    if mistakes.is_empty() {
        match save(api, &slug, (form.seen, now), &version.rules, form.comment.trim()).await? {
            Saving::Done(saved) => {
                let text = visit.phrase().with("version", saved.version).t("rules-saved");
                return Ok(visit.done(&LocalPath::parse(&format!("/attributes?integration={slug}")), text));
            }
            Saving::Refused(mistake) => mistakes.push(mistake),
            Saving::Outdated(theirs) => {
                mistakes.push(Mistake::Noticed("rules-changed"));
                in_force = theirs;
            }
        }
    }
    answer_version(&visit, place, version, &in_force, form.into_inner().comment, mistakes)
}

fn answer_version(
    visit: &Visit,
    place: Place,
    version: SavedRules,
    now: &SavedRules,
    comment: String,
    mistakes: Vec<Mistake>,
) -> Result<HttpResponse, Failure> {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let slug = place.integration.slug.clone();
    let page = visit.page("version-title").about(place);
    let differences = differences(&now.rules, &version.rules);
    answer_with(status, &Version { page, slug, version, seen: now.version, differences, comment, mistakes })
}
