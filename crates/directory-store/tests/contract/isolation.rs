//! Whatever an integration asks, with whatever ids: another's rows stay as they are, and unseen.

use std::collections::BTreeSet;
use std::fmt::Debug;

use directory::{
    CommitError, Credential, GroupRecord, LogQuery, LoggedRequest, MemberChange, MemberPosition, Outcome,
    Proof, Revocation, SecretDigest, Snapshot, SnapshotId, UserId, UserRecord, Version,
};
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;
use uuid::Uuid;

use crate::changes::{
    at, create_group, create_user, delete_group, delete_user, edit_members, group_id, group_of,
    replace_group, replace_user, user_id, user_of,
};
use crate::fixture::{Fixture, groups, users};
use crate::integrations::{credential, credential_id};
use crate::log::{ALL, request};

/// Stands in everything that the other integration has.
const THEIRS: &str = "theirs";
const CREDENTIAL: &str = "0123456789abcdef";

/// Ids 1 to 3 are the other integration's, at first; ids are free in every integration.
type Id = u128;

#[derive(Clone, Debug)]
enum Call {
    CreateUser(Id),
    ReplaceUser(Id, i64),
    DeleteUser(Id, i64),
    CreateGroup(Id, Vec<Id>),
    ReplaceGroup(Id, i64, Members),
    EditMembers(Id, Option<i64>, Members),
    DeleteGroup(Id, i64),
    Read(Id, Vec<Id>),
    Find(Id, usize),
    Log(LogQuery),
    Append(u32),
    Forget(i64, u32),
    Pages(Id, Id),
    Snapshots(Id),
    Revoke,
}

#[derive(Clone, Debug)]
enum Members {
    Keep,
    Delta(Vec<Id>, Vec<Id>),
    Replace(Vec<Id>),
}

fn ids() -> impl Strategy<Value = Vec<Id>> {
    prop::collection::vec(1..=6_u128, 0..4)
}

fn members() -> impl Strategy<Value = Members> {
    prop_oneof![
        Just(Members::Keep),
        (ids(), ids()).prop_map(|(add, remove)| {
            let remove = remove.into_iter().filter(|id| !add.contains(id)).collect();
            Members::Delta(add, remove)
        }),
        ids().prop_map(Members::Replace),
    ]
}

fn log_query() -> impl Strategy<Value = LogQuery> {
    let number = prop::option::of(1..40_i64);
    let numbers = (1..20_u32, 1..20_u32);
    (any::<[bool; 4]>(), 1..=6_u128, number, numbers).prop_map(|(given, id, before, (limit, looks))| {
        LogQuery {
            request_id: given[0].then(|| Uuid::from_u128(id)),
            subject: given[1].then(|| user_id(id).0),
            outcomes: if given[2] { vec![Outcome::NotFound, Outcome::Created] } else { vec![] },
            from: given[3].then(|| at(2)),
            before,
            limit,
            looks,
            ..ALL
        }
    })
}

fn call() -> impl Strategy<Value = Call> {
    let id = 1..=6_u128;
    let version = 1..4_i64;
    prop_oneof![
        id.clone().prop_map(Call::CreateUser),
        (id.clone(), version.clone()).prop_map(|(id, version)| Call::ReplaceUser(id, version)),
        (id.clone(), version.clone()).prop_map(|(id, version)| Call::DeleteUser(id, version)),
        (id.clone(), ids()).prop_map(|(id, members)| Call::CreateGroup(id, members)),
        (id.clone(), version.clone(), members())
            .prop_map(|(id, v, members)| Call::ReplaceGroup(id, v, members)),
        (id.clone(), prop::option::of(version.clone()), members())
            .prop_map(|(id, version, members)| Call::EditMembers(id, version, members)),
        (id.clone(), version).prop_map(|(id, version)| Call::DeleteGroup(id, version)),
        (id.clone(), ids()).prop_map(|(id, groups)| Call::Read(id, groups)),
        (id.clone(), 0..FILTERS).prop_map(|(id, filter)| Call::Find(id, filter)),
        log_query().prop_map(Call::Log),
        (1..7_u32).prop_map(Call::Append),
        (0..100_i64, 0..3_u32).prop_map(|(before, limit)| Call::Forget(before, limit)),
        (id.clone(), id.clone()).prop_map(|(group, user)| Call::Pages(group, user)),
        id.prop_map(Call::Snapshots),
        Just(Call::Revoke),
    ]
}

fn user(id: Id, version: i64, name: &str) -> UserRecord {
    let document = json!({
        "userName": format!("{name}{id}"), "displayName": name,
        "emails": [{ "value": format!("{name}{id}@acme.example") }], "externalId": format!("external{id}"),
    });
    UserRecord { version: Version(version), ..user_of(id, document) }
}

