use events::Applied;
use events::v1::User;
use lms::casework::{
    CaseError, HoldDecision, HoldDetails, Obstacle, Verdict, decide_hold, end_exemption, put_exemption,
    show_hold,
};
use lms::casework::{ExemptionGrant, Flaw};
use lms::{HoldState, InactiveReason, IntegrationSlug, LearnerId, Page, Status, WaitingCounts};

use crate::fixture::{INTEGRATION, OTHER, at, changed, deactivated, provisioned, reactivated, user};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    approving_a_hold_deactivates_those_who_wait,
    rejecting_a_hold_leaves_them_until_the_directory_says_something_new,
    a_hold_is_decided_once,
    what_waits_for_a_person_is_counted,
    a_hold_belongs_to_its_integration,
    nobody_joins_a_hold_that_was_decided_meanwhile,
    an_exempt_learner_follows_again_when_the_exemption_ends,
    an_exemption_is_for_learners_of_the_integration,
);

pub(crate) fn own() -> IntegrationSlug {
    IntegrationSlug(INTEGRATION.to_owned())
}

fn first<Id>() -> Page<Id> {
    Page { after: None, limit: 10 }
}

fn decision(verdict: Verdict) -> HoldDecision {
    HoldDecision { verdict, by: "ops".to_owned(), comment: " wrong scope ".to_owned() }
}

/// One person left; two more wait in a hold, because the guard lets one go.
async fn held_world(world: &World) -> HoldDetails {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    world
        .execute(&format!(
            "insert into sync.rules (integration, version, document, saved_by)
             values ('{INTEGRATION}', 1, '{{\"guard\":{{\"people\":1}}}}', 'ops')"
        ))
        .await;
    for (id, name) in [(2, "bea"), (3, "caio")] {
        world.apply(provisioned(id, at(1), user(name))).await;
    }
    for (id, name) in [(1, "ana"), (2, "bea"), (3, "caio")] {
        assert_eq!(world.apply(deactivated(id, at(2), user(name))).await, Applied::Executed);
    }
    let holds = world.cases.holds(&own(), Some(HoldState::Open), first()).await.unwrap();
    assert_eq!(holds.len(), 1, "{holds:?}");
    show_hold(world.cases.as_ref(), &own(), holds[0].hold_id).await.unwrap()
}

async fn active(world: &World) -> usize {
    let learners = world.learners_of(INTEGRATION).await;
    learners.iter().filter(|learner| learner.status == Status::Active).count()
}

async fn approving_a_hold_deactivates_those_who_wait(world: World) {
    let held = held_world(&world).await;
    assert_eq!((held.hold.people, held.hold.departed, active(&world).await), (2, 1, 2));
    let sample = serde_json::to_value(&held).unwrap()["sample"].clone();
    assert_eq!(sample[0]["login"], "bea@contoso.example");
    assert_eq!(sample[0]["inactive_reason"], "source_disabled");
    let decided =
        decide_hold(world.cases.as_ref(), &own(), held.hold.hold_id, decision(Verdict::Approve)).await;
    let decided = decided.unwrap();
    assert_eq!(decided.comment.as_deref(), Some("wrong scope"));
    assert_eq!(decided.decided_by.as_deref(), Some("ops"));
    world.recheck().await;
    assert_eq!(active(&world).await, 0);
    let again =
        decide_hold(world.cases.as_ref(), &own(), held.hold.hold_id, decision(Verdict::Approve)).await;
    assert_eq!(again.unwrap().people, 0);
    assert_eq!(world.count("sync.recheck").await, 0);
    let learners = world.learners_of(INTEGRATION).await;
    assert!(learners.iter().all(|l| l.inactive_reason == Some(InactiveReason::SourceDisabled)));
}

async fn rejecting_a_hold_leaves_them_until_the_directory_says_something_new(world: World) {
    let held = held_world(&world).await;
    let decided =
        decide_hold(world.cases.as_ref(), &own(), held.hold.hold_id, decision(Verdict::Reject)).await;
    assert_eq!(decided.unwrap().state, HoldState::Rejected);
    world.recheck().await;
    assert_eq!(active(&world).await, 2);
    // The window passes, and one of them is told of anew.
    world.execute("update sync.departure set minute = '2020-01-01T00:00:00.000Z'").await;
    world.apply(reactivated(2, at(3), user("bea"))).await;
    assert_eq!(active(&world).await, 2);
    world.apply(deactivated(3, at(3), user("caio"))).await;
    assert_eq!(active(&world).await, 1);
}

async fn a_hold_is_decided_once(world: World) {
    let hold = held_world(&world).await.hold.hold_id;
    let silent = HoldDecision { comment: " ".to_owned(), ..decision(Verdict::Reject) };
    let refused = decide_hold(world.cases.as_ref(), &own(), hold, silent).await;
    assert!(matches!(refused, Err(CaseError::Invalid(Flaw::RemarkMissing))), "{refused:?}");
    decide_hold(world.cases.as_ref(), &own(), hold, decision(Verdict::Reject)).await.unwrap();
    world.recheck().await;
    // Some of them have left indeed, and the directory will not say it again.
    decide_hold(world.cases.as_ref(), &own(), hold, decision(Verdict::Approve)).await.unwrap();
    world.recheck().await;
    assert_eq!(world.count("sync.link where waits = 'held'").await, 0);
    let other_way = decide_hold(world.cases.as_ref(), &own(), hold, decision(Verdict::Reject)).await;
    let expected = Obstacle::HoldDecided(HoldState::Approved);
    assert!(matches!(other_way, Err(CaseError::Conflict(obstacle)) if obstacle == expected));
}

