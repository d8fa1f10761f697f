use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use events::v1::snapshot_chunk::Content;
use events::v1::{Group, GroupRange, MemberRange, SnapshotChunk, SnapshotEnd, User, UserRange};
use events::{Applied, ContentType, Envelope, Event, EventData, Sequence, Subject, SubjectKind};
use uuid::Uuid;

use crate::effect::Settled;
use crate::group_event::{GroupStatement, follow_group};
use crate::ids::piece_id;
use crate::link::Age;
use crate::settle_group::settle_group;
use crate::settle_user::settle_user;
use crate::user_event::{UserStatement, follow_user};
use crate::working_set::WorkingSet;
use crate::{
    Cause, ComparedChunk, Drift, DriftKind, Edge, EdgeKey, EndedRun, IdRange, IntegrationSlug, Link,
    Occasion, ParkReason, ParkedEvent, Phase, Range, ResourceKey, ScimId, StoredEdge, UserLink,
};

/// What a part of a snapshot asks a store for.
pub(crate) fn range_of(envelope: &Envelope, chunk: &SnapshotChunk) -> Option<Range> {
    let integration = IntegrationSlug(envelope.integration.clone());
    let (after, through, kind) = match chunk.content.as_ref()? {
        Content::Users(range) => (&range.after, &range.through, IdRange::Users),
        Content::Groups(range) => (&range.after, &range.through, IdRange::Groups),
        Content::Members(range) => {
            let group = ScimId(range.group_id.parse().ok()?);
            (&range.after, &range.through, IdRange::Members(group))
        }
    };
    let bound = |text: &str| text.parse::<Uuid>().ok();
    Some(Range { integration, kind, after: bound(after), through: bound(through) })
}

/// Compares a part of a snapshot with what the LMS holds, and repairs the differences.
///
/// Every part stands alone: in its range of ids, exactly what it lists exists. What is newer here than there is left
/// alone, and so is what changed while the part was being read.
///
/// # Errors
/// `MalformedSnapshot` when it cannot be understood: then nothing of it is applied. Else the reason of the first resource
/// that cannot be applied: all others are, and the part is to be given again.
pub(crate) fn compare_chunk(
    set: &mut WorkingSet,
    envelope: &Envelope,
    chunk: &SnapshotChunk,
) -> Result<Applied, ParkReason> {
    let part = Part::read(envelope, chunk)?;
    match chunk.content.as_ref().ok_or(ParkReason::MalformedSnapshot)? {
        Content::Users(users) => part.compare_users(set, users)?,
        Content::Groups(groups) => part.compare_groups(set, groups)?,
        Content::Members(members) => part.compare_members(set, members)?,
    }
    let integration = part.integration.clone();
    set.chunks.push(ComparedChunk { run: part.run, integration, number: chunk.number });
    Ok(Applied::Executed)
}

/// Remembers how many parts a snapshot has.
pub(crate) fn end_run(
    set: &mut WorkingSet,
    envelope: &Envelope,
    end: &SnapshotEnd,
) -> Result<Applied, ParkReason> {
    let run = end.snapshot_id.parse().map_err(|_| ParkReason::MalformedSnapshot)?;
    set.ended_runs.push(EndedRun {
        run,
        integration: IntegrationSlug(envelope.integration.clone()),
        chunks: end.chunks,
        users: end.users,
        groups: end.groups,
        members: end.members,
        began_at: end.began_at.as_ref().and_then(instant),
    });
    Ok(Applied::Executed)
}

struct Part<'a> {
    envelope: &'a Envelope,
    chunk: &'a SnapshotChunk,
    run: Uuid,
    integration: IntegrationSlug,
    range: Range,
    settled_before: DateTime<Utc>,
    cause: Cause,
}

impl<'a> Part<'a> {
    fn read(envelope: &'a Envelope, chunk: &'a SnapshotChunk) -> Result<Self, ParkReason> {
        let settled_before = chunk.settled_before.as_ref().and_then(instant);
        Ok(Self {
            envelope,
            chunk,
            run: chunk.snapshot_id.parse().map_err(|_| ParkReason::MalformedSnapshot)?,
            integration: IntegrationSlug(envelope.integration.clone()),
            range: range_of(envelope, chunk).ok_or(ParkReason::MalformedSnapshot)?,
            settled_before: settled_before.ok_or(ParkReason::MalformedSnapshot)?,
            cause: Cause::from(envelope),
        })
    }

