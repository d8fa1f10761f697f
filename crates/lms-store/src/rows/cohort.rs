use std::collections::HashMap;

use events::v1::Group;
use lms::{
    Cohort, CohortId, CohortSize, CohortView, IntegrationSlug, LearnerId, OnLeave, PortalId, ResourceKey,
    Role, RowVersion, ScimId, StoreError, Stored, Write,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::unreadable;
use crate::words::{cohort_status_word, read_cohort_status};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CohortRow {
    cohort_id: Uuid,
    portal_id: Uuid,
    integration: Option<String>,
    scim_id: Option<Uuid>,
    source_object_id: Option<String>,
    name: String,
    slug: String,
    status: String,
    on_leave: OnLeave,
    grants_role: Option<Role>,
    row_version: i64,
}

impl CohortRow {
    pub(crate) fn cohort_id(&self) -> Uuid {
        self.cohort_id
    }

    /// The resource that the cohort belongs to.
    pub(crate) fn source(&self) -> Option<ResourceKey> {
        let integration = IntegrationSlug(self.integration.clone()?);
        Some(ResourceKey { integration, scim_id: ScimId(self.scim_id?) })
    }

    pub(crate) fn into_stored(self) -> Result<Stored<Cohort>, StoreError> {
        let row = Cohort {
            id: CohortId(self.cohort_id),
            portal: PortalId(self.portal_id),
            source: self.source(),
            external_id: self.source_object_id,
            name: self.name,
            slug: self.slug,
            status: read_cohort_status(&self.status).map_err(unreadable)?,
            on_leave: self.on_leave,
            grants_role: self.grants_role,
        };
        Ok(Stored { row, version: RowVersion(self.row_version), is_consistent: true })
    }
}

impl From<&Write<Cohort>> for CohortRow {
    fn from(write: &Write<Cohort>) -> Self {
        let cohort = &write.row;
        Self {
            cohort_id: cohort.id.0,
            portal_id: cohort.portal.0,
            integration: cohort.source.as_ref().map(|source| source.integration.0.clone()),
            scim_id: cohort.source.as_ref().map(|source| source.scim_id.0),
            source_object_id: cohort.external_id.clone(),
            name: cohort.name.clone(),
            slug: cohort.slug.clone(),
            status: cohort_status_word(cohort.status).to_owned(),
            on_leave: cohort.on_leave,
            grants_role: cohort.grants_role,
            row_version: write.replaces.map_or(0, |version| version.0),
        }
    }
}

/// A learner of a cohort.
#[derive(Debug, Deserialize)]
pub(crate) struct MemberRow {
    cohort_id: Uuid,
    learner_id: Uuid,
}

/// The cohorts as shown, each with its members in the order given.
pub(crate) fn cohort_views(
    rows: Vec<CohortRow>,
    members: Vec<MemberRow>,
) -> Result<Vec<CohortView>, StoreError> {
    let mut members_of: HashMap<Uuid, Vec<LearnerId>> = HashMap::new();
    for member in members {
        members_of.entry(member.cohort_id).or_default().push(LearnerId(member.learner_id));
    }
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let cohort = row.into_stored()?.row;
        let members = members_of.remove(&cohort.id.0).unwrap_or_default();
        views.extend(CohortView::new(cohort, members));
    }
    Ok(views)
}

/// How many learners a cohort has, and what its group last was.
#[derive(Debug, Deserialize)]
pub(crate) struct SizeRow {
    cohort_id: Uuid,
    members: u64,
    group_state: Option<String>,
}

impl SizeRow {
    fn group_name(&self) -> Result<Option<String>, StoreError> {
        let group = self.group_state.as_deref().map(serde_json::from_str::<Group>).transpose();
        Ok(group.map_err(unreadable)?.map(|group| group.display_name))
    }
}

/// The cohorts as shown, each with the name of its group and the number of its members.
pub(crate) fn sized_cohorts(rows: Vec<CohortRow>, found: &[SizeRow]) -> Result<Vec<CohortSize>, StoreError> {
    let found: HashMap<Uuid, &SizeRow> = found.iter().map(|row| (row.cohort_id, row)).collect();
    let mut sizes = Vec::with_capacity(rows.len());
    for row in rows {
        let cohort = row.into_stored()?.row;
        let found = found.get(&cohort.id.0);
        let group_name = found.map(|row| row.group_name()).transpose()?.flatten();
        let members = found.map(|row| row.members).unwrap_or_default();
        sizes.extend(CohortSize::new(cohort, group_name, members));
    }
    Ok(sizes)
}