async fn what_waits_for_a_person_is_counted(world: World) {
    let none = WaitingCounts { parked: 0, open_holds: 0 };
    assert_eq!(world.waiting.counts().await.unwrap(), none);
    let hold = held_world(&world).await.hold.hold_id;
    let double = User { user_name: "BEA@contoso.example".to_owned(), ..user("dora") };
    assert_eq!(world.apply(provisioned(4, at(1), double)).await, Applied::Parked);
    assert_eq!(world.waiting.counts().await.unwrap(), WaitingCounts { parked: 1, open_holds: 1 });
    decide_hold(world.cases.as_ref(), &own(), hold, decision(Verdict::Reject)).await.unwrap();
    assert_eq!(world.waiting.counts().await.unwrap(), WaitingCounts { parked: 1, open_holds: 0 });
}

async fn a_hold_belongs_to_its_integration(world: World) {
    let hold = held_world(&world).await.hold.hold_id;
    let other = IntegrationSlug(OTHER.to_owned());
    let refused = decide_hold(world.cases.as_ref(), &other, hold, decision(Verdict::Approve)).await;
    assert!(matches!(refused, Err(CaseError::NotFound(_))), "{refused:?}");
    assert!(world.cases.holds(&other, None, first()).await.unwrap().is_empty());
    assert!(world.cases.held_people(&other, hold, 20).await.unwrap().is_empty());
    let after = Page { after: Some(hold), limit: 10 };
    assert!(world.cases.holds(&own(), None, after).await.unwrap().is_empty());
}

async fn nobody_joins_a_hold_that_was_decided_meanwhile(world: World) {
    let hold = held_world(&world).await.hold.hold_id;
    world.apply(provisioned(4, at(1), user("davi"))).await;
    let key = lms::ResourceKey { integration: own(), scim_id: lms::ScimId(crate::fixture::scim(4)) };
    let footprint = lms::Footprint {
        integrations: [own()].into(),
        users: [key.clone()].into(),
        ..lms::Footprint::default()
    };
    // Decided while the hold was open.
    let link = world.store.load(&footprint).await.unwrap().user_links.remove(&key).unwrap();
    let wait = Some(lms::Wait::Held { hold, state: HoldState::Open });
    let write =
        lms::LinkWrite { key: key.clone(), replaces: Some(link.sequence), link: lms::Link { wait, ..link } };
    let change =
        lms::Change { integrations: [own()].into(), user_links: vec![write], ..lms::Change::default() };
    decide_hold(world.cases.as_ref(), &own(), hold, decision(Verdict::Approve)).await.unwrap();
    let committed = world.store.commit(&change).await;
    assert!(matches!(committed, Err(lms::StoreError::Clash)), "{committed:?}");
}

fn grant(ends_at: &str) -> ExemptionGrant {
    ExemptionGrant {
        reason: "long leave".to_owned(),
        ends_at: ends_at.parse().unwrap(),
        by: "ops".to_owned(),
    }
}

async fn an_exempt_learner_follows_again_when_the_exemption_ends(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let learner = world.learner().await.learner_id;
    let now = "2026-03-01T10:00:00Z".parse().unwrap();
    let far = put_exemption(world.cases.as_ref(), &own(), learner, grant("2029-01-01T00:00:00Z"), now).await;
    assert!(matches!(far, Err(CaseError::Invalid(Flaw::EndOutOfRange))));
    let end = "2999-01-01T00:00:00Z";
    let long_ago = "2998-01-01T00:00:00Z".parse().unwrap();
    let granted = put_exemption(world.cases.as_ref(), &own(), learner, grant(end), long_ago).await.unwrap();
    assert_eq!((granted.granted_by.as_str(), granted.reason.as_str()), ("ops", "long leave"));
    world.recheck().await;
    world.apply(deactivated(1, at(2), user("ana"))).await;
    assert_eq!(world.status().await, Status::Active);
    assert_eq!(world.cases.exemptions(&own(), first()).await.unwrap(), [granted]);
    end_exemption(world.cases.as_ref(), &own(), learner).await.unwrap();
    end_exemption(world.cases.as_ref(), &own(), learner).await.unwrap();
    assert!(world.cases.exemption(&own(), learner).await.unwrap().is_none());
    world.recheck().await;
    assert_eq!(world.status().await, Status::Inactive);
}

async fn an_exemption_is_for_learners_of_the_integration(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    world.apply(changed(1, at(2), user("ana"))).await;
    let learner = world.learner().await.learner_id;
    let (end, now) = ("2999-01-01T00:00:00Z", "2998-01-01T00:00:00Z".parse().unwrap());
    let other = IntegrationSlug(OTHER.to_owned());
    for (integration, learner) in [(other, learner), (own(), LearnerId(crate::fixture::scim(99)))] {
        let refused = put_exemption(world.cases.as_ref(), &integration, learner, grant(end), now).await;
        assert!(matches!(refused, Err(CaseError::NotFound(_))), "{refused:?}");
    }
    assert_eq!(world.count("sync.exemption").await, 0);
}
