//! Users: reading, uniqueness, versions, life and death.

use directory::{CommitError, Committed, Page, Query, UniqueAttribute, UserRecord, UserView, Version};
use events::{EventType, Sequence};
use serde_json::json;

use crate::changes::{at, create_user, delete_user, replace_user, user, user_id, user_of};
use crate::fixture::{Fixture, users};

fn alice() -> UserRecord {
    user_of(
        1,
        json!({
            "userName": "Alice@Acme.example",
            "externalId": "e-Alice",
            "displayName": "Alice Ångström",
            "active": false,
            "emails": [{ "value": "A.Angstrom@Acme.example", "type": "work" }],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "employeeNumber": "0047a" },
        }),
    )
}

pub(crate) async fn a_created_user_is_read_as_it_was_written(fixture: Fixture) {
    fixture.add_user(&alice()).await;
    let read = fixture.store.user(fixture.of, alice().id, false).await.unwrap().unwrap();
    assert_eq!(read, UserView { user: alice(), groups: None });

    let renamed = UserRecord { resource: user(1, "al@acme.example").resource, ..alice() };
    let committed = fixture.store.commit(replace_user(fixture.of, &renamed)).await.unwrap();
    assert_eq!(committed, Committed::Applied(Version(2)));
    let read = fixture.user(alice().id).await.unwrap();
    assert_eq!(read, UserRecord { version: Version(2), last_modified: at(60), ..renamed });
}

pub(crate) async fn every_key_finds_the_user(fixture: Fixture) {
    fixture.add_user(&alice()).await;
    fixture.add_user(&user(2, "bob@acme.example")).await;
    for filter in [
        format!("id eq \"{}\"", alice().id),
        "userName eq \"ALICE@acme.example\"".to_owned(),
        "externalId eq \"e-Alice\"".to_owned(),
        "emails.value eq \"A.angstrom@acme.example\"".to_owned(),
        "emails[type eq \"work\"].value eq \"a.angstrom@acme.example\"".to_owned(),
        "displayName eq \"alice A\u{30a}ngström\"".to_owned(),
        "employeeNumber eq \"0047A\"".to_owned(),
    ] {
        assert_eq!(fixture.user_ids(&filter).await, [alice().id], "{filter}");
    }
    assert_eq!(fixture.user_ids("").await, [user_id(1), user_id(2)]);
    for filter in [
        format!("id eq \"{}\"", user_id(9)),
        format!("id eq \"{}\"", alice().id.0.simple()),
        "id eq \"alice\"".to_owned(),
        "userName eq \"carol@acme.example\"".to_owned(),
        "externalId eq \"e-alice\"".to_owned(),
        "emails.value eq \"bob@acme.example\"".to_owned(),
        "emails[type eq \"home\"].value eq \"a.angstrom@acme.example\"".to_owned(),
        "displayName eq \"\"".to_owned(),
    ] {
        assert_eq!(fixture.user_ids(&filter).await, [], "{filter}");
    }
}

pub(crate) async fn pages_are_in_the_order_of_ids_and_know_the_total(fixture: Fixture) {
    for n in [5, 1, 4, 2, 3] {
        fixture.add_user(&user(n, &format!("user{n}"))).await;
    }
    for (offset, limit, expected) in [
        (0, 2, vec![1, 2]),
        (2, 2, vec![3, 4]),
        (4, 2, vec![5]),
        (6, 2, vec![]),
        (0, 0, vec![]),
        (0, 5, vec![1, 2, 3, 4, 5]),
    ] {
        let query = Query { page: Page::From { offset, limit }, ..users("") };
        let found = fixture.store.users(fixture.of, &query, false).await.unwrap();
        let ids: Vec<_> = found.items.iter().map(|user| user.user.id).collect();
        assert_eq!(ids, expected.into_iter().map(user_id).collect::<Vec<_>>(), "{offset} {limit}");
        assert_eq!(found.total, 5, "{offset} {limit}");
    }
}

pub(crate) async fn a_name_is_taken_in_any_letter_case(fixture: Fixture) {
    fixture.add_user(&user(1, "Žofia@acme.example")).await;
    let refused = fixture.store.commit(create_user(fixture.of, &user(2, "ŽOFIA@ACME.EXAMPLE"))).await;
    assert!(matches!(refused, Err(CommitError::Taken(UniqueAttribute::UserName))), "{refused:?}");
    // Another tenant has its own names.
    fixture.store.commit(create_user(fixture.other, &user(3, "Žofia@acme.example"))).await.unwrap();
}

pub(crate) async fn an_external_id_is_taken_once(fixture: Fixture) {
    let of = |n: u128, external_id: &str| {
        user_of(n, json!({ "userName": format!("u{n}"), "externalId": external_id }))
    };
    fixture.add_user(&of(1, "e-1")).await;
    let refused = fixture.store.commit(create_user(fixture.of, &of(2, "e-1"))).await;
    assert!(matches!(refused, Err(CommitError::Taken(UniqueAttribute::ExternalId))), "{refused:?}");
    fixture.add_user(&of(3, "E-1")).await;
}

