use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{ApiError, Caller, List, Order, Query, Service};

/// Learners on one page.
const PAGE: u16 = 50;

/// A learner in a list.
#[derive(Clone, Debug, Deserialize)]
pub struct Learner {
    /// The learner.
    pub learner_id: Uuid,
    /// The user of the directory that it is.
    pub scim_id: Uuid,
    /// `active`, `inactive` or `erased`.
    pub status: String,
    /// Why the learner is inactive.
    pub inactive_reason: Option<String>,
    /// What the learner signs in with.
    pub login: Option<String>,
    /// Name as shown.
    pub display_name: Option<String>,
    /// Department.
    pub department: Option<String>,
}

/// Whom to look for.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// How a name or an address begins, or a whole number or id.
    pub text: String,
    /// `active` or `inactive`; both when empty.
    pub status: String,
    /// The `next` of the page before.
    pub cursor: String,
}

impl Caller<'_> {
    /// Learners of an integration, by id: those of a status, or all when it is empty.
    pub async fn learners(
        &self,
        slug: &str,
        status: &str,
        cursor: Option<String>,
    ) -> Result<List<Learner>, ApiError> {
        let query = Query::new().with("limit", PAGE.to_string());
        let query = query.with("status", status.to_owned()).with("cursor", cursor);
        self.get(Service::UserSync, &["integrations", slug, "learners"], &query).await
    }

    /// The learner that a user of the directory is; none when it is none, or was erased.
    pub async fn learner_of(&self, slug: &str, scim_id: Uuid) -> Result<Option<Learner>, ApiError> {
        let query = Query::new().with("scim_id", scim_id.to_string());
        let found: List<Learner> =
            self.get(Service::UserSync, &["integrations", slug, "learners"], &query).await?;
        // An older service lists all of them.
        let is_it = |learner: &Learner| learner.scim_id == scim_id && learner.status != "erased";
        Ok(found.items.into_iter().find(is_it))
    }

    /// Learners who are found by what is known of them.
    pub async fn search_learners(&self, slug: &str, sought: &Sought) -> Result<List<Learner>, ApiError> {
        let mut body = json!({ "text": sought.text, "limit": PAGE });
        for (name, value) in [("status", &sought.status), ("cursor", &sought.cursor)] {
            if let (Some(members), false) = (body.as_object_mut(), value.is_empty()) {
                members.insert(name.to_owned(), json!(value));
            }
        }
        let path = ["integrations", slug, "learners", "search"];
        self.change(Order::new(Service::UserSync, Method::POST, &path).with(body)).await
    }
}
