use events::Applied::{AlreadyApplied, Executed, Parked};
use events::EventType::{GroupDeprovisioned, GroupProvisioned, UserDeprovisioned, UserProvisioned};
use events::{EventId, Message};
use lms::casework::{AdoptionDecision, CaseError, Obstacle, decide_adoption};
use lms::{CohortStatus, IntegrationSlug, LearnerId, ScimId, Status};
use serde_json::json;

use crate::fixture::{INTEGRATION, OTHER, at, group, group_event_of, members_of, scim, user, user_event_of};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    integrations_that_share_every_id_share_no_row,
    an_integration_cannot_speak_for_another_portal,
    training_records_are_shown_to_their_integration_only,
    an_event_id_that_another_integration_used_is_no_obstacle,
    a_parked_event_of_another_integration_stays_as_it_is,
    a_cohort_that_two_integrations_feed_keeps_the_members_of_both,
    a_learner_whom_another_integration_wants_is_not_linked_with_all_others,
);

/// Another directory of the portal of [`INTEGRATION`].
const SECOND: &str = "acme-second";

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

/// The message under an id that is not its own.
fn with_id(id: u128, message: Message) -> Message {
    let id = scim(id);
    let mut message = Message { id: EventId(id), ..message };
    message.attributes.insert("id".to_owned(), id.to_string());
    message
}

async fn an_event_id_that_another_integration_used_is_no_obstacle(world: World) {
    for integration in [INTEGRATION, OTHER] {
        let event = user_event_of(integration, UserProvisioned, 1, at(1), user("ana"));
        assert_eq!(world.apply(with_id(7, event.clone())).await, Executed);
        assert_eq!(world.apply(with_id(7, event)).await, AlreadyApplied);
        assert_eq!(world.learners_of(integration).await.len(), 1);
    }
}

async fn a_parked_event_of_another_integration_stays_as_it_is(world: World) {
    for integration in [INTEGRATION, OTHER] {
        world.apply(user_event_of(integration, UserProvisioned, 9, at(1), user("zoe"))).await;
        let mut event = user_event_of(integration, UserProvisioned, 1, at(1), user("ana"));
        event.attributes.insert("portal".to_owned(), "initech".to_owned());
        assert_eq!(world.apply(with_id(7, event)).await, Parked);
    }
    let unreadable = Message { content_type: "text/plain".to_owned(), ..with_id(7, event_of_nobody()) };
    assert_eq!(world.apply(unreadable.clone()).await, Parked);
    assert_eq!(world.count("sync.parked_event where attempts = 1").await, 3);
    assert_eq!(world.apply(unreadable).await, Parked);
    assert_eq!(world.count("sync.parked_event where attempts = 2 and integration is null").await, 1);
}

fn event_of_nobody() -> Message {
    let mut event = user_event_of(INTEGRATION, UserProvisioned, 2, at(1), user("bea"));
    event.attributes.clear();
    event
}

async fn a_cohort_that_two_integrations_feed_keeps_the_members_of_both(world: World) {
    let cohort = scim(0xaa);
    for (integration, name) in [(INTEGRATION, "ana"), (SECOND, "bea")] {
        world.apply(user_event_of(integration, UserProvisioned, 1, at(1), user(name))).await;
    }
    world
        .execute(&format!(
            "insert into lms.cohort (cohort_id, portal_id, name, slug, status, origin)
             select '{cohort}', portal_id, 'Everybody', 'everybody', 'active', 'local' from lms.portal"
        ))
        .await;
    let link =
        json!({ "cohorts": [{ "name": "all", "when": "any", "then": { "link": { "cohort": cohort } } }] });
    for integration in [INTEGRATION, SECOND] {
        world.save_rules(integration, 0, link.clone()).await.unwrap();
        let batch = [
            group_event_of(integration, GroupProvisioned, 50, at(1), group("Sales")),
            members_of(integration, 50, at(2), &[1], &[]),
        ];
        assert_eq!(world.handle(&batch).await, [Executed; 2]);
    }
    let members = "lms.cohort_membership where origin = 'scim'";
    assert_eq!(world.count(members).await, 2);
    // Each of these derives the memberships of the cohort, or of a learner, anew.
    for integration in [INTEGRATION, SECOND] {
        world.decide_all_anew().await;
        world.apply(group_event_of(integration, GroupDeprovisioned, 50, at(3), group("Sales"))).await;
        let left = if integration == INTEGRATION { 1 } else { 0 };
        assert_eq!(world.count(members).await, left, "{integration}");
    }
}

async fn a_learner_whom_another_integration_wants_is_not_linked_with_all_others(world: World) {
    for integration in [INTEGRATION, SECOND] {
        world
            .apply(user_event_of(integration, UserProvisioned, 9, at(1), user(&format!("zoe-{integration}"))))
            .await;
    }
    let local = scim(0xabc);
    world
        .execute(&format!(
            "insert into lms.learner (learner_id, portal_id, login, login_folded, status, origin)
             select '{local}', portal_id, 'ana@contoso.example', 'ana@contoso.example', 'active', 'local'
             from lms.portal"
        ))
        .await;
    for integration in [INTEGRATION, SECOND] {
        world.apply(user_event_of(integration, UserProvisioned, 1, at(1), user("ana"))).await;
    }
    let own = IntegrationSlug(INTEGRATION.to_owned());
    let second = IntegrationSlug(SECOND.to_owned());
    let newcomer = [ScimId(scim(1))];
    let known = async |integration| {
        let mut candidates = world.cases.candidates(integration, &newcomer).await.unwrap();
        candidates.remove(&newcomer[0]).unwrap().remove(0)
    };
    assert!(known(&own).await.is_wanted_elsewhere && known(&second).await.is_wanted_elsewhere);
    // The user of the other directory is the learner from now on, though it does not write it yet.
    let link = AdoptionDecision::Link(LearnerId(local));
    decide_adoption(world.cases.as_ref(), &second, newcomer[0], link).await.unwrap();
    let owner = known(&own).await.owners.remove(0);
    assert_eq!((owner.is_own, owner.state), (false, None));
    let refused = decide_adoption(world.cases.as_ref(), &own, newcomer[0], link).await;
    assert!(matches!(refused, Err(CaseError::Conflict(Obstacle::FollowsLivingUser))), "{refused:?}");
}
