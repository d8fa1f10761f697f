//! From a page that was read to what is told of it. Pure.

use events::v1::snapshot_chunk::Content;
use events::v1::{GroupRange, GroupState, MemberRange, UserRange, UserState};
use serde::Serialize;

use super::{MemberPosition, SnapshotPosition, Told, one};
use crate::event_data::{group_message, user_message};
use crate::{GroupId, GroupMembers, GroupRecord, Sequenced, UserId, UserRecord};

/// Users or groups in a chunk at most.
const RESOURCES: usize = 100;

/// Members in a chunk at most: about 40 kB of JSON.
const MEMBERS: usize = 1_000;

/// JSON of users or groups in a chunk at most, in bytes, unless one alone has more.
const BYTES: usize = 150_000;

/// Users or groups to read for a chunk: one more than it takes, to know whether it is the last.
pub(super) const RESOURCES_TO_READ: u32 = 101;

/// Members to read for a chunk.
pub(super) const MEMBERS_TO_READ: u32 = 1_001;

/// What a chunk says, and where to go on behind it.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) content: Content,
    pub(super) next: SnapshotPosition,
    pub(super) told: Told,
}

pub(super) fn of_users(
    after: Option<UserId>,
    found: &[Sequenced<UserRecord>],
) -> Result<Page, serde_json::Error> {
    let states = found.iter().map(user_state).collect::<Result<Vec<_>, _>>()?;
    let (users, more) = fitting(states)?;
    let through = if more { found.get(..users.len()).and_then(<[_]>::last) } else { None };
    let through = through.map(|user| user.state.id);
    Ok(Page {
        next: match through {
            Some(_) => SnapshotPosition::Users { after: through },
            None => SnapshotPosition::Groups { after: None },
        },
        told: Told { chunks: 1, users: size(users.len()), ..Told::default() },
        content: Content::Users(UserRange { after: bound(after), through: bound(through), users }),
    })
}

pub(super) fn of_groups(
    after: Option<GroupId>,
    found: &[Sequenced<GroupRecord>],
) -> Result<Page, serde_json::Error> {
    let states = found.iter().map(group_state).collect::<Result<Vec<_>, _>>()?;
    let (groups, more) = fitting(states)?;
    let through = if more { found.get(..groups.len()).and_then(<[_]>::last) } else { None };
    let through = through.map(|group| group.state.id);
    Ok(Page {
        next: match through {
            Some(_) => SnapshotPosition::Groups { after: through },
            None => SnapshotPosition::Members(MemberPosition::FirstGroup),
        },
        told: Told { chunks: 1, groups: size(groups.len()), ..Told::default() },
        content: Content::Groups(GroupRange { after: bound(after), through: bound(through), groups }),
    })
}

/// A user alone: exactly this one exists between the id before and its own, or none does.
pub(super) fn of_user(
    after: Option<UserId>,
    through: UserId,
    found: Option<&Sequenced<UserRecord>>,
) -> Result<Page, serde_json::Error> {
    let users = found.map(user_state).transpose()?.into_iter().collect::<Vec<_>>();
    Ok(Page {
        next: SnapshotPosition::Groups { after: None },
        told: Told { chunks: 1, users: size(users.len()), ..Told::default() },
        content: Content::Users(UserRange { after: bound(after), through: bound(Some(through)), users }),
    })
}

/// A group alone, as [`of_user`]; its members come next.
pub(super) fn of_group(
    after: Option<GroupId>,
    through: GroupId,
    found: Option<&Sequenced<GroupRecord>>,
) -> Result<Page, serde_json::Error> {
    let groups = found.map(group_state).transpose()?.into_iter().collect::<Vec<_>>();
    let next =
        if groups.is_empty() { MemberPosition::GroupAfter(through) } else { one::first_members(through) };
    Ok(Page {
        next: SnapshotPosition::Members(next),
        told: Told { chunks: 1, groups: size(groups.len()), ..Told::default() },
        content: Content::Groups(GroupRange { after: bound(after), through: bound(Some(through)), groups }),
    })
}

pub(super) fn of_members(position: MemberPosition, found: &Sequenced<GroupMembers>) -> Page {
    let GroupMembers { group, members } = &found.state;
    let listed = members.get(..MEMBERS).unwrap_or(members);
    let through = listed.last().copied().filter(|_| listed.len() < members.len());
    let after = match position {
        MemberPosition::Rest { after, .. } => Some(after),
        MemberPosition::FirstGroup | MemberPosition::GroupAfter(_) => None,
    };
    let content = MemberRange {
        group_id: group.to_string(),
        sequence: found.sequence.to_string(),
        after: bound(after),
        through: bound(through),
        members: listed.iter().map(ToString::to_string).collect(),
    };
    Page {
        content: Content::Members(content),
        next: SnapshotPosition::Members(match through {
            Some(after) => MemberPosition::Rest { group: *group, after },
            None => MemberPosition::GroupAfter(*group),
        }),
        told: Told { chunks: 1, members: size(listed.len()).into(), ..Told::default() },
    }
}

fn user_state(user: &Sequenced<UserRecord>) -> Result<UserState, serde_json::Error> {
    Ok(UserState {
        user: Some(user_message(user.state.id, user.state.resource.as_map())?),
        sequence: user.sequence.to_string(),
        changed_at: Some(user.state.last_modified.into()),
    })
}

fn group_state(group: &Sequenced<GroupRecord>) -> Result<GroupState, serde_json::Error> {
    Ok(GroupState {
        group: Some(group_message(group.state.id, group.state.resource.as_map().clone())?),
        sequence: group.sequence.to_string(),
        changed_at: Some(group.state.last_modified.into()),
        member_count: group.state.member_count,
    })
}

/// As many items from the front as a chunk takes, one at least; and whether others are left.
fn fitting<T: Serialize>(mut items: Vec<T>) -> Result<(Vec<T>, bool), serde_json::Error> {
    let mut bytes = 0;
    let mut fit = 0;
    for item in items.iter().take(RESOURCES) {
        bytes += serde_json::to_vec(item)?.len();
        if bytes > BYTES && fit > 0 {
            break;
        }
        fit += 1;
    }
    let more = fit < items.len();
    items.truncate(fit);
    Ok((items, more))
}

fn bound(id: Option<impl ToString>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

fn size(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
