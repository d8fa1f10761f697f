use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::attribute_rules::{self, AttributeRule, MODES, ON_CLEARS};
use super::attributes_form::AttributesForm;
use super::mistakes::Mistake;
use super::rules_document::{Saving, save, with_part};
use super::wanted::Wanted;
use crate::api::{Learner, PersonPreview, Sought};
use crate::http::{Failure, LocalPath, Page, Place, Visit, answer_with};

#[derive(Template)]
#[template(path = "attributes_edit.html")]
struct Edit {
    page: Page,
    slug: String,
    form: AttributesForm,
    rules: Vec<AttributeRule>,
    found: Found,
    mistakes: Vec<Mistake>,
}

/// What is shown besides the form.
#[derive(Default)]
struct Found {
    /// People to try it on; none when nobody was looked for.
    people: Option<Vec<Learner>>,
    preview: Option<PersonPreview>,
    /// What somebody else put in force meanwhile.
    theirs: Option<Vec<AttributeRule>>,
}

/// `GET /attributes/rules`
pub(super) async fn show(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let place = visit.place(Some(&wanted.integration)).await?;
    let saved = visit.api().rules(&place.integration.slug).await?;
    let rules = attribute_rules::read(&saved.rules);
    let form = AttributesForm { seen: saved.version, ..AttributesForm::default() };
    answer_form(&visit, place, form, rules, Found::default(), Vec::new())
}

/// `POST /attributes/rules`: looks for somebody, tries the rules on them, or saves.
pub(super) async fn change(
    visit: Visit,
    fields: web::Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let mut form = AttributesForm::read(fields.into_inner());
    let place = visit.place(Some(&form.integration)).await?;
    let slug = place.integration.slug.clone();
    let api = visit.api();
    let now = api.rules(&slug).await?;
    let rules = form.applied_to(attribute_rules::read(&now.rules));
    let document = with_part(&now.rules, "ownership", attribute_rules::write(&rules));
    let (mut found, mut mistakes) = (Found::default(), Vec::new());
    match (form.act.as_str(), form.person) {
        ("find", _) => {
            let sought = Sought { text: form.text.trim().to_owned(), ..Sought::default() };
            match api.search_learners(&slug, &sought).await {
                Ok(list) => found.people = Some(list.items),
                Err(error) => mistakes.push(Mistake::of(error)?),
            }
        }
        ("preview", None) => mistakes.push(Mistake::Noticed("no-person")),
        ("preview", Some(person)) => match api.preview_person(&slug, person, &document).await {
            Ok(preview) => found.preview = Some(preview),
            Err(error) => mistakes.push(Mistake::of(error)?),
        },
        ("save", _) if form.comment.trim().is_empty() => mistakes.push(Mistake::Noticed("no-comment")),
        ("save", _) => match save(api, &slug, (form.seen, now), &document, form.comment.trim()).await? {
            Saving::Done(saved) => {
                let text = visit.phrase().with("version", saved.version).t("rules-saved");
                return Ok(visit.done(&LocalPath::parse(&format!("/attributes?integration={slug}")), text));
            }
            Saving::Refused(mistake) => mistakes.push(mistake),
            Saving::Outdated(theirs) => {
                mistakes.push(Mistake::Noticed("rules-changed"));
                form.seen = theirs.version;
                found.theirs = Some(attribute_rules::read(&theirs.rules));
            }
        },
        _ => {}
    }
    answer_form(&visit, place, form, rules, found, mistakes)
}

fn answer_form(
    visit: &Visit,
    place: Place,
    form: AttributesForm,
    rules: Vec<AttributeRule>,
    found: Found,
    mistakes: Vec<Mistake>,
) -> Result<HttpResponse, Failure> {
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let slug = place.integration.slug.clone();
    let page = visit.page("attributes-edit-title").about(place);
    answer_with(status, &Edit { page, slug, form, rules, found, mistakes })
}

impl Edit {
    /// Who decides an attribute by what somebody else saved, where that is not what stands in the form.
    fn theirs(&self, mine: &AttributeRule) -> Option<&AttributeRule> {
        let theirs = self.found.theirs.as_ref()?;
        theirs.iter().find(|one| one.attribute == mine.attribute && one.rule != mine.rule)
    }
}
