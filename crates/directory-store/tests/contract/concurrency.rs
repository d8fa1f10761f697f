//! Many callers at once.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use directory::{
    Admission, Change, CommitError, Committed, Credential, IntegrationId, Page, Proof, Query, Revocation,
    SecretDigest, UniqueAttribute, UserRecord, Version,
};
use events::EventType;
use serde_json::json;
use tokio::task::JoinSet;

use crate::changes::{
    add, at, create_group, create_user, delete_group, delete_user, edit_members, group, group_id, remove,
    replace_user, user, user_id, user_of,
};
use crate::fixture::{Fixture, users};
use crate::integrations::{credential, credential_id};

async fn commit_all(fixture: &Fixture, changes: Vec<Change>) -> Vec<Result<Committed, CommitError>> {
    let mut tasks = JoinSet::new();
    for change in changes {
        let store = Arc::clone(&fixture.store);
        tasks.spawn(async move { store.commit(change).await });
    }
    tasks.join_all().await
}

fn applied(outcomes: &[Result<Committed, CommitError>]) -> usize {
    outcomes.iter().filter(|outcome| matches!(outcome, Ok(Committed::Applied(_)))).count()
}

pub(crate) async fn parallel_edits_of_one_group_lose_nobody(fixture: Fixture) {
    let users = fixture.add_users(32).await;
    fixture.add_group(&group(1, "Sales"), &[]).await;
    let edits = users.iter().map(|user| edit_members(fixture.of, group_id(1), None, add(&[*user]))).collect();
    let outcomes = commit_all(&fixture, edits).await;
    assert_eq!(applied(&outcomes), 32, "{outcomes:?}");
    assert_eq!(fixture.member_ids(group_id(1)).await, users);
    assert_eq!(fixture.group_version(group_id(1)).await, Version(33));

    // The order of the log is that of the versions.
    let versions: Vec<_> = fixture
        .claim_all()
        .await
        .iter()
        .filter(|event| event.envelope.subject.id == group_id(1).0)
        .map(|event| event.envelope.sequence.version)
        .collect();
    assert_eq!(versions, (1..=33).collect::<Vec<_>>());
}

/// Edits of one group that wait together are one transaction, and each is told for itself all the same.
pub(crate) async fn edits_of_one_group_at_once_are_answered_each_for_itself(fixture: Fixture) {
    let known = fixture.add_users(20).await;
    fixture.add_group(&group(1, "Sales"), &known[..10]).await;
    fixture.claim_all().await;
    let edit = |members| edit_members(fixture.of, group_id(1), None, members);
    // Five who leave, five who join, five who are there already, one whom nobody knows, and an edit that insists on a
    // version that never was.
    let edits = (known[..5].iter().map(|user| edit(remove(&[*user]))))
        .chain(known[10..15].iter().map(|user| edit(add(&[*user]))))
        .chain(known[5..10].iter().map(|user| edit(add(&[*user]))))
        .chain([
            edit(add(&[user_id(99)])),
            edit_members(fixture.of, group_id(1), Some(Version(70)), add(&known)),
        ]);
    let outcomes = commit_all(&fixture, edits.collect()).await;
    let unchanged = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Committed::Unchanged(_)))).count();
    let stale =
        outcomes.iter().filter(|outcome| matches!(outcome, Err(CommitError::VersionConflict))).count();
    assert_eq!((applied(&outcomes), unchanged, stale), (10, 6, 1), "{outcomes:?}");
    assert_eq!(fixture.member_ids(group_id(1)).await, known[5..15]);

    // Each of the ten has a version, an event and a size of its own, and the sizes follow from one another.
    let events = fixture.claim_all().await;
    let mut size = 10;
    for (event, version) in events.iter().zip(2..) {
        let data: serde_json::Value = serde_json::from_str(&event.data).unwrap();
        let edges = |name: &str| data[name].as_array().map_or(0, Vec::len);
        size = size + edges("added") - edges("removed");
        assert_eq!((event.envelope.sequence.version, &data["memberCount"]), (version, &json!(size)));
        assert_eq!(edges("added") + edges("removed"), 1);
    }
    assert_eq!(events.len(), 10);
    assert_eq!(fixture.store.group(fixture.of, group_id(1)).await.unwrap().unwrap().member_count, 10);
}

