//! What is told of a request in the log.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use serde_json::json;
use testkit::entra::USER;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::harness::TestGateway;

/// Keeps every record as text.
#[derive(Clone, Default)]
struct Records(Arc<Mutex<Vec<String>>>);

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!("{}={value:?} ", field.name()));
    }
}

impl Subscriber for Records {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target().starts_with("scim_gateway")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0.lock().unwrap().push(text.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn ignored_attributes_are_counted_and_neither_they_nor_people_are_named() {
    let records = Records::default();
    tracing::subscriber::set_global_default(records.clone()).unwrap();
    let gateway = TestGateway::start().await;
    // Other tests may run in the same process.
    let entra = gateway.integration("logged-production", events::Environment::Production).await;
    let body = json!({
        "schemas": [USER], "userName": "secret.person@contoso.example", "password": "hunter2",
        "isAdmin": true, "lmsRole": "owner"
    });
    let path = format!("/Users/{}", entra.post("/Users", body).await.id());
    let operations = json!([{ "op": "add", "path": "shoeSize", "value": "39" }]);
    assert_eq!(entra.patch(&path, operations).await.status, 200);
    entra.get("/Users?filter=userName+eq+%22secret.person@contoso.example%22").await;
    entra.get("/Users?filter=nickname").await;

    let records = records.0.lock().unwrap().clone();
    let answered = |method: &str| -> Vec<&String> {
        let method = format!("http.method={method} ");
        let ours = |record: &&String| record.contains("logged-production") && record.contains(&method);
        records.iter().filter(ours).collect()
    };
    assert!(answered("POST")[0].contains("ignored_attributes=2 "), "{records:?}");
    assert!(answered("PATCH")[0].contains("ignored_attributes=1 "), "{records:?}");
    let read = answered("GET");
    assert!(!read[0].contains("ignored_attributes") && read[1].contains("invalidFilter"), "{read:?}");
    for word in ["secret", "hunter2", "isAdmin", "lmsRole", "shoeSize", "nickname"] {
        let told: Vec<_> = records.iter().filter(|record| record.contains(word)).collect();
        assert_eq!(told, Vec::<&String>::new(), "{word}");
    }
}
