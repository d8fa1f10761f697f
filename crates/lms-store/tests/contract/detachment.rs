//! A directory is detached: what it left stays as it is and belongs to the LMS.

use events::Applied::{AlreadyApplied, Executed, Stale};
use events::v1::{IntegrationChange, IntegrationState as Told, User};
use events::{EventData, EventType, Message};
use lms::admin::{DetachmentCounts, EffectFilter, LearnerCounts};
use lms::{EffectOutcome, IntegrationSlug, IntegrationState, Page};

use crate::casework_holds::own;
use crate::fixture::{
    INTEGRATION, at, changed, deactivated, deprovisioned, event, group, group_deprovisioned, group_event_of,
    group_provisioned, members, members_of, numbered, provisioned, scim, user, user_event_of,
};
use crate::over_both_stores;
use crate::snapshot::Directory;
use crate::world::World;

over_both_stores!(
    a_state_is_remembered_and_does_nothing_else,
    a_detachment_changes_nothing_but_whose_it_is,
    what_comes_after_a_detachment_is_of_no_concern,
    what_comes_after_it_in_the_same_batch_is_of_no_concern,
    a_decision_made_before_the_detachment_is_made_again,
    what_waits_is_dropped_and_people_stay_as_they_are,
    a_detachment_in_many_steps_ends_as_one_in_a_single_step,
    it_is_known_beforehand_what_a_detachment_leaves,
    it_is_counted_so_far_before_a_detachment_and_to_the_end_at_it,
    a_new_integration_is_asked_about_the_same_people,
    only_a_detached_integration_is_left_to_the_lms,
);

/// The next integration of the same portal.
const NEXT: &str = "acme-next";

fn state(version: i64, state: Told) -> Message {
    let data = EventData::Integration(IntegrationChange { state: state.into() });
    event(INTEGRATION, EventType::IntegrationChanged, 0xfff, at(version), data)
}

async fn detach(world: &World) {
    assert_eq!(world.apply(state(9, Told::Detached)).await, Executed);
    settle(world).await;
}

async fn settle(world: &World) {
    for _ in 0..20 {
        if !world.sync.settle_detachment().await.unwrap() {
            return;
        }
    }
    panic!("a detachment does not end");
}

async fn state_of(world: &World) -> IntegrationState {
    world.integrations.integration(&own()).await.unwrap().unwrap().state
}

/// Ana and Bea in Sales, which makes them managers and asks for a course; Ana by hand, too. Carl is inactive.
async fn people(world: &World) {
    for (id, name) in [(1, "ana"), (2, "bea"), (3, "carl")] {
        world.apply(provisioned(id, at(1), numbered(&id.to_string(), user(name)))).await;
    }
    world.apply(deactivated(3, at(2), numbered("3", user("carl")))).await;
    world.apply(group_provisioned(0x100, at(1), group("Sales"))).await;
    world.apply(group_provisioned(0x200, at(1), group("Gone"))).await;
    world.apply(group_deprovisioned(0x200, at(2), group("Gone"))).await;
    world
        .execute(
            "update lms.cohort set grants_role = 'manager', on_leave = 'withdraw' where name = 'aad-Sales';
             insert into lms.course (course_id, portal_id, title)
             select '00000000-0000-0000-0000-0000000000c1', portal_id, 'Fire safety' from lms.portal;
             insert into lms.cohort_course (cohort_id, course_id)
             select cohort_id, '00000000-0000-0000-0000-0000000000c1' from lms.cohort where name = 'aad-Sales'",
        )
        .await;
    world.apply(members(0x100, at(2), &[1, 2, 3], &[])).await;
    world
        .execute(
            "insert into lms.cohort_membership (cohort_id, learner_id, origin)
             select cohort_id, learner_id, 'manual' from lms.cohort, lms.learner
             where name = 'aad-Sales' and given_name = 'ana';
             insert into lms.role_grant (learner_id, role)
             select learner_id, 'manager' from lms.learner where given_name = 'ana';
             update lms.enrolment set state = 'in_progress'
             where learner_id = (select learner_id from lms.learner where given_name = 'ana')",
        )
        .await;
}

