//! What both transports promise.

use std::sync::Arc;

use events::EventHandler;
use testkit::eventually;

use crate::recording::{PATIENCE, RecordingHandler, ids, message, messages, relay};
use crate::transports::{Transport, in_process, rabbitmq};

async fn what_is_published_arrives_once_intact_and_in_order(
    connect: impl AsyncFn(Arc<dyn EventHandler>) -> Transport,
) {
    let handler = Arc::new(RecordingHandler::new());
    let transport = connect(handler.clone()).await;
    let mut sent = messages(300);
    sent.push(message("staging.globex.membership.changed", 300));
    let empty_body = sent.last_mut().unwrap();
    empty_body.body.clear();
    empty_body.content_type = "application/protobuf".to_owned();

    let confirmed = transport.publisher.publish(&sent).await.unwrap();
    assert_eq!(confirmed, sent.iter().map(|message| message.id).collect::<Vec<_>>());
    handler.has_handled(&sent).await;
    assert_eq!(handler.messages(), sent);
}

#[tokio::test]
async fn in_process_what_is_published_arrives_once_intact_and_in_order() {
    what_is_published_arrives_once_intact_and_in_order(in_process).await;
}

#[tokio::test]
async fn rabbitmq_what_is_published_arrives_once_intact_and_in_order() {
    what_is_published_arrives_once_intact_and_in_order(rabbitmq).await;
}

async fn an_empty_batch_is_confirmed_empty(connect: impl AsyncFn(Arc<dyn EventHandler>) -> Transport) {
    let handler = Arc::new(RecordingHandler::new());
    let transport = connect(handler.clone()).await;
    assert_eq!(transport.publisher.publish(&[]).await.unwrap(), []);
    assert!(handler.batches().is_empty());
}

#[tokio::test]
async fn in_process_an_empty_batch_is_confirmed_empty() {
    an_empty_batch_is_confirmed_empty(in_process).await;
}

#[tokio::test]
async fn rabbitmq_an_empty_batch_is_confirmed_empty() {
    an_empty_batch_is_confirmed_empty(rabbitmq).await;
}

async fn nothing_is_lost_while_the_handler_is_unavailable(
    connect: impl AsyncFn(Arc<dyn EventHandler>) -> Transport,
) {
    let handler = Arc::new(RecordingHandler::new());
    handler.set_available(false);
    let transport = connect(handler.clone()).await;
    let sent = messages(200);
    let relaying = {
        let (publisher, sent) = (transport.publisher.clone(), sent.clone());
        tokio::spawn(async move { relay(&*publisher, &sent).await })
    };
    eventually(PATIENCE, "the handler refuses", || async { handler.refusals() >= 3 }).await;
    assert!(handler.batches().is_empty());

    handler.set_available(true);
    relaying.await.unwrap();
    handler.has_handled(&sent).await;
    assert_eq!(ids(&handler.messages()), ids(&sent));
}

#[tokio::test]
async fn in_process_nothing_is_lost_while_the_handler_is_unavailable() {
    nothing_is_lost_while_the_handler_is_unavailable(in_process).await;
}

#[tokio::test]
async fn rabbitmq_nothing_is_lost_while_the_handler_is_unavailable() {
    nothing_is_lost_while_the_handler_is_unavailable(rabbitmq).await;
}

async fn a_message_published_again_is_confirmed_and_handed_over_again(
    connect: impl AsyncFn(Arc<dyn EventHandler>) -> Transport,
) {
    let handler = Arc::new(RecordingHandler::new());
    let transport = connect(handler.clone()).await;
    let sent = messages(1);
    let twice = [sent[0].clone(), sent[0].clone()];
    assert_eq!(transport.publisher.publish(&twice).await.unwrap(), [sent[0].id, sent[0].id]);
    assert_eq!(transport.publisher.publish(&sent).await.unwrap(), [sent[0].id]);
    eventually(PATIENCE, "three copies arrive", || async { handler.messages().len() == 3 }).await;
    assert_eq!(ids(&handler.messages()), ids(&sent));
}

#[tokio::test]
async fn in_process_a_message_published_again_is_confirmed_and_handed_over_again() {
    a_message_published_again_is_confirmed_and_handed_over_again(in_process).await;
}

#[tokio::test]
async fn rabbitmq_a_message_published_again_is_confirmed_and_handed_over_again() {
    a_message_published_again_is_confirmed_and_handed_over_again(rabbitmq).await;
}

async fn a_message_at_which_the_handler_panics_does_not_hold_up_the_others(
    connect: impl AsyncFn(Arc<dyn EventHandler>) -> Transport,
) {
    let handler = Arc::new(RecordingHandler::new());
    let transport = connect(handler.clone()).await;
    let mut sent = messages(20);
    handler.panic_at(sent[7].id);
    let confirmed = transport.publisher.publish(&sent).await.unwrap();
    let poison = sent.remove(7);
    handler.has_handled(&sent).await;
    assert!(sent.iter().all(|message| confirmed.contains(&message.id)));
    assert!(!ids(&handler.messages()).contains(&poison.id));
}

#[tokio::test]
async fn in_process_a_message_at_which_the_handler_panics_does_not_hold_up_the_others() {
    a_message_at_which_the_handler_panics_does_not_hold_up_the_others(in_process).await;
}

#[tokio::test]
async fn rabbitmq_a_message_at_which_the_handler_panics_does_not_hold_up_the_others() {
    a_message_at_which_the_handler_panics_does_not_hold_up_the_others(rabbitmq).await;
}

#[tokio::test]
async fn in_process_a_message_at_which_the_handler_panics_stays_in_the_outbox() {
    let handler = Arc::new(RecordingHandler::new());
    let transport = in_process(handler.clone()).await;
    let sent = messages(2);
    handler.panic_at(sent[0].id);
    assert_eq!(transport.publisher.publish(&sent).await.unwrap(), [sent[1].id]);
}
