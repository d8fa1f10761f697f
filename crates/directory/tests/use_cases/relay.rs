use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use directory::{Pass, Relay, RelayId, RelaySettings};
use events::{EventId, EventPublisher, Message, PublishError};
use uuid::Uuid;

use crate::fixture::{Fixture, user};

/// Confirms as many messages of a batch as it is told to, and remembers what it was given.
struct Transport {
    confirms: Mutex<Option<usize>>,
    given: Mutex<Vec<EventId>>,
}

#[async_trait]
impl EventPublisher for Transport {
    async fn publish(&self, batch: &[Message]) -> Result<Vec<EventId>, PublishError> {
        self.given.lock().unwrap().extend(batch.iter().map(|message| message.id));
        match *self.confirms.lock().unwrap() {
            Some(count) => Ok(batch.iter().take(count).map(|message| message.id).collect()),
            None => Err(PublishError("away".into())),
        }
    }
}

impl Transport {
    fn confirming(&self, count: Option<usize>) {
        *self.confirms.lock().unwrap() = count;
    }

    fn given(&self) -> Vec<EventId> {
        std::mem::take(&mut self.given.lock().unwrap())
    }
}

/// A relay over three waiting events.
async fn with_three_events() -> (Fixture, Arc<Transport>, Relay) {
    let fixture = Fixture::new().await;
    for login in ["ana", "bea", "cai"] {
        fixture.directory.create_user(&fixture.caller(), user(login)).await.unwrap();
    }
    let transport = Arc::new(Transport { confirms: Mutex::new(None), given: Mutex::default() });
    let relay = Relay::new(
        RelayId(Uuid::new_v4()),
        fixture.store.clone(),
        transport.clone(),
        RelaySettings::default(),
    );
    (fixture, transport, relay)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_transport_did_not_take_is_given_again_at_once_under_the_same_ids() {
    let (_fixture, transport, relay) = with_three_events().await;
    assert!(relay.pass().await.is_err());
    let first = transport.given();
    assert_eq!(first.len(), 3);

    transport.confirming(Some(1));
    assert_eq!(relay.pass().await.unwrap(), Pass { claimed: 3, published: 1 });
    assert_eq!(transport.given(), first);

    transport.confirming(Some(9));
    assert_eq!(relay.pass().await.unwrap(), Pass { claimed: 2, published: 2 });
    assert_eq!(transport.given(), first[1..]);
    assert_eq!(relay.pass().await.unwrap(), Pass { claimed: 0, published: 0 });
}
