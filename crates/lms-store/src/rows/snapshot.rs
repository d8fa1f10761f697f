use std::collections::BTreeSet;

use events::EventId;
use lms::{Snapshot, StoreError};

use super::link::{group_links, integrations, user_links};
use super::{CohortRow, IntegrationRow, LearnerRow, LinkRow};
use crate::error::unavailable;
use crate::id::Id;

/// What was read of a footprint.
#[derive(Default)]
pub(crate) struct SnapshotRows {
    pub(crate) handled: Vec<Id>,
    pub(crate) integrations: Vec<IntegrationRow>,
    pub(crate) user_links: Vec<LinkRow>,
    pub(crate) group_links: Vec<LinkRow>,
    pub(crate) learners: Vec<LearnerRow>,
    pub(crate) cohorts: Vec<CohortRow>,
}

impl SnapshotRows {
    pub(crate) fn into_snapshot(self) -> Result<Snapshot, StoreError> {
        let learners = self.learners.into_iter().map(LearnerRow::into_stored);
        let cohorts = self.cohorts.into_iter().map(CohortRow::into_stored);
        Ok(Snapshot {
            handled: self.handled.into_iter().map(|id| EventId(id.0)).collect::<BTreeSet<_>>(),
            integrations: integrations(self.integrations).map_err(unavailable)?,
            user_links: user_links(self.user_links),
            group_links: group_links(self.group_links),
            learners: learners.collect::<Result<_, _>>().map_err(unavailable)?,
            cohorts: cohorts.collect::<Result<_, _>>().map_err(unavailable)?,
        })
    }
}
