//! A portal has as many active learners as seats.

use events::Applied::{Executed, Parked};

use crate::fixture::{at, changed, deactivated, provisioned, reactivated, user};
use crate::over_both_stores;
use crate::snapshot::Directory;
use crate::world::World;

over_both_stores!(
    without_a_seat_a_newcomer_waits,
    a_seat_that_becomes_free_is_taken_without_waiting,
    nobody_is_reactivated_without_a_seat,
    of_several_in_a_batch_so_many_come_in_as_there_are_seats,
    within_a_batch_the_seat_of_a_leaver_goes_to_a_joiner,
    who_is_inactive_needs_no_seat,
    a_part_of_a_snapshot_fills_the_seats_that_there_are,
);

/// A portal with Ana and Bea on its two seats.
async fn full_house(world: &World) {
    world.handle(&[provisioned(1, at(1), user("ana")), provisioned(2, at(1), user("bea"))]).await;
    world.execute("update lms.portal set seat_limit = 2").await;
}

const WAITING: &str = "sync.parked_event where reason_code = 'no_seat'";

async fn without_a_seat_a_newcomer_waits(world: World) {
    full_house(&world).await;
    assert_eq!(world.apply(provisioned(3, at(1), user("caio"))).await, Parked);
    assert_eq!(world.count(WAITING).await, 1);
    assert_eq!(world.retry_parked().await, 0);
    assert_eq!(world.picture().await, ["ana active ana", "bea active bea"]);
    // All else goes on.
    assert_eq!(world.apply(changed(1, at(2), user("ana"))).await, Executed);
    world.execute("update lms.portal set seat_limit = null").await;
    assert_eq!(world.retry_parked().await, 1);
}

async fn a_seat_that_becomes_free_is_taken_without_waiting(world: World) {
    full_house(&world).await;
    world.apply(provisioned(3, at(1), user("caio"))).await;
    world.apply(deactivated(1, at(2), user("ana"))).await;
    assert_eq!(world.retry_parked().await, 1);
    assert_eq!(world.picture().await, ["ana inactive ana", "bea active bea", "caio active caio"]);
    assert_eq!(world.count("sync.parked_event").await, 0);
}

async fn nobody_is_reactivated_without_a_seat(world: World) {
    full_house(&world).await;
    world.handle(&[deactivated(1, at(2), user("ana")), provisioned(3, at(1), user("caio"))]).await;
    assert_eq!(world.apply(reactivated(1, at(3), user("ana"))).await, Parked);
    assert_eq!(world.picture().await, ["ana inactive ana", "bea active bea", "caio active caio"]);
    // She leaves for good: what waited is outdated.
    assert_eq!(world.apply(deactivated(1, at(4), user("ana"))).await, Executed);
    world.apply(deactivated(2, at(2), user("bea"))).await;
    assert_eq!(world.retry_parked().await, 1);
    assert_eq!(world.picture().await[0], "ana inactive ana");
}

async fn of_several_in_a_batch_so_many_come_in_as_there_are_seats(world: World) {
    full_house(&world).await;
    world.execute("update lms.portal set seat_limit = 4").await;
    let batch = [3, 4, 5]
        .map(|id| provisioned(id, at(1), user(["caio", "dora", "edu"][usize::try_from(id).unwrap() - 3])));
    assert_eq!(world.handle(&batch).await, [Executed, Executed, Parked]);
    assert_eq!(world.count("lms.learner where status = 'active'").await, 4);
}

async fn within_a_batch_the_seat_of_a_leaver_goes_to_a_joiner(world: World) {
    full_house(&world).await;
    let batch = [deactivated(1, at(2), user("ana")), provisioned(3, at(1), user("caio"))];
    assert_eq!(world.handle(&batch).await, [Executed, Executed]);
    assert_eq!(world.picture().await, ["ana inactive ana", "bea active bea", "caio active caio"]);
}

async fn who_is_inactive_needs_no_seat(world: World) {
    full_house(&world).await;
    let batch = [deactivated(3, at(1), user("caio"))];
    assert_eq!(world.handle(&batch).await, [Executed]);
    assert_eq!(world.picture().await[2], "caio inactive caio");
}

async fn a_part_of_a_snapshot_fills_the_seats_that_there_are(world: World) {
    full_house(&world).await;
    world.execute("update lms.portal set seat_limit = 3").await;
    let directory = ["ana", "bea", "caio", "dora"]
        .into_iter()
        .zip(1..)
        .fold(Directory::default(), |directory, (name, id)| directory.user(id, at(1), user(name)));
    assert_eq!(world.handle(&directory.tell_by(100, 10)[..1]).await, [Executed]);
    assert_eq!(world.count(WAITING).await, 1);
    assert_eq!(world.picture().await, ["ana active ana", "bea active bea", "caio active caio"]);
    world.execute("update lms.portal set seat_limit = 4").await;
    assert_eq!(world.retry_parked().await, 1);
    assert_eq!(world.picture().await[3], "dora active dora");
    assert_eq!(world.count("sync.reconcile_part").await, 1);
}