    fn key(&self, id: &str) -> Result<ResourceKey, ParkReason> {
        let id = id.parse().map_err(|_| ParkReason::MalformedSnapshot)?;
        Ok(ResourceKey { integration: self.integration.clone(), scim_id: ScimId(id) })
    }

    fn cause_at(&self, changed_at: Option<&events::Timestamp>) -> Cause {
        Cause { at: changed_at.and_then(instant).unwrap_or(self.cause.at), ..self.cause }
    }

    fn compare_users(&self, set: &mut WorkingSet, range: &UserRange) -> Result<(), ParkReason> {
        let mut listed = BTreeMap::new();
        for state in &range.users {
            let user = state.user.as_ref().ok_or(ParkReason::MissingState)?;
            let sequence = parse_sequence(&state.sequence)?;
            let cause = self.cause_at(state.changed_at.as_ref());
            let statement = UserStatement { user, phase: Phase::Current, sequence, cause };
            listed.insert(self.key(&user.id)?, statement);
        }
        let mut outcome = Ok(());
        for (key, statement) in &listed {
            if let Err(reason) = self.compare_user(set, key, statement) {
                outcome = outcome.and(self.leave(set, key, statement.sequence, reason, SubjectKind::User));
            }
        }
        for (key, link) in self.unlisted(set.users.links(), |key| listed.contains_key(key)) {
            let waited = link.wait;
            let ended = settle_user(set, &key, Link { phase: Phase::Deleted, ..link });
            outcome = outcome.and(ended.map(|settled| {
                self.found(set, DriftKind::ExtraUser, key.scim_id);
                set.note_user_news(self.occasion(), &key, settled, waited);
            }));
        }
        outcome
    }

    fn compare_user(
        &self,
        set: &mut WorkingSet,
        key: &ResourceKey,
        statement: &UserStatement<'_>,
    ) -> Result<(), ParkReason> {
        let known = set.users.link(key).cloned();
        let age = known.as_ref().map(|link| link.age_of(statement.sequence));
        match (age, known) {
            (Some(Age::Same), Some(link)) if link.phase != Phase::Superseded => {
                self.compare_known_user(set, key, link)?;
            }
            (Some(Age::Same | Age::Older), _) => {}
            (Some(Age::Newer), known) => {
                let (_, settled) = follow_user(set, key, statement)?;
                set.note_user_news(self.occasion(), key, settled, known.and_then(|link| link.wait));
                self.found(set, DriftKind::StaleUser, key.scim_id);
            }
            (None, _) => {
                let (_, settled) = follow_user(set, key, statement)?;
                set.note_user_news(self.occasion(), key, settled, None);
                self.found(set, DriftKind::MissingUser, key.scim_id);
            }
        }
        Ok(())
    }

    /// A user of whom the LMS knows what the directory knows: what the learner differs in is damage.
    fn compare_known_user(
        &self,
        set: &mut WorkingSet,
        key: &ResourceKey,
        link: UserLink,
    ) -> Result<(), ParkReason> {
        let (phase, target, waited) = (link.phase, link.target, link.wait);
        let settled = settle_user(set, key, Link { phase: Phase::Current, ..link })?;
        set.note_user_news(self.occasion(), key, settled.clone(), waited);
        if phase == Phase::Deleted {
            // It was taken for deleted by mistake, or the directory was restored.
            self.found(set, DriftKind::StaleUser, key.scim_id);
            return Ok(());
        }
        if target.is_none() {
            // Nothing stands any more before a newcomer who had to wait.
            if set.users.effective_target(key).is_some() {
                self.found(set, DriftKind::MissingUser, key.scim_id);
            }
            return Ok(());
        }
        if settled.is_status_changed {
            self.found(set, DriftKind::EditedStatus, key.scim_id);
        }
        let edited = settled.attributes();
        if !edited.is_empty() {
            self.found_edited(set, key.scim_id, edited);
        }
        Ok(())
    }

