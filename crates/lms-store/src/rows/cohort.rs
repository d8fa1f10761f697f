use std::collections::HashMap;

use diesel::Queryable;
use lms::{
    Cohort, CohortId, CohortView, IntegrationSlug, LearnerId, PortalId, RowVersion, ScimId, Stored, Write,
};
use serde::Serialize;
use uuid::Uuid;

use crate::id::Id;
use crate::words::{UnknownWord, cohort_status_word, read_cohort_status};

#[derive(Debug, Queryable, Serialize)]
pub(crate) struct CohortRow {
    cohort_id: Id,
    portal_id: Id,
    integration: String,
    scim_id: Id,
    source_object_id: Option<String>,
    name: String,
    slug: String,
    status: String,
    row_version: i64,
}

impl CohortRow {
    pub(crate) fn cohort_id(&self) -> Uuid {
        self.cohort_id.0
    }

    pub(crate) fn scim_id(&self) -> Uuid {
        self.scim_id.0
    }

    pub(crate) fn into_stored(self) -> Result<Stored<Cohort>, UnknownWord> {
        let row = Cohort {
            id: CohortId(self.cohort_id.0),
            portal: PortalId(self.portal_id.0),
            integration: IntegrationSlug(self.integration),
            scim_id: ScimId(self.scim_id.0),
            external_id: self.source_object_id,
            name: self.name,
            slug: self.slug,
            status: read_cohort_status(&self.status)?,
        };
        Ok(Stored { row, version: RowVersion(self.row_version), is_consistent: true })
    }
}

impl From<&Write<Cohort>> for CohortRow {
    fn from(write: &Write<Cohort>) -> Self {
        let cohort = &write.row;
        Self {
            cohort_id: Id(cohort.id.0),
            portal_id: Id(cohort.portal.0),
            integration: cohort.integration.0.clone(),
            scim_id: Id(cohort.scim_id.0),
            source_object_id: cohort.external_id.clone(),
            name: cohort.name.clone(),
            slug: cohort.slug.clone(),
            status: cohort_status_word(cohort.status).to_owned(),
            row_version: write.replaces.map_or(0, |version| version.0),
        }
    }
}

/// Cohort and learner.
pub(crate) type MemberRow = (Id, Id);

/// The cohorts as shown, each with its members in the order given.
pub(crate) fn cohort_views(
    rows: Vec<CohortRow>,
    members: Vec<MemberRow>,
) -> Result<Vec<CohortView>, UnknownWord> {
    let mut members_of: HashMap<Uuid, Vec<LearnerId>> = HashMap::new();
    for (cohort, learner) in members {
        members_of.entry(cohort.0).or_default().push(LearnerId(learner.0));
    }
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let cohort = row.into_stored()?.row;
        views.push(CohortView {
            members: members_of.remove(&cohort.id.0).unwrap_or_default(),
            cohort_id: cohort.id,
            scim_id: cohort.scim_id,
            external_id: cohort.external_id,
            name: cohort.name,
            slug: cohort.slug,
            status: cohort.status,
        });
    }
    Ok(views)
}
