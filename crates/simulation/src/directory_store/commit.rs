//! What becomes of a change: everything is checked before anything is written.

use std::collections::BTreeSet;

use directory::{
    Change, CommitError, Committed, GroupId, GroupRecord, IntegrationId, MemberChange, Mutation, NetMembers,
    NewEvent, OutboxEvent, StoreError, UniqueAttribute, UserId, UserRecord, Version,
};
use events::{Envelope, Sequence};

use super::{Commit, LoggedEvent, StoredGroup, StoredUser, Tables};

impl Tables {
    pub(super) fn commit(&mut self, change: &Change) -> Result<Committed, CommitError> {
        match &change.mutation {
            Mutation::CreateUser { record, .. } => self.create_user(change, record),
            Mutation::ReplaceUser { record, expected, .. } => self.replace_user(change, record, *expected),
            Mutation::DeleteUser { id, expected, .. } => self.delete_user(change, *id, *expected),
            Mutation::CreateGroup { record, members } => self.create_group(change, record, members),
            Mutation::ReplaceGroup { record, expected, members } => {
                self.replace_group(change, record, *expected, members)
            }
            Mutation::EditMembers { id, expected, members } => {
                self.edit_group(change, *id, *expected, members)
            }
            Mutation::DeleteGroup { id, expected } => self.delete_group(change, *id, *expected),
        }
    }

    fn create_user(&mut self, change: &Change, record: &UserRecord) -> Result<Committed, CommitError> {
        let of = change.integration;
        self.check_names(of, record)?;
        let external_id = record.resource.external_id();
        let held = self.users.iter().filter(|((owner, _), user)| {
            *owner == of && external_id.is_some() && user.record.resource.external_id() == external_id
        });
        let incarnation = held.map(|(_, user)| user.incarnation).max().unwrap_or(0) + 1;
        let user = StoredUser { record: record.clone(), incarnation, is_deleted: false };
        self.users.insert((of, record.id), user);
        Ok(self.record(change, incarnation, record.version, &change.events))
    }

    fn replace_user(
        &mut self,
        change: &Change,
        record: &UserRecord,
        expected: Version,
    ) -> Result<Committed, CommitError> {
        let of = change.integration;
        self.check_user(of, record.id, expected)?;
        self.check_names(of, record)?;
        let user = self.users.get_mut(&(of, record.id)).ok_or(CommitError::NotFound)?;
        user.record = record.clone();
        let incarnation = user.incarnation;
        Ok(self.record(change, incarnation, record.version, &change.events))
    }

    fn delete_user(
        &mut self,
        change: &Change,
        id: UserId,
        expected: Version,
    ) -> Result<Committed, CommitError> {
        let of = change.integration;
        self.check_user(of, id, expected)?;
        let user = self.users.get_mut(&(of, id)).ok_or(CommitError::NotFound)?;
        user.record.version = expected.next();
        user.is_deleted = true;
        let incarnation = user.incarnation;
        for ((owner, _), group) in &mut self.groups {
            if *owner == of && group.members.remove(&id) {
                group.record.version = group.record.version.next();
            }
        }
        Ok(self.record(change, incarnation, expected.next(), &change.events))
    }

    fn create_group(
        &mut self,
        change: &Change,
        record: &GroupRecord,
        members: &[UserId],
    ) -> Result<Committed, CommitError> {
        let of = change.integration;
        self.check_group_names(of, record)?;
        let external_id = record.resource.external_id();
        let held = self.groups.iter().filter(|((owner, _), group)| {
            *owner == of && external_id.is_some() && group.record.resource.external_id() == external_id
        });
        let incarnation = held.map(|(_, group)| group.incarnation).max().unwrap_or(0) + 1;
        let group =
            StoredGroup { record: record.clone(), incarnation, is_deleted: false, members: BTreeSet::new() };
        self.groups.insert((of, record.id), group);
        let net = self.edit_members(of, record.id, &MemberChange::Replace(members.to_vec()))?;
        let events = all_events(change, record.id, &net)?;
        Ok(self.record(change, incarnation, record.version, &events))
    }

    fn replace_group(
        &mut self,
        change: &Change,
        record: &GroupRecord,
        expected: Version,
        members: &MemberChange,
    ) -> Result<Committed, CommitError> {
        let of = change.integration;
        self.check_group(of, record.id, Some(expected))?;
        self.check_group_names(of, record)?;
        let net = self.edit_members(of, record.id, members)?;
        let group = self.groups.get_mut(&(of, record.id)).ok_or(CommitError::NotFound)?;
        group.record = record.clone();
        let incarnation = group.incarnation;
        let events = all_events(change, record.id, &net)?;
        Ok(self.record(change, incarnation, record.version, &events))
    }

    fn edit_group(
        &mut self,
        change: &Change,
        id: GroupId,
        expected: Option<Version>,
        members: &MemberChange,
    ) -> Result<Committed, CommitError> {
        let of = change.integration;
        let before = self.check_group(of, id, expected)?;
        let net = self.edit_members(of, id, members)?;
        if net.is_empty() {
            return Ok(Committed::Unchanged(before));
        }
        let group = self.groups.get_mut(&(of, id)).ok_or(CommitError::NotFound)?;
        group.record.version = before.next();
        group.record.last_modified = change.at;
        let incarnation = group.incarnation;
        let events = all_events(change, id, &net)?;
        Ok(self.record(change, incarnation, before.next(), &events))
    }

