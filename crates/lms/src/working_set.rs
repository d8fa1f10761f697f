use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use events::{Applied, Envelope, Event, EventData, EventId, Sequence, SubjectKind};

use crate::edge::{Edges, read_edges};
use crate::effect::Settled;
use crate::group_event::{GroupStatement, follow_group};
use crate::guard_state::GuardState;
use crate::register::Register;
use crate::settle_group::settle_group;
use crate::settle_user::settle_user;
use crate::snapshot_event::{compare_chunk, end_run};
use crate::user_event::{UserStatement, follow_user};
use crate::{
    Attribute, Candidate, Change, Cohort, CohortId, ComparedChunk, Conflict, Drift, Edge, Effect, EffectKind,
    EffectOutcome, EffectReason, EndedRun, HandledEvent, IntegrationSlug, IntegrationState, KnownIntegration,
    Learner, LearnerId, Occasion, ParkReason, ParkedEvent, Phase, PortalId, Profile, Question, Recheck,
    ResourceKey, ScimId, Snapshot, StoredEdge, Supplement, UserLink, VersionedRules, Wait,
};

/// What is known while the events of a batch are decided one after the other.
pub(crate) struct WorkingSet {
    integrations: BTreeMap<IntegrationSlug, KnownIntegration>,
    guards: BTreeMap<IntegrationSlug, GuardState>,
    done: BTreeSet<EventId>,
    pub(crate) users: Register<Learner>,
    pub(crate) groups: Register<Cohort>,
    pub(crate) edges: Edges,
    /// Edges as they are stored, of the ranges that snapshots tell of.
    pub(crate) stored_edges: Vec<StoredEdge>,
    candidates: BTreeMap<ResourceKey, Vec<Candidate>>,
    managers: BTreeMap<ResourceKey, LearnerId>,
    /// Whom the named managers were read to be.
    named_managers: BTreeMap<ResourceKey, Option<LearnerId>>,
    pub(crate) conflicts: Vec<Conflict>,
    adoptions: BTreeMap<ResourceKey, Vec<Candidate>>,
    pub(crate) chunks: Vec<ComparedChunk>,
    pub(crate) ended_runs: Vec<EndedRun>,
    pub(crate) drift: Vec<Drift>,
    effects: Vec<Effect>,
    /// Resources of snapshots that cannot be applied.
    pub(crate) left: Vec<ParkedEvent>,
    touched: BTreeSet<IntegrationSlug>,
    /// Integrations that were detached before the batch.
    detached: BTreeSet<IntegrationSlug>,
    states: BTreeMap<IntegrationSlug, (IntegrationState, Sequence)>,
    handled: Vec<HandledEvent>,
    rechecked: Vec<Recheck>,
}

impl WorkingSet {
    pub(crate) fn new(snapshot: Snapshot, question: &Question, supplement: Supplement) -> Self {
        let named_managers = named_managers(question, &snapshot, &supplement);
        let guards =
            snapshot.integrations.iter().map(|(slug, known)| (slug.clone(), GuardState::of(slug, known)));
        let detached = snapshot
            .integrations
            .iter()
            .filter(|(_, known)| known.state.state == IntegrationState::Detached)
            .map(|(slug, _)| slug.clone())
            .collect();
        let mut groups = Register::new(snapshot.group_links, snapshot.cohorts);
        groups.add(supplement.cohorts);
        Self {
            guards: guards.collect(),
            integrations: snapshot.integrations,
            done: snapshot.handled,
            users: Register::new(snapshot.user_links, snapshot.learners),
            groups,
            edges: Edges::default(),
            stored_edges: snapshot.edges,
            candidates: supplement.candidates,
            managers: supplement.managers,
            named_managers,
            conflicts: Vec::new(),
            adoptions: BTreeMap::new(),
            chunks: Vec::new(),
            ended_runs: Vec::new(),
            drift: Vec::new(),
            effects: Vec::new(),
            left: Vec::new(),
            touched: BTreeSet::new(),
            detached,
            states: BTreeMap::new(),
            handled: Vec::new(),
            rechecked: Vec::new(),
        }
    }

