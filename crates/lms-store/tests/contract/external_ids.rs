//! An external id moves from one resource to another.

use events::Applied::{Executed, Parked};
use events::v1::{Group, User};
use lms::{CohortStatus, CohortView, InactiveReason, LearnerView, Status};
use uuid::Uuid;

use crate::fixture::{
    INTEGRATION, again, at, changed, deprovisioned, group, group_changed, group_deprovisioned,
    group_provisioned, provisioned, scim, user,
};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    an_external_id_that_a_user_cleared_is_free,
    an_external_id_is_cleared_and_taken_within_a_batch,
    living_users_pass_an_external_id_on_within_a_batch,
    a_deleted_learner_gives_the_external_id_up_to_a_living_one,
    a_user_is_deleted_and_the_external_id_taken_within_a_batch,
    an_external_id_that_came_by_patch_makes_no_old_learner_of_a_new_user,
    the_external_id_of_a_living_user_stays_contested,
    a_deletion_is_not_held_up_by_an_external_id,
    a_deletion_keeps_the_external_id_for_the_return,
    an_external_id_that_a_group_cleared_is_free,
    an_archived_cohort_gives_the_external_id_up_to_a_living_one,
    a_group_is_deleted_and_the_external_id_taken_within_a_batch,
    the_external_id_of_a_living_group_stays_contested,
);

fn user_with(name: &str, external_id: &str) -> User {
    User { external_id: external_id.to_owned(), ..user(name) }
}

fn group_with(name: &str, external_id: &str) -> Group {
    Group { external_id: external_id.to_owned(), ..group(name) }
}

async fn learner_of(world: &World, id: u128) -> LearnerView {
    let learners = world.learners_of(INTEGRATION).await;
    learners.into_iter().find(|learner| learner.scim_id.0 == scim(id)).unwrap()
}

async fn cohort_of(world: &World, id: u128) -> CohortView {
    let cohorts = world.cohorts_of(INTEGRATION).await;
    cohorts.into_iter().find(|cohort| cohort.scim_id.0 == scim(id)).unwrap()
}

/// SCIM id and external id of every learner.
async fn holders(world: &World) -> Vec<(Uuid, Option<String>)> {
    let learners = world.learners_of(INTEGRATION).await;
    let mut holders: Vec<_> =
        learners.into_iter().map(|learner| (learner.scim_id.0, learner.external_id)).collect();
    holders.sort();
    holders
}

fn held(id: u128, external_id: Option<&str>) -> (Uuid, Option<String>) {
    (scim(id), external_id.map(str::to_owned))
}

async fn an_external_id_that_a_user_cleared_is_free(world: World) {
    world.apply(provisioned(1, at(1), user_with("ana", "x"))).await;
    assert_eq!(world.apply(changed(1, at(2), user_with("ana", ""))).await, Executed);
    assert_eq!(world.apply(provisioned(2, at(1), user_with("bea", "x"))).await, Executed);
    assert_eq!(holders(&world).await, [held(1, None), held(2, Some("x"))]);
}

async fn an_external_id_is_cleared_and_taken_within_a_batch(world: World) {
    let batch = [provisioned(1, at(1), user_with("ana", "x")), provisioned(2, at(1), user_with("bea", "y"))];
    world.handle(&batch).await;
    let batch = [changed(1, at(2), user_with("ana", "")), changed(2, at(2), user_with("bea", "x"))];
    assert_eq!(world.handle(&batch).await, [Executed, Executed]);
    assert_eq!(holders(&world).await, [held(1, None), held(2, Some("x"))]);
}

async fn living_users_pass_an_external_id_on_within_a_batch(world: World) {
    let batch = [provisioned(1, at(1), user_with("ana", "x")), provisioned(2, at(1), user_with("bea", "y"))];
    world.handle(&batch).await;
    let batch = [changed(1, at(2), user_with("ana", "w")), changed(2, at(2), user_with("bea", "x"))];
    assert_eq!(world.handle(&batch).await, [Executed, Executed]);
    assert_eq!(holders(&world).await, [held(1, Some("w")), held(2, Some("x"))]);
}

async fn a_deleted_learner_gives_the_external_id_up_to_a_living_one(world: World) {
    world.apply(provisioned(3, at(1), user_with("caio", "y"))).await;
    let records = world.record_training(&world.learner().await).await;
    world.apply(deprovisioned(3, at(2), user_with("caio", "y"))).await;
    let gone = world.learner().await;
    world.apply(provisioned(4, at(1), user_with("dora", "z"))).await;
    let before = learner_of(&world, 4).await;
    let promoted = User { title: "Architect".to_owned(), ..user_with("dora", "y") };
    assert_eq!(world.apply(changed(4, at(2), promoted)).await, Executed);

    let after = learner_of(&world, 4).await;
    assert_eq!((after.learner_id, after.external_id.as_deref()), (before.learner_id, Some("y")));
    assert_eq!(after.profile.value(lms::Attribute::JobTitle), Some("Architect"));
    assert_eq!(learner_of(&world, 3).await, LearnerView { external_id: None, ..gone.clone() });
    let integration = lms::IntegrationSlug(INTEGRATION.to_owned());
    let kept = world.reader.training_records(&integration, gone.learner_id).await.unwrap();
    assert_eq!(kept, records);
    assert_eq!(world.count("sync.parked_event").await, 0);
}

async fn a_user_is_deleted_and_the_external_id_taken_within_a_batch(world: World) {
    let batch =
        [provisioned(3, at(1), user_with("caio", "y")), provisioned(4, at(1), user_with("dora", "z"))];
    world.handle(&batch).await;
    let batch = [deprovisioned(3, at(2), user_with("caio", "y")), changed(4, at(2), user_with("dora", "y"))];
    assert_eq!(world.handle(&batch).await, [Executed, Executed]);
    assert_eq!(holders(&world).await, [held(3, None), held(4, Some("y"))]);
    assert_eq!(learner_of(&world, 3).await.inactive_reason, Some(InactiveReason::SourceDeleted));
}