/// What the LMS has, but for whose it is.
async fn picture(world: &World) -> Vec<String> {
    let mut picture = Vec::new();
    for of_all in [
        "select string_agg(line, ';' order by line) from (
            select given_name || ' ' || coalesce(login, '') || ' ' || status || ' ' || coalesce(inactive_reason, '')
                || ' ' || coalesce(job_title, '') || ' ' || coalesce(source_object_id, '') as line
            from lms.learner) as lines",
        "select string_agg(line, ';' order by line) from (
            select distinct cohort.name || ' ' || learner.given_name as line
            from lms.cohort_membership join lms.cohort as cohort using (cohort_id)
            join lms.learner as learner using (learner_id)) as lines",
        "select string_agg(line, ';' order by line) from (
            select distinct learner.given_name || ' ' || role as line
            from lms.role_grant join lms.learner as learner using (learner_id)) as lines",
        "select string_agg(line, ';' order by line) from (
            select learner.given_name || ' ' || state || ' ' || enrolment.origin as line
            from lms.enrolment as enrolment join lms.learner as learner using (learner_id)) as lines",
        "select string_agg(line, ';' order by line) from (
            select name || ' ' || slug || ' ' || status || ' ' || on_leave as line from lms.cohort) as lines",
        "select string_agg(line, ';' order by line) from (
            select kind || ' ' || count(*) as line from lms.outbox group by kind) as lines",
        "select cast(sum(active) as text) from lms.headcount",
    ] {
        picture.push(world.text(of_all).await);
    }
    picture
}

async fn a_state_is_remembered_and_does_nothing_else(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    assert_eq!(state_of(&world).await, IntegrationState::Enabled);
    assert_eq!(world.apply(state(2, Told::Paused)).await, Executed);
    assert_eq!(state_of(&world).await, IntegrationState::Paused);
    assert_eq!(world.apply(state(1, Told::Disabled)).await, Stale);
    assert_eq!(state_of(&world).await, IntegrationState::Paused);
    world.handle(&[state(3, Told::Disabled), state(4, Told::Enabled)]).await;
    assert_eq!(state_of(&world).await, IntegrationState::Enabled);
    assert_eq!(world.apply(changed(1, at(2), user("anna"))).await, Executed);
    assert_eq!(world.picture().await, ["anna active anna"]);
}

async fn a_detachment_changes_nothing_but_whose_it_is(world: World) {
    people(&world).await;
    let before = picture(&world).await;
    detach(&world).await;
    assert_eq!(picture(&world).await, before);
    assert_eq!(world.count("lms.learner where origin = 'local' and integration is null").await, 3);
    assert_eq!(world.count("lms.cohort where origin = 'local' and scim_id is null").await, 2);
    assert_eq!(world.count("lms.cohort_membership where origin <> 'manual'").await, 0);
    assert_eq!(world.count("lms.role_grant where cohort_id is not null").await, 0);
    assert_eq!(world.count("lms.role_grant").await, 3);
    assert_eq!(world.count("sync.provenance").await, 0);
    assert_eq!(world.count("sync.link where state is not null or phase = 'current'").await, 0);
    assert_eq!(world.learners_of(INTEGRATION).await, []);
    assert_eq!(world.cohorts_of(INTEGRATION).await, []);
    // Leaving by hand has the effects of leaving by hand.
    world
        .execute(
            "delete from lms.cohort_membership
             where learner_id = (select learner_id from lms.learner where given_name = 'bea')",
        )
        .await;
    assert_eq!(world.count("lms.role_grant").await, 3);
    assert_eq!(world.count("lms.enrolment where state = 'withdrawn'").await, 1);
}

async fn what_comes_after_a_detachment_is_of_no_concern(world: World) {
    people(&world).await;
    world.apply(state(9, Told::Detached)).await;
    let before = picture(&world).await;
    // Before anything was made the LMS's own, and after.
    for version in [10, 20] {
        let promoted = User { title: "Boss".to_owned(), ..user("ana") };
        let late = [
            changed(1, at(version), promoted.clone()),
            deprovisioned(2, at(version), user("bea")),
            provisioned(4, at(version), user("dora")),
            group_deprovisioned(0x100, at(version), group("Sales")),
            members(0x100, at(version), &[4], &[1, 2]),
            state(version, Told::Enabled),
        ];
        assert_eq!(world.handle(&late).await, [Stale; 6]);
        let directory = Directory::default().user(1, at(version), promoted);
        assert!(
            world
                .handle(&directory.tell_by(version as u128, 10))
                .await
                .iter()
                .all(|outcome| *outcome == Stale)
        );
        world.decide_all_anew().await;
        settle(&world).await;
        assert_eq!(picture(&world).await, before);
        assert_eq!(state_of(&world).await, IntegrationState::Detached);
    }
    assert_eq!(world.apply(state(9, Told::Detached)).await, AlreadyApplied);
    let superseded = EffectFilter { outcomes: vec![EffectOutcome::Superseded], ..EffectFilter::default() };
    let page = Page { after: None, limit: 100 };
    let effects = world.effects.effects(&own(), &superseded, page).await.unwrap();
    assert!(effects.len() >= 12, "{}", effects.len());
    let reason = "the integration is detached: what it left belongs to the LMS";
    let others = effects.iter().filter(|effect| effect.reason.as_deref() != Some(reason));
    assert_eq!(others.count(), 0, "{effects:?}");
}

