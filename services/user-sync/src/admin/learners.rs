use actix_web::web;
use lms::admin::search_learners;
use lms::{
    IntegrationSlug, LearnerId, LearnerSearch, LearnerView, LmsReader, MatchPosition, Narrowed, ScimId,
    Status,
};
use platform::admin::Body;
use platform::admin::input::{Limit, Query};
use serde::{Deserialize, Deserializer};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::access::Viewer;
use super::body::{Shown, read_body, shown};
use super::casework::CaseProblem;
use super::page::{PageBody, PageQuery};

/// Which learners.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LearnerQuery {
    /// Only the one of this login, in any letter case.
    login: Option<String>,
    /// Only those of this status.
    #[param(value_type = Option<String>)]
    status: Option<SoughtStatus>,
    /// Only the one that is this user of the directory, whatever the login.
    scim_id: Option<Uuid>,
}

impl LearnerQuery {
    fn narrowed(&self) -> Narrowed<'_> {
        let status = self.status.map(Status::from);
        match (self.scim_id, &self.login, status) {
            (Some(id), _, status) => Narrowed::ToScimId(ScimId(id), status),
            (None, Some(login), status) => Narrowed::ToLogin(login, status),
            (None, None, Some(status)) => Narrowed::ToStatus(status),
            (None, None, None) => Narrowed::No,
        }
    }
}

/// `GET /admin/v1/integrations/{integration}/learners`
pub(super) async fn list(
    _: Viewer,
    integration: web::Path<String>,
    Query(wanted): Query<LearnerQuery>,
    Query(page): Query<PageQuery>,
    store: web::Data<dyn LmsReader>,
) -> Result<Shown<PageBody<LearnerView, Uuid>>, CaseProblem> {
    let integration = IntegrationSlug(integration.into_inner());
    let page = page.page(LearnerId);
    let items = store.learners(&integration, wanted.narrowed(), page).await?;
    Ok(shown(PageBody::new(items, page.limit, |learner| learner.learner_id.0)))
}

/// Whom to look for. In a body, because addresses are logged on their way.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LearnerSearchBody {
    /// How a login, an e-mail address, a display name, a given name or a family name begins, in any letter case; given
    /// name and family name may both stand, in either order. Or a whole employee number or external id.
    #[schema(min_length = 1, max_length = 200)]
    text: String,
    /// Only those.
    status: Option<SoughtStatus>,
    /// Items at most, 100 when not given.
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Limit,
    /// The `next` of the part before.
    #[schema(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// Who was erased is found no more.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SoughtStatus {
    Active,
    Inactive,
}

impl From<SoughtStatus> for Status {
    fn from(sought: SoughtStatus) -> Self {
        match sought {
            SoughtStatus::Active => Self::Active,
            SoughtStatus::Inactive => Self::Inactive,
        }
    }
}

#[derive(Debug)]
struct Cursor(MatchPosition);

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// `POST /admin/v1/integrations/{integration}/learners/search`
pub(super) async fn search(
    _: Viewer,
    integration: web::Path<String>,
    body: Body,
    store: web::Data<dyn LmsReader>,
) -> Result<Shown<PageBody<LearnerView, String>>, CaseProblem> {
    let body: LearnerSearchBody = read_body(body).await?;
    let search = LearnerSearch::new(&body.text, body.status.map(Status::from))?;
    let integration = IntegrationSlug(integration.into_inner());
    let after = body.cursor.map(|Cursor(position)| position);
    let found = search_learners(store.as_ref(), &integration, &search, after, body.limit.0).await?;
    Ok(shown(PageBody { items: found.learners, next: found.next.map(|position| position.to_string()) }))
}
