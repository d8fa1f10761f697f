//! The floor of the broker: messages of an event's size through a quorum queue, published with confirms and taken with
//! acknowledgements, and nothing done with them.

use std::time::Instant;

use anyhow::{Context, ensure};
use futures::StreamExt;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions,
    QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{BasicProperties, Confirmation};

use super::Bench;
use crate::figures::Contest;
use crate::load::sample::Sample;
use crate::surroundings::open_channel;

/// Bytes of a user's event.
const MESSAGE: usize = 1_200;
/// Published before confirms are waited for, as the relay does by default.
const BATCH: usize = 500;
/// Messages that one acknowledgement answers.
const ACKNOWLEDGED: usize = 100;

pub(super) async fn run(bench: &mut Bench, contest: &mut Contest, messages: usize) -> anyhow::Result<()> {
    let queue: ShortString = format!("{}lms.sync", bench.surroundings.prefix("floor")).as_str().into();
    let (_connection, channel) = open_channel(bench.surroundings.broker()).await?;
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(queue.clone(), durable, arguments).await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    channel.basic_qos(256, BasicQosOptions::default()).await?;
    let none = || FieldTable::default();
    let mut consumer =
        channel.basic_consume(queue.clone(), "floor".into(), BasicConsumeOptions::default(), none()).await?;

    let begin = Instant::now();
    let publish = async {
        let body = vec![b'x'; MESSAGE];
        let properties = BasicProperties::default().with_delivery_mode(2);
        let mut left = messages;
        while left > 0 {
            let mut confirms = Vec::with_capacity(BATCH);
            for _ in 0..left.min(BATCH) {
                let options = BasicPublishOptions::default();
                let name = queue.clone();
                confirms
                    .push(channel.basic_publish("".into(), name, options, &body, properties.clone()).await?);
            }
            left -= confirms.len();
            for confirm in confirms {
                ensure!(matches!(confirm.await?, Confirmation::Ack(_)), "a message was not confirmed");
            }
        }
        anyhow::Ok(())
    };
    let consume = async {
        for taken in 1..=messages {
            let delivery = consumer.next().await.context("the consumer was cancelled")??;
            if taken % ACKNOWLEDGED == 0 || taken == messages {
                delivery.ack(BasicAckOptions { multiple: true }).await?;
            }
        }
        anyhow::Ok(())
    };
    futures::future::try_join(publish, consume).await?;
    let per_second = messages as f64 / begin.elapsed().as_secs_f64();
    contest.add("floor-broker", Sample { per_second, times: None, cpu: None });
    Ok(())
}
