use chrono::DateTime;
use directory::{KeyChange, LoggedChange, Operation, Origin, UserRecord, Version};
use events::{Subject, SubjectKind};
use scim::{Resource, ResourceKind};

use super::*;

fn change(integration: u128, user: u128, creates: bool) -> Change {
    let at = DateTime::UNIX_EPOCH;
    let id = UserId(Uuid::from_u128(user));
    let record = Arc::new(UserRecord {
        id,
        version: Version(1),
        created: at,
        last_modified: at,
        resource: Resource::from_stored(ResourceKind::User, serde_json::Map::new()),
    });
    let mutation = if creates {
        Mutation::CreateUser { record, keys: vec![] }
    } else {
        Mutation::ReplaceUser { record, expected: Version(0), keys: KeyChange::default() }
    };
    Change {
        integration: IntegrationId(Uuid::from_u128(integration)),
        at,
        txn: Uuid::nil(),
        traceparent: None,
        origin: Origin::default(),
        mutation,
        events: vec![],
        log: LoggedChange {
            operation: Operation::Patch,
            subject: Subject { kind: SubjectKind::User, id: id.0 },
            person: None,
            changed: vec![],
        },
    }
}

/// Puts changes into a lane, and answers who waits for them.
fn fill(
    lane: &mut Lane,
    changes: impl IntoIterator<Item = (u128, u128, bool)>,
) -> Vec<oneshot::Receiver<Answer>> {
    let mut answered = Vec::new();
    for (integration, user, creates) in changes {
        let change = change(integration, user, creates);
        let (company, user) = place(&change).unwrap();
        let (answer, receiver) = oneshot::channel();
        lane.push(company, Waiting { what: (user, change), answer });
        answered.push(receiver);
    }
    answered
}

/// The integration and the users of the next group.
fn next(lane: &mut Lane) -> Option<(u128, Vec<u128>)> {
    let (integration, group) = lane.next()?;
    Some((integration.0.as_u128(), group.iter().map(|waiting| waiting.what.0.as_u128()).collect()))
}

#[test]
fn what_waits_goes_together_by_integration_and_kind() {
    let mut lane = Lane::default();
    let _waiting = fill(
        &mut lane,
        [(1, 10, true), (2, 20, true), (1, 11, false), (1, 12, true), (2, 21, true), (1, 13, false)],
    );
    assert_eq!(next(&mut lane), Some((1, vec![10, 12])));
    assert_eq!(next(&mut lane), Some((2, vec![20, 21])));
    assert_eq!(next(&mut lane), Some((1, vec![11, 13])));
    assert_eq!(next(&mut lane), None);
}

#[test]
fn two_changes_of_one_user_never_go_together() {
    let mut lane = Lane::default();
    let _waiting = fill(&mut lane, [(1, 10, false), (1, 11, false), (1, 10, false), (1, 12, false)]);
    assert_eq!(next(&mut lane), Some((1, vec![10, 11])));
    assert_eq!(next(&mut lane), Some((1, vec![10, 12])));
}

#[test]
fn who_has_many_waits_behind_who_has_few() {
    let mut lane = Lane::default();
    let many = (0..200).map(|user| (1, user, true));
    let _waiting = fill(&mut lane, many.chain([(2, 500, true)]));
    let turns: Vec<_> = std::iter::from_fn(|| next(&mut lane)).map(|(of, users)| (of, users.len())).collect();
    assert_eq!(turns, [(1, 64), (2, 1), (1, 64), (1, 64), (1, 8)]);
}

#[test]
fn nothing_is_done_for_who_has_gone() {
    let mut lane = Lane::default();
    let mut waiting = fill(&mut lane, [(1, 10, true), (1, 11, true), (1, 12, true), (2, 20, true)]);
    drop((waiting.remove(3), waiting.remove(1)));
    assert_eq!(next(&mut lane), Some((1, vec![10, 12])));
    assert_eq!(next(&mut lane), None);
}

