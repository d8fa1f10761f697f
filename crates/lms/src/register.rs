use std::collections::{BTreeMap, BTreeSet};

use events::Sequence;

use crate::incoming::Presence;
use crate::link::{Age, Incarnation};
use crate::{
    Cohort, CohortId, IntegrationSlug, Learner, LearnerId, Link, LinkWrite, ParkReason, ResourceKey, ScimId,
    Stored, Write,
};

/// What a SCIM resource is followed by: learners follow users, cohorts follow groups.
pub(crate) trait Follower: Clone + PartialEq {
    type Id: Copy + Ord;
    fn id(&self) -> Self::Id;
    fn integration(&self) -> &IntegrationSlug;
    fn scim_id(&self) -> ScimId;
    fn external_id(&self) -> Option<&str>;
    fn clear_external_id(&mut self);
}

/// Where an event meets what is known about its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position<Id> {
    /// The newest handled event is this one.
    Repeated,
    /// A newer event was handled.
    Outdated,
    /// The resource is an old incarnation of what the follower belongs to now.
    Superseded(Id),
    /// The follower of the resource belongs to another resource of the same incarnation.
    Contested,
    /// The follower belongs to the resource, or comes to belong to it now.
    Known(Id),
    /// Nothing follows the resource, and nobody of an older incarnation holds its external id.
    Unknown,
}

/// The followers of one kind and their links while a batch is being decided.
pub(crate) struct Register<Row: Follower> {
    links: BTreeMap<ResourceKey, TrackedLink<Row::Id>>,
    rows: BTreeMap<Row::Id, TrackedRow<Row>>,
    rejoined: BTreeSet<Row::Id>,
}

struct TrackedLink<Id> {
    link: Link<Id>,
    stored: Option<Sequence>,
    is_changed: bool,
}

struct TrackedRow<Row> {
    row: Row,
    stored: Option<Stored<Row>>,
}

impl<Row: Follower> Register<Row> {
    pub(crate) fn new(links: BTreeMap<ResourceKey, Link<Row::Id>>, rows: Vec<Stored<Row>>) -> Self {
        let links = links.into_iter().map(|(key, link)| {
            let stored = Some(link.sequence);
            (key, TrackedLink { link, stored, is_changed: false })
        });
        let rows = rows
            .into_iter()
            .map(|stored| (stored.row.id(), TrackedRow { row: stored.row.clone(), stored: Some(stored) }));
        Self { links: links.collect(), rows: rows.collect(), rejoined: BTreeSet::new() }
    }

    /// Finds what an event of a resource meets. A person or group is recognised by the link, then by the external
    /// id, and never by a name or an address: those pass from one person to another.
    ///
    /// Who was created with an external id that another held before has a greater incarnation, and is who held it. Of
    /// equal incarnation, the external id came to one of the two by a change: these are two.
    pub(crate) fn position(
        &self,
        key: &ResourceKey,
        external_id: Option<&str>,
        sequence: Sequence,
    ) -> Position<Row::Id> {
        let Some(tracked) = self.links.get(key) else {
            let holder = external_id.and_then(|id| self.holder(&key.integration, id));
            return match holder.map(|row| self.claim(row, key, sequence)) {
                Some(Position::Contested) | None => Position::Unknown,
                Some(position) => position,
            };
        };
        match tracked.link.age_of(sequence) {
            Age::Same => Position::Repeated,
            Age::Older => Position::Outdated,
            Age::Newer => match self.row(tracked.link.target) {
                Some(row) => self.claim(row, key, sequence),
                None => Position::Unknown,
            },
        }
    }

    pub(crate) fn row(&self, id: Row::Id) -> Option<&Row> {
        self.rows.get(&id).map(|tracked| &tracked.row)
    }

    /// Puts a row in, and settles whose its external id is: of a living and a deleted resource, the living one's.
    /// A deleted holder gives it up and keeps all else.
    ///
    /// # Errors
    /// `ContestedExternalId` when both live; nothing is put in then.
    pub(crate) fn put(&mut self, mut row: Row, presence: Presence) -> Result<(), ParkReason> {
        if let Some(rival) = self.rival(&row) {
            if self.is_deleted(rival) {
                let rival = rival.id();
                self.release_external_id(rival);
            } else if presence == Presence::Deleted {
                row.clear_external_id();
            } else {
                return Err(ParkReason::ContestedExternalId);
            }
        }
        self.replace(row);
        Ok(())
    }

