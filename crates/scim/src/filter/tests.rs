use serde_json::{Value, json};

use super::*;
use crate::error::ScimType;

mod arbitrary;
mod evaluation;
mod indexing;
mod syntax;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[track_caller]
fn parse(text: &str) -> Filter {
    Filter::parse(text, ResourceType::USER).unwrap()
}

/// A full document, as it is answered.
fn amira() -> Map<String, Value> {
    let document = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "id": "7f3A", "externalId": "ABC", "userName": "Amira@contoso.example", "active": true, "title": "a%b_c\\",
        "name": {"familyName": "Haddad"},
        "emails": [
            {"type": "work", "value": "amira@x.example", "primary": true}, {"type": "home", "value": "b@y.example"}
        ],
        "roles": [{"value": "Coach", "primary": true}],
        "groups": [{"value": "g1", "type": "direct"}],
        "meta": {"resourceType": "User", "created": "2024-01-01T00:30:00.1234567+02:00",
                 "lastModified": "2024-05-01T10:00:00Z"},
        ENTERPRISE: {"department": "Operations", "manager": {"value": "m1"}}
    });
    document.as_object().unwrap().clone()
}
