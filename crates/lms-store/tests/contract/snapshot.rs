//! Parts of snapshots, by hand.

use std::collections::{BTreeMap, BTreeSet};

use events::v1::snapshot_chunk::Content;
use events::v1::{
    Group, GroupRange, GroupState, MemberRange, SnapshotChunk, SnapshotEnd, User, UserRange, UserState,
};
use events::{EventData, EventType, Message, Sequence, Timestamp};

use crate::fixture::{INTEGRATION, at, event, scim};

/// Two hours after every event of the fixture.
const SETTLED: i64 = 1_772_366_400;
/// An hour before.
const EARLIER: i64 = 1_772_355_600;

/// What a directory holds.
#[derive(Clone, Default)]
pub(crate) struct Directory {
    users: BTreeMap<u128, (Sequence, User)>,
    groups: BTreeMap<u128, (Sequence, Group, BTreeSet<u128>)>,
}

impl Directory {
    pub(crate) fn user(mut self, id: u128, sequence: Sequence, user: User) -> Self {
        self.add_user(id, sequence, user);
        self
    }

    pub(crate) fn add_user(&mut self, id: u128, sequence: Sequence, user: User) {
        self.users.insert(id, (sequence, User { id: scim(id).to_string(), ..user }));
    }

    pub(crate) fn group(mut self, id: u128, sequence: Sequence, group: Group, members: &[u128]) -> Self {
        self.add_group(id, sequence, group, members);
        self
    }

    pub(crate) fn add_group(&mut self, id: u128, sequence: Sequence, group: Group, members: &[u128]) {
        let group = Group { id: scim(id).to_string(), ..group };
        self.groups.insert(id, (sequence, group, members.iter().copied().collect()));
    }

    pub(crate) fn without_user(mut self, id: u128) -> Self {
        self.users.remove(&id);
        self.groups.values_mut().for_each(|(_, _, members)| _ = members.remove(&id));
        self
    }

    pub(crate) fn without_group(mut self, id: u128) -> Self {
        self.groups.remove(&id);
        self
    }

    /// The snapshot in parts of so many elements at most, and its end.
    pub(crate) fn tell_by(&self, run: u128, size: usize) -> Vec<Message> {
        let mut contents = Vec::new();
        let users: Vec<u128> = self.users.keys().copied().collect();
        for (after, through, ids) in ranges(&users, size) {
            let state = |id: &u128| user_state(*id, self.users[id].0, self.users[id].1.clone());
            contents.push(Content::Users(UserRange {
                after,
                through,
                users: ids.iter().map(state).collect(),
            }));
        }
        let groups: Vec<u128> = self.groups.keys().copied().collect();
        for (after, through, ids) in ranges(&groups, size) {
            let state = |id: &u128| GroupState {
                group: Some(self.groups[id].1.clone()),
                sequence: self.groups[id].0.to_string(),
                changed_at: None,
                member_count: u32::try_from(self.groups[id].2.len()).unwrap(),
            };
            contents.push(Content::Groups(GroupRange {
                after,
                through,
                groups: ids.iter().map(state).collect(),
            }));
        }
        for (id, (sequence, _, members)) in &self.groups {
            let members: Vec<u128> = members.iter().copied().collect();
            for (after, through, ids) in ranges(&members, size) {
                contents.push(Content::Members(MemberRange {
                    group_id: scim(*id).to_string(),
                    sequence: sequence.to_string(),
                    after,
                    through,
                    members: ids.iter().map(|id| scim(*id).to_string()).collect(),
                }));
            }
        }
        let parts = contents.len();
        let messages = contents.into_iter().enumerate();
        let mut messages: Vec<Message> =
            messages.map(|(index, content)| part(run, u32::try_from(index).unwrap() + 1, content)).collect();
        messages.push(end(run, u32::try_from(parts).unwrap()));
        messages
    }

    /// The snapshot in parts of two.
    pub(crate) fn tell(&self, run: u128) -> Vec<Message> {
        self.tell_by(run, 2)
    }
}

/// A user as a part lists it.
pub(crate) fn user_state(id: u128, sequence: Sequence, user: User) -> UserState {
    let user = Some(User { id: scim(id).to_string(), ..user });
    UserState { user, sequence: sequence.to_string(), changed_at: None }
}

/// All users, in one range without bounds.
pub(crate) fn all_users(users: Vec<UserState>) -> Content {
    Content::Users(UserRange { after: String::new(), through: String::new(), users })
}

/// All members of a group, in one range without bounds.
pub(crate) fn all_members(group: u128, sequence: Sequence, members: &[u128]) -> Content {
    Content::Members(MemberRange {
        group_id: scim(group).to_string(),
        sequence: sequence.to_string(),
        after: String::new(),
        through: String::new(),
        members: members.iter().map(|id| scim(*id).to_string()).collect(),
    })
}

/// A part that was read when all events of the fixture were long over.
pub(crate) fn part(run: u128, number: u32, content: Content) -> Message {
    part_settled(SETTLED, run, number, content)
}

/// A part that was read while the events of the fixture happened.
pub(crate) fn early_part(run: u128, number: u32, content: Content) -> Message {
    part_settled(EARLIER, run, number, content)
}

fn part_settled(settled: i64, run: u128, number: u32, content: Content) -> Message {
    let chunk = SnapshotChunk {
        snapshot_id: scim(run).to_string(),
        number,
        settled_before: Some(Timestamp { seconds: settled, nanos: 0 }),
        content: Some(content),
    };
    event(INTEGRATION, EventType::SnapshotChunk, 0, at(i64::from(number)), EventData::SnapshotChunk(chunk))
}

pub(crate) fn end(run: u128, parts: u32) -> Message {
    let end = SnapshotEnd { snapshot_id: scim(run).to_string(), chunks: parts, ..SnapshotEnd::default() };
    event(INTEGRATION, EventType::SnapshotEnded, 0, at(i64::from(parts) + 1), EventData::SnapshotEnd(end))
}

/// Ranges without gap over the ids, one at least: after, through, and the ids in it.
fn ranges(ids: &[u128], size: usize) -> Vec<(String, String, Vec<u128>)> {
    let mut slices: Vec<&[u128]> = ids.chunks(size).collect();
    if slices.is_empty() {
        slices.push(&[]);
    }
    let last = slices.len() - 1;
    let mut after = String::new();
    let mut ranges = Vec::new();
    for (index, slice) in slices.into_iter().enumerate() {
        let bound = slice.last().map(|id| scim(*id).to_string()).unwrap_or_default();
        let through = if index == last { String::new() } else { bound };
        ranges.push((after, through.clone(), slice.to_vec()));
        after = through;
    }
    ranges
}
