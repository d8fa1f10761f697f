//! Deactivations that are suspiciously many wait for a person.

use events::Applied::Executed;
use events::v1::User;
use events::{EventHandler, Message};
use tokio::task::JoinSet;

use crate::fixture::{
    at, changed, deactivated, deprovisioned, group, group_provisioned, members, provisioned, reactivated,
    scim, user,
};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    deactivations_over_the_threshold_are_held_and_all_else_goes_on,
    an_approved_hold_is_applied,
    what_a_person_approved_holds_nobody_up_afterwards,
    a_rejected_hold_stands_until_something_newer_is_said,
    who_is_active_again_leaves_the_hold,
    when_the_window_has_passed_those_in_the_hold_stay_in_it,
    whose_deletion_is_held_stays_as_before,
    a_held_deletion_that_is_approved_is_applied,
    a_guard_that_is_disabled_holds_nobody,
    what_the_rules_say_is_the_threshold,
);

const ACTIVE: &str = "lms.learner where status = 'active'";
const INACTIVE: &str = "lms.learner where status = 'inactive'";
const HELD: &str = "sync.link where waits = 'held'";

fn person(id: u128) -> User {
    user(&format!("person{id}"))
}

/// Two hundred active learners: a quarter of them are fifty.
async fn company(world: &World) {
    let batch: Vec<Message> = (1..=200).map(|id| provisioned(id, at(1), person(id))).collect();
    world.handle(&batch).await;
}

fn leaving(ids: impl Iterator<Item = u128>) -> Vec<Message> {
    ids.map(|id| deactivated(id, at(2), person(id))).collect()
}

async fn sixty_leave(world: &World) {
    company(world).await;
    for first in [1, 16, 31, 46] {
        let outcomes = world.handle(&leaving(first..first + 15)).await;
        assert_eq!(outcomes, [Executed; 15], "the directory hears nothing of it");
    }
}

async fn inactive_and_held(world: &World) -> (i64, i64) {
    (world.count(INACTIVE).await, world.count(HELD).await)
}

/// What a person decides in the console.
async fn decide(world: &World, state: &str) {
    world
        .execute(&format!(
            "update sync.hold set state = '{state}', decided_by = 'admin', decided_at = opened_at where state = 'open';
             insert into sync.recheck (integration, kind, scim_id)
             select integration, kind, scim_id from sync.link where hold_id is not null"
        ))
        .await;
    world.recheck().await;
}

async fn deactivations_over_the_threshold_are_held_and_all_else_goes_on(world: World) {
    sixty_leave(&world).await;
    assert_eq!(inactive_and_held(&world).await, (50, 10));
    assert_eq!(world.count("sync.hold where state = 'open' and departed = 50").await, 1);
    assert_eq!(world.count("sync.parked_event").await, 0);
    let promoted = User { title: "Architect".to_owned(), ..person(100) };
    world.handle(&[provisioned(201, at(1), person(201)), changed(100, at(2), promoted)]).await;
    assert_eq!(world.count(ACTIVE).await, 151);
    assert_eq!(world.count("lms.learner where job_title = 'Architect'").await, 1);
    assert_eq!(world.count("lms.headcount where active = 151").await, 1);
    world.decide_all_anew().await;
    assert_eq!(inactive_and_held(&world).await, (50, 10));
}

async fn an_approved_hold_is_applied(world: World) {
    sixty_leave(&world).await;
    decide(&world, "approved").await;
    assert_eq!(inactive_and_held(&world).await, (60, 0));
}

async fn what_a_person_approved_holds_nobody_up_afterwards(world: World) {
    let rules = r#"{"guard":{"people":10,"percent":100}}"#;
    company(&world).await;
    world.rule(rules).await;
    world.handle(&leaving(1..=60)).await;
    assert_eq!(inactive_and_held(&world).await, (10, 50));
    decide(&world, "approved").await;
    // The window of the ten that nobody decided about is over.
    world.execute("update sync.departure set minute = '2026-01-01T00:00:00Z'").await;
    world.apply(deactivated(61, at(2), person(61))).await;
    assert_eq!(inactive_and_held(&world).await, (61, 0));
}

