use std::collections::{BTreeMap, BTreeSet};

use events::Sequence;
use events::v1::{Group, User};

use crate::link::{Age, Incarnation};
use crate::{
    Cohort, CohortId, IntegrationSlug, Learner, LearnerId, Link, LinkWrite, ParkReason, Phase, ResourceKey,
    Stored, Write,
};

/// What a SCIM resource is followed by: learners follow users, cohorts follow groups.
pub(crate) trait Follower: Clone + PartialEq {
    type Id: Copy + Ord;
    type State: Clone + PartialEq;
    fn id(&self) -> Self::Id;
    /// The resource that it belongs to now; none while the LMS keeps it alone.
    fn source(&self) -> Option<&ResourceKey>;
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
    links: BTreeMap<ResourceKey, TrackedLink<Row::Id, Row::State>>,
    rows: BTreeMap<Row::Id, TrackedRow<Row>>,
    /// Who holds, or held within the batch, which external id.
    holders: BTreeMap<String, BTreeSet<Row::Id>>,
    rejoined: BTreeSet<Row::Id>,
    woken: BTreeSet<ResourceKey>,
}

struct TrackedLink<Id, State> {
    link: Link<Id, State>,
    stored: Option<Sequence>,
    is_changed: bool,
}

struct TrackedRow<Row> {
    row: Row,
    stored: Option<Stored<Row>>,
}

impl<Row: Follower> Register<Row> {
    pub(crate) fn new(
        links: BTreeMap<ResourceKey, Link<Row::Id, Row::State>>,
        rows: Vec<Stored<Row>>,
    ) -> Self {
        let links = links.into_iter().map(|(key, link)| {
            let stored = Some(link.sequence);
            (key, TrackedLink { link, stored, is_changed: false })
        });
        let mut register = Self {
            links: links.collect(),
            rows: BTreeMap::new(),
            holders: BTreeMap::new(),
            rejoined: BTreeSet::new(),
            woken: BTreeSet::new(),
        };
        register.add(rows);
        register
    }

    /// Takes in rows that were found out about later.
    pub(crate) fn add(&mut self, rows: Vec<Stored<Row>>) {
        for stored in rows {
            let id = stored.row.id();
            self.note_holder(&stored.row);
            self.rows.entry(id).or_insert(TrackedRow { row: stored.row.clone(), stored: Some(stored) });
        }
    }

    /// The link of a resource.
    pub(crate) fn link(&self, key: &ResourceKey) -> Option<&Link<Row::Id, Row::State>> {
        self.links.get(key).map(|tracked| &tracked.link)
    }

    /// Every link.
    pub(crate) fn links(&self) -> impl Iterator<Item = (&ResourceKey, &Link<Row::Id, Row::State>)> {
        self.links.iter().map(|(key, tracked)| (key, &tracked.link))
    }

    /// Whom a resource is, while it exists.
    pub(crate) fn effective_target(&self, key: &ResourceKey) -> Option<Row::Id> {
        self.link(key).and_then(Link::effective_target)
    }

    /// Whether it was handled already that the resource was deleted at this position.
    pub(crate) fn is_known_deleted(&self, key: &ResourceKey, sequence: Sequence) -> bool {
        self.link(key).is_some_and(|link| link.phase == Phase::Deleted && link.sequence == sequence)
    }

    /// What follows a resource, whether or not it exists.
    pub(crate) fn followed(&self, key: &ResourceKey) -> Option<&Row> {
        self.link(key).and_then(|link| link.target).and_then(|target| self.row(target))
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
        let Some(link) = self.link(key) else { return self.recognise(key, external_id, sequence) };
        match link.age_of(sequence) {
            Age::Same => Position::Repeated,
            Age::Older => Position::Outdated,
            Age::Newer => match self.followed(key) {
                // Incarnations count those who held one external id; of two with different ones they say nothing.
                Some(row) if is_given_to_another(link, row, key, external_id) => {
                    // Of whom it was given to nothing is left: it may come back.
                    if self.is_deleted(row) { Position::Known(row.id()) } else { Position::Contested }
                }
                Some(row) => self.claim(row, key, sequence),
                None => self.recognise(key, external_id, sequence),
            },
        }
    }

    /// Finds whom a resource that belongs to nobody yet belongs to.
    fn recognise(
        &self,
        key: &ResourceKey,
        external_id: Option<&str>,
        sequence: Sequence,
    ) -> Position<Row::Id> {
        let holder = external_id.and_then(|id| self.holder(&key.integration, id));
        match holder.map(|row| self.claim(row, key, sequence)) {
            Some(Position::Contested) | None => Position::Unknown,
            Some(position) => position,
        }
    }

    pub(crate) fn row(&self, id: Row::Id) -> Option<&Row> {
        self.rows.get(&id).map(|tracked| &tracked.row)
    }

    /// The row that belongs to a resource.
    pub(crate) fn row_of(&self, key: &ResourceKey) -> Option<&Row> {
        self.rows.values().map(|tracked| &tracked.row).find(|row| row.source() == Some(key))
    }

