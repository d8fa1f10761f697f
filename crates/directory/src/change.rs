use std::sync::Arc;

use chrono::{DateTime, Utc};
use events::v1::MembershipChange;
use events::{EventId, EventType, Subject, SubjectKind};
use scim::LookupKey;
use uuid::Uuid;

use crate::caller::derived_id;
use crate::{
    Caller, ChangedAttribute, GroupId, GroupRecord, IntegrationId, Origin, Outcome, PersonDigest, UserId,
    UserRecord, Version,
};

/// Edges in one `membership.changed` event: about 25 kB of JSON.
const EDGES_PER_EVENT: usize = 500;

/// Membership events take their ids from here on, clear of those that a use case draws.
const FIRST_MEMBERSHIP_ID: u32 = 1_000;

/// Everything that one request changes, decided, and committed whole or not at all.
#[derive(Clone, Debug)]
pub struct Change {
    /// Tenant that it happens in.
    pub integration: IntegrationId,
    /// When.
    pub at: DateTime<Utc>,
    /// Id of the request that caused it.
    pub txn: Uuid,
    /// Trace context of that request.
    pub traceparent: Option<String>,
    /// With what and from where that request came.
    pub origin: Origin,
    /// What becomes of the resource.
    pub mutation: Mutation,
    /// What is told of it, in order. Events about members come from [`Change::membership_events`].
    pub events: Vec<NewEvent>,
    /// What the provisioning log says of it.
    pub log: LoggedChange,
}

/// What becomes of a resource.
///
/// `expected` is the version that the decision was made on; a store refuses the change when it is another by now.
#[derive(Clone, Debug)]
pub enum Mutation {
    /// A new user.
    CreateUser {
        /// The user, whom the answer to the request shows too.
        record: Arc<UserRecord>,
        /// What the user can be found by.
        keys: Vec<LookupKey>,
    },
    /// A user's attributes, whole; `record.version` is the new version.
    ReplaceUser {
        /// The user afterwards, whom the answer to the request shows too.
        record: Arc<UserRecord>,
        /// Version that was read.
        expected: Version,
        /// What becomes of the keys that the user can be found by.
        keys: KeyChange,
    },
    /// The user goes, and with it the user's memberships.
    DeleteUser {
        /// Who.
        id: UserId,
        /// Version that was read.
        expected: Version,
        /// What the user can no longer be found by.
        keys: Vec<LookupKey>,
    },
    /// A new group with its first members.
    CreateGroup {
        /// The group.
        record: GroupRecord,
        /// Users; unknown ones are passed over.
        members: Vec<UserId>,
    },
    /// A group's attributes, whole, and perhaps its members.
    ReplaceGroup {
        /// The group afterwards.
        record: GroupRecord,
        /// Version that was read.
        expected: Version,
        /// What becomes of the members.
        members: MemberChange,
    },
    /// Members alone. Needs no reading, so that writers of one group do not clash.
    EditMembers {
        /// Which group.
        id: GroupId,
        /// Version that the caller insists on.
        expected: Option<Version>,
        /// What becomes of the members.
        members: MemberChange,
    },
    /// The group goes; its members stay.
    DeleteGroup {
        /// Which group.
        id: GroupId,
        /// Version that was read.
        expected: Version,
    },
}

/// What becomes of the keys that a resource can be found by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyChange {
    /// Keys that it did not have before.
    pub added: Vec<LookupKey>,
    /// Keys that it no longer has.
    pub removed: Vec<LookupKey>,
}

impl KeyChange {
    /// The difference between the keys before and after; both are sorted.
    pub(crate) fn between(before: Vec<LookupKey>, after: Vec<LookupKey>) -> Self {
        let not_in = |keys: &[LookupKey], others: &[LookupKey]| {
            keys.iter().filter(|key| others.binary_search(key).is_err()).cloned().collect()
        };
        Self { added: not_in(&after, &before), removed: not_in(&before, &after) }
    }
}

/// What becomes of a group's members. Users that the directory does not know are passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberChange {
    /// Nothing.
    Keep,
    /// These join, those leave; nobody does both.
    Delta {
        /// Who joins.
        add: Vec<UserId>,
        /// Who leaves.
        remove: Vec<UserId>,
    },
    /// Exactly these remain.
    Replace(Vec<UserId>),
}

/// What a [`MemberChange`] came to, found by the store under the group's lock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetMembers {
    /// Who was not a member and is one now.
    pub added: Vec<UserId>,
    /// Who was a member and is none now.
    pub removed: Vec<UserId>,
    /// Members afterwards.
    pub count: u32,
}

