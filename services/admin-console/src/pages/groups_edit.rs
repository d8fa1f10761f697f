use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde_json::Value;

use super::cohort_rules::{self, CohortRule, ON_LEAVES, ROLES, THENS, WHENS};
use super::groups_form::GroupsForm;
use super::mistakes::Mistake;
use super::rules_document::{Saving, save, with_part};
use super::wanted::Wanted;
use crate::api::{ApiError, Caller, CohortsPreview};
use crate::http::{Failure, LocalPath, Page, Place, Visit, answer_with};

/// Parts of a thousand groups that are tried, and groups that are shown.
const PARTS: usize = 10;
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "groups_edit.html")]
struct Edit {
    page: Page,
    slug: String,
    seen: i64,
    rules: Vec<CohortRule>,
    comment: String,
    preview: Option<CohortsPreview>,
    /// What somebody else put in force meanwhile.
    theirs: Option<Vec<CohortRule>>,
    mistakes: Vec<Mistake>,
}

/// `GET /groups/rules`
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let saved = visit.api().rules(&place.integration.slug).await?;
    // Offered by no page: another console, or scimctl, is needed for these.
    let rules = cohort_rules::read(&saved.rules).ok_or(Failure::NotFound)?;
    let form = GroupsForm { seen: saved.version, rules, ..GroupsForm::default() };
    answer_form(&visit, place, form, Found::default())
}

/// `POST /groups/rules`: tries rules, saves them, or shows a row more.
pub(super) async fn change(
    visit: Visit,
    fields: web::Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let mut form = GroupsForm::read(fields.into_inner());
    let place = visit.place(Some(&form.integration)).await?;
    let slug = place.integration.slug.clone();
    let now = visit.api().rules(&slug).await?;
    let document = with_part(&now.rules, "cohorts", cohort_rules::write(&form.rules));
    let mut found = Found::default();
    match form.act.as_str() {
        "preview" => match preview(visit.api(), &slug, &document).await {
            Ok(preview) => found.preview = Some(preview),
            Err(error) => found.mistakes.push(Mistake::of(error)?),
        },
        "save" if form.comment.trim().is_empty() => found.mistakes.push(Mistake::Noticed("no-comment")),
        "save" => match save(visit.api(), &slug, (form.seen, now), &document, form.comment.trim()).await? {
            Saving::Done(saved) => {
                let text = visit.phrase().with("version", saved.version).t("rules-saved");
                return Ok(visit.done(&LocalPath::parse(&format!("/groups?integration={slug}")), text));
            }
            Saving::Refused(mistake) => found.mistakes.push(mistake),
            Saving::Outdated(theirs) => {
                found.mistakes.push(Mistake::Noticed("rules-changed"));
                form.seen = theirs.version;
                found.theirs = cohort_rules::read(&theirs.rules);
            }
        },
        _ => {}
    }
    answer_form(&visit, place, form, found)
}

/// What is shown besides the form.
#[derive(Default)]
struct Found {
    preview: Option<CohortsPreview>,
    theirs: Option<Vec<CohortRule>>,
    mistakes: Vec<Mistake>,
}

fn answer_form(visit: &Visit, place: Place, form: GroupsForm, found: Found) -> Result<HttpResponse, Failure> {
    let Found { preview, theirs, mistakes } = found;
    let GroupsForm { seen, mut rules, comment, .. } = form;
    rules.push(CohortRule::blank());
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let slug = place.integration.slug.clone();
    let page = visit.page("groups-edit-title").about(place);
    answer_with(status, &Edit { page, slug, seen, rules, comment, preview, theirs, mistakes })
}

/// What rules would make of all groups, as far as is looked.
async fn preview(api: Caller<'_>, slug: &str, rules: &Value) -> Result<CohortsPreview, ApiError> {
    let mut all = CohortsPreview::default();
    for _ in 0..PARTS {
        let part = api.preview_cohorts(slug, rules, all.next).await?;
        let (totals, more) = (&mut all.totals, &part.totals);
        totals.groups += more.groups;
        totals.changed += more.changed;
        totals.created += more.created;
        totals.linked += more.linked;
        totals.ignored += more.ignored;
        totals.amended += more.amended;
        let room = SHOWN.saturating_sub(all.items.len());
        all.items.extend(part.items.into_iter().take(room));
        all.next = part.next;
        if all.next.is_none() {
            break;
        }
    }
    Ok(all)
}