pub(crate) async fn a_taken_name_is_also_refused_to_a_replacement(fixture: Fixture) {
    fixture.add_user(&user(1, "alice")).await;
    fixture.add_user(&user(2, "bob")).await;
    let refused = fixture.store.commit(replace_user(fixture.of, &user(2, "ALICE"))).await;
    assert!(matches!(refused, Err(CommitError::Taken(UniqueAttribute::UserName))), "{refused:?}");
    let bob = fixture.user(user_id(2)).await.unwrap();
    assert_eq!((bob.version, bob.resource.user_name()), (Version(1), Some("bob")));
}

pub(crate) async fn deletion_hides_the_user_and_frees_its_names(fixture: Fixture) {
    fixture.add_user(&alice()).await;
    fixture.delete_user(&alice()).await;
    assert_eq!(fixture.user(alice().id).await, None);
    assert_eq!(fixture.user_ids("").await, []);
    assert_eq!(fixture.user_ids("externalId eq \"e-Alice\"").await, []);
    let kept = fixture.number("select count(*) from directory.scim_user where deleted_at is not null").await;
    assert_eq!(kept, 1, "the row stays until it is erased");
    fixture.add_user(&UserRecord { id: user_id(2), ..alice() }).await;
}

pub(crate) async fn a_user_that_comes_back_is_the_next_incarnation(fixture: Fixture) {
    fixture.add_user(&alice()).await;
    fixture.delete_user(&alice()).await;
    let again = UserRecord { id: user_id(2), ..alice() };
    fixture.add_user(&again).await;
    fixture.store.commit(replace_user(fixture.of, &again)).await.unwrap();

    let told: Vec<_> = fixture
        .claim_all()
        .await
        .into_iter()
        .map(|event| (event.envelope.event_type, event.envelope.subject.id, event.envelope.sequence))
        .collect();
    let sequence = |incarnation, version| Sequence { epoch: 0, incarnation, version };
    assert_eq!(
        told,
        [
            (EventType::UserProvisioned, user_id(1).0, sequence(1, 1)),
            (EventType::UserDeprovisioned, user_id(1).0, sequence(1, 2)),
            (EventType::UserProvisioned, user_id(2).0, sequence(2, 1)),
            (EventType::UserChanged, user_id(2).0, sequence(2, 2)),
        ]
    );
}

pub(crate) async fn users_without_external_id_are_all_first_incarnations(fixture: Fixture) {
    fixture.add_users(2).await;
    let incarnations: Vec<_> =
        fixture.claim_all().await.iter().map(|event| event.envelope.sequence.incarnation).collect();
    assert_eq!(incarnations, [1, 1]);
}

pub(crate) async fn a_replacement_of_another_version_is_refused(fixture: Fixture) {
    fixture.add_user(&alice()).await;
    let stale = UserRecord { version: Version(7), ..alice() };
    let refused = fixture.store.commit(replace_user(fixture.of, &stale)).await;
    assert!(matches!(refused, Err(CommitError::VersionConflict)), "{refused:?}");
    let refused = fixture.store.commit(delete_user(fixture.of, &stale)).await;
    assert!(matches!(refused, Err(CommitError::VersionConflict)), "{refused:?}");
}

pub(crate) async fn what_does_not_live_is_not_found(fixture: Fixture) {
    for change in [replace_user(fixture.of, &alice()), delete_user(fixture.of, &alice())] {
        let refused = fixture.store.commit(change).await;
        assert!(matches!(refused, Err(CommitError::NotFound)), "{refused:?}");
    }
    fixture.add_user(&alice()).await;
    fixture.delete_user(&alice()).await;
    let deleted = UserRecord { version: Version(2), ..alice() };
    for change in [replace_user(fixture.of, &deleted), delete_user(fixture.of, &deleted)] {
        let refused = fixture.store.commit(change).await;
        assert!(matches!(refused, Err(CommitError::NotFound)), "{refused:?}");
    }
}

pub(crate) async fn a_refused_change_writes_nothing(fixture: Fixture) {
    fixture.add_user(&alice()).await;
    let stale = UserRecord { version: Version(7), ..alice() };
    let same_name = UserRecord { id: user_id(2), ..alice() };
    for change in [
        replace_user(fixture.of, &stale),
        delete_user(fixture.of, &stale),
        create_user(fixture.of, &same_name),
        replace_user(fixture.of, &user(9, "nobody")),
    ] {
        fixture.store.commit(change).await.unwrap_err();
    }
    assert_eq!(fixture.log_sizes().await, (1, 1));
}

pub(crate) async fn users_of_another_integration_do_not_exist(fixture: Fixture) {
    fixture.add_user(&alice()).await;
    assert_eq!(fixture.store.user(fixture.other, alice().id, true).await.unwrap(), None);
    assert_eq!(fixture.store.count_users(fixture.other, &[alice().id]).await.unwrap(), 0);
    for filter in [
        "",
        "id pr or userName pr",
        &format!("id eq \"{}\"", alice().id),
        "externalId eq \"e-Alice\"",
        "emails.value eq \"a.angstrom@acme.example\"",
        "not (userName eq \"x\")",
    ] {
        let found = fixture.store.users(fixture.other, &users(filter), true).await.unwrap();
        assert_eq!((found.total, found.items.len()), (0, 0), "{filter}");
    }
    for change in [replace_user(fixture.other, &alice()), delete_user(fixture.other, &alice())] {
        let refused = fixture.store.commit(change).await;
        assert!(matches!(refused, Err(CommitError::NotFound)), "{refused:?}");
    }
    assert_eq!(fixture.user_ids("").await, [alice().id]);
}
