use events::Environment;
use scim::ResourceKind;
use serde_json::json;

use super::*;
use crate::{CredentialId, Entrance, Integration, IntegrationId, IntegrationSlug, Scopes};

const ID: UserId = UserId(Uuid::from_u128(0xa));

fn caller() -> Caller {
    let slug = IntegrationSlug::parse("acme-production").unwrap();
    let portal = "acme".to_owned();
    let integration = Integration::new(IntegrationId(Uuid::nil()), slug, portal, Environment::Production);
    let credential = CredentialId::parse("0123456789abcdef").unwrap();
    let entrance = Entrance { integration, credential, scopes: Scopes::ALL };
    Caller::new(entrance, Uuid::from_u128(1), "2026-01-01T00:00:00Z".parse().unwrap())
}

fn resource(value: Value) -> Resource {
    let Value::Object(map) = value else { panic!("an object") };
    Resource::from_stored(ResourceKind::User, map)
}

fn ana(active: bool) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ana@contoso.example",
        "externalId": "4d0f",
        "active": active,
        "name": { "givenName": "Ana", "familyName": "Silva" },
        "emails": [{ "type": "work", "value": "ana@contoso.example", "primary": true }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "department": "Operations",
            "manager": { "value": "m1", "$ref": "../Users/m1" }
        }
    })
}

fn data(event: &NewEvent) -> Value {
    serde_json::from_str(&event.data).unwrap()
}

#[test]
fn a_new_user_is_told_whole() {
    let event = user_event(&caller(), ID, None, Some(&resource(ana(true))), &[]).unwrap();
    assert_eq!(event.event_type, EventType::UserProvisioned);
    assert_eq!(event.subject.to_string(), "Users/00000000-0000-0000-0000-00000000000a");
    assert_eq!(
        data(&event),
        json!({
            "after": {
                "id": "00000000-0000-0000-0000-00000000000a",
                "userName": "ana@contoso.example",
                "externalId": "4d0f",
                "active": true,
                "name": { "givenName": "Ana", "familyName": "Silva" },
                "emails": [{ "type": "work", "value": "ana@contoso.example", "primary": true }],
                "enterprise": { "department": "Operations", "manager": { "value": "m1" } }
            }
        })
    );
}

#[test]
fn values_of_own_extensions_are_told_by_their_urn() {
    let urn = "urn:ietf:params:scim:schemas:extension:acme:2.0:User";
    let mut after = ana(true);
    after[urn] =
        json!({ "badge": "B-7", "floor": 3, "tags": ["a", "b"], "big": [1_000_000_000_000_000_000_u64] });
    let changed = [format!("{urn}:badge")];
    let event =
        user_event(&caller(), ID, Some(&resource(ana(true))), Some(&resource(after)), &changed).unwrap();
    let extensions = json!({ urn: { "badge": "B-7", "floor": 3.0, "tags": ["a", "b"], "big": [1e18] } });
    assert_eq!(data(&event)["after"]["extensions"], extensions);
    assert_eq!(data(&event)["after"]["enterprise"]["department"], "Operations");
}

#[test]
fn a_change_tells_only_what_was_different_before() {
    let mut after = ana(true);
    after["name"]["familyName"] = json!("Costa");
    after["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["department"] = json!("Safety");
    let changed = [
        "name.familyName".to_owned(),
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department".to_owned(),
    ];
    let event =
        user_event(&caller(), ID, Some(&resource(ana(true))), Some(&resource(after)), &changed).unwrap();
    assert_eq!(event.event_type, EventType::UserChanged);
    let data = data(&event);
    assert_eq!(data["changed"], json!(changed));
    assert_eq!(data["after"]["name"]["familyName"], "Costa");
    assert_eq!(
        data["before"],
        json!({
            "id": "00000000-0000-0000-0000-00000000000a",
            "name": { "givenName": "Ana", "familyName": "Silva" },
            "enterprise": { "department": "Operations", "manager": { "value": "m1" } }
        })
    );
}

#[test]
fn disabling_soft_deletion_and_return_are_told_apart() {
    let told = |before: Value, after: Value| {
        let changed = ["active".to_owned()];
        let event =
            user_event(&caller(), ID, Some(&resource(before)), Some(&resource(after)), &changed).unwrap();
        (event.event_type, data(&event)["reason"].clone())
    };
    let (disabled, reason) = told(ana(true), ana(false));
    assert_eq!((disabled, reason), (EventType::UserDeactivated, json!("DEACTIVATION_REASON_DISABLED")));

    let mut tombstone = ana(false);
    tombstone["userName"] = json!("0123456789abcdef0123456789ABCDEFana@contoso.example");
    let (deleted, reason) = told(ana(true), tombstone);
    assert_eq!((deleted, reason), (EventType::UserDeactivated, json!("DEACTIVATION_REASON_SOFT_DELETED")));

    let (returned, reason) = told(ana(false), ana(true));
    assert_eq!((returned, reason), (EventType::UserReactivated, Value::Null));
}

#[test]
fn a_deleted_user_is_told_as_it_was() {
    let event = user_event(&caller(), ID, Some(&resource(ana(true))), None, &[]).unwrap();
    assert_eq!(event.event_type, EventType::UserDeprovisioned);
    assert_eq!(data(&event)["before"]["userName"], "ana@contoso.example");
    assert_eq!(data(&event).get("after"), None);
}