pub(crate) async fn one_of_many_parallel_creations_wins(fixture: Fixture) {
    let creations = (1..=64).map(|n| create_user(fixture.of, &user(n, "alice@acme.example"))).collect();
    let outcomes = commit_all(&fixture, creations).await;
    let taken =
        |outcome: &&Result<_, _>| matches!(outcome, Err(CommitError::Taken(UniqueAttribute::UserName)));
    assert_eq!((applied(&outcomes), outcomes.iter().filter(taken).count()), (1, 63), "{outcomes:?}");
    assert_eq!(fixture.log_sizes().await, (1, 1));
}

/// Whatever they share on their way.
pub(crate) async fn changes_at_once_are_answered_each_for_itself(fixture: Fixture) {
    let known = fixture.add_users(24).await;
    let with_mail = |n: u128, name: String, mail: String| {
        user_of(n, json!({ "userName": name, "emails": [{ "value": mail, "type": "work" }] }))
    };
    // Twenty new people, three who take the name of one of them, twenty changes, and four changes of what was read too
    // long ago.
    let created = (0..20).map(|n| with_mail(100 + n, format!("new{n}"), format!("new{n}@acme.example")));
    let taken = (0..3).map(|n| user(200 + n, "NEW7"));
    let changed = (1..=20).map(|n| with_mail(n, format!("changed{n}"), format!("changed{n}@acme.example")));
    let stale = (21..=24).map(|n| UserRecord { version: Version(7), ..user(n, &format!("stale{n}")) });
    let changes = (created.chain(taken).map(|user| create_user(fixture.of, &user)))
        .chain(changed.chain(stale).map(|user| replace_user(fixture.of, &user)))
        .collect();
    let outcomes = commit_all(&fixture, changes).await;
    let count = |wanted: fn(&CommitError) -> bool| {
        outcomes.iter().filter(|outcome| outcome.as_ref().is_err_and(wanted)).count()
    };
    assert_eq!(applied(&outcomes), 40, "{outcomes:?}");
    assert_eq!(count(|error| matches!(error, CommitError::Taken(UniqueAttribute::UserName))), 3);
    assert_eq!(count(|error| matches!(error, CommitError::VersionConflict)), 4);

    assert_eq!(fixture.log_sizes().await, (24 + 40, 24 + 40));
    for n in 0..20 {
        let id = match n {
            7 => fixture.user_ids("userName eq \"new7\"").await,
            _ => fixture.user_ids(&format!("emails.value eq \"new{n}@acme.example\"")).await,
        };
        assert_eq!(id.len(), 1, "new{n}");
    }
    for n in 1..=20_u128 {
        let found = fixture.user_ids(&format!("emails.value eq \"changed{n}@acme.example\"")).await;
        assert_eq!(found, [user_id(n)]);
    }
    assert_eq!(fixture.user(known[20]).await.unwrap().version, Version(1));
    // Every event has the version of its own user.
    let versions = fixture.claim_all().await.into_iter().map(|event| {
        let sequence = event.envelope.sequence;
        (event.envelope.subject.id, event.envelope.event_type == EventType::UserChanged, sequence.version)
    });
    for (subject, is_change, version) in versions {
        assert_eq!(version, if is_change { 2 } else { 1 }, "{subject}");
    }
}

/// What is refused counts nothing.
pub(crate) async fn the_total_is_that_of_what_lives_after_changes_at_once(fixture: Fixture) {
    fixture.add_users(12).await;
    let created = (20..60).map(|n| create_user(fixture.of, &user(n, &format!("new{n}"))));
    let taken = (60..63).map(|n| create_user(fixture.of, &user(n, "NEW20")));
    let deleted = (1..=5).map(|n| delete_user(fixture.of, &user(n, "gone")));
    let groups = (1..=9).map(|n| create_group(fixture.of, &group(n, &format!("group {n}")), &[user_id(7)]));
    let elsewhere = (100..103).map(|n| create_user(fixture.other, &user(n, &format!("new{n}"))));
    commit_all(&fixture, created.chain(taken).chain(deleted).chain(groups).chain(elsewhere).collect()).await;
    let gone = [3, 4].map(|n| delete_group(fixture.of, &group(n, "gone")));
    commit_all(&fixture, gone.to_vec()).await;

    let first = |limit| Query { page: Page::From { offset: 0, limit }, ..users("") };
    let (of, other) = (fixture.of, fixture.other);
    for limit in [0, 1, 100] {
        assert_eq!(
            fixture.store.users(of, &first(limit), false).await.unwrap().total,
            12 + 40 - 5,
            "{limit}"
        );
        assert_eq!(fixture.store.users(other, &first(limit), false).await.unwrap().total, 3, "{limit}");
        assert_eq!(fixture.store.groups(of, &first(limit)).await.unwrap().total, 7, "{limit}");
    }
    let behind = Query { page: Page::From { offset: 900, limit: 10 }, ..users("") };
    assert_eq!(fixture.store.users(of, &behind, false).await.unwrap().total, 47);
}