    fn compare_groups(&self, set: &mut WorkingSet, range: &GroupRange) -> Result<(), ParkReason> {
        let mut listed = BTreeMap::new();
        for state in &range.groups {
            let group = state.group.as_ref().ok_or(ParkReason::MissingState)?;
            let sequence = parse_sequence(&state.sequence)?;
            let cause = self.cause_at(state.changed_at.as_ref());
            let statement = GroupStatement { group, phase: Phase::Current, sequence, cause };
            listed.insert(self.key(&group.id)?, statement);
        }
        let mut outcome = Ok(());
        for (key, statement) in &listed {
            if let Err(reason) = self.compare_group(set, key, statement) {
                outcome = outcome.and(self.leave(set, key, statement.sequence, reason, SubjectKind::Group));
            }
        }
        for (key, link) in self.unlisted(set.groups.links(), |key| listed.contains_key(key)) {
            let ended = settle_group(set, &key, Link { phase: Phase::Deleted, ..link });
            outcome = outcome.and(ended.map(|settled| {
                self.found(set, DriftKind::ExtraGroup, key.scim_id);
                self.note_group_news(set, &key, settled);
            }));
        }
        outcome
    }

    fn compare_group(
        &self,
        set: &mut WorkingSet,
        key: &ResourceKey,
        statement: &GroupStatement<'_>,
    ) -> Result<(), ParkReason> {
        let known = set.groups.link(key).cloned();
        let age = known.as_ref().map(|link| link.age_of(statement.sequence));
        match (age, known) {
            (Some(Age::Same), Some(link)) if link.phase != Phase::Superseded => {
                let was_deleted = link.phase == Phase::Deleted;
                let settled = settle_group(set, key, Link { phase: Phase::Current, ..link })?;
                if was_deleted {
                    self.found(set, DriftKind::StaleGroup, key.scim_id);
                } else if settled.is_change() {
                    self.found(set, DriftKind::EditedCohort, key.scim_id);
                }
                self.note_group_news(set, key, settled);
            }
            (Some(Age::Same | Age::Older), _) => {}
            (Some(Age::Newer), known) => {
                let before = set.groups.followed(key).cloned();
                let (_, settled) = follow_group(set, key, statement)?;
                self.note_group_news(set, key, settled);
                // Members are versions of the group too, and tell of nothing that is told here.
                if known.and_then(|link| link.source).is_none_or(|source| source.state != *statement.group) {
                    self.found(set, DriftKind::StaleGroup, key.scim_id);
                } else if before.as_ref() != set.groups.followed(key) {
                    self.found(set, DriftKind::EditedCohort, key.scim_id);
                }
            }
            (None, _) => {
                let (_, settled) = follow_group(set, key, statement)?;
                self.note_group_news(set, key, settled);
                self.found(set, DriftKind::MissingGroup, key.scim_id);
            }
        }
        Ok(())
    }