    fn delete_group(
        &mut self,
        change: &Change,
        id: GroupId,
        expected: Version,
    ) -> Result<Committed, CommitError> {
        let of = change.integration;
        let version = self.check_group(of, id, Some(expected))?.next();
        let group = self.groups.get_mut(&(of, id)).ok_or(CommitError::NotFound)?;
        group.record.version = version;
        group.is_deleted = true;
        group.members.clear();
        let incarnation = group.incarnation;
        Ok(self.record(change, incarnation, version, &change.events))
    }

    fn check_user(&self, of: IntegrationId, id: UserId, expected: Version) -> Result<(), CommitError> {
        let user = self.live_user(of, id).ok_or(CommitError::NotFound)?;
        if user.version == expected { Ok(()) } else { Err(CommitError::VersionConflict) }
    }

    fn check_group(
        &self,
        of: IntegrationId,
        id: GroupId,
        expected: Option<Version>,
    ) -> Result<Version, CommitError> {
        let version = self.live_group(of, id).ok_or(CommitError::NotFound)?.record.version;
        match expected {
            Some(expected) if expected != version => Err(CommitError::VersionConflict),
            Some(_) | None => Ok(version),
        }
    }

    fn check_names(&self, of: IntegrationId, record: &UserRecord) -> Result<(), CommitError> {
        let name = |user: &UserRecord| user.resource.user_name().map(scim::fold);
        let external_id = record.resource.external_id();
        for other in self.live_users(of).filter(|other| other.id != record.id) {
            if name(other) == name(record) {
                return Err(CommitError::Taken(UniqueAttribute::UserName));
            }
            if external_id.is_some() && other.resource.external_id() == external_id {
                return Err(CommitError::Taken(UniqueAttribute::ExternalId));
            }
        }
        Ok(())
    }

    fn check_group_names(&self, of: IntegrationId, record: &GroupRecord) -> Result<(), CommitError> {
        let name = |group: &GroupRecord| group.resource.display_name().map(scim::fold);
        let external_id = record.resource.external_id();
        for other in self.live_groups(of).map(|other| &other.record).filter(|other| other.id != record.id) {
            if name(other) == name(record) {
                return Err(CommitError::Taken(UniqueAttribute::DisplayName));
            }
            if external_id.is_some() && other.resource.external_id() == external_id {
                return Err(CommitError::Taken(UniqueAttribute::ExternalId));
            }
        }
        Ok(())
    }

    fn edit_members(
        &mut self,
        of: IntegrationId,
        id: GroupId,
        members: &MemberChange,
    ) -> Result<NetMembers, CommitError> {
        let before = self.live_group(of, id).ok_or(CommitError::NotFound)?.members.clone();
        let is_live = |user: &UserId| self.live_user(of, *user).is_some();
        let after: BTreeSet<UserId> = match members {
            MemberChange::Keep => before.clone(),
            MemberChange::Delta { add, remove } => {
                let joining = add.iter().copied().filter(is_live);
                let all = before.iter().copied().chain(joining);
                all.filter(|user| !remove.contains(user)).collect()
            }
            MemberChange::Replace(remaining) => remaining.iter().copied().filter(is_live).collect(),
        };
        let net = NetMembers {
            added: after.difference(&before).copied().collect(),
            removed: before.difference(&after).copied().collect(),
            count: after.len() as u32,
        };
        if let Some(group) = self.groups.get_mut(&(of, id)) {
            group.members = after;
        }
        Ok(net)
    }

    /// Tells the events of a change, which is committed with them.
    fn record(
        &mut self,
        change: &Change,
        incarnation: i32,
        version: Version,
        events: &[NewEvent],
    ) -> Committed {
        self.history.push(Commit { txn: change.txn, subject: change.log.subject });
        let integration = &self.integrations[&change.integration];
        let sequence = Sequence { epoch: self.epoch, incarnation, version: version.0 };
        let logged = events.iter().map(|event| LoggedEvent {
            integration: change.integration,
            event: OutboxEvent {
                envelope: Envelope {
                    id: event.id,
                    event_type: event.event_type,
                    integration: integration.slug.as_str().to_owned(),
                    environment: integration.environment,
                    portal: integration.portal.clone(),
                    subject: event.subject,
                    time: change.at,
                    sequence,
                    txn: change.txn,
                    traceparent: change.traceparent.clone(),
                },
                data: event.data.clone(),
            },
            lease: None,
            is_published: false,
        });
        self.log.extend(logged);
        Committed::Applied(version)
    }
}

/// The events of the change, and behind them those that say who joined and left.
fn all_events(change: &Change, id: GroupId, net: &NetMembers) -> Result<Vec<NewEvent>, CommitError> {
    let members = change
        .membership_events(id, net)
        .map_err(|error| CommitError::Store(StoreError::Unexpected(Box::new(error))))?;
    Ok(change.events.iter().cloned().chain(members).collect())
}
