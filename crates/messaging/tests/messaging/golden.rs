use std::collections::BTreeMap;
use std::path::Path;

use events::{EventId, Message};
use serde_json::Value;

/// A message of the contract's golden files.
pub(crate) fn golden(name: &str) -> Message {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/tests/golden");
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    let golden: Value = serde_json::from_str(&text).unwrap();
    let attributes: BTreeMap<String, String> = serde_json::from_value(golden["attributes"].clone()).unwrap();
    Message {
        id: EventId(attributes["id"].parse().unwrap()),
        routing_key: golden["routing_key"].as_str().unwrap().to_owned(),
        attributes,
        content_type: golden["content_type"].as_str().unwrap().to_owned(),
        body: golden["body"].to_string().into_bytes(),
    }
}
