//! Lookups: what users are found by, apart from what columns hold.

use directory::{UserRecord, Version};
use scim::{Profile, ResourceKind, ResourceType, Schema};
use serde_json::{Value, json};

use crate::changes::{alter_user, create_user, create_user_with, user_id, user_of};
use crate::fixture::{Fixture, query};

fn with_emails(emails: &[&str]) -> UserRecord {
    let emails: Value = emails.iter().map(|email| json!({ "value": email })).collect();
    user_of(1, json!({ "userName": "alice", "emails": emails }))
}

async fn lookups(fixture: &Fixture) -> i64 {
    fixture.number("select count(*) from directory.user_lookup").await
}

pub(crate) async fn a_replaced_value_no_longer_finds_the_user(fixture: Fixture) {
    let before = with_emails(&["A@acme.example", "b@acme.example"]);
    let after = with_emails(&["b@acme.example", "c@acme.example"]);
    fixture.add_user(&before).await;
    fixture.store.commit(alter_user(fixture.of, &before, &after)).await.unwrap();
    assert_eq!(lookups(&fixture).await, 2);
    assert_eq!(fixture.user_ids("emails.value eq \"a@acme.example\"").await, []);
    for email in ["b@acme.example", "c@acme.example"] {
        assert_eq!(fixture.user_ids(&format!("emails.value eq \"{email}\"")).await, [user_id(1)]);
    }
}

pub(crate) async fn a_deleted_user_leaves_no_lookups(fixture: Fixture) {
    let user = with_emails(&["a@acme.example"]);
    fixture.add_user(&user).await;
    assert_eq!(lookups(&fixture).await, 1);
    fixture.delete_user(&user).await;
    assert_eq!(lookups(&fixture).await, 0);
    assert_eq!(fixture.user_ids("emails.value eq \"a@acme.example\"").await, []);
    fixture.add_user(&UserRecord { id: user_id(2), ..user }).await;
    assert_eq!(fixture.user_ids("emails.value eq \"a@acme.example\"").await, [user_id(2)]);
}

pub(crate) async fn a_refused_change_leaves_lookups_alone(fixture: Fixture) {
    let (user, other) = (with_emails(&["a@acme.example"]), with_emails(&["b@acme.example"]));
    fixture.add_user(&user).await;
    let stale = UserRecord { version: Version(7), ..user.clone() };
    fixture.store.commit(alter_user(fixture.of, &stale, &other)).await.unwrap_err();
    let same_name = UserRecord { id: user_id(2), ..other };
    fixture.store.commit(create_user(fixture.of, &same_name)).await.unwrap_err();
    assert_eq!(lookups(&fixture).await, 1);
    assert_eq!(fixture.user_ids("emails.value eq \"a@acme.example\"").await, [user_id(1)]);
}

pub(crate) async fn a_long_value_is_found(fixture: Fixture) {
    // Of characters that no index of a database could make shorter.
    let long: String = (0..3_000_u32).map(|n| char::from_u32(0x4e00 + n * 7 % 20_000).unwrap()).collect();
    let user = with_emails(&[&long]);
    fixture.add_user(&user).await;
    assert_eq!(fixture.user_ids(&format!("emails.value eq \"{}\"", &long[..1_200])).await, []);
    let query = crate::fixture::users("emails.value eq \"x\"");
    assert_eq!(fixture.users_by(&query).await, []);
    let long = &long[..1_200];
    let shorter = with_emails(&[long]);
    fixture.store.commit(alter_user(fixture.of, &user, &shorter)).await.unwrap();
    assert_eq!(fixture.user_ids(&format!("emails.value eq \"{long}\"")).await, [user_id(1)]);
}

pub(crate) async fn attributes_of_an_own_extension_are_found(fixture: Fixture) {
    let definition = json!({ "id": "urn:acme:2.0:User", "attributes": [
        { "name": "badge", "caseExact": true }, { "name": "level", "type": "integer" },
        { "name": "tags", "multiValued": true },
        { "name": "sites", "type": "complex", "multiValued": true, "subAttributes": [
            { "name": "code" }, { "name": "doors", "multiValued": true }] },
    ]});
    let extensions = [Schema::from_definition(definition.as_object().unwrap()).unwrap()];
    let resource_type = ResourceType::new(ResourceKind::User, Profile::Entra, &extensions);
    let user = user_of(
        1,
        json!({ "userName": "alice", "urn:acme:2.0:User": {
            "badge": "B-1", "level": 5, "tags": ["Red", "blue"], "sites": [{ "code": "X", "doors": ["North"] }],
        } }),
    );
    fixture.store.commit(create_user_with(fixture.of, &user, &extensions)).await.unwrap();
    fixture.add_user(&crate::changes::user(2, "bob")).await;
    assert_eq!(lookups(&fixture).await, 6);
    for (filter, found) in [
        ("badge eq \"B-1\"", true),
        ("badge eq \"b-1\"", false),
        ("level eq 5.0", true),
        ("level eq 6", false),
        ("tags eq \"RED\"", true),
        ("tags[value eq \"blue\"]", true),
        ("sites.code eq \"x\"", true),
        ("sites[code eq \"x\" and doors eq \"north\"]", true),
        ("sites[code eq \"x\" and doors eq \"south\"]", false),
    ] {
        let filter = format!("urn:acme:2.0:User:{filter}");
        let expected = if found { vec![user_id(1)] } else { vec![] };
        assert_eq!(fixture.users_by(&query(&filter, resource_type)).await, expected, "{filter}");
    }
}

pub(crate) async fn a_number_that_the_store_writes_otherwise_is_no_change(fixture: Fixture) {
    let definition = json!({ "id": "urn:acme:2.0:User", "attributes": [
        { "name": "d", "type": "decimal" }, { "name": "m", "type": "decimal", "multiValued": true },
    ]});
    let extensions = [Schema::from_definition(definition.as_object().unwrap()).unwrap()];
    let users = ResourceType::new(ResourceKind::User, Profile::Entra, &extensions);
    let given = json!({ "d": 1e18, "m": [10_000_000_000_000_000.0, 5.0, 0.1, 97_022_392.614_496_41] });
    let user = user_of(1, json!({ "userName": "alice", "urn:acme:2.0:User": given }));
    fixture.store.commit(create_user_with(fixture.of, &user, &extensions)).await.unwrap();
    let read = fixture.store.user(fixture.of, user.id, false).await.unwrap().unwrap().user;
    assert_eq!(scim::changed_paths(users, &user.resource, &read.resource), Vec::<String>::new());
}
