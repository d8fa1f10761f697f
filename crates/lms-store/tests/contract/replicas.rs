use std::sync::Arc;

use events::{Applied, EventHandler, Message};
use lms::Attribute;
use tokio::task::JoinSet;

use crate::fixture::{INTEGRATION, at, changed, group, group_provisioned, members, provisioned, user};
use crate::over_both_stores;
use crate::world::World;

const USERS: u128 = 40;

over_both_stores!(
    replicas_that_meet_lose_no_membership,
    replicas_with_the_same_batch_apply_it_once,
    a_caller_who_goes_away_does_not_harm_the_store,
);

/// Each batch in a task of its own, all at once.
async fn handle_at_once(world: &World, batches: Vec<Vec<Message>>) -> Vec<Vec<Applied>> {
    let mut tasks = JoinSet::new();
    for batch in batches {
        let replica = world.replica();
        tasks.spawn(async move { replica.handle(&batch).await.unwrap() });
    }
    tasks.join_all().await
}

async fn replicas_that_meet_lose_no_membership(world: World) {
    let mut batches = vec![vec![group_provisioned(50, at(1), group("Sales"))]];
    for id in 1..=USERS {
        batches.push(vec![provisioned(id, at(1), user(&format!("user{id}")))]);
        batches.push(vec![members(50, at(2), &[id], &[])]);
    }
    handle_at_once(&world, batches).await;
    assert_eq!(world.cohort().await.members.len(), 40);
}

async fn replicas_with_the_same_batch_apply_it_once(world: World) {
    let batch: Vec<Message> =
        (1..=USERS).map(|id| provisioned(id, at(1), user(&format!("user{id}")))).collect();
    let newer: Vec<Message> = (1..=USERS)
        .map(|id| {
            let promoted = events::v1::User { title: "Architect".to_owned(), ..user(&format!("user{id}")) };
            changed(id, at(2), promoted)
        })
        .collect();
    let outcomes = handle_at_once(&world, vec![batch.clone(), newer.clone(), batch, newer]).await;
    let executed = outcomes.iter().flatten().filter(|outcome| **outcome == Applied::Executed).count();
    assert!((40..=80).contains(&executed), "{executed}: the older version may come too late");
    let learners = world.learners_of(INTEGRATION).await;
    assert_eq!(learners.len(), 40);
    for learner in learners {
        assert_eq!(learner.profile.value(Attribute::JobTitle), Some("Architect"));
    }
}

async fn a_caller_who_goes_away_does_not_harm_the_store(world: World) {
    let world = Arc::new(world);
    for id in 1..=USERS {
        let replica = world.replica();
        let message = provisioned(id, at(1), user(&format!("user{id}")));
        let caller = tokio::spawn(async move { replica.handle(&[message]).await });
        for _ in 0..id {
            tokio::task::yield_now().await;
        }
        caller.abort();
    }
    let everybody: Vec<Message> =
        (1..=USERS).map(|id| provisioned(id, at(1), user(&format!("user{id}")))).collect();
    world.handle(&everybody).await;
    assert_eq!(world.learners_of(INTEGRATION).await.len(), 40);
    assert_eq!(world.count("sync.inbox").await, 40);
}
