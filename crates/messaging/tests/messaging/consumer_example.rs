//! The example of a program that consumes the events, run as one.

use std::path::PathBuf;
use std::process::Stdio;

use events::{EventId, Message};
use messaging::RabbitMqPublisher;
use testkit::broker::{BrokerScope, amqp_url};
use testkit::eventually;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{ChildStdout, Command};
use tokio::time::timeout;
use uuid::Uuid;

use crate::golden::golden;
use crate::recording::{PATIENCE, messages, relay};
use crate::transports::{broker_at, topology};

/// Cargo builds the examples of a package with its tests, unless it is told to build certain tests only.
fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests.ancestors().nth(2).unwrap().join("examples/consumer");
    assert!(program.is_file(), "cargo build -p messaging --example consumer");
    program
}

/// Another event, which the relay tells apart by its id.
fn with(message: Message, changes: &[(&str, &str)]) -> Message {
    let mut message = Message { id: EventId(Uuid::new_v4()), ..message };
    message.attributes.insert("id".to_owned(), message.id.to_string());
    message.attributes.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    message
}

/// Of a `Users/…` or `Groups/…` whose sequence is epoch 0, that incarnation, that version.
fn numbered(name: &str, incarnation: u32, version: u32) -> Message {
    with(golden(name), &[("sequence", &format!("{:010}.{incarnation:010}.{version:020}", 0))])
}

async fn next_line(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap()
}

#[tokio::test]
async fn it_applies_each_event_once_in_whatever_order_they_come() {
    let scope = BrokerScope::new();
    let publisher = RabbitMqPublisher::new(broker_at(&amqp_url(), topology(&scope)));
    relay(&publisher, &messages(1)).await;
    let (queue, parked) = (scope.queue("reports"), scope.queue("reports.parked"));
    let mut consumer = Command::new(program())
        .args([&queue, &scope.prefix()])
        .env("AMQP_URL", amqp_url())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(consumer.stdout.take().unwrap()).lines();
    eventually(PATIENCE, "its queue is consumed", || scope.is_consumed(&queue)).await;

    let user = "acme-production Users/01970000-0000-7000-8000-00000000000a";
    let group = "acme-production Groups/01970000-0000-7000-8000-00000000000b";
    let (here, gone) = ([format!("{user} is ana.silva@contoso.example")], [format!("{user} is gone")]);
    let mut of_later_version =
        with(golden("user.changed.v1"), &[("type", "com.illuxilms.directory.user.renamed.v1")]);
    of_later_version.routing_key = "production.acme-production.user.renamed".to_owned();
    let mut unreadable = with(golden("user.changed.v1"), &[]);
    unreadable.body = b"{".to_vec();
    let joined = golden("membership.changed.v1");

    // One at a time: what comes of each is known before the next is sent. Nothing is printed of what changes nothing.
    let steps: [(Message, &[String]); 14] = [
        (golden("user.provisioned.v1"), &here),
        (golden("user.deactivated.v1"), &here),
        // Late, and once more.
        (with(golden("user.changed.v1"), &[]), &[]),
        (golden("user.deactivated.v1"), &[]),
        (of_later_version, &[]),
        (unreadable, &[]),
        // Deleted and created again: the same person, and what is left of the first life comes late.
        (numbered("user.provisioned.v1", 2, 1), &here),
        (golden("user.deprovisioned.v1"), &[]),
        (numbered("user.deprovisioned.v1", 2, 2), &gone),
        // A newer event of the group says nothing about its members, who come late.
        (numbered("group.changed.v1", 1, 9), &[format!("{group} is Forklift A")]),
        (
            joined.clone(),
            &[
                format!("{group} Users/01970000-0000-7000-8000-00000000000a is a member"),
                format!("{group} Users/01970000-0000-7000-8000-00000000000e is no member"),
            ],
        ),
        (joined, &[]),
        (golden("snapshot.ended.v1"), &[]),
        (golden("group.deprovisioned.v1"), &[]),
    ];
    for (message, expected) in steps {
        relay(&publisher, &[message]).await;
        for line in expected {
            assert_eq!(next_line(&mut lines).await, *line);
        }
    }
    // Behind all of them: none of those that changed nothing has said anything.
    relay(&publisher, &[numbered("group.deprovisioned.v1", 1, 10)]).await;
    assert_eq!(next_line(&mut lines).await, format!("{group} is gone"));
    eventually(PATIENCE, "what could not be read waits apart", || async {
        scope.queue_depth(&parked).await == 1
    })
    .await;
}