/// Whatever they share on their way, and wherever an answer is to be looked for.
pub(crate) async fn questions_at_once_are_answered_each_for_itself(fixture: Fixture) {
    for n in 1..=60 {
        let mail = json!([{ "value": format!("{n}@acme.example"), "type": if n % 2 == 0 { "work" } else { "home" } }]);
        // As many as are looked at together, and one more.
        let division = match n {
            1..=3 => "three",
            4..=7 => "four",
            _ => "many",
        };
        let of_department = json!({ "employeeNumber": "one for all", "division": division });
        let document = json!({
            "userName": format!("user{n}"), "externalId": format!("Ext{n}"), "emails": mail,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": of_department,
        });
        fixture.add_user(&user_of(n, document)).await;
    }
    let long = "x".repeat(600);
    fixture.add_user(&user_of(70, json!({ "userName": long, "externalId": long }))).await;
    // Too long to be answered together with others.
    let much = json!({ "userName": "much", "externalId": "much", "title": "x".repeat(100_000) });
    fixture.add_user(&user_of(61, much)).await;
    fixture.delete_user(&user(60, "user60")).await;

    let mut questions: Vec<(String, Vec<u128>)> = Vec::new();
    for n in 1..=58 {
        questions.push((format!("userName eq \"USER{n}\""), vec![n]));
        questions.push((format!("externalId eq \"Ext{n}\""), vec![n]));
        questions.push((format!("externalId eq \"ext{n}\""), vec![]));
        let work = if n % 2 == 0 { vec![n] } else { vec![] };
        questions.push((format!("emails[type eq \"work\"].value eq \"{n}@ACME.example\""), work));
        questions.push((format!("userName eq \"user{n}\" and active eq false"), vec![]));
    }
    questions.push(("userName eq \"user60\"".to_owned(), vec![]));
    questions.push((format!("userName eq \"{long}\""), vec![70]));
    questions.push((format!("externalId eq \"{long}\""), vec![70]));
    questions.push(("userName eq \"much\"".to_owned(), vec![61]));
    questions.push(("externalId eq \"much\"".to_owned(), vec![61]));
    questions.push(("division eq \"three\"".to_owned(), vec![1, 2, 3]));
    questions.push(("division eq \"four\"".to_owned(), vec![4, 5, 6, 7]));
    questions.push(("employeeNumber eq \"one for all\"".to_owned(), (1..=59).collect()));
    let mut tasks = JoinSet::new();
    for (filter, expected) in questions {
        let (store, of) = (Arc::clone(&fixture.store), fixture.of);
        tasks.spawn(async move {
            let found = store.users(of, &users(&filter), false).await.unwrap();
            let ids: Vec<_> = found.items.iter().map(|view| view.user.id).collect();
            assert_eq!(ids, expected.iter().copied().map(user_id).collect::<Vec<_>>(), "{filter}");
            assert_eq!(found.total, expected.len() as u64, "{filter}");
        });
    }
    for n in 1..=62 {
        let (store, of, other) = (Arc::clone(&fixture.store), fixture.of, fixture.other);
        tasks.spawn(async move {
            let found = store.user(of, user_id(n), true).await.unwrap().map(|view| view.user.id);
            assert_eq!(found, (n < 60 || n == 61).then_some(user_id(n)));
            assert_eq!(store.user(other, user_id(n), true).await.unwrap(), None);
        });
    }
    tasks.join_all().await;
}

pub(crate) async fn one_of_many_parallel_replacements_wins(fixture: Fixture) {
    fixture.add_user(&user(1, "alice")).await;
    let replacements = (0..16).map(|n| replace_user(fixture.of, &user(1, &format!("alice{n}")))).collect();
    let outcomes = commit_all(&fixture, replacements).await;
    let stale = |outcome: &&Result<_, _>| matches!(outcome, Err(CommitError::VersionConflict));
    assert_eq!((applied(&outcomes), outcomes.iter().filter(stale).count()), (1, 15), "{outcomes:?}");
    assert_eq!(fixture.log_sizes().await, (2, 2));
}