    /// Puts a row in, and settles whose its external id is: of a living and a deleted resource, the living one's.
    /// A deleted holder gives it up and keeps all else.
    ///
    /// # Errors
    /// `ContestedExternalId` when both live; nothing is put in then.
    pub(crate) fn put(&mut self, mut row: Row, phase: Phase) -> Result<(), ParkReason> {
        if let Some(rival) = self.rival(&row) {
            if self.is_deleted(rival) {
                let rival = rival.id();
                self.release_external_id(rival);
            } else if phase == Phase::Deleted {
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

    /// As [`Register::rejoin`], of what follows a resource: puts right what was done by hand to the memberships of one
    /// person.
    pub(crate) fn rejoin_followed(&mut self, key: &ResourceKey) {
        let target = self.link(key).and_then(|link| link.target);
        self.rejoined.extend(target);
    }

    fn replace(&mut self, row: Row) {
        let id = row.id();
        let before = self.row(id).and_then(Follower::source).cloned();
        if before.as_ref() != row.source() {
            self.rejoined.insert(id);
            if let Some(key) = before {
                self.supersede(key);
            }
        }
        self.amend(row);
    }

    /// Puts a row in that keeps belonging to whom it belongs.
    pub(crate) fn amend(&mut self, row: Row) {
        self.note_holder(&row);
        match self.rows.get_mut(&row.id()) {
            Some(tracked) => tracked.row = row,
            None => {
                self.rows.insert(row.id(), TrackedRow { row, stored: None });
            }
        }
    }

    /// Takes from a resource what it was joined to: a newer incarnation has it. What the old one said last means nothing
    /// any more, also when all is decided anew.
    fn supersede(&mut self, key: ResourceKey) {
        if let Some(link) = self.link(&key).cloned() {
            let phase = if link.phase == Phase::Current { Phase::Superseded } else { link.phase };
            self.advance(key, Link { phase, source: None, wait: None, ..link });
        }
    }

    /// Remembers that the resource was followed up to an event.
    pub(crate) fn advance(&mut self, key: ResourceKey, link: Link<Row::Id, Row::State>) {
        let before = self.links.get(&key);
        let (was, is) = (before.and_then(|before| before.link.effective_target()), link.effective_target());
        if was != is {
            // Of the one that it was, and of the one that it is.
            self.rejoined.extend(before.and_then(|before| before.link.target));
            self.rejoined.extend(link.target);
            self.woken.insert(key.clone());
        }
        let stored = before.and_then(|before| before.stored);
        // What was compared and is the same costs no write.
        let is_changed = before.is_none_or(|before| before.is_changed || before.link != link);
        self.links.insert(key, TrackedLink { link, stored, is_changed });
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
            woken: self.woken,
        }
    }

    fn note_holder(&mut self, row: &Row) {
        if let Some(external_id) = row.external_id() {
            self.holders.entry(external_id.to_owned()).or_default().insert(row.id());
        }
    }

    /// The rows of the integration that hold the external id now.
    fn holders(&self, integration: &IntegrationSlug, external_id: &str) -> impl Iterator<Item = &Row> {
        let ids = self.holders.get(external_id).into_iter().flatten();
        ids.filter_map(|id| self.row(*id))
            .filter(move |row| is_of(*row, integration) && row.external_id() == Some(external_id))
    }

    fn holder(&self, integration: &IntegrationSlug, external_id: &str) -> Option<&Row> {
        self.holders(integration, external_id).next()
    }

    /// Another row that holds the row's external id.
    fn rival(&self, row: &Row) -> Option<&Row> {
        let (external_id, source) = (row.external_id()?, row.source()?);
        self.holders(&source.integration, external_id).find(|other| other.id() != row.id())
    }

    fn is_deleted(&self, row: &Row) -> bool {
        let link = row.source().and_then(|source| self.link(source));
        link.is_some_and(|link| link.phase == Phase::Deleted)
    }

    fn release_external_id(&mut self, id: Row::Id) {
        if let Some(tracked) = self.rows.get_mut(&id) {
            tracked.row.clear_external_id();
        }
    }

    fn claim(&self, row: &Row, key: &ResourceKey, sequence: Sequence) -> Position<Row::Id> {
        let Some(owner) =
            row.source().filter(|source| *source != key).and_then(|source| self.links.get(source))
        else {
            return Position::Known(row.id());
        };
        match Incarnation::from(sequence).cmp(&Incarnation::from(owner.link.sequence)) {
            std::cmp::Ordering::Greater => Position::Known(row.id()),
            std::cmp::Ordering::Equal => Position::Contested,
            std::cmp::Ordering::Less => Position::Superseded(row.id()),
        }
    }
}

/// Whether a person decided that the follower of a resource belongs to another one, which is another person's to the
/// directory.
fn is_given_to_another<Row: Follower>(
    link: &Link<Row::Id, Row::State>,
    row: &Row,
    key: &ResourceKey,
    external_id: Option<&str>,
) -> bool {
    let is_anothers = row.source().is_some_and(|source| source != key);
    link.phase != Phase::Current && is_anothers && row.external_id() != external_id
}

fn is_of<Row: Follower>(row: &Row, integration: &IntegrationSlug) -> bool {
    row.source().is_some_and(|source| source.integration == *integration)
}

/// What a register has to write.
pub(crate) struct Writes<Row: Follower> {
    pub(crate) links: Vec<LinkWrite<Row::Id, Row::State>>,
    pub(crate) rows: Vec<Write<Row>>,
    pub(crate) rejoined: BTreeSet<Row::Id>,
    pub(crate) woken: BTreeSet<ResourceKey>,
}

impl Follower for Learner {
    type Id = LearnerId;
    type State = User;

    fn id(&self) -> LearnerId {
        self.id
    }

    fn source(&self) -> Option<&ResourceKey> {
        self.source.as_ref()
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
    type State = Group;

    fn id(&self) -> CohortId {
        self.id
    }

    fn source(&self) -> Option<&ResourceKey> {
        self.source.as_ref()
    }

    fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    fn clear_external_id(&mut self) {
        self.external_id = None;
    }
}
