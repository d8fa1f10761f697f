//! What a batch writes, in the order in which the stores in SQL write it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use events::{Applied, Sequence};
use lms::{
    Attribute, Change, Cohort, Learner, Link, LinkWrite, ParkedEvent, ResourceKey, Status, StoreError, Write,
    fold,
};

use super::memberships::standing;
use super::{CohortRow, LearnerRow, ParkedRow, RecheckRow, Tables, Told, minutes};
use crate::nature::{Fault, Nature};

impl Tables {
    pub(super) fn commit(&mut self, change: &Change, now: DateTime<Utc>) -> Result<(), StoreError> {
        for (slug, revision) in &change.revisions {
            let known = self.integrations.get_mut(slug).filter(|known| known.revision == *revision);
            known.ok_or(StoreError::Clash)?.revision += 1;
        }
        for (manager, learner) in &change.managers {
            let now = self.user_links.get(manager).and_then(|link| standing(link));
            if now != *learner {
                return Err(StoreError::Clash);
            }
        }
        self.write_tasks(change, now)?;
        self.write_people(change)?;
        self.write_cohorts(change)?;
        change.user_links.iter().try_for_each(|write| write_link(&mut self.user_links, write))?;
        change.group_links.iter().try_for_each(|write| write_link(&mut self.group_links, write))?;
        for edge in &change.edges {
            let is_newer = self.edges.get(&edge.key).is_none_or(|(sequence, is_present)| {
                (*sequence, !is_present) < (edge.sequence, !edge.present)
            });
            if is_newer {
                self.edges.insert(edge.key.clone(), (edge.sequence, edge.present));
            }
        }
        self.rejoin(change);
        for report in self.reports_of(&change.woken) {
            self.rechecks.entry(report).or_insert(RecheckRow { not_before: now, attempts: 0 }).not_before =
                now;
        }
        Ok(())
    }

    fn write_tasks(&mut self, change: &Change, now: DateTime<Utc>) -> Result<(), StoreError> {
        for event in &change.handled {
            if !self.inbox.insert((event.id, event.integration.clone())) {
                return Err(StoreError::Clash);
            }
            self.parked.remove(&event.id);
        }
        for ParkedEvent { message, reason, .. } in &change.parked {
            let attempts = self.parked.get(&message.id).map_or(0, |parked| parked.attempts) + 1;
            let (message, code) = (message.clone(), reason.code());
            let row = ParkedRow { message, code, attempts, last_parked_at: now };
            self.parked.insert(row.message.id, Arc::new(row));
        }
        let is_asked = |row: &RecheckRow, request: &str| row.not_before.to_rfc3339() == request;
        for recheck in &change.rechecked {
            let key = (recheck.key.clone(), recheck.kind);
            if self.rechecks.get(&key).is_some_and(|row| is_asked(row, &recheck.request)) {
                self.rechecks.remove(&key);
            }
        }
        for (recheck, _) in &change.postponed {
            let row = self.rechecks.get_mut(&(recheck.key.clone(), recheck.kind));
            if let Some(row) = row.filter(|row| is_asked(row, &recheck.request)) {
                row.attempts += 1;
                row.not_before = now + minutes(row.attempts);
            }
        }
        Ok(())
    }

    fn write_people(&mut self, change: &Change) -> Result<(), StoreError> {
        let is_release = |write: &&Write<Learner>| write.row.external_id.is_none();
        let (updates, inserts): (Vec<_>, Vec<_>) =
            change.learners.iter().partition(|write| write.replaces.is_some());
        let (releasing, changing): (Vec<_>, Vec<_>) = updates.into_iter().partition(is_release);
        for Write { row, replaces } in releasing.into_iter().chain(changing) {
            let stored = self.learners.get_mut(&row.id);
            let read = stored.filter(|stored| Some(stored.version) == replaces.map(|version| version.0));
            let stored = Arc::make_mut(read.ok_or(StoreError::Clash)?);
            stored.row = row.clone();
            stored.version += 1;
            self.check_learner(row)?;
        }
        for Write { row, .. } in inserts {
            if self.learners.contains_key(&row.id) {
                return Err(StoreError::Clash);
            }
            let (bio, training_records) = (String::new(), Vec::new());
            let learner = LearnerRow { row: row.clone(), version: 1, bio, training_records };
            self.learners.insert(row.id, Arc::new(learner));
            self.check_learner(row)?;
        }
        Ok(())
    }

