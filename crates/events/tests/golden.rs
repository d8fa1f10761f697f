//! One message of every type and released version, as it is on the wire. A file here is never changed and never removed:
//! what was once published must be readable for ever.

use std::collections::{BTreeMap, BTreeSet};

use events::{ContentType, Event, EventId, EventType, Message};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Golden {
    routing_key: String,
    content_type: String,
    attributes: BTreeMap<String, String>,
    body: Value,
}

#[test]
fn every_released_message_is_read_and_written_to_the_letter() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let mut seen = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let golden: Golden = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let message = Message {
            id: EventId(golden.attributes["id"].parse().unwrap()),
            routing_key: golden.routing_key,
            attributes: golden.attributes,
            content_type: golden.content_type,
            body: golden.body.to_string().into_bytes(),
        };
        let event = Event::decode(&message).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let again = event.encode(ContentType::Json).unwrap();
        assert_eq!(again.attributes, message.attributes, "{}", path.display());
        assert_eq!(again.routing_key, message.routing_key, "{}", path.display());
        assert_eq!(serde_json::from_slice::<Value>(&again.body).unwrap(), golden.body, "{}", path.display());
        let binary = event.encode(ContentType::Protobuf).unwrap();
        assert_eq!(Event::decode(&binary).unwrap(), event, "{}", path.display());
        seen.insert(event.envelope.event_type.as_str());
    }
    assert_eq!(seen, EventType::ALL.iter().map(|event_type| event_type.as_str()).collect(), "one of each");
}
