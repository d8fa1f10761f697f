use std::collections::BTreeMap;
use std::error::Error;

use diesel::Queryable;
use events::Sequence;
use lms::{
    CohortId, GroupLink, IntegrationSlug, KnownIntegration, LearnerId, Link, LinkWrite, PortalId,
    Registration, ResourceKey, ScimId, UserLink,
};
use serde::Serialize;
use uuid::Uuid;

use crate::id::Id;
use crate::words::read_environment;

#[derive(Debug, Queryable)]
pub(crate) struct LinkRow {
    integration: String,
    scim_id: Id,
    learner_id: Option<Id>,
    cohort_id: Option<Id>,
    epoch: i32,
    incarnation: i32,
    version: i64,
    tombstoned: bool,
}

impl LinkRow {
    pub(crate) fn learner_id(&self) -> Option<Uuid> {
        self.learner_id.map(|id| id.0)
    }

    pub(crate) fn cohort_id(&self) -> Option<Uuid> {
        self.cohort_id.map(|id| id.0)
    }

    fn link_to<Target>(self, target: Target) -> (ResourceKey, Link<Target>) {
        let key =
            ResourceKey { integration: IntegrationSlug(self.integration), scim_id: ScimId(self.scim_id.0) };
        let sequence = Sequence { epoch: self.epoch, incarnation: self.incarnation, version: self.version };
        (key, Link { target, sequence, tombstoned: self.tombstoned })
    }
}

pub(crate) fn user_links(rows: Vec<LinkRow>) -> BTreeMap<ResourceKey, UserLink> {
    rows.into_iter().filter_map(|row| row.learner_id().map(|id| row.link_to(LearnerId(id)))).collect()
}

pub(crate) fn group_links(rows: Vec<LinkRow>) -> BTreeMap<ResourceKey, GroupLink> {
    rows.into_iter().filter_map(|row| row.cohort_id().map(|id| row.link_to(CohortId(id)))).collect()
}

#[derive(Debug, Queryable)]
pub(crate) struct IntegrationRow {
    slug: String,
    portal_id: Id,
    portal_code: String,
    environment: String,
}

pub(crate) fn integrations(
    rows: Vec<IntegrationRow>,
) -> Result<BTreeMap<IntegrationSlug, KnownIntegration>, Box<dyn Error + Send + Sync>> {
    let mut known = BTreeMap::new();
    for row in rows {
        let integration = KnownIntegration {
            portal: PortalId(row.portal_id.0),
            portal_code: row.portal_code,
            environment: read_environment(&row.environment)?,
        };
        known.insert(IntegrationSlug(row.slug), integration);
    }
    Ok(known)
}

#[derive(Debug, Serialize)]
pub(crate) struct RegistrationRow {
    slug: String,
    portal_code: String,
    environment: &'static str,
    portal_id: Uuid,
}

impl From<&Registration> for RegistrationRow {
    fn from(registration: &Registration) -> Self {
        Self {
            slug: registration.integration.0.clone(),
            portal_code: registration.portal_code.clone(),
            environment: registration.environment.as_str(),
            portal_id: registration.portal.0,
        }
    }
}

/// A link as it is written: only over the position that the decision was made on.
#[derive(Debug, Serialize)]
pub(crate) struct LinkWriteRow {
    integration: String,
    kind: &'static str,
    scim_id: Uuid,
    learner_id: Option<Uuid>,
    cohort_id: Option<Uuid>,
    epoch: i32,
    incarnation: i32,
    version: i64,
    tombstoned: bool,
    replaced_epoch: Option<i32>,
    replaced_incarnation: Option<i32>,
    replaced_version: Option<i64>,
}

impl LinkWriteRow {
    pub(crate) fn of_user(write: &LinkWrite<LearnerId>) -> Self {
        Self::new("user", Some(write.link.target.0), None, write)
    }

    pub(crate) fn of_group(write: &LinkWrite<CohortId>) -> Self {
        Self::new("group", None, Some(write.link.target.0), write)
    }

    pub(crate) fn is_new(&self) -> bool {
        self.replaced_version.is_none()
    }

    fn new<Target>(
        kind: &'static str,
        learner_id: Option<Uuid>,
        cohort_id: Option<Uuid>,
        write: &LinkWrite<Target>,
    ) -> Self {
        let sequence = write.link.sequence;
        Self {
            integration: write.key.integration.0.clone(),
            kind,
            scim_id: write.key.scim_id.0,
            learner_id,
            cohort_id,
            epoch: sequence.epoch,
            incarnation: sequence.incarnation,
            version: sequence.version,
            tombstoned: write.link.tombstoned,
            replaced_epoch: write.replaces.map(|replaced| replaced.epoch),
            replaced_incarnation: write.replaces.map(|replaced| replaced.incarnation),
            replaced_version: write.replaces.map(|replaced| replaced.version),
        }
    }
}
