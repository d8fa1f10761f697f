//! RFC 7644 §3.12.

use scim::{PatchRequest, Resource, ScimError, ScimType};
use serde_json::json;

use super::fixture::{PATCH_OP, PROFILES, USER, map, users};

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

#[test]
fn the_two_messages_printed() {
    let detail = "Resource 2819c223-7f76-453a-919d-413861904646 not found";
    assert_eq!(
        ScimError::not_found(detail).to_json(),
        json!({"schemas": [ERROR], "detail": detail, "status": "404"})
    );
    let detail = "Attribute 'id' is readOnly";
    assert_eq!(
        ScimError::mutability(detail).to_json(),
        json!({"schemas": [ERROR], "scimType": "mutability", "detail": detail, "status": "400"})
    );
}

/// Table 9, and what RFC 9865 §2.1 adds to it.
#[test]
fn detail_codes_have_the_status_of_the_table() {
    for (scim_type, name, status) in [
        (ScimType::InvalidFilter, "invalidFilter", 400),
        (ScimType::TooMany, "tooMany", 400),
        (ScimType::Uniqueness, "uniqueness", 409),
        (ScimType::Mutability, "mutability", 400),
        (ScimType::InvalidSyntax, "invalidSyntax", 400),
        (ScimType::InvalidPath, "invalidPath", 400),
        (ScimType::NoTarget, "noTarget", 400),
        (ScimType::InvalidValue, "invalidValue", 400),
        (ScimType::InvalidVers, "invalidVers", 400),
        (ScimType::Sensitive, "sensitive", 403),
        (ScimType::InvalidCursor, "invalidCursor", 400),
        (ScimType::ExpiredCursor, "expiredCursor", 400),
        (ScimType::InvalidCount, "invalidCount", 400),
    ] {
        let error = ScimError::typed(scim_type, "x");
        assert_eq!((scim_type.as_str(), error.status), (name, status));
        assert_eq!(error.to_json()["scimType"], name);
    }
}

#[test]
fn changing_the_id_is_the_mutability_error_of_the_example() {
    for profile in PROFILES {
        let user =
            Resource::from_request(users(profile), map(json!({"schemas": [USER], "userName": "bjensen"})));
        let body =
            json!({"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "id", "value": "x"}]});
        let refused =
            PatchRequest::parse(users(profile), map(body)).and_then(|patch| patch.apply(&user.unwrap()));
        assert_eq!(refused.unwrap_err().scim_type, Some(ScimType::Mutability));
    }
}