pub(crate) async fn the_member_count_survives_deletions_during_edits(fixture: Fixture) {
    let users = fixture.add_users(24).await;
    let groups: Vec<_> = (1..=3).map(group_id).collect();
    for n in 1..=3 {
        fixture.add_group(&group(n, &format!("group {n}")), &users[..16]).await;
    }
    let deletions = (1..=12).map(|n| delete_user(fixture.of, &user(n, "gone")));
    let edits = groups.iter().flat_map(|id| {
        let of = fixture.of;
        (0..8).map(move |n| {
            let members = if n % 2 == 0 {
                add(&[user_id(17 + n), user_id(1 + n)])
            } else {
                remove(&[user_id(n), user_id(1 + n)])
            };
            edit_members(of, *id, None, members)
        })
    });
    let changes: Vec<Change> = deletions.chain(edits).collect();
    let outcomes = commit_all(&fixture, changes).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");

    let wrong = "select count(*) from directory.scim_group as g where member_count <> (
        select count(*) from directory.group_member as m where m.group_id = g.id)";
    assert_eq!(fixture.number(wrong).await, 0);
    let edges_of_the_deleted = "select count(*) from directory.group_member as m where exists (
        select 1 from directory.scim_user as u where u.id = m.user_id and u.deleted_at is not null)";
    assert_eq!(fixture.number(edges_of_the_deleted).await, 0);
}

fn secret(of: IntegrationId, n: u32) -> Credential {
    credential(of, &format!("{n:016}"), Proof::Secret(SecretDigest([7; 32])))
}

async fn add_all(fixture: &Fixture, credentials: impl Iterator<Item = Credential>) -> Vec<Admission> {
    let mut tasks = JoinSet::new();
    for credential in credentials {
        let store = Arc::clone(&fixture.store);
        tasks.spawn(async move { store.add_credential(&credential).await.unwrap() });
    }
    tasks.join_all().await
}

fn admitted(outcomes: &[Admission]) -> usize {
    outcomes.iter().filter(|outcome| **outcome == Admission::Admitted).count()
}

pub(crate) async fn parallel_credentials_stay_within_the_limit(fixture: Fixture) {
    // These two count no more, and the other integration's never did.
    let expired = Credential { expires: Some(at(0)), ..secret(fixture.of, 100) };
    add_all(&fixture, [expired, secret(fixture.of, 101), secret(fixture.other, 102)].into_iter()).await;
    let revocation = Revocation { at: at(0), by: "ops".to_owned() };
    let revoked = secret(fixture.of, 101).id;
    fixture.store.revoke_credential(fixture.of, &revoked, &revocation).await.unwrap();

    let outcomes = add_all(&fixture, (0..40).map(|n| secret(fixture.of, n))).await;
    let full = outcomes.iter().filter(|outcome| **outcome == Admission::Full).count();
    assert_eq!((admitted(&outcomes), full), (20, 20), "{outcomes:?}");
    assert_eq!(fixture.number("select count(*) from directory.credential").await, 23);
    assert_eq!(add_all(&fixture, [secret(fixture.other, 200)].into_iter()).await, [Admission::Admitted]);
}

pub(crate) async fn a_credential_gets_one_successor_at_a_time(fixture: Fixture) {
    let old = secret(fixture.of, 100);
    fixture.store.add_credential(&old).await.unwrap();
    let successor = |n| Credential { replaces: Some(old.id.clone()), ..secret(fixture.of, n) };
    let outcomes = add_all(&fixture, (0..10).map(successor)).await;
    assert_eq!(admitted(&outcomes), 1, "{outcomes:?}");
    let Some(Admission::Succeeded(first)) = outcomes.into_iter().find(|it| *it != Admission::Admitted) else {
        panic!("nine came too late");
    };
    let revocation = Revocation { at: at(0), by: "ops".to_owned() };
    fixture.store.revoke_credential(fixture.of, &first, &revocation).await.unwrap();
    assert_eq!(add_all(&fixture, [successor(11)].into_iter()).await, [Admission::Admitted]);
    let late = fixture.store.add_credential(&successor(12)).await.unwrap();
    assert_eq!(late, Admission::Succeeded(credential_id("0000000000000011")));
}

pub(crate) async fn a_commit_goes_on_without_its_caller(fixture: Fixture) {
    let mut commit = fixture.store.commit(create_user(fixture.of, &user(1, "alice")));
    std::future::poll_fn(|context| {
        // Polled once, then dropped, as when a client hangs up.
        let _ = commit.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
    drop(commit);
    testkit::eventually(Duration::from_secs(10), "the user is there", || async {
        fixture.store.user(fixture.of, user_id(1), false).await.unwrap().is_some()
    })
    .await;
}