    /// Decides one event and remembers it as handled. An error leaves the set as it was, but for a part of a snapshot:
    /// what can be applied of that is.
    pub(crate) fn apply(&mut self, event: &Event) -> Result<Applied, ParkReason> {
        let envelope = &event.envelope;
        if self.done.contains(&envelope.id) {
            return Ok(Applied::AlreadyApplied);
        }
        let key = ResourceKey::of(envelope);
        self.check_portal(&key.integration, envelope)?;
        self.touched.insert(key.integration.clone());
        let occasion = || Occasion::of_event(envelope);
        if self.is_detached(&key.integration) && !matches!(event.data, EventData::Integration(_)) {
            let settled = Settled::because(EffectOutcome::Superseded, EffectReason::Detached);
            let scim_id = Some(key.scim_id).filter(|_| envelope.subject.kind != SubjectKind::Integration);
            let effect = Effect::new(occasion(), EffectKind::of(event), settled);
            self.effects.push(Effect { scim_id, ..effect });
            self.handle(envelope, Applied::Stale);
            return Ok(Applied::Stale);
        }
        let outcome = match &event.data {
            EventData::User(change) => {
                let statement = UserStatement::of_event(envelope, change)?;
                let (outcome, settled) = follow_user(self, &key, &statement)?;
                self.note_user(occasion(), &key, settled);
                outcome
            }
            EventData::Group(change) => {
                let statement = GroupStatement::of_event(envelope, change)?;
                let (outcome, settled) = follow_group(self, &key, &statement)?;
                self.note_group(occasion(), &key, settled);
                outcome
            }
            EventData::Membership(change) => {
                let edges = read_edges(&key.integration, key.scim_id, envelope.sequence, change)?;
                let (joined, left): (Vec<_>, Vec<_>) = edges.iter().partition(|edge| edge.present);
                let users = |edges: Vec<&Edge>| edges.into_iter().map(|edge| edge.key.user).collect();
                self.note_members(occasion(), key.scim_id, users(joined), users(left));
                edges.into_iter().for_each(|edge| self.edges.record(edge));
                Applied::Executed
            }
            EventData::SnapshotChunk(chunk) => compare_chunk(self, envelope, chunk)?,
            EventData::SnapshotEnd(end) => end_run(self, envelope, end)?,
            EventData::Integration(change) => {
                let known = self.integrations.get_mut(&key.integration).ok_or(ParkReason::ForeignPortal)?;
                let before = known.state;
                let (outcome, settled) = known.state.follow(*change, envelope.sequence);
                if known.state != before {
                    self.states.insert(key.integration, (known.state.state, envelope.sequence));
                }
                self.effects.push(Effect::new(occasion(), EffectKind::Integration, settled));
                outcome
            }
        };
        self.handle(envelope, outcome);
        Ok(outcome)
    }

    fn handle(&mut self, envelope: &Envelope, outcome: Applied) {
        self.done.insert(envelope.id);
        self.handled.push(HandledEvent {
            id: envelope.id,
            integration: IntegrationSlug(envelope.integration.clone()),
            subject: envelope.subject,
            sequence: envelope.sequence,
            outcome,
        });
    }

    /// Whether nothing of the integration is followed any more.
    fn is_detached(&self, integration: &IntegrationSlug) -> bool {
        let known = self.integrations.get(integration);
        known.is_some_and(|known| known.state.state == IntegrationState::Detached)
    }

    /// Decides a resource anew from its last state. An error leaves the set as it was.
    pub(crate) fn recheck(&mut self, recheck: &Recheck) -> Result<Applied, ParkReason> {
        match recheck.kind {
            _ if self.is_detached(&recheck.key.integration) => {}
            SubjectKind::User => {
                if let Some(link) = self.users.link(&recheck.key).cloned() {
                    let occasion = link.source.as_ref().map(|source| Occasion::of_recheck(recheck, source));
                    let waited = link.wait;
                    let settled = settle_user(self, &recheck.key, link)?;
                    self.users.rejoin_followed(&recheck.key);
                    if let Some(occasion) = occasion {
                        self.note_user_news(occasion, &recheck.key, settled, waited);
                    }
                }
            }
            SubjectKind::Group => {
                if let Some(link) = self.groups.link(&recheck.key).cloned() {
                    let occasion = link.source.as_ref().map(|source| Occasion::of_recheck(recheck, source));
                    let settled = settle_group(self, &recheck.key, link)?;
                    if let Some(occasion) = occasion.filter(|_| settled.is_change()) {
                        self.note_group(occasion, &recheck.key, settled);
                    }
                }
            }
            SubjectKind::Integration => {}
        }
        self.touched.insert(recheck.key.integration.clone());
        self.rechecked.push(recheck.clone());
        Ok(Applied::Executed)
    }

