//! Messages come twice, in another order, late, or are no messages at all.

use anyhow::Context;
use lapin::BasicProperties;
use lapin::options::{BasicAckOptions, BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable};

use super::seconds;
use crate::chance::Chance;
use crate::trial::Stage;

/// A message taken off the queue.
struct Taken {
    routing_key: String,
    properties: BasicProperties,
    body: Vec<u8>,
}

pub(crate) async fn everything_sent_again(stage: &mut Stage) -> anyhow::Result<()> {
    stage.go_on(seconds(3)).await;
    for _ in 0..3 {
        stage.world.send_again().await?;
        stage.go_on(seconds(3)).await;
    }
    Ok(())
}

/// With nothing new to say, a snapshot and the whole history again change nothing.
pub(crate) async fn history_and_snapshot(stage: &mut Stage) -> anyhow::Result<()> {
    stage.go_on(seconds(3)).await;
    stage.settle().await?;
    let before = stage.world.learners_digest().await?;
    stage.world.send_again().await?;
    let made = stage.world.administrator()?.post("/acme-production/snapshots", serde_json::json!({})).await;
    anyhow::ensure!(made.status == 202, "a snapshot was answered {}", made.status);
    stage.go_on(seconds(3)).await;
    stage.settle().await?;
    anyhow::ensure!(stage.world.learners_digest().await? == before, "learners have changed");
    Ok(())
}

pub(crate) async fn shuffled(stage: &mut Stage) -> anyhow::Result<()> {
    let mut taken = pile_up(stage).await?;
    let mut chance = Chance::new(17, 17);
    for at in (1..taken.len()).rev() {
        let other = usize::try_from(chance.below(at as u64 + 1)).unwrap_or_default();
        taken.swap(at, other);
    }
    put_back(stage, taken).await
}

pub(crate) async fn reversed(stage: &mut Stage) -> anyhow::Result<()> {
    let mut taken = pile_up(stage).await?;
    taken.reverse();
    put_back(stage, taken).await
}

/// Deletions of old incarnations arrive behind everything else.
pub(crate) async fn late_deletions(stage: &mut Stage) -> anyhow::Result<()> {
    let taken = pile_up(stage).await?;
    let is_deletion = |message: &Taken| message.routing_key.ends_with("deprovisioned");
    let (late, soon): (Vec<_>, Vec<_>) = taken.into_iter().partition(is_deletion);
    anyhow::ensure!(!late.is_empty(), "nobody was deleted");
    put_back(stage, soon).await?;
    stage.world.mend().await?;
    stage.go_on(seconds(5)).await;
    put_back(stage, late).await
}

pub(crate) async fn garbage(stage: &mut Stage) -> anyhow::Result<()> {
    let properties = BasicProperties::default().with_content_type("application/json".into());
    let body = b"{\"no\": \"event\"".to_vec();
    put_back(stage, vec![Taken { routing_key: "garbage".to_owned(), properties, body }]).await?;
    stage.expected.parked_events = 1;
    stage.go_on(seconds(3)).await;
    Ok(())
}

/// A user's newest event again, once with a field more, once as of a version that nobody knows.
pub(crate) async fn other_versions(stage: &mut Stage) -> anyhow::Result<()> {
    let mut taken = pile_up(stage).await?;
    let of_a_user = |message: &&Taken| message.routing_key.contains(".user.");
    let sample = taken.iter().rfind(of_a_user).context("an event of a user")?;
    let mut minor: serde_json::Value = serde_json::from_slice(&sample.body)?;
    minor["fieldOfTheFuture"] = serde_json::json!({ "deep": [1, 2] });
    let minor = Taken {
        routing_key: sample.routing_key.clone(),
        properties: sample.properties.clone(),
        body: minor.to_string().into_bytes(),
    };
    let major = BasicProperties::default()
        .with_message_id(uuid::Uuid::new_v4().to_string().as_str().into())
        .with_content_type("application/json".into())
        .with_headers(with_type(&sample.properties, "com.illuxilms.directory.user.changed.v9"));
    let major =
        Taken { routing_key: sample.routing_key.clone(), properties: major, body: sample.body.clone() };
    let at =
        taken.iter().rposition(|message| message.routing_key == minor.routing_key).context("that event")?;
    taken.insert(at, minor);
    taken.push(major);
    stage.expected.parked_events = 1;
    put_back(stage, taken).await
}

fn with_type(properties: &BasicProperties, event_type: &str) -> FieldTable {
    let mut headers = properties.headers().clone().unwrap_or_default();
    headers.insert("cloudEvents_type".into(), AMQPValue::LongString(event_type.into()));
    headers
}

/// Has writes pile up on the queue while no user-sync runs, and takes all of them off it.
async fn pile_up(stage: &mut Stage) -> anyhow::Result<Vec<Taken>> {
    for user_sync in &mut stage.world.user_syncs {
        user_sync.kill()?;
    }
    stage.go_on(seconds(8)).await;
    stage.load.stop(seconds(60)).await?;
    stage.world.all_is_sent().await?;
    let (_connection, channel) = stage.world.servers.broker.open_channel().await?;
    let queue = stage.world.queue();
    let mut taken = Vec::new();
    while let Some(message) = channel.basic_get(queue.as_str().into(), BasicGetOptions::default()).await? {
        let delivery = message.delivery;
        delivery.acker.ack(BasicAckOptions::default()).await?;
        taken.push(Taken {
            routing_key: delivery.routing_key.to_string(),
            properties: delivery.properties,
            body: delivery.data,
        });
    }
    Ok(taken)
}

/// Returns when the broker has all of them.
async fn put_back(stage: &Stage, messages: Vec<Taken>) -> anyhow::Result<()> {
    let (_connection, channel) = stage.world.servers.broker.open_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    let exchange = format!("{}scim.events", stage.world.prefix);
    for Taken { routing_key, properties, body } in messages {
        let options = BasicPublishOptions::default();
        let properties = properties.with_delivery_mode(2);
        let (exchange, key) = (exchange.as_str().into(), routing_key.as_str().into());
        let confirm = channel.basic_publish(exchange, key, options, &body, properties).await?.await?;
        anyhow::ensure!(confirm.is_ack(), "the broker did not take a message back");
    }
    Ok(())
}