fn group(id: Id, version: i64, name: &str) -> GroupRecord {
    GroupRecord { version: Version(version), ..group_of(id, json!({ "displayName": format!("{name}{id}") })) }
}

fn user_ids(ids: &[Id]) -> Vec<UserId> {
    ids.iter().copied().map(user_id).collect()
}

fn change_of(members: &Members) -> MemberChange {
    match members {
        Members::Keep => MemberChange::Keep,
        Members::Delta(add, remove) => MemberChange::Delta { add: user_ids(add), remove: user_ids(remove) },
        Members::Replace(remaining) => MemberChange::Replace(user_ids(remaining)),
    }
}

/// What the other integration has: something in every table.
async fn furnish_other(fixture: &Fixture) {
    let (store, of) = (&fixture.store, fixture.other);
    for id in 1..=3 {
        store.commit(create_user(of, &user(id, 1, THEIRS))).await.unwrap();
        store.commit(create_group(of, &group(id, 1, THEIRS), &user_ids(&[1, id]))).await.unwrap();
        let number = u32::try_from(id).unwrap();
        let logged = LoggedRequest { reason: Some(THEIRS.to_owned()), ..request(of, number) };
        store.append(&[LoggedRequest { subject: Some(user_id(id).0), ..logged }]).await.unwrap();
    }
    store.begin(&Snapshot::new(SnapshotId(Uuid::from_u128(1)), of, THEIRS.to_owned(), at(0))).await.unwrap();
    let proof = Proof::Secret(SecretDigest([7; 32]));
    let theirs = Credential { created_by: THEIRS.to_owned(), ..credential(of, CREDENTIAL, proof) };
    store.add_credential(&theirs).await.unwrap();
}

async fn rows_of_other(fixture: &Fixture) -> Vec<String> {
    let mut rows = vec![fixture.rows("integration", &format!("id = '{}'", fixture.other.0)).await];
    for table in [
        "scim_user",
        "user_lookup",
        "scim_group",
        "group_member",
        "event_log",
        "outbox",
        "provisioning_log",
        "snapshot",
        "credential",
    ] {
        let found = fixture.rows(table, &format!("integration_id = '{}'", fixture.other.0)).await;
        assert!(!found.is_empty(), "the other integration has something in {table}");
        rows.push(found);
    }
    rows
}

fn unseen(answer: impl Debug, call: &Call) {
    let answer = format!("{answer:?}");
    assert!(!answer.contains(THEIRS), "{call:?} shows what is another's: {answer}");
}

/// Ids that the integration has ever used: another creation would be a fault of the caller.
#[derive(Default)]
struct Used {
    users: BTreeSet<Id>,
    groups: BTreeSet<Id>,
}

async fn commit(fixture: &Fixture, change: directory::Change, call: &Call) {
    match fixture.store.commit(change).await {
        Err(CommitError::Store(error)) => panic!("{call:?}: {error:?}"),
        answer => unseen(answer, call),
    }
}

async fn ask(fixture: &Fixture, used: &mut Used, call: &Call) {
    let (store, of) = (&fixture.store, fixture.of);
    match call {
        Call::CreateUser(id) if used.users.insert(*id) => {
            commit(fixture, create_user(of, &user(*id, 1, "mine")), call).await;
        }
        Call::CreateGroup(id, members) if used.groups.insert(*id) => {
            commit(fixture, create_group(of, &group(*id, 1, "mine"), &user_ids(members)), call).await;
        }
        Call::CreateUser(_) | Call::CreateGroup(..) => {}
        Call::ReplaceUser(id, version) => {
            commit(fixture, replace_user(of, &user(*id, *version, "mine")), call).await;
        }
        Call::DeleteUser(id, version) => {
            commit(fixture, delete_user(of, &user(*id, *version, THEIRS)), call).await;
        }
        Call::ReplaceGroup(id, version, members) => {
            let change = replace_group(of, &group(*id, *version, "mine"), change_of(members));
            commit(fixture, change, call).await;
        }
        Call::EditMembers(id, version, members) => {
            let change = edit_members(of, group_id(*id), version.map(Version), change_of(members));
            commit(fixture, change, call).await;
        }
        Call::DeleteGroup(id, version) => {
            commit(fixture, delete_group(of, &group(*id, *version, "mine")), call).await;
        }
        Call::Read(id, groups) => read(fixture, call, *id, groups).await,
        Call::Find(id, filter) => find(fixture, call, *id, *filter).await,
        Call::Log(query) => {
            let entries = store.entries(of, query).await.unwrap().entries;
            assert!(entries.iter().all(|entry| entry.request.integration == of));
            unseen(entries, call);
        }
        Call::Append(n) => store.append(&[request(of, *n)]).await.unwrap(),
        Call::Forget(before, limit) => {
            store.forget(of, at(*before), *limit).await.unwrap();
        }
        Call::Pages(group, user) => pages(fixture, call, *group, *user).await,
        Call::Snapshots(id) => {
            let found = store.snapshot(of, SnapshotId(Uuid::from_u128(*id))).await.unwrap();
            unseen((found, store.latest(of, 10).await.unwrap()), call);
        }
        Call::Revoke => {
            let revocation = Revocation { at: at(1), by: "mine".to_owned() };
            let id = credential_id(CREDENTIAL);
            assert!(!store.revoke_credential(of, &id, &revocation).await.unwrap());
        }
    }
}