    /// Has the memberships of a row derived from the edges anew.
    pub(crate) fn rejoin(&mut self, id: Row::Id) {
        self.rejoined.insert(id);
    }

    fn replace(&mut self, row: Row) {
        let id = row.id();
        match self.rows.get_mut(&id) {
            Some(tracked) => {
                if tracked.row.scim_id() != row.scim_id() {
                    self.rejoined.insert(id);
                }
                tracked.row = row;
            }
            None => {
                self.rows.insert(id, TrackedRow { row, stored: None });
            }
        }
    }

    /// Remembers that the resource was followed up to an event. A deleted resource keeps its link, so that what
    /// comes late is recognised as late.
    pub(crate) fn advance(&mut self, key: ResourceKey, link: Link<Row::Id>) {
        let target = link.target;
        let before = self.links.get(&key);
        if before.is_none_or(|before| before.link.tombstoned != link.tombstoned) {
            self.rejoined.insert(target);
        }
        let stored = before.and_then(|before| before.stored);
        self.links.insert(key, TrackedLink { link, stored, is_changed: true });
    }

    pub(crate) fn into_writes(self) -> Writes<Row> {
        let links = self.links.into_iter().filter(|(_, tracked)| tracked.is_changed);
        let rows = self.rows.into_values().filter_map(|tracked| match tracked.stored {
            Some(stored) if stored.is_consistent && stored.row == tracked.row => None,
            stored => Some(Write { row: tracked.row, replaces: stored.map(|stored| stored.version) }),
        });
        Writes {
            links: links
                .map(|(key, tracked)| LinkWrite { key, link: tracked.link, replaces: tracked.stored })
                .collect(),
            rows: rows.collect(),
            rejoined: self.rejoined,
        }
    }

    fn holder(&self, integration: &IntegrationSlug, external_id: &str) -> Option<&Row> {
        self.rows
            .values()
            .map(|tracked| &tracked.row)
            .find(|row| row.integration() == integration && row.external_id() == Some(external_id))
    }

    /// Another row that holds the row's external id.
    fn rival(&self, row: &Row) -> Option<&Row> {
        let external_id = row.external_id()?;
        let rows = self.rows.values().map(|tracked| &tracked.row);
        rows.filter(|other| other.id() != row.id()).find(|other| {
            other.integration() == row.integration() && other.external_id() == Some(external_id)
        })
    }

    fn is_deleted(&self, row: &Row) -> bool {
        let owner = ResourceKey { integration: row.integration().clone(), scim_id: row.scim_id() };
        self.links.get(&owner).is_some_and(|tracked| tracked.link.tombstoned)
    }

    fn release_external_id(&mut self, id: Row::Id) {
        if let Some(tracked) = self.rows.get_mut(&id) {
            tracked.row.clear_external_id();
        }
    }

    fn claim(&self, row: &Row, key: &ResourceKey, sequence: Sequence) -> Position<Row::Id> {
        if row.scim_id() == key.scim_id {
            return Position::Known(row.id());
        }
        let owner = ResourceKey { integration: key.integration.clone(), scim_id: row.scim_id() };
        let Some(owner) = self.links.get(&owner) else {
            return Position::Known(row.id());
        };
        match Incarnation::from(sequence).cmp(&Incarnation::from(owner.link.sequence)) {
            std::cmp::Ordering::Greater => Position::Known(row.id()),
            std::cmp::Ordering::Equal => Position::Contested,
            std::cmp::Ordering::Less => Position::Superseded(row.id()),
        }
    }
}

/// What a register has to write.
pub(crate) struct Writes<Row: Follower> {
    pub(crate) links: Vec<LinkWrite<Row::Id>>,
    pub(crate) rows: Vec<Write<Row>>,
    pub(crate) rejoined: BTreeSet<Row::Id>,
}

impl Follower for Learner {
    type Id = LearnerId;

    fn id(&self) -> LearnerId {
        self.id
    }

    fn integration(&self) -> &IntegrationSlug {
        &self.integration
    }

    fn scim_id(&self) -> ScimId {
        self.scim_id
    }

    fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    fn clear_external_id(&mut self) {
        self.external_id = None;
    }
}

impl Follower for Cohort {
    type Id = CohortId;

    fn id(&self) -> CohortId {
        self.id
    }

    fn integration(&self) -> &IntegrationSlug {
        &self.integration
    }

    fn scim_id(&self) -> ScimId {
        self.scim_id
    }

    fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    fn clear_external_id(&mut self) {
        self.external_id = None;
    }
}