#[test]
fn one_works_in_a_lane_until_nobody_waits() {
    let mut lane = Lane::default();
    let push = |lane: &mut Lane, user| {
        let change = change(1, user, true);
        let (company, user) = place(&change).unwrap();
        let (answer, receiver) = oneshot::channel();
        (lane.push(company, Waiting { what: (user, change), answer }), receiver)
    };
    let first = push(&mut lane, 1);
    assert!(first.0);
    assert!(lane.next().is_some());
    let second = push(&mut lane, 2);
    assert!(!second.0, "somebody is at it");
    assert!(lane.next().is_some());
    assert!(lane.next().is_none());
    let third = push(&mut lane, 3);
    assert!(third.0, "and must begin again");
}

const KEY: (IntegrationId, GroupId) = (IntegrationId(Uuid::from_u128(1)), GroupId(Uuid::from_u128(1)));

fn ids(users: impl IntoIterator<Item = u128>) -> Vec<UserId> {
    users.into_iter().map(|user| UserId(Uuid::from_u128(user))).collect()
}

fn add(users: impl IntoIterator<Item = u128>) -> MemberChange {
    MemberChange::Delta { add: ids(users), remove: vec![] }
}

/// Puts edits of a group's members into its queue, and answers how many go together each time.
fn turns(edits: impl IntoIterator<Item = (Option<Version>, MemberChange)>) -> Vec<usize> {
    let mut queues = MemberQueues::default();
    let _waiting = queue(&mut queues, edits);
    let sizes: Vec<_> = std::iter::from_fn(|| queues.next(KEY)).map(|group| group.len()).collect();
    assert!(queues.0.is_empty(), "and is done when nobody waits");
    sizes
}

/// Puts edits into the queue of a group, and answers who waits for them.
fn queue(
    queues: &mut MemberQueues,
    edits: impl IntoIterator<Item = (Option<Version>, MemberChange)>,
) -> Vec<oneshot::Receiver<Answer>> {
    let mut answered = Vec::new();
    for (index, (expected, members)) in edits.into_iter().enumerate() {
        let mutation = Mutation::EditMembers { id: KEY.1, expected, members };
        let what = Change { mutation, ..change(1, 1, false) };
        let (answer, receiver) = oneshot::channel();
        assert_eq!(queues.push(KEY, Waiting { what, answer }), index == 0, "one works on a group");
        answered.push(receiver);
    }
    answered
}

#[test]
fn an_edit_whose_caller_has_gone_is_not_made() {
    let mut queues = MemberQueues::default();
    let mut waiting = queue(&mut queues, [1, 2, 3, 4].map(|user| (None, add([user]))));
    drop((waiting.remove(2), waiting.remove(0)));
    let group = queues.next(KEY).unwrap();
    let members = group.iter().map(|edit| match &edit.what.mutation {
        Mutation::EditMembers { members, .. } => members.clone(),
        other => panic!("{other:?}"),
    });
    assert_eq!(members.collect::<Vec<_>>(), [add([2]), add([4])]);
    assert!(queues.next(KEY).is_none());
    let gone = queue(&mut queues, [(None, add([5]))]);
    drop(gone);
    assert!(queues.next(KEY).is_none());
    assert!(queues.0.is_empty());
}

#[test]
fn edits_of_one_group_go_together_while_they_name_others() {
    let leaves = MemberChange::Delta { add: vec![], remove: ids([1]) };
    let edits = [add([1, 2]), add([3]), leaves, add([4]), add([3])].map(|members| (None, members));
    assert_eq!(turns(edits), [2, 3]);
}

#[test]
fn who_insists_or_names_all_goes_alone() {
    let edits = [
        (None, add([1])),
        (Some(Version(3)), add([2])),
        (Some(Version(3)), add([3])),
        (None, MemberChange::Replace(ids([4]))),
        (None, add([5])),
        (None, add([6])),
    ];
    assert_eq!(turns(edits), [1, 1, 1, 1, 2]);
}

#[test]
fn few_do_not_wait_for_thousands() {
    let edits = [add([1]), add(1_000..1_999), add([2]), add(5_000..9_000), add([3])];
    assert_eq!(turns(edits.map(|members| (None, members))), [2, 1, 1, 1]);
    assert_eq!(turns((0..100).map(|user| (None, add([user])))), [64, 36]);
}