    /// What the LMS follows in the range and the directory does not have.
    fn unlisted<'l, Target: Copy + 'l, State: Clone + 'l>(
        &self,
        links: impl Iterator<Item = (&'l ResourceKey, &'l Link<Target, State>)>,
        is_listed: impl Fn(&ResourceKey) -> bool,
    ) -> Vec<(ResourceKey, Link<Target, State>)> {
        links
            .filter(|(key, link)| {
                let is_settled =
                    link.source.as_ref().is_some_and(|source| source.cause.at < self.settled_before);
                link.phase == Phase::Current
                    && key.integration == self.integration
                    && self.range.contains(key.scim_id.0)
                    && is_settled
                    && !is_listed(key)
            })
            .map(|(key, link)| (key.clone(), link.clone()))
            .collect()
    }

    fn compare_members(&self, set: &mut WorkingSet, range: &MemberRange) -> Result<(), ParkReason> {
        let group = self.key(&range.group_id)?.scim_id;
        let sequence = parse_sequence(&range.sequence)?;
        let mut listed = BTreeSet::new();
        for id in &range.members {
            listed.insert(self.key(id)?.scim_id);
        }
        let of_group =
            |edge: &&StoredEdge| edge.key.integration == self.integration && edge.key.group == group;
        let (mut stored, mut strays) = (BTreeMap::new(), Vec::new());
        for edge in set.stored_edges.iter().filter(of_group) {
            if edge.sequence.is_none() && !listed.contains(&edge.key.user) {
                strays.push(edge.clone());
            } else if self.range.contains(edge.key.user.0) {
                stored.insert(edge.key.user, edge.clone());
            }
        }
        let (mut joined, mut left) = (Vec::new(), Vec::new());
        let unlisted = stored.keys().copied().filter(|user| !listed.contains(user));
        for user in listed.iter().copied().chain(unlisted) {
            let present = listed.contains(&user);
            let known = stored.get(&user);
            if known.is_some_and(|edge| is_newer_or_right(edge, sequence, present)) {
                continue;
            }
            let key = EdgeKey { integration: self.integration.clone(), group, user };
            // What came in the same batch is not stored yet.
            let is_told = set.edges.get(&key).is_some_and(|told| told.0 > sequence || told.1 == present);
            set.edges.record(Edge { key, sequence, present });
            if let Some(kind) = difference(present, known).filter(|_| !is_told) {
                set.drift.push(Drift { member: Some(user), ..self.drift(kind, group) });
                if present { joined.push(user) } else { left.push(user) }
            }
        }
        set.note_members(self.occasion(), group, joined, left);
        self.end_strays(set, strays);
        Ok(())
    }

    /// Memberships that no edge stands behind. They come with the first range of a group, whichever range they are in.
    fn end_strays(&self, set: &mut WorkingSet, strays: Vec<StoredEdge>) {
        for stray in strays {
            // The edge may have come in the same batch.
            let Some(learner) = stray.learner.filter(|_| set.edges.get(&stray.key).is_none()) else {
                continue;
            };
            set.users.rejoin(learner);
            set.note_members(self.occasion(), stray.key.group, Vec::new(), vec![stray.key.user]);
            let drift = self.drift(DriftKind::ExtraMembership, stray.key.group);
            set.drift.push(Drift { member: Some(stray.key.user), ..drift });
        }
    }

    /// Parks one resource that cannot be applied, so that all others of the part are done with.
    ///
    /// # Errors
    /// The reason itself when the part lists nothing else: then it waits as it is.
    fn leave(
        &self,
        set: &mut WorkingSet,
        key: &ResourceKey,
        sequence: Sequence,
        reason: ParkReason,
        kind: SubjectKind,
    ) -> Result<(), ParkReason> {
        let pieces = pieces(self.envelope, self.chunk);
        let id = piece_id(key, sequence);
        let piece = pieces.into_iter().find(|piece| piece.envelope.id == id);
        let message = piece.and_then(|piece| piece.encode(ContentType::Json).ok());
        let Some(message) = message else { return Err(reason) };
        let subject = Subject { kind, id: key.scim_id.0 };
        let integration = Some(self.integration.clone());
        let occasion = Some(Occasion { event: message.id, ..self.occasion() });
        set.left.push(ParkedEvent { message, integration, subject: Some(subject), occasion, reason });
        Ok(())
    }

    fn occasion(&self) -> Occasion {
        Occasion::of_event(self.envelope)
    }

    fn note_group_news(&self, set: &mut WorkingSet, key: &ResourceKey, settled: Settled) {
        if settled.is_change() {
            set.note_group(self.occasion(), key, settled);
        }
    }

    fn found(&self, set: &mut WorkingSet, kind: DriftKind, resource: ScimId) {
        set.drift.push(self.drift(kind, resource));
    }

    fn found_edited(&self, set: &mut WorkingSet, resource: ScimId, attributes: Vec<crate::Attribute>) {
        set.drift.push(Drift { attributes, ..self.drift(DriftKind::EditedLearner, resource) });
    }

    fn drift(&self, kind: DriftKind, resource: ScimId) -> Drift {
        let integration = self.integration.clone();
        Drift { run: self.run, integration, kind, resource, member: None, attributes: Vec::new() }
    }
}

