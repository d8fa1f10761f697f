use std::sync::Arc;

use chrono::{DateTime, Utc};
use directory::{
    Caller, CredentialId, Directory, Entrance, Integration, IntegrationId, IntegrationSlug, IntegrationStore,
    Scopes,
};
use directory_store::sqlite::SqliteDirectoryStore;
use events::Environment;
use scim::{PatchRequest, Resource, ResourceType};
use serde_json::{Value, json};
use uuid::Uuid;

/// A directory with one integration.
pub(crate) struct Fixture {
    pub(crate) store: Arc<SqliteDirectoryStore>,
    pub(crate) directory: Directory,
    pub(crate) integration: Integration,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let store = Arc::new(SqliteDirectoryStore::open_in_memory().await.unwrap());
        let slug = IntegrationSlug::parse("acme-production").unwrap();
        let id = IntegrationId(Uuid::from_u128(1));
        let integration = Integration::new(id, slug, "acme".to_owned(), Environment::Production);
        store.add_integration(&integration, None, noon()).await.unwrap();
        Self { directory: Directory::new(store.clone()), store, integration }
    }

    /// A caller with a request of its own.
    pub(crate) fn caller(&self) -> Caller {
        self.caller_with(Scopes::ALL)
    }

    pub(crate) fn caller_with(&self, scopes: Scopes) -> Caller {
        let credential = CredentialId::parse("0123456789abcdef").unwrap();
        let entrance = Entrance { integration: self.integration.clone(), credential, scopes };
        Caller::new(entrance, Uuid::new_v4(), noon())
    }
}

pub(crate) fn noon() -> DateTime<Utc> {
    "2026-01-01T12:00:00Z".parse().unwrap()
}

pub(crate) fn user(login: &str) -> Resource {
    user_of(ResourceType::USER, json!({ "userName": login, "externalId": login, "active": true }))
}

/// A user as an integration reads it; `schemas` is added.
pub(crate) fn user_of(resource_type: ResourceType<'_>, attributes: Value) -> Resource {
    let Value::Object(mut body) = attributes else { panic!("an object") };
    body.insert("schemas".to_owned(), json!(["urn:ietf:params:scim:schemas:core:2.0:User"]));
    Resource::from_request(resource_type, body).unwrap()
}

pub(crate) fn group(name: &str) -> Resource {
    let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name });
    let Value::Object(body) = body else { panic!("an object") };
    Resource::from_request(ResourceType::GROUP, body).unwrap()
}

pub(crate) fn patch(operations: Value) -> PatchRequest<'static> {
    parse(ResourceType::USER, operations)
}

pub(crate) fn group_patch(operations: Value) -> PatchRequest<'static> {
    parse(ResourceType::GROUP, operations)
}

fn parse(resource_type: ResourceType<'static>, operations: Value) -> PatchRequest<'static> {
    let body =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
    let Value::Object(body) = body else { panic!("an object") };
    PatchRequest::parse(resource_type, body).unwrap()
}