async fn what_comes_after_it_in_the_same_batch_is_of_no_concern(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        state(2, Told::Detached),
        changed(1, at(2), user("anna")),
        provisioned(2, at(1), user("bea")),
    ];
    assert_eq!(world.handle(&batch).await, [Executed, Executed, Stale, Stale]);
    assert_eq!(world.picture().await, ["ana active ana"]);
    settle(&world).await;
    assert_eq!(world.count("lms.learner where given_name = 'ana' and origin = 'local'").await, 1);
}

async fn a_decision_made_before_the_detachment_is_made_again(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let footprint = lms::Footprint { integrations: [own()].into(), ..lms::Footprint::default() };
    let rules = world.store.load(&footprint).await.unwrap().integrations[&own()].rules.version;
    world.apply(state(2, Told::Detached)).await;
    let change = lms::Change {
        integrations: [own()].into(),
        rules: [(own(), rules)].into(),
        ..lms::Change::default()
    };
    assert!(matches!(world.store.commit(&change).await, Err(lms::StoreError::Clash)));
    let change = lms::Change { detached: [own()].into(), ..change };
    world.store.commit(&change).await.unwrap();
}

async fn what_waits_is_dropped_and_people_stay_as_they_are(world: World) {
    people(&world).await;
    world.rule(r#"{"guard":{"people":1,"percent":100}}"#).await;
    world.execute("insert into lms.role_grant (learner_id, role) select learner_id, 'learner' from lms.learner where given_name = 'bea'").await;
    for id in 4..7 {
        world.apply(provisioned(id, at(1), user(&format!("u{id}")))).await;
    }
    for id in 4..7 {
        world.apply(deprovisioned(id, at(2), user(&format!("u{id}")))).await;
    }
    assert!(world.count("sync.link where waits = 'held'").await > 0);
    // Somebody with the number of an inactive learner, and a namesake.
    world.apply(provisioned(8, at(1), numbered("3", user("karl")))).await;
    world.apply(provisioned(9, at(1), User { external_id: "object-9".to_owned(), ..user("ana") })).await;
    assert_eq!((world.count("sync.adoption").await, world.count("sync.parked_event").await), (1, 1));
    let before = picture(&world).await;
    detach(&world).await;
    assert_eq!(picture(&world).await, before);
    assert_eq!(world.count("sync.adoption").await, 0);
    assert_eq!(world.count("sync.link where waits is not null or hold_id is not null").await, 0);
    assert_eq!(world.count("sync.hold where state = 'open'").await, 0);
    world.retry_parked().await;
    assert_eq!(world.count("sync.parked_event").await, 0);
    world.recheck().await;
    assert_eq!(picture(&world).await, before);
}

async fn a_detachment_in_many_steps_ends_as_one_in_a_single_step(world: World) {
    people(&world).await;
    let before = picture(&world).await;
    world.apply(state(9, Told::Detached)).await;
    let mut steps = 0;
    while world.store.unsettled_detachment().await.unwrap().is_some() {
        world.store.detach_some(&own(), 1).await.unwrap();
        assert_eq!(picture(&world).await, before);
        steps += 1;
        assert!(steps < 20);
    }
    assert!(steps >= 4, "three people, two groups: {steps}");
    world.store.detach_some(&own(), 1).await.unwrap();
    assert_eq!(picture(&world).await, before);
    assert_eq!(world.count("lms.learner where origin = 'local'").await, 3);
}

async fn it_is_known_beforehand_what_a_detachment_leaves(world: World) {
    people(&world).await;
    world.apply(provisioned(9, at(1), User { external_id: "object-9".to_owned(), ..user("ana") })).await;
    world.apply(provisioned(8, at(1), numbered("3", user("karl")))).await;
    let expected = DetachmentCounts {
        learners: LearnerCounts { active: 2, inactive: 1 },
        cohorts: 2,
        memberships: 3,
        role_grants: 3,
        held: 0,
        waiting_adoption: 1,
        parked: 1,
    };
    let detachment = || async { world.integrations.detachment(&own(), 1_000).await.unwrap().unwrap() };
    let before = detachment().await;
    assert_eq!((before.counts, before.detached_at, before.is_settled), (expected, None, true));
    assert_eq!(before.counted_up_to, Some(1_000));
    world.apply(state(9, Told::Detached)).await;
    assert!(!detachment().await.is_settled);
    settle(&world).await;
    let after = detachment().await;
    assert_eq!((after.counts, after.state, after.is_settled), (expected, IntegrationState::Detached, true));
    assert!(after.detached_at.is_some());
    assert_eq!(after.counted_up_to, None);
    let unknown = IntegrationSlug("nobody".to_owned());
    assert_eq!(world.integrations.detachment(&unknown, 1_000).await.unwrap(), None);
    assert_eq!(world.integrations.integration(&unknown).await.unwrap(), None);
}

async fn it_is_counted_so_far_before_a_detachment_and_to_the_end_at_it(world: World) {
    people(&world).await;
    let all = DetachmentCounts {
        learners: LearnerCounts { active: 2, inactive: 1 },
        cohorts: 2,
        memberships: 3,
        role_grants: 3,
        ..DetachmentCounts::default()
    };
    let up_to = async |limit| world.integrations.detachment(&own(), limit).await.unwrap().unwrap();
    let bounded = DetachmentCounts { memberships: 2, role_grants: 2, ..all };
    let before = up_to(2).await;
    assert_eq!((before.counts, before.counted_up_to), (bounded, Some(2)));
    assert_eq!(up_to(3).await.counts, all);
    world.apply(state(9, Told::Detached)).await;
    let at_it = up_to(2).await;
    assert_eq!((at_it.counts, at_it.counted_up_to), (all, None));
}

/// Not even the same external id links them: what Azure's object was is not what Azure's object is.
async fn a_new_integration_is_asked_about_the_same_people(world: World) {
    people(&world).await;
    detach(&world).await;
    let before = picture(&world).await;
    world.apply(user_event_of(NEXT, EventType::UserProvisioned, 1, at(1), user("ana"))).await;
    world.apply(group_event_of(NEXT, EventType::GroupProvisioned, 0x100, at(1), group("Sales"))).await;
    world.apply(members_of(NEXT, 0x100, at(2), &[1], &[])).await;
    assert_eq!(world.text("select matched from sync.adoption").await, r#"["login","email"]"#);
    assert_eq!(world.count("lms.learner").await, 3);
    // The group is another cohort of the same name.
    assert_eq!(world.count("lms.cohort where name = 'aad-Sales'").await, 2);
    assert_eq!(world.count("lms.cohort where integration is null").await, 2);
    world
        .execute(&format!(
            "update sync.link set waits = null, learner_id = (select learner_id from sync.adoption)
             where integration = '{NEXT}' and kind = 'user';
             insert into sync.recheck (integration, kind, scim_id) values ('{NEXT}', 'user', '{}')",
            scim(1)
        ))
        .await;
    world.recheck().await;
    assert_eq!(picture(&world).await[0], before[0]);
    let adopted = world.learners_of(NEXT).await;
    assert_eq!(adopted.len(), 1);
    let id = adopted[0].learner_id.0;
    // What the old directory gave is still the LMS's; what the new one says comes beside it.
    let of_ana = format!("lms.cohort_membership where learner_id = '{id}'");
    assert_eq!(world.count(&format!("{of_ana} and origin = 'manual'")).await, 1);
    assert_eq!(world.count(&format!("{of_ana} and origin = 'scim'")).await, 1);
    let leaver = User { active: Some(false), ..user("ana") };
    world.apply(user_event_of(NEXT, EventType::UserDeprovisioned, 1, at(2), leaver)).await;
    assert_eq!(world.count(&format!("{of_ana} and origin = 'manual'")).await, 1);
    assert_eq!(world.count(&format!("lms.role_grant where learner_id = '{id}'")).await, 1);
}

async fn only_a_detached_integration_is_left_to_the_lms(world: World) {
    people(&world).await;
    assert!(!world.sync.settle_detachment().await.unwrap());
    let refused = world.store.detach_some(&own(), 1).await;
    assert!(matches!(refused, Err(lms::StoreError::Refused { .. })), "{refused:?}");
    assert_eq!(world.learners_of(INTEGRATION).await.len(), 3);
}