/// Whose user that is, is told by whether it can be read.
async fn are_mine(fixture: &Fixture, members: &[UserId], call: &Call) {
    for member in members {
        let view = fixture.store.user(fixture.of, *member, true).await.unwrap();
        assert!(view.is_some(), "{call:?} shows {member} as a member");
    }
}

async fn read(fixture: &Fixture, call: &Call, id: Id, groups: &[Id]) {
    let (store, of) = (&fixture.store, fixture.of);
    unseen(store.user(of, user_id(id), true).await.unwrap(), call);
    unseen(store.group(of, group_id(id)).await.unwrap(), call);
    let groups: Vec<_> = groups.iter().copied().map(group_id).collect();
    let members = store.members(of, &groups).await.unwrap();
    are_mine(fixture, &members.iter().map(|(_, member)| member.id).collect::<Vec<_>>(), call).await;
    unseen(members, call);
    let all = user_ids(&[1, 2, 3, 4, 5, 6]);
    let mut live = 0;
    for id in &all {
        live += u64::from(store.user(of, *id, false).await.unwrap().is_some());
    }
    assert_eq!(store.count_users(of, &all).await.unwrap(), live);
}

const FILTERS: usize = 7;

async fn find(fixture: &Fixture, call: &Call, id: Id, filter: usize) {
    let (store, of) = (&fixture.store, fixture.of);
    let (user, group) = (user_id(id), group_id(id));
    let of_users = [
        String::new(),
        format!("id eq \"{user}\""),
        format!("userName eq \"{THEIRS}{id}\" or userName sw \"the\""),
        format!("emails.value eq \"{THEIRS}{id}@acme.example\""),
        format!("externalId eq \"external{id}\""),
        format!("groups.value eq \"{group}\""),
        format!("displayName eq \"{THEIRS}\""),
    ];
    let found = store.users(of, &users(&of_users[filter]), true).await.unwrap();
    assert_eq!(found.total, u64::try_from(found.items.len()).unwrap());
    unseen(found, call);
    let of_groups = [
        String::new(),
        format!("id eq \"{group}\""),
        format!("displayName eq \"{THEIRS}{id}\""),
        format!("members.value eq \"{user}\""),
    ];
    let found = store.groups(of, &groups(&of_groups[filter % of_groups.len()])).await.unwrap();
    assert_eq!(found.total, u64::try_from(found.items.len()).unwrap());
    unseen(found, call);
}

async fn pages(fixture: &Fixture, call: &Call, group: Id, user: Id) {
    let (store, of) = (&fixture.store, fixture.of);
    unseen(store.users_after(of, Some(user_id(user)), 10).await.unwrap(), call);
    unseen(store.groups_after(of, Some(group_id(group)), 10).await.unwrap(), call);
    for position in [
        MemberPosition::FirstGroup,
        MemberPosition::GroupAfter(group_id(group)),
        MemberPosition::Rest { group: group_id(group), after: user_id(user) },
    ] {
        let Some(page) = store.members_from(of, position, 10).await.unwrap() else { continue };
        assert!(store.group(of, page.state.group).await.unwrap().is_some(), "{call:?}");
        are_mine(fixture, &page.state.members, call).await;
    }
}

pub(crate) async fn whatever_one_integration_asks_another_neither_changes_nor_shows(fixture: Fixture) {
    furnish_other(&fixture).await;
    let before = rows_of_other(&fixture).await;
    let mut used = Used::default();
    for id in 4..=6 {
        ask(&fixture, &mut used, &Call::CreateUser(id)).await;
        ask(&fixture, &mut used, &Call::CreateGroup(id, vec![1, 4, id])).await;
    }
    let sequences = if fixture.is_postgres() { 40 } else { 300 };
    let calls = prop::collection::vec(call(), 1..12);
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    for _ in 0..sequences {
        let calls = calls.new_tree(&mut runner).unwrap().current();
        for call in &calls {
            ask(&fixture, &mut used, call).await;
        }
        assert_eq!(rows_of_other(&fixture).await, before, "{calls:?}");
    }
}