/// How a stored edge and its membership differ from what they should be. A member who is no learner yet has an edge and
/// no membership, rightly; who was deleted may have one and is in no cohort.
fn difference(present: bool, known: Option<&StoredEdge>) -> Option<DriftKind> {
    let was_present = known.is_some_and(|edge| edge.present);
    let (is_member, should_be) = known.map_or((false, false), |edge| (edge.is_member, edge.is_effective));
    match (present, was_present) {
        (true, false) => Some(DriftKind::MissingMembership),
        (true, true) if should_be && !is_member => Some(DriftKind::MissingMembership),
        (true, true) if !should_be && is_member => Some(DriftKind::ExtraMembership),
        (false, true) if should_be || is_member => Some(DriftKind::ExtraMembership),
        (false, false) if !should_be && is_member => Some(DriftKind::ExtraMembership),
        (true | false, true) | (false, false) => None,
    }
}

/// Whether the range has nothing to say to an edge: not to a newer one, and not to one that is as the range has it.
fn is_newer_or_right(edge: &StoredEdge, sequence: Sequence, present: bool) -> bool {
    let Some(known) = edge.sequence else { return false };
    let is_right = edge.present == present && difference(present, Some(edge)).is_none();
    known > sequence || known == sequence && is_right
}

fn parse_sequence(text: &str) -> Result<Sequence, ParkReason> {
    text.parse().map_err(|_| ParkReason::MalformedSnapshot)
}

fn instant(timestamp: &events::Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(timestamp.seconds, timestamp.nanos.try_into().ok()?)
}

/// The users that a part lists.
pub(crate) fn users(chunk: &SnapshotChunk) -> impl Iterator<Item = &User> {
    let range = match &chunk.content {
        Some(Content::Users(range)) => range.users.as_slice(),
        Some(Content::Groups(_) | Content::Members(_)) | None => &[],
    };
    range.iter().filter_map(|state| state.user.as_ref())
}

/// The groups that a part lists.
pub(crate) fn groups(chunk: &SnapshotChunk) -> impl Iterator<Item = &Group> {
    let range = match &chunk.content {
        Some(Content::Groups(range)) => range.groups.as_slice(),
        Some(Content::Users(_) | Content::Members(_)) | None => &[],
    };
    range.iter().filter_map(|state| state.group.as_ref())
}

/// The part cut into one for each resource that it lists; nothing when that is no more than one. What is in the range and
/// not listed is in none of them.
pub(crate) fn pieces(envelope: &Envelope, chunk: &SnapshotChunk) -> Vec<Event> {
    let contents: Vec<(&str, &str, Content)> = match &chunk.content {
        Some(Content::Users(range)) if range.users.len() > 1 => {
            let states = range.users.iter().filter_map(|state| Some((state, &state.user.as_ref()?.id)));
            let piece = |id: &str| UserRange { after: before(id), through: id.to_owned(), users: Vec::new() };
            states
                .map(|(state, id)| {
                    let users = vec![state.clone()];
                    (id.as_str(), state.sequence.as_str(), Content::Users(UserRange { users, ..piece(id) }))
                })
                .collect()
        }
        Some(Content::Groups(range)) if range.groups.len() > 1 => {
            let states = range.groups.iter().filter_map(|state| Some((state, &state.group.as_ref()?.id)));
            let piece =
                |id: &str| GroupRange { after: before(id), through: id.to_owned(), groups: Vec::new() };
            states
                .map(|(state, id)| {
                    let groups = vec![state.clone()];
                    (
                        id.as_str(),
                        state.sequence.as_str(),
                        Content::Groups(GroupRange { groups, ..piece(id) }),
                    )
                })
                .collect()
        }
        Some(Content::Users(_) | Content::Groups(_) | Content::Members(_)) | None => Vec::new(),
    };
    let integration = IntegrationSlug(envelope.integration.clone());
    let piece = |(id, sequence, content): (&str, &str, Content)| {
        let key = ResourceKey { integration: integration.clone(), scim_id: ScimId(id.parse().ok()?) };
        let id = piece_id(&key, sequence.parse().ok()?);
        let chunk = SnapshotChunk { content: Some(content), ..chunk.clone() };
        let envelope = Envelope { id, ..envelope.clone() };
        Some(Event { envelope, data: EventData::SnapshotChunk(chunk) })
    };
    contents.into_iter().filter_map(piece).collect()
}

/// The id just before.
fn before(id: &str) -> String {
    let before = id.parse::<Uuid>().ok().and_then(|id| id.as_u128().checked_sub(1));
    before.map_or_else(String::new, |id| Uuid::from_u128(id).to_string())
}