impl NetMembers {
    /// Whether nobody joined or left.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// An event that is born with the change. The store adds epoch, incarnation and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// Its id for ever.
    pub id: EventId,
    /// What happened.
    pub event_type: EventType,
    /// To what.
    pub subject: Subject,
    /// Data in the proto3 JSON mapping.
    pub data: String,
}

/// What the provisioning log says of a change, besides who asked for it and when.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedChange {
    /// What was asked for.
    pub operation: Operation,
    /// Of which resource.
    pub subject: Subject,
    /// Of which person.
    pub person: Option<PersonDigest>,
    /// What changed.
    pub changed: Vec<ChangedAttribute>,
}

/// What a request asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// POST.
    Create,
    /// PUT.
    Replace,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl Operation {
    /// Name in the stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Patch => "patch",
            Self::Delete => "delete",
        }
    }

    /// What it came to, when it came to a change.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Create => Outcome::Created,
            Self::Replace | Self::Patch => Outcome::Changed,
            Self::Delete => Outcome::Deleted,
        }
    }
}

/// What a commit came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// The change is durable, and the resource has this version.
    Applied(Version),
    /// There was nothing to change; nothing was written.
    Unchanged(Version),
}

impl Change {
    pub(crate) fn new(caller: &Caller, mutation: Mutation, events: Vec<NewEvent>, log: LoggedChange) -> Self {
        Self {
            integration: caller.integration.id,
            at: caller.now,
            txn: caller.request_id,
            traceparent: caller.traceparent.clone(),
            origin: caller.origin.clone(),
            mutation,
            events,
            log,
        }
    }

    /// The events that say who joined and left `group`, at most 500 people in each.
    ///
    /// Pure and deterministic; a store calls it once it knows the net change, in the transaction that makes it.
    ///
    /// # Errors
    /// Never in practice: the data is two lists of ids.
    pub fn membership_events(
        &self,
        group: GroupId,
        net: &NetMembers,
    ) -> Result<Vec<NewEvent>, serde_json::Error> {
        let edges: Vec<(UserId, bool)> = (net.added.iter().map(|id| (*id, true)))
            .chain(net.removed.iter().map(|id| (*id, false)))
            .collect();
        let chunks = edges.chunks(EDGES_PER_EVENT);
        let total = u32::try_from(chunks.len()).unwrap_or(u32::MAX);
        let subject = Subject { kind: SubjectKind::Group, id: group.0 };
        (0..total)
            .zip(chunks)
            .map(|(index, edges)| {
                let ids = |joined: bool| -> Vec<String> {
                    edges.iter().filter(|edge| edge.1 == joined).map(|edge| edge.0.to_string()).collect()
                };
                let data = MembershipChange {
                    added: ids(true),
                    removed: ids(false),
                    member_count: net.count,
                    chunk: index + 1,
                    chunks: total,
                };
                Ok(NewEvent {
                    id: EventId(derived_id(self.txn, self.at, FIRST_MEMBERSHIP_ID + index)),
                    event_type: EventType::MembershipChanged,
                    subject,
                    data: serde_json::to_string(&data)?,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change() -> Change {
        Change {
            integration: IntegrationId(Uuid::nil()),
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
            txn: Uuid::from_u128(5),
            traceparent: None,
            origin: Origin::default(),
            mutation: Mutation::EditMembers {
                id: GroupId(Uuid::from_u128(1)),
                expected: None,
                members: MemberChange::Keep,
            },
            events: vec![],
            log: LoggedChange {
                operation: Operation::Patch,
                subject: Subject { kind: SubjectKind::Group, id: Uuid::from_u128(1) },
                person: None,
                changed: vec![],
            },
        }
    }

    #[test]
    fn nobody_joined_or_left_makes_no_event() {
        let events = change().membership_events(GroupId(Uuid::nil()), &NetMembers::default()).unwrap();
        assert_eq!(events, []);
    }

    #[test]
    fn six_hundred_edges_make_two_events_of_one_change() {
        let added = (0..600).map(|n| UserId(Uuid::from_u128(n))).collect();
        let net = NetMembers { added, removed: vec![UserId(Uuid::from_u128(900))], count: 650 };
        let events = change().membership_events(GroupId(Uuid::from_u128(1)), &net).unwrap();
        let data: Vec<MembershipChange> =
            events.iter().map(|event| serde_json::from_str(&event.data).unwrap()).collect();
        assert_eq!(data.iter().map(|d| (d.chunk, d.chunks)).collect::<Vec<_>>(), [(1, 2), (2, 2)]);
        assert_eq!(data.iter().map(|d| d.added.len()).collect::<Vec<_>>(), [500, 100]);
        assert_eq!(data[1].removed, [Uuid::from_u128(900).to_string()]);
        assert_eq!(data[1].member_count, 650);
        assert_ne!(events[0].id, events[1].id);
    }
}