    fn check_learner(&self, row: &Learner) -> Result<(), StoreError> {
        let login = |learner: &Learner| {
            let is_active = learner.lifecycle.status == Status::Active;
            learner.profile.value(Attribute::Login).filter(|_| is_active).map(fold)
        };
        let integration =
            |learner: &Learner| learner.source.as_ref().map(|source| source.integration.clone());
        for other in self.learners.values().map(|other| &other.row).filter(|other| other.id != row.id) {
            if other.portal == row.portal && login(row).is_some() && login(other) == login(row) {
                return Err(refused("another active learner of the portal holds the login"));
            }
            if row.source.is_some() && other.source == row.source {
                return Err(refused("another learner belongs to the user"));
            }
            let is_rival = row.external_id.is_some() && other.external_id == row.external_id;
            if is_rival && integration(row).is_some() && integration(other) == integration(row) {
                return Err(refused("another learner of the integration holds the external id"));
            }
        }
        Ok(())
    }

    fn write_cohorts(&mut self, change: &Change) -> Result<(), StoreError> {
        let is_release = |write: &&Write<Cohort>| write.row.external_id.is_none();
        let (updates, inserts): (Vec<_>, Vec<_>) =
            change.cohorts.iter().partition(|write| write.replaces.is_some());
        let (releasing, changing): (Vec<_>, Vec<_>) = updates.into_iter().partition(is_release);
        for Write { row, replaces } in releasing.into_iter().chain(changing) {
            let stored = self.cohorts.get_mut(&row.id);
            let read = stored.filter(|stored| Some(stored.version) == replaces.map(|version| version.0));
            let stored = Arc::make_mut(read.ok_or(StoreError::Clash)?);
            stored.row = row.clone();
            stored.version += 1;
            self.check_cohort(row)?;
        }
        for Write { row, .. } in inserts {
            if self.cohorts.contains_key(&row.id) {
                return Err(StoreError::Clash);
            }
            self.cohorts.insert(row.id, Arc::new(CohortRow { row: row.clone(), version: 1 }));
            self.check_cohort(row)?;
        }
        Ok(())
    }

    fn check_cohort(&self, row: &Cohort) -> Result<(), StoreError> {
        let integration = |cohort: &Cohort| cohort.source.as_ref().map(|source| source.integration.clone());
        for other in self.cohorts.values().map(|other| &other.row).filter(|other| other.id != row.id) {
            if other.portal == row.portal && other.slug == row.slug {
                return Err(refused("another cohort of the portal holds the slug"));
            }
            if row.source.is_some() && other.source == row.source {
                return Err(refused("another cohort belongs to the group"));
            }
            let is_rival = row.external_id.is_some() && other.external_id == row.external_id;
            if is_rival && integration(row).is_some() && integration(other) == integration(row) {
                return Err(refused("another cohort of the integration holds the external id"));
            }
        }
        Ok(())
    }
}

/// Only over the position that the decision was made on, and over no learner or cohort by none.
fn write_link<Target: Copy, State: Clone>(
    links: &mut BTreeMap<ResourceKey, Arc<Link<Target, State>>>,
    write: &LinkWrite<Target, State>,
) -> Result<(), StoreError> {
    let position = links.get(&write.key).map(|link| link.sequence);
    if position != write.replaces {
        return Err(StoreError::Clash);
    }
    links.insert(write.key.clone(), Arc::new(write.link.clone()));
    Ok(())
}

fn refused(rule: &str) -> StoreError {
    StoreError::Refused { rule: rule.to_owned(), source: Box::new(Fault) }
}

impl Told {
    /// Looks at a commit from outside: what must hold of each, whatever the store and the use cases think of it.
    pub(super) fn note(&mut self, change: &Change, before: &Tables, after: &Tables, nature: &Nature) {
        for event in change.handled.iter().filter(|event| event.outcome == Applied::Executed) {
            if !self.executed.insert((event.id, event.integration.clone())) {
                nature.violate(format!("event {} had its effect twice", event.id));
            }
        }
        for write in &change.user_links {
            let position = before.user_links.get(&write.key).map(|link| link.sequence);
            check_position(&write.key, position, write.link.sequence, nature);
        }
        for write in &change.group_links {
            let position = before.group_links.get(&write.key).map(|link| link.sequence);
            check_position(&write.key, position, write.link.sequence, nature);
        }
        if before.learners.keys().any(|id| !after.learners.contains_key(id)) {
            nature.violate("a learner is gone".to_owned());
        }
        if !change.holds.is_empty() || !change.adoptions.is_empty() {
            nature.violate("somebody waits for a person".to_owned());
        }
        self.effects.extend(change.effects.iter().cloned());
    }
}

fn check_position(key: &ResourceKey, before: Option<Sequence>, after: Sequence, nature: &Nature) {
    if before.is_some_and(|before| before > after) {
        nature.violate(format!("{} went back from {before:?} to {after}", key.scim_id.0));
    }
}
