use std::time::Duration;

use directory::admin::{ConfigureError, integration, put_user_extension};
use directory::{Integration, IntegrationSlug, Listing, Outbox, RelayId};
use scim::list::{PageStart, Paging};
use scim::{Filter, ResourceKind};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::fixture::{Fixture, user_of};

const URN: &str = "urn:ietf:params:scim:schemas:extension:acme:2.0:User";

fn definition(urn: &str, attributes: Value) -> Map<String, Value> {
    let Value::Object(document) = json!({ "id": urn, "attributes": attributes }) else { panic!("an object") };
    document
}

async fn put(fixture: &Fixture, urn: &str, attributes: Value) -> Result<Integration, ConfigureError> {
    let definition = definition(urn, attributes);
    put_user_extension(fixture.store.as_ref(), &fixture.integration.slug, &definition).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_attribute_is_kept_told_and_found() {
    let fixture = Fixture::new().await;
    let attributes = json!([{ "name": "badge" }, { "name": "level", "type": "integer" }]);
    let integration = put(&fixture, URN, attributes).await.unwrap();
    let fixture = Fixture { integration, ..fixture };
    let caller = fixture.caller();
    let resource_type = caller.resource_type(ResourceKind::User);
    let body = json!({ "userName": "ana", URN: { "badge": "B-17", "level": 3 } });
    let created = fixture.directory.create_user(&caller, user_of(resource_type, body)).await.unwrap();
    let other = user_of(resource_type, json!({ "userName": "bea", URN: { "level": 4 } }));
    fixture.directory.create_user(&fixture.caller(), other).await.unwrap();

    let events = fixture.store.claim(RelayId(Uuid::new_v4()), 10, Duration::from_secs(60)).await.unwrap();
    let data: Value = serde_json::from_str(&events[0].data).unwrap();
    assert_eq!(data["after"]["extensions"][URN]["badge"], "B-17");

    for filter in ["badge eq \"b-17\"", "level lt 4", "level eq 3 and badge sw \"B\"", "not (level eq 4)"] {
        let text = filter.replace("level", &format!("{URN}:level")).replace("badge", &format!("{URN}:badge"));
        let listing = Listing {
            filter: Some(Filter::parse(&text, resource_type).unwrap()),
            sort: None,
            paging: Paging { start: PageStart::Index(1), count: 10 },
        };
        let found = fixture.directory.list_users(&caller, &listing, false).await.unwrap();
        let ids: Vec<_> = found.items.iter().map(|view| view.user.id).collect();
        assert_eq!(ids, [created.user.id], "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_only_grows() {
    let fixture = Fixture::new().await;
    put(&fixture, URN, json!([{ "name": "badge" }])).await.unwrap();
    for attributes in
        [json!([{ "name": "other" }]), json!([{ "name": "badge", "type": "integer" }]), json!([])]
    {
        let refused = put(&fixture, URN, attributes).await;
        assert!(matches!(refused, Err(ConfigureError::Schema(_))), "{refused:?}");
    }
    let respelled = URN.to_uppercase().replace("URN:", "urn:");
    let grown = put(&fixture, &respelled, json!([{ "name": "badge" }, { "name": "site" }])).await.unwrap();
    assert_eq!(grown.user_extensions.len(), 1);
    assert_eq!(grown.user_extensions[0].urn, URN, "the first spelling stays");
    let slug = &fixture.integration.slug;
    assert_eq!(integration(fixture.store.as_ref(), slug).await.unwrap(), grown);
}

#[tokio::test(flavor = "multi_thread")]
async fn extensions_are_few_and_told_apart() {
    let fixture = Fixture::new().await;
    let attributes = || json!([{ "name": "badge" }]);
    for n in 0..10 {
        put(&fixture, &format!("urn:acme:{n}:User"), attributes()).await.unwrap();
    }
    let refused = put(&fixture, "urn:acme:10:User", attributes()).await;
    assert!(matches!(refused, Err(ConfigureError::TooMany { limit: 10, .. })), "{refused:?}");

    let fixture = Fixture::new().await;
    put(&fixture, "urn:acme:User", attributes()).await.unwrap();
    let refused = put(&fixture, "urn:acme:User:more", attributes()).await;
    assert!(matches!(refused, Err(ConfigureError::Schema(_))), "{refused:?}");
    let refused = put(&fixture, "urn:ietf:params:scim:schemas:core:2.0:User", attributes()).await;
    assert!(matches!(refused, Err(ConfigureError::Schema(_))), "{refused:?}");

    let nobody = IntegrationSlug::parse("nobody").unwrap();
    let definition = definition(URN, attributes());
    let refused = put_user_extension(fixture.store.as_ref(), &nobody, &definition).await;
    assert!(matches!(refused, Err(ConfigureError::NotFound)), "{refused:?}");
}
