//! A path that can be read is found again by its canonical spelling, and a PATCH may have any path.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scim::{AttributePath, PatchRequest, Projection, ResourceKind, urn};
use scim_fuzz::{PROFILES, answered, resource_type, sample};
use serde_json::{Map, Value, json};

fuzz_target!(|text: &str| {
    for kind in ResourceKind::ALL {
        for profile in PROFILES {
            let resource_type = resource_type(kind, profile);
            if let Some(path) = AttributePath::parse(text, resource_type) {
                assert_eq!(AttributePath::parse(&path.to_string(), resource_type), Some(path));
            }
            if let Ok(projection) = Projection::parse(Some(text), None, resource_type) {
                projection.apply(&mut answered(kind));
            }
            for operation in [
                json!({"op": "add", "path": text, "value": "x"}),
                json!({"op": "replace", "path": text, "value": {"value": "a@b", "type": "work"}}),
                json!({"op": "remove", "path": text}),
                json!({"op": "replace", "value": {text: "x"}}),
            ] {
                let mut body = Map::new();
                body.insert("schemas".to_owned(), json!([urn::PATCH_OP]));
                body.insert("Operations".to_owned(), Value::Array(vec![operation]));
                let Ok(request) = PatchRequest::parse(resource_type, body) else { continue };
                let Ok((request, _)) = request.split_members() else { continue };
                let _ = request.apply(sample(kind));
            }
        }
    }
});