    pub(crate) fn into_change(self, postponed: Vec<(Recheck, ParkReason)>) -> Change {
        let users = self.users.into_writes();
        let groups = self.groups.into_writes();
        let used = self.guards.iter().filter(|(_, guard)| guard.is_used());
        let revisions = used
            .filter_map(|(slug, _)| Some((slug.clone(), self.integrations.get(slug)?.revision)))
            .collect();
        let rules = self
            .touched
            .iter()
            .filter_map(|slug| Some((slug.clone(), self.integrations.get(slug)?.rules.version)))
            .collect();
        let departures = self.guards.iter().filter(|(_, guard)| guard.departures() > 0);
        let departures = departures
            .map(|(slug, guard)| (slug.clone(), u32::try_from(guard.departures()).unwrap_or(u32::MAX)))
            .collect();
        // Of what was handled before nothing is decided, and the change has nothing to do with its integration.
        let managers = self.named_managers.into_iter();
        let managers = managers.filter(|(key, _)| self.touched.contains(&key.integration)).collect();
        let holds = self.guards.iter().filter_map(|(slug, guard)| guard.opened_hold(slug)).collect();
        Change {
            integrations: self.touched,
            detached: self.detached,
            managers,
            states: self.states,
            revisions,
            rules,
            handled: self.handled,
            parked: self.left,
            learners: users.rows,
            cohorts: groups.rows,
            user_links: users.links,
            group_links: groups.links,
            edges: self.edges.into_vec(),
            rejoined_learners: users.rejoined,
            rejoined_cohorts: groups.rejoined,
            conflicts: self.conflicts,
            departures,
            holds,
            adoptions: self.adoptions.into_iter().collect(),
            woken: users.woken,
            rechecked: self.rechecked,
            postponed,
            chunks: self.chunks,
            ended_runs: self.ended_runs,
            drift: self.drift,
            effects: self.effects,
        }
    }

    /// Remembers what was done to a learner.
    pub(crate) fn note_user(&mut self, occasion: Occasion, key: &ResourceKey, settled: Settled) {
        let learner = self.users.link(key).and_then(|link| link.target);
        let scim_id = Some(key.scim_id);
        self.effects.push(Effect { scim_id, learner, ..Effect::new(occasion, EffectKind::User, settled) });
    }

    /// As [`WorkingSet::note_user`], if something changed: the learner, or what the user waits for.
    pub(crate) fn note_user_news(
        &mut self,
        occasion: Occasion,
        key: &ResourceKey,
        settled: Settled,
        waited: Option<Wait>,
    ) {
        let waits = self.users.link(key).and_then(|link| link.wait);
        let begins_to_wait =
            matches!(settled.outcome, EffectOutcome::Held | EffectOutcome::Waiting) && waits != waited;
        if settled.is_change() || begins_to_wait {
            self.note_user(occasion, key, settled);
        }
    }

    /// Remembers what was done to a cohort.
    pub(crate) fn note_group(&mut self, occasion: Occasion, key: &ResourceKey, settled: Settled) {
        let cohort = self.groups.link(key).and_then(|link| link.target);
        let scim_id = Some(key.scim_id);
        self.effects.push(Effect { scim_id, cohort, ..Effect::new(occasion, EffectKind::Group, settled) });
    }

    /// Remembers that a resource could not be decided anew.
    pub(crate) fn note_postponed(&mut self, recheck: &Recheck, reason: ParkReason) {
        let (kind, occasion) = match recheck.kind {
            SubjectKind::User => {
                let source = self.users.link(&recheck.key).and_then(|link| link.source.as_ref());
                (EffectKind::User, source.map(|source| Occasion::of_recheck(recheck, source)))
            }
            SubjectKind::Group => {
                let source = self.groups.link(&recheck.key).and_then(|link| link.source.as_ref());
                (EffectKind::Group, source.map(|source| Occasion::of_recheck(recheck, source)))
            }
            SubjectKind::Integration => return,
        };
        let effect = |occasion| Effect::parked(occasion, kind, Some(recheck.key.scim_id), reason);
        self.effects.extend(occasion.map(effect));
    }

    /// Remembers who joined a group and who left it.
    pub(crate) fn note_members(
        &mut self,
        occasion: Occasion,
        group: ScimId,
        joined: Vec<ScimId>,
        left: Vec<ScimId>,
    ) {
        for (outcome, members) in [(EffectOutcome::Joined, joined), (EffectOutcome::Left, left)] {
            if !members.is_empty() {
                let settled = Settled::done(outcome, Vec::new());
                let effect = Effect::new(occasion.clone(), EffectKind::Membership, settled);
                self.effects.push(Effect { scim_id: Some(group), members, ..effect });
            }
        }
    }

