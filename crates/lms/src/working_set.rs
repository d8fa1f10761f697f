use std::collections::{BTreeMap, BTreeSet};

use events::{Applied, Envelope, Event, EventData, EventId};

use crate::edge::{Edges, read_edges};
use crate::group_event::follow_group;
use crate::register::Register;
use crate::user_event::follow_user;
use crate::{
    Change, Cohort, HandledEvent, IntegrationSlug, KnownIntegration, Learner, Ownership, ParkReason,
    ParkedEvent, PortalId, ResourceKey, Snapshot,
};

/// What is known while the events of a batch are decided one after the other.
pub(crate) struct WorkingSet<'a> {
    ownership: &'a Ownership,
    integrations: BTreeMap<IntegrationSlug, KnownIntegration>,
    done: BTreeSet<EventId>,
    learners: Register<Learner>,
    cohorts: Register<Cohort>,
    edges: Edges,
    touched: BTreeSet<IntegrationSlug>,
    handled: Vec<HandledEvent>,
}

impl<'a> WorkingSet<'a> {
    pub(crate) fn new(snapshot: Snapshot, ownership: &'a Ownership) -> Self {
        Self {
            ownership,
            integrations: snapshot.integrations,
            done: snapshot.handled,
            learners: Register::new(snapshot.user_links, snapshot.learners),
            cohorts: Register::new(snapshot.group_links, snapshot.cohorts),
            edges: Edges::default(),
            touched: BTreeSet::new(),
            handled: Vec::new(),
        }
    }

    /// Decides one event and remembers it as handled. An error leaves the set as it was.
    pub(crate) fn apply(&mut self, event: &Event) -> Result<Applied, ParkReason> {
        let envelope = &event.envelope;
        if self.done.contains(&envelope.id) {
            return Ok(Applied::AlreadyApplied);
        }
        let integration = IntegrationSlug(envelope.integration.clone());
        let portal = self.check_portal(&integration, envelope)?;
        let outcome = match &event.data {
            EventData::User(change) => {
                follow_user(&mut self.learners, self.ownership, portal, envelope, change)?
            }
            EventData::Group(change) => follow_group(&mut self.cohorts, portal, envelope, change)?,
            EventData::Membership(change) => {
                let key = ResourceKey::of(envelope);
                let edges = read_edges(&key.integration, key.scim_id, envelope.sequence, change)?;
                edges.into_iter().for_each(|edge| self.edges.record(edge));
                Applied::Executed
            }
            // Registering the integration was all there is to it.
            EventData::Integration(_) | EventData::SnapshotChunk(_) | EventData::SnapshotEnd(_) => {
                Applied::Executed
            }
        };
        self.done.insert(envelope.id);
        self.touched.insert(integration.clone());
        self.handled.push(HandledEvent {
            id: envelope.id,
            integration,
            subject: envelope.subject,
            sequence: envelope.sequence,
            outcome,
        });
        Ok(outcome)
    }

    pub(crate) fn into_change(self, parked: Vec<ParkedEvent>) -> Change {
        let learners = self.learners.into_writes();
        let cohorts = self.cohorts.into_writes();
        Change {
            integrations: self.touched,
            handled: self.handled,
            parked,
            learners: learners.rows,
            cohorts: cohorts.rows,
            user_links: learners.links,
            group_links: cohorts.links,
            edges: self.edges.into_vec(),
            rejoined_learners: learners.rejoined,
            rejoined_cohorts: cohorts.rejoined,
        }
    }

    fn check_portal(
        &self,
        integration: &IntegrationSlug,
        envelope: &Envelope,
    ) -> Result<PortalId, ParkReason> {
        self.integrations
            .get(integration)
            .filter(|known| known.portal_code == envelope.portal && known.environment == envelope.environment)
            .map(|known| known.portal)
            .ok_or(ParkReason::ForeignPortal)
    }
}
