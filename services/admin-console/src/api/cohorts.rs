use serde::Deserialize;
use uuid::Uuid;

use super::{ApiError, Caller, List, Query, Service};

/// A cohort that a group of the directory became.
#[derive(Clone, Debug, Deserialize)]
pub struct Cohort {
    /// The cohort.
    pub cohort_id: Uuid,
    /// The SCIM group.
    pub scim_id: Uuid,
    /// The group's externalId.
    pub external_id: Option<String>,
    /// The group's displayName.
    #[serde(default)]
    pub group_name: Option<String>,
    /// Name as shown.
    pub name: String,
    /// `active` or `archived`.
    pub status: String,
    /// What leaving it does: `keep`, `suspend` or `withdraw`.
    pub on_leave: String,
    /// The role that its members have.
    pub grants_role: Option<String>,
    /// How many learners are in it.
    pub members: u64,
}

/// A cohort that a learner is in.
#[derive(Clone, Debug, Deserialize)]
pub struct LearnerCohort {
    /// The SCIM group.
    pub scim_id: Uuid,
    /// Name as shown.
    pub name: String,
    /// `active` or `archived`.
    pub status: String,
}

impl Caller<'_> {
    /// Cohorts of a learner, by id, as many as a page shows; of a service that is older than the question, none.
    pub async fn cohorts_of(&self, slug: &str, learner: Uuid) -> Result<List<LearnerCohort>, ApiError> {
        let (learner, query) = (learner.to_string(), Query::new().with("limit", "50".to_owned()));
        let path = ["integrations", slug, "learners", &learner, "cohorts"];
        match self.get(Service::UserSync, &path, &query).await {
            Err(ApiError::Outdated(_)) => Ok(List::empty()),
            answered => answered,
        }
    }

    /// Cohorts of an integration, by id.
    pub async fn cohorts(&self, slug: &str, cursor: Option<String>) -> Result<List<Cohort>, ApiError> {
        let query = Query::new().with("limit", "25".to_owned()).with("cursor", cursor);
        self.get(Service::UserSync, &["integrations", slug, "cohort-sizes"], &query).await
    }
}