/// Of Dora nothing was heard before. Had she been created with it, the directory would count a second incarnation.
async fn an_external_id_that_came_by_patch_makes_no_old_learner_of_a_new_user(world: World) {
    world.apply(provisioned(3, at(1), user_with("caio", "y"))).await;
    world.apply(deprovisioned(3, at(2), user_with("caio", "y"))).await;
    assert_eq!(world.apply(changed(4, at(2), user_with("dora", "y"))).await, Executed);
    assert_eq!(holders(&world).await, [held(3, None), held(4, Some("y"))]);
}

async fn the_external_id_of_a_living_user_stays_contested(world: World) {
    let batch =
        [provisioned(3, at(1), user_with("caio", "y")), provisioned(4, at(1), user_with("dora", "z"))];
    world.handle(&batch).await;
    let claim = changed(4, at(2), user_with("dora", "y"));
    assert_eq!(world.apply(claim.clone()).await, Parked);
    assert_eq!(holders(&world).await, [held(3, Some("y")), held(4, Some("z"))]);
    let reason = "another resource of the same incarnation holds the external id";
    assert_eq!(world.count(&format!("sync.parked_event where reason = '{reason}'")).await, 1);
    // The owner's deletion was under way.
    world.apply(deprovisioned(3, at(2), user_with("caio", "y"))).await;
    assert_eq!(world.apply(claim).await, Executed);
    assert_eq!(holders(&world).await, [held(3, None), held(4, Some("y"))]);
    assert_eq!(world.count("sync.parked_event").await, 0);
}

/// Caio had taken the external id and was deleted before Dora got it, but hers comes first.
async fn a_deletion_is_not_held_up_by_an_external_id(world: World) {
    let batch =
        [provisioned(3, at(1), user_with("caio", "w")), provisioned(4, at(1), user_with("dora", "y"))];
    world.handle(&batch).await;
    assert_eq!(world.apply(deprovisioned(3, at(3), user_with("caio", "y"))).await, Executed);
    assert_eq!(learner_of(&world, 3).await.status, Status::Inactive);
    assert_eq!(holders(&world).await, [held(3, None), held(4, Some("y"))]);
}

async fn a_deletion_keeps_the_external_id_for_the_return(world: World) {
    world.apply(provisioned(1, at(1), user_with("ana", "x"))).await;
    let before = world.learner().await;
    world.apply(deprovisioned(1, at(2), user_with("ana", ""))).await;
    assert_eq!(world.apply(provisioned(2, again(1), user_with("ana", "x"))).await, Executed);
    let after = world.learner().await;
    assert_eq!((after.learner_id, after.scim_id.0), (before.learner_id, scim(2)));
}

async fn an_external_id_that_a_group_cleared_is_free(world: World) {
    world.apply(group_provisioned(50, at(1), group_with("Sales", "x"))).await;
    let batch = [
        group_changed(50, at(2), group_with("Sales", "")),
        group_provisioned(60, at(1), group_with("Support", "x")),
    ];
    assert_eq!(world.handle(&batch).await, [Executed, Executed]);
    assert_eq!(cohort_of(&world, 50).await.external_id, None);
    assert_eq!(cohort_of(&world, 60).await.external_id.as_deref(), Some("x"));
}

async fn an_archived_cohort_gives_the_external_id_up_to_a_living_one(world: World) {
    world.apply(group_provisioned(50, at(1), group_with("Sales", "y"))).await;
    world.apply(group_deprovisioned(50, at(2), group_with("Sales", "y"))).await;
    let archived = world.cohort().await;
    world.apply(group_provisioned(60, at(1), group_with("Support", "z"))).await;
    let before = cohort_of(&world, 60).await;
    assert_eq!(world.apply(group_changed(60, at(2), group_with("Care", "y"))).await, Executed);
    let after = cohort_of(&world, 60).await;
    assert_eq!((after.cohort_id, after.name.as_str()), (before.cohort_id, "aad-Care"));
    assert_eq!((after.external_id.as_deref(), after.status), (Some("y"), CohortStatus::Active));
    assert_eq!(cohort_of(&world, 50).await, CohortView { external_id: None, ..archived });
}

async fn a_group_is_deleted_and_the_external_id_taken_within_a_batch(world: World) {
    let batch = [
        group_provisioned(50, at(1), group_with("Sales", "y")),
        group_provisioned(60, at(1), group_with("Support", "z")),
    ];
    world.handle(&batch).await;
    let batch = [
        group_deprovisioned(50, at(2), group_with("Sales", "y")),
        group_changed(60, at(2), group_with("Support", "y")),
    ];
    assert_eq!(world.handle(&batch).await, [Executed, Executed]);
    assert_eq!(cohort_of(&world, 50).await.external_id, None);
    assert_eq!(cohort_of(&world, 60).await.external_id.as_deref(), Some("y"));
}

async fn the_external_id_of_a_living_group_stays_contested(world: World) {
    let batch = [
        group_provisioned(50, at(1), group_with("Sales", "y")),
        group_provisioned(60, at(1), group_with("Support", "z")),
    ];
    world.handle(&batch).await;
    assert_eq!(world.apply(group_changed(60, at(2), group_with("Care", "y"))).await, Parked);
    assert_eq!(cohort_of(&world, 50).await.external_id.as_deref(), Some("y"));
    assert_eq!(cohort_of(&world, 60).await.name, "aad-Support");
}
