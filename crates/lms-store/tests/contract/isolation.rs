use events::Applied::{Executed, Parked};
use events::EventType::{GroupDeprovisioned, GroupProvisioned, UserDeprovisioned, UserProvisioned};
use lms::{CohortStatus, IntegrationSlug, Status};

use crate::fixture::{INTEGRATION, OTHER, at, group, group_event_of, members_of, user, user_event_of};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    integrations_that_share_every_id_share_no_row,
    an_integration_cannot_speak_for_another_portal,
    training_records_are_shown_to_their_integration_only,
);

async fn integrations_that_share_every_id_share_no_row(world: World) {
    let mut batch = Vec::new();
    for integration in [INTEGRATION, OTHER] {
        batch.push(user_event_of(integration, UserProvisioned, 1, at(1), user("ana")));
        batch.push(group_event_of(integration, GroupProvisioned, 50, at(1), group("Sales")));
        batch.push(members_of(integration, 50, at(2), &[1], &[]));
    }
    assert_eq!(world.handle(&batch).await, [Executed; 6]);
    let untouched = (world.learners_of(INTEGRATION).await, world.cohorts_of(INTEGRATION).await);
    assert_eq!((untouched.0.len(), untouched.1.len()), (1, 1));
    let batch = [
        members_of(OTHER, 50, at(3), &[], &[1]),
        user_event_of(OTHER, UserDeprovisioned, 1, at(2), user("ana")),
        group_event_of(OTHER, GroupDeprovisioned, 50, at(4), group("Sales")),
    ];
    world.handle(&batch).await;
    assert_eq!(world.learners_of(OTHER).await[0].status, Status::Inactive);
    assert_eq!(world.cohorts_of(OTHER).await[0].status, CohortStatus::Archived);
    assert_eq!((world.learners_of(INTEGRATION).await, world.cohorts_of(INTEGRATION).await), untouched);
}

async fn an_integration_cannot_speak_for_another_portal(world: World) {
    world.apply(user_event_of(INTEGRATION, UserProvisioned, 1, at(1), user("ana"))).await;
    let mut message = user_event_of(INTEGRATION, UserProvisioned, 2, at(1), user("bea"));
    message.attributes.insert("portal".to_owned(), "globex".to_owned());
    assert_eq!(world.apply(message).await, Parked);
    assert_eq!(world.learners_of(INTEGRATION).await.len(), 1);
}

async fn training_records_are_shown_to_their_integration_only(world: World) {
    world.apply(user_event_of(INTEGRATION, UserProvisioned, 1, at(1), user("ana"))).await;
    world.apply(user_event_of(OTHER, UserProvisioned, 1, at(1), user("ana"))).await;
    let learner = world.learners_of(INTEGRATION).await.remove(0);
    assert_eq!(world.record_training(&learner).await.len(), 2);
    let other = IntegrationSlug(OTHER.to_owned());
    assert_eq!(world.reader.training_records(&other, learner.learner_id).await.unwrap(), []);
}