    /// The rules of an integration.
    ///
    /// # Errors
    /// `ForeignPortal` when the integration is not known.
    pub(crate) fn rules_of(&self, integration: &IntegrationSlug) -> Result<Arc<VersionedRules>, ParkReason> {
        let known = self.integrations.get(integration).ok_or(ParkReason::ForeignPortal)?;
        Ok(known.rules.clone())
    }

    /// The portal of an integration; errors as [`WorkingSet::rules_of`].
    pub(crate) fn portal_of(&self, integration: &IntegrationSlug) -> Result<PortalId, ParkReason> {
        self.integrations.get(integration).map(|known| known.portal).ok_or(ParkReason::ForeignPortal)
    }

    /// The counters of an integration; errors as [`WorkingSet::rules_of`].
    pub(crate) fn guard_state(
        &mut self,
        integration: &IntegrationSlug,
    ) -> Result<&mut GuardState, ParkReason> {
        self.guards.get_mut(integration).ok_or(ParkReason::ForeignPortal)
    }

    /// Puts a newcomer who may be somebody known before a person. Answers whether the newcomer has to wait.
    ///
    /// Of a deleted user nothing is asked any more, and who waited until then was never anybody.
    pub(crate) fn offer_adoption(&mut self, key: &ResourceKey, link: &mut UserLink) -> bool {
        if matches!(link.wait, Some(Wait::Adoption { is_new_person: true })) {
            return false;
        }
        let waited = matches!(link.wait, Some(Wait::Adoption { .. }));
        let candidates = self.candidates.get(key).filter(|candidates| !candidates.is_empty());
        match candidates {
            Some(candidates) if link.phase == Phase::Current => {
                link.wait = Some(Wait::Adoption { is_new_person: false });
                self.adoptions.insert(key.clone(), candidates.clone());
                true
            }
            Some(_) => {
                self.adoptions.insert(key.clone(), Vec::new());
                forget_state(link);
                true
            }
            None if waited && link.phase != Phase::Current => {
                forget_state(link);
                true
            }
            None => false,
        }
    }

    /// Puts the manager's learner in the place of the manager's SCIM id; nobody, while there is no such learner.
    ///
    /// Nobody is their own manager, nor is an old self of theirs. Longer circles are let be: nothing here walks along them.
    pub(crate) fn resolve_manager(&self, key: &ResourceKey, own: Option<LearnerId>, profile: &mut Profile) {
        let manager = profile.value(Attribute::Manager).and_then(|id| id.parse().ok()).map(ScimId);
        let learner = manager.filter(|manager| *manager != key.scim_id).and_then(|manager| {
            let manager = ResourceKey { integration: key.integration.clone(), scim_id: manager };
            match self.users.link(&manager) {
                Some(_) => self.users.effective_target(&manager),
                None => self.managers.get(&manager).copied(),
            }
        });
        let learner = learner.filter(|learner| Some(*learner) != own);
        profile.set(Attribute::Manager, learner.map(|learner| learner.0.to_string()));
    }

    /// A cohort that the LMS keeps, of the integration's portal.
    pub(crate) fn local_cohort(&self, integration: &IntegrationSlug, id: CohortId) -> Option<Cohort> {
        let portal = self.portal_of(integration).ok()?;
        let cohort = self.groups.row(id)?;
        (cohort.source.is_none() && cohort.portal == portal).then(|| cohort.clone())
    }

    fn check_portal(&self, integration: &IntegrationSlug, envelope: &Envelope) -> Result<(), ParkReason> {
        let known = self.integrations.get(integration);
        let is_own = |known: &&KnownIntegration| {
            known.portal_code == envelope.portal && known.environment == envelope.environment
        };
        known.filter(is_own).map(|_| ()).ok_or(ParkReason::ForeignPortal)
    }
}

/// Whom the managers that a question names are known to be, as [`WorkingSet::resolve_manager`] finds them.
fn named_managers(
    question: &Question,
    snapshot: &Snapshot,
    supplement: &Supplement,
) -> BTreeMap<ResourceKey, Option<LearnerId>> {
    let learner = |manager: &ResourceKey| match snapshot.user_links.get(manager) {
        Some(link) => link.effective_target(),
        None => supplement.managers.get(manager).copied(),
    };
    question.managers.iter().map(|manager| (manager.clone(), learner(manager))).collect()
}

/// Of who was nobody, nothing is kept but that they are gone: no learner leads to it, and so no erasure.
fn forget_state(link: &mut UserLink) {
    link.wait = None;
    link.source = None;
}
