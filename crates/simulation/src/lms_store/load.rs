//! What a batch has to know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lms::{
    CohortId, Footprint, IdRange, IntegrationSlug, IntegrationState, KnownIntegration, KnownState, LearnerId,
    Link, Phase, Question, Registration, ResourceKey, RowVersion, Snapshot, Status, Stored, Supplement,
    VersionedRules,
};

use super::{KnownRow, Tables};

impl Tables {
    pub(super) fn register(&mut self, integrations: &[Registration]) {
        for registration in integrations {
            self.integrations.entry(registration.integration.clone()).or_insert_with(|| KnownRow {
                portal: registration.portal,
                portal_code: registration.portal_code.clone(),
                environment: registration.environment,
                state: KnownState { state: IntegrationState::Enabled, sequence: None },
                revision: 0,
            });
        }
    }

    pub(super) fn load(&self, footprint: &Footprint) -> Snapshot {
        let mut handled = BTreeSet::new();
        for event in &footprint.events {
            let is_handled = |slug: &IntegrationSlug| self.inbox.contains(&(*event, slug.clone()));
            if footprint.integrations.iter().any(is_handled) {
                handled.insert(*event);
            }
        }
        let integrations = footprint.integrations.iter().filter_map(|slug| {
            let known = self.integrations.get(slug)?;
            Some((slug.clone(), self.known(slug, known)))
        });
        let mut snapshot = Snapshot { handled, integrations: integrations.collect(), ..Snapshot::default() };
        self.load_users(footprint, &mut snapshot);
        self.load_groups(footprint, &mut snapshot);
        snapshot.edges = self.edges_in(&footprint.ranges);
        snapshot
    }

    fn known(&self, slug: &IntegrationSlug, known: &KnownRow) -> KnownIntegration {
        let is_active = |learner: &&Arc<super::LearnerRow>| {
            let source = learner.row.source.as_ref();
            learner.row.lifecycle.status == Status::Active
                && source.is_some_and(|source| source.integration == *slug)
        };
        KnownIntegration {
            portal: known.portal,
            portal_code: known.portal_code.clone(),
            environment: known.environment,
            state: known.state,
            rules: Arc::new(VersionedRules::default()),
            revision: known.revision,
            active: self.learners.values().filter(is_active).count() as u64,
            departed: 0,
            free_seats: None,
            open_hold: None,
        }
    }

    fn load_users(&self, footprint: &Footprint, snapshot: &mut Snapshot) {
        let mut keys: BTreeSet<ResourceKey> = footprint.users.clone();
        keys.extend(in_ranges(&self.user_links, footprint, IdRange::Users));
        let mut learners: BTreeSet<LearnerId> = BTreeSet::new();
        for key in &keys {
            let target = self.user_links.get(key).and_then(|link| link.target);
            learners.extend(target.filter(|id| self.is_of(*id, &key.integration)));
        }
        for (id, learner) in &self.learners {
            let (Some(source), Some(external_id)) = (&learner.row.source, &learner.row.external_id) else {
                continue;
            };
            if footprint.user_external_ids.contains(&(source.integration.clone(), external_id.clone())) {
                learners.insert(*id);
            }
        }
        for id in learners {
            let learner = &self.learners[&id];
            keys.extend(learner.row.source.clone());
            let version = RowVersion(learner.version);
            snapshot.learners.push(Stored { row: learner.row.clone(), version, is_consistent: true });
        }
        let links =
            keys.into_iter().filter_map(|key| Some((key.clone(), (**self.user_links.get(&key)?).clone())));
        snapshot.user_links = links.collect();
    }

    /// A link leads to learners of its integration, and to those of the LMS alone.
    fn is_of(&self, learner: LearnerId, integration: &IntegrationSlug) -> bool {
        let source = self.learners.get(&learner).map(|learner| &learner.row.source);
        source.is_some_and(|source| source.as_ref().is_none_or(|source| source.integration == *integration))
    }

    fn load_groups(&self, footprint: &Footprint, snapshot: &mut Snapshot) {
        let mut keys: BTreeSet<ResourceKey> = footprint.groups.clone();
        keys.extend(in_ranges(&self.group_links, footprint, IdRange::Groups));
        let linked: BTreeSet<CohortId> =
            keys.iter().filter_map(|key| self.group_links.get(key)?.target).collect();
        for (id, cohort) in &self.cohorts {
            let Some(source) = &cohort.row.source else { continue };
            let is_named = cohort.row.external_id.as_ref().is_some_and(|external_id| {
                footprint.group_external_ids.contains(&(source.integration.clone(), external_id.clone()))
            });
            if linked.contains(id) || keys.contains(source) || is_named {
                let version = RowVersion(cohort.version);
                snapshot.cohorts.push(Stored { row: cohort.row.clone(), version, is_consistent: true });
            }
        }
        keys.extend(snapshot.cohorts.iter().filter_map(|cohort| cohort.row.source.clone()));
        let links =
            keys.into_iter().filter_map(|key| Some((key.clone(), (**self.group_links.get(&key)?).clone())));
        snapshot.group_links = links.collect();
    }

    pub(super) fn supplement(&self, question: &Question) -> Supplement {
        let managers = question.managers.iter().filter_map(|key| {
            let target = self.user_links.get(key).and_then(|link| super::memberships::standing(link))?;
            Some((key.clone(), target))
        });
        Supplement { managers: managers.collect(), ..Supplement::default() }
    }
}

/// Links of the ranges of one kind that exist, as far as is known.
fn in_ranges<Target, State>(
    links: &BTreeMap<ResourceKey, Arc<Link<Target, State>>>,
    footprint: &Footprint,
    kind: IdRange,
) -> Vec<ResourceKey> {
    let is_listed = |key: &ResourceKey| {
        let mut ranges = footprint.ranges.iter().filter(|range| range.kind == kind);
        ranges.any(|range| range.integration == key.integration && range.contains(key.scim_id.0))
    };
    let current = links.iter().filter(|(_, link)| link.phase == Phase::Current);
    current.map(|(key, _)| key).filter(|key| is_listed(key)).cloned().collect()
}
