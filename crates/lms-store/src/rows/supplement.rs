use std::collections::BTreeMap;

use lms::{Candidate, IntegrationSlug, LearnerId, Likeness, Newcomer, ResourceKey, ScimId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Deserialize)]
pub(crate) struct ManagerRow {
    integration: String,
    scim_id: Uuid,
    learner_id: Uuid,
}

impl ManagerRow {
    pub(crate) fn into_entry(self) -> (ResourceKey, LearnerId) {
        let key =
            ResourceKey { integration: IntegrationSlug(self.integration), scim_id: ScimId(self.scim_id) };
        (key, LearnerId(self.learner_id))
    }
}

/// A newcomer with one of the values by which somebody is looked for.
#[derive(Debug, Serialize)]
pub(crate) struct NewcomerRow {
    integration: String,
    scim_id: Uuid,
    portal_id: Uuid,
    value: String,
}

impl NewcomerRow {
    /// The newcomers who have the value that they are to be recognised by.
    pub(crate) fn of(newcomers: &[Newcomer], likeness: Likeness) -> Vec<Self> {
        let rows = newcomers.iter().filter_map(|newcomer| {
            let value = match likeness {
                Likeness::EmployeeNumber => &newcomer.employee_number,
                Likeness::Login => &newcomer.login,
                Likeness::Email => &newcomer.email,
            };
            Some(Self {
                integration: newcomer.key.integration.0.clone(),
                scim_id: newcomer.key.scim_id.0,
                portal_id: newcomer.portal.0,
                value: value.clone()?,
            })
        });
        rows.collect()
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct CandidateRow {
    integration: String,
    scim_id: Uuid,
    learner_id: Uuid,
}

impl CandidateRow {
    /// Adds what they have in common to the candidates of the newcomer.
    pub(crate) fn add_to(
        self,
        candidates: &mut BTreeMap<ResourceKey, BTreeMap<LearnerId, Vec<Likeness>>>,
        likeness: Likeness,
    ) {
        let key =
            ResourceKey { integration: IntegrationSlug(self.integration), scim_id: ScimId(self.scim_id) };
        candidates.entry(key).or_default().entry(LearnerId(self.learner_id)).or_default().push(likeness);
    }
}

/// The candidates in the order of their ids.
pub(crate) fn in_order(
    candidates: BTreeMap<ResourceKey, BTreeMap<LearnerId, Vec<Likeness>>>,
) -> BTreeMap<ResourceKey, Vec<Candidate>> {
    let lists = candidates.into_iter().map(|(key, learners)| {
        let list = learners.into_iter().map(|(learner, matched)| Candidate { learner, matched });
        (key, list.collect())
    });
    lists.collect()
}
