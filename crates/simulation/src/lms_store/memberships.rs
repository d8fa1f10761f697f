//! Who is in which cohort, by the edges.

use std::collections::BTreeSet;

use events::SubjectKind;
use lms::{Change, CohortId, EdgeKey, IdRange, LearnerId, Link, Phase, Range, ResourceKey, StoredEdge, Wait};

use super::Tables;

/// What a resource is, while it exists or its deletion waits.
pub(super) fn standing<Target: Copy, State>(link: &Link<Target, State>) -> Option<Target> {
    let is_kept = matches!(link.wait, Some(Wait::Held { .. } | Wait::Exempt));
    link.target.filter(|_| link.phase == Phase::Current || is_kept)
}

impl Tables {
    fn ends(&self, key: &EdgeKey) -> (ResourceKey, ResourceKey) {
        let end = |scim_id| ResourceKey { integration: key.integration.clone(), scim_id };
        (end(key.group), end(key.user))
    }

    /// The cohort and the learner of an edge, whether or not they stand.
    fn pair(&self, key: &EdgeKey) -> Option<(CohortId, LearnerId)> {
        let (group, user) = self.ends(key);
        Some((self.group_links.get(&group)?.target?, self.user_links.get(&user)?.target?))
    }

    /// The membership that an edge is, if it is one.
    fn effect(&self, key: &EdgeKey, is_present: bool) -> Option<(CohortId, LearnerId)> {
        let (group, user) = self.ends(key);
        let cohort = standing(self.group_links.get(&group)?)?;
        let learner = standing(self.user_links.get(&user)?)?;
        is_present.then_some((cohort, learner))
    }

    /// Brings those memberships in line that the change is about, and no others.
    pub(super) fn rejoin(&mut self, change: &Change) {
        let mut pairs: BTreeSet<(CohortId, LearnerId)> =
            change.edges.iter().filter_map(|edge| self.pair(&edge.key)).collect();
        let is_rejoined = |(cohort, learner): &(CohortId, LearnerId)| {
            change.rejoined_cohorts.contains(cohort) || change.rejoined_learners.contains(learner)
        };
        pairs.extend(self.edges.keys().filter_map(|key| self.pair(key)).filter(is_rejoined));
        pairs.extend(self.memberships.iter().copied().filter(is_rejoined));
        if pairs.is_empty() {
            return;
        }
        let effective: BTreeSet<(CohortId, LearnerId)> =
            self.edges.iter().filter_map(|(key, (_, is_present))| self.effect(key, *is_present)).collect();
        for pair in pairs {
            match effective.contains(&pair) {
                true => self.memberships.insert(pair),
                false => self.memberships.remove(&pair),
            };
        }
    }

    /// Edges of the ranges of members, for comparison with a snapshot.
    pub(super) fn edges_in(&self, ranges: &[Range]) -> Vec<StoredEdge> {
        let mut edges = Vec::new();
        for range in ranges {
            let IdRange::Members(group) = range.kind else { continue };
            for (key, (sequence, is_present)) in &self.edges {
                if key.integration != range.integration || key.group != group || !range.contains(key.user.0) {
                    continue;
                }
                let pair = self.pair(key);
                edges.push(StoredEdge {
                    key: key.clone(),
                    sequence: Some(*sequence),
                    present: *is_present,
                    is_member: pair.is_some_and(|pair| self.memberships.contains(&pair)),
                    is_effective: self.effect(key, *is_present).is_some(),
                    learner: pair.map(|(_, learner)| learner),
                });
            }
        }
        edges
    }

    /// Users whose manager is one of those who came to be or went.
    pub(super) fn reports_of(&self, woken: &BTreeSet<ResourceKey>) -> Vec<(ResourceKey, SubjectKind)> {
        let names_one = |key: &&ResourceKey| {
            let link = &self.user_links[*key];
            let state = link.source.as_ref().map(|source| &source.state);
            let enterprise = state.and_then(|state| state.enterprise.as_ref());
            let manager = enterprise.and_then(|enterprise| enterprise.manager.as_ref());
            let is_woken = |woken: &ResourceKey| {
                woken.integration == key.integration
                    && manager.is_some_and(|manager| manager.value == woken.scim_id.0.to_string())
            };
            link.phase == Phase::Current && woken.iter().any(is_woken)
        };
        self.user_links.keys().filter(names_one).map(|key| (key.clone(), SubjectKind::User)).collect()
    }
}
