//! Telling one resource: the ranges of a whole snapshot, as narrow as they can be. Pure.

use events::{Subject, SubjectKind};
use uuid::Uuid;

use super::{MemberPosition, SnapshotPosition};
use crate::{GroupId, UserId};

/// Where to begin with a resource.
pub(super) fn beginning(subject: Subject) -> SnapshotPosition {
    let before = before(subject.id);
    match subject.kind {
        SubjectKind::Group => SnapshotPosition::Groups { after: before.map(GroupId) },
        SubjectKind::User | SubjectKind::Integration => SnapshotPosition::Users { after: before.map(UserId) },
    }
}

/// Where to go on with the members of a group once the group was told.
pub(super) fn first_members(group: GroupId) -> MemberPosition {
    before(group.0).map_or(MemberPosition::FirstGroup, |before| MemberPosition::GroupAfter(GroupId(before)))
}

/// Whether nothing is left to tell of a resource.
pub(super) fn is_told(subject: Subject, position: SnapshotPosition) -> bool {
    match (subject.kind, position) {
        (SubjectKind::User, SnapshotPosition::Users { .. })
        | (SubjectKind::Group, SnapshotPosition::Groups { .. }) => false,
        (SubjectKind::Group, SnapshotPosition::Members(MemberPosition::GroupAfter(group))) => {
            group.0 == subject.id
        }
        (SubjectKind::Group, SnapshotPosition::Members(_)) => false,
        _ => true,
    }
}

/// The id just before one.
fn before(id: Uuid) -> Option<Uuid> {
    id.as_u128().checked_sub(1).map(Uuid::from_u128)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(kind: SubjectKind, id: u128) -> Subject {
        Subject { kind, id: Uuid::from_u128(id) }
    }

    #[test]
    fn a_resource_is_alone_behind_the_id_before_its_own() {
        let user = |id| SnapshotPosition::Users { after: Some(UserId(Uuid::from_u128(id))) };
        assert_eq!(beginning(subject(SubjectKind::User, 0x100)), user(0xff));
        assert_eq!(beginning(subject(SubjectKind::User, 0)), SnapshotPosition::Users { after: None });
        assert_eq!(first_members(GroupId(Uuid::nil())), MemberPosition::FirstGroup);
    }

    #[test]
    fn a_user_is_told_with_its_range_and_a_group_with_its_last_members() {
        let (user, group) = (subject(SubjectKind::User, 7), subject(SubjectKind::Group, 7));
        assert!(!is_told(user, beginning(user)));
        assert!(is_told(user, SnapshotPosition::Groups { after: None }));
        assert!(!is_told(group, beginning(group)));
        let id = GroupId(group.id);
        let rest = MemberPosition::Rest { group: id, after: UserId(Uuid::nil()) };
        assert!(!is_told(group, SnapshotPosition::Members(first_members(id))));
        assert!(!is_told(group, SnapshotPosition::Members(rest)));
        assert!(is_told(group, SnapshotPosition::Members(MemberPosition::GroupAfter(id))));
    }
}