async fn a_rejected_hold_stands_until_something_newer_is_said(world: World) {
    sixty_leave(&world).await;
    decide(&world, "rejected").await;
    world.decide_all_anew().await;
    assert_eq!(inactive_and_held(&world).await, (50, 10));
    world.let_a_day_pass_for_the_guard().await;
    world.apply(deactivated(60, at(3), person(60))).await;
    assert_eq!(inactive_and_held(&world).await, (51, 9));
}

async fn who_is_active_again_leaves_the_hold(world: World) {
    sixty_leave(&world).await;
    world.handle(&(51..=60).map(|id| reactivated(id, at(3), person(id))).collect::<Vec<_>>()).await;
    assert_eq!(inactive_and_held(&world).await, (50, 0));
    decide(&world, "approved").await;
    assert_eq!(inactive_and_held(&world).await, (50, 0));
}

async fn when_the_window_has_passed_those_in_the_hold_stay_in_it(world: World) {
    sixty_leave(&world).await;
    world.let_a_day_pass_for_the_guard().await;
    world.handle(&leaving(61..=65)).await;
    // A second word about one who is held.
    world.apply(deactivated(60, at(3), person(60))).await;
    assert_eq!(inactive_and_held(&world).await, (55, 10));
    assert_eq!(world.count("sync.hold").await, 1);
}

async fn whose_deletion_is_held_stays_as_before(world: World) {
    company(&world).await;
    world.handle(&[group_provisioned(500, at(1), group("Sales")), members(500, at(2), &[200], &[])]).await;
    world.handle(&leaving(1..=50)).await;
    world.apply(deprovisioned(200, at(2), person(200))).await;
    assert_eq!(inactive_and_held(&world).await, (50, 1));
    assert_eq!(world.count("lms.cohort_membership").await, 1);
    decide(&world, "rejected").await;
    assert_eq!(inactive_and_held(&world).await, (50, 1));
    assert_eq!(world.count("lms.cohort_membership").await, 1);
}

async fn a_held_deletion_that_is_approved_is_applied(world: World) {
    company(&world).await;
    world.handle(&[group_provisioned(500, at(1), group("Sales")), members(500, at(2), &[200], &[])]).await;
    world.handle(&leaving(1..=50)).await;
    world.apply(deprovisioned(200, at(2), person(200))).await;
    decide(&world, "approved").await;
    assert_eq!(inactive_and_held(&world).await, (51, 0));
    assert_eq!(world.count("lms.cohort_membership").await, 0);
    assert_eq!(world.count("lms.learner where inactive_reason = 'source_deleted'").await, 1);
}

async fn a_guard_that_is_disabled_holds_nobody(world: World) {
    company(&world).await;
    world.rule(r#"{"guard":{"enabled":false}}"#).await;
    world.handle(&leaving(1..=200)).await;
    assert_eq!(inactive_and_held(&world).await, (200, 0));
}

async fn what_the_rules_say_is_the_threshold(world: World) {
    company(&world).await;
    world.rule(r#"{"guard":{"people":3}}"#).await;
    world.handle(&leaving(1..=5)).await;
    assert_eq!(inactive_and_held(&world).await, (3, 2));
    // Who is held stays so when the rules would let go.
    world.rule("{}").await;
    assert_eq!(inactive_and_held(&world).await, (3, 2));
    world.apply(deactivated(6, at(2), person(6))).await;
    assert_eq!(inactive_and_held(&world).await, (4, 2));
    assert_eq!(world.count(&format!("sync.link where scim_id = '{}' and waits is null", scim(6))).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_at_once_are_held() {
    let world = World::quick_sqlite().await;
    let everybody: Vec<Message> = (1..=4000).map(|id| provisioned(id, at(1), person(id))).collect();
    for batch in everybody.chunks(1000) {
        world.handle(batch).await;
    }
    for batch in leaving(1..=1500).chunks(500) {
        assert_eq!(world.handle(batch).await, [Executed; 500]);
    }
    assert_eq!(inactive_and_held(&world).await, (500, 1000));
    decide(&world, "approved").await;
    assert_eq!(inactive_and_held(&world).await, (1500, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_together_stay_under_the_threshold() {
    let world = World::postgres().await;
    company(&world).await;
    let mut tasks = JoinSet::new();
    for first in [1, 26, 51, 76] {
        let replica = world.replica();
        tasks.spawn(async move {
            for id in first..first + 25 {
                replica.handle(&leaving(id..=id)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(inactive_and_held(&world).await, (50, 50));
    assert_eq!(world.count("sync.hold").await, 1);
}
