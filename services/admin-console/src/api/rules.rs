use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::explanation::{Rule, Trouble, Waits};
use super::{ApiError, Caller, List, Order, Query, Service};

/// Rules with how they came to be.
#[derive(Clone, Debug, Deserialize)]
pub struct SavedRules {
    /// Which they are; 0 are the defaults.
    pub version: i64,
    /// Who saved them.
    pub saved_by: Option<String>,
    /// When.
    pub saved_at: Option<DateTime<Utc>>,
    /// Why.
    pub comment: String,
    /// The document, whole.
    pub rules: Value,
}

/// A version in the list.
#[derive(Clone, Debug, Deserialize)]
pub struct SavedVersion {
    /// Which.
    pub version: i64,
    /// Who saved it.
    pub saved_by: String,
    /// When.
    pub saved_at: DateTime<Utc>,
    /// Why.
    pub comment: String,
}

/// What rules would make of a person.
#[derive(Clone, Debug, Deserialize)]
pub struct PersonPreview {
    /// Why nothing of it would be written now.
    pub waiting: Option<Waits>,
    /// Every attribute.
    pub attributes: Vec<AttributePreview>,
}

/// What rules would make of an attribute.
#[derive(Clone, Debug, Deserialize)]
pub struct AttributePreview {
    /// The attribute.
    pub attribute: String,
    /// What the directory says, through the mapping.
    pub directory: Option<String>,
    /// Why that is nothing, although the directory has a value.
    pub trouble: Option<Trouble>,
    /// The learner's value.
    pub value: Option<String>,
    /// Who would decide.
    pub rule: Rule,
    /// `stays`, `directory` or `emptied`.
    pub becomes: String,
    /// The learner's value after that.
    pub value_after: Option<String>,
    /// What would be reported.
    pub conflict: Option<String>,
}

/// What rules would make of a part of the groups.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CohortsPreview {
    /// Groups that would become something else.
    pub items: Vec<GroupPreview>,
    /// Counts of this part.
    pub totals: GroupTotals,
    /// Where the next part begins.
    pub next: Option<Uuid>,
}

/// How many groups would become what.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct GroupTotals {
    /// Looked at.
    pub groups: u32,
    /// Those that would become something else.
    pub changed: u32,
    /// With a cohort of their own.
    pub created: u32,
    /// Feeding a cohort of the LMS.
    pub linked: u32,
    /// Meaning nothing any more.
    pub ignored: u32,
    /// Under another name, or with other rights.
    pub amended: u32,
}

/// What rules would make of a group.
#[derive(Clone, Debug, Deserialize)]
pub struct GroupPreview {
    /// Its name in the directory.
    pub display_name: String,
    /// What it is.
    pub now: GroupOutcome,
    /// What it would be.
    pub after: GroupOutcome,
    /// The rule that would decide.
    pub rule: Option<String>,
    /// Why that cannot be done.
    pub problem: Option<String>,
}

/// What a group is in the LMS.
#[derive(Clone, Debug, Deserialize)]
pub struct GroupOutcome {
    /// `create`, `link` or `ignore`.
    pub action: String,
    /// The cohort's name.
    pub name: Option<String>,
    /// What leaving means.
    pub on_leave: Option<String>,
    /// What members may do.
    pub grants_role: Option<String>,
}

impl Caller<'_> {
    /// The rules in force.
    pub async fn rules(&self, slug: &str) -> Result<SavedRules, ApiError> {
        self.get(Service::UserSync, &["integrations", slug, "rules"], &Query::new()).await
    }

    /// Puts rules in force, if those are in force that were seen.
    pub async fn save_rules(
        &self,
        slug: &str,
        seen: i64,
        rules: &Value,
        comment: &str,
    ) -> Result<SavedRules, ApiError> {
        let path = ["integrations", slug, "rules"];
        let order = Order::new(Service::UserSync, Method::PUT, &path);
        self.change(order.with(json!({ "rules": rules, "comment": comment })).if_seen(seen)).await
    }

    /// Versions that were saved, newest first.
    pub async fn rules_versions(
        &self,
        slug: &str,
        cursor: Option<String>,
    ) -> Result<List<SavedVersion>, ApiError> {
        let query = Query::new().with("limit", "50".to_owned()).with("cursor", cursor);
        self.get(Service::UserSync, &["integrations", slug, "rules", "versions"], &query).await
    }

    /// One of them; 0 are the defaults.
    pub async fn rules_version(&self, slug: &str, version: i64) -> Result<SavedRules, ApiError> {
        let version = version.to_string();
        self.get(Service::UserSync, &["integrations", slug, "rules", "versions", &version], &Query::new())
            .await
    }

    /// What rules would make of a learner.
    pub async fn preview_person(
        &self,
        slug: &str,
        learner: Uuid,
        rules: &Value,
    ) -> Result<PersonPreview, ApiError> {
        let path = ["integrations", slug, "rules", "preview"];
        let order = Order::new(Service::UserSync, Method::POST, &path);
        self.change(order.with(json!({ "learner_id": learner, "rules": rules }))).await
    }

    /// What rules would make of the groups after a cursor.
    pub async fn preview_cohorts(
        &self,
        slug: &str,
        rules: &Value,
        cursor: Option<Uuid>,
    ) -> Result<CohortsPreview, ApiError> {
        let path = ["integrations", slug, "rules", "preview-cohorts"];
        let mut body = json!({ "rules": rules, "limit": 1_000 });
        if let (Some(members), Some(cursor)) = (body.as_object_mut(), cursor) {
            members.insert("cursor".to_owned(), json!(cursor));
        }
        self.change(Order::new(Service::UserSync, Method::POST, &path).with(body)).await
    }
}
