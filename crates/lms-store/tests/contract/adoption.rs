//! Newcomers who may be somebody known wait for a person.

use std::collections::BTreeSet;

use events::Applied::{Executed, Parked, Stale};
use events::v1::User;
use lms::{Change, Footprint, IntegrationSlug, LinkWrite, ResourceKey, ScimId, Status, StoreError};

use crate::fixture::{
    INTEGRATION, again, at, changed, deactivated, deprovisioned, group, group_provisioned, members, numbered,
    provisioned, reactivated, scim, user,
};
use crate::over_both_stores;
use crate::snapshot::Directory;
use crate::world::World;

over_both_stores!(
    a_rehired_person_waits_and_is_linked_by_decision,
    the_old_account_of_a_rehired_person_may_still_be_deleted,
    a_newcomer_who_is_decided_to_be_new_becomes_a_learner,
    a_local_learner_of_the_same_login_address_or_number_is_proposed,
    a_local_learner_who_is_adopted_keeps_what_the_lms_owns,
    of_two_candidates_both_are_proposed,
    a_newcomer_who_is_deleted_while_waiting_is_nobody,
    a_newcomer_who_waits_is_decided_by_the_newest_state,
    the_same_person_by_external_id_is_linked_silently,
    an_old_account_of_a_later_incarnation_or_epoch_takes_nobody_back,
    the_old_account_gets_the_learner_back_when_the_new_one_is_gone,
    a_newcomer_who_waits_is_no_obstacle_to_a_snapshot,
    a_candidate_who_is_active_again_is_none,
    likenesses_that_the_rules_ignore_make_nobody_wait,
    a_decision_is_not_written_over_by_what_was_decided_before_it,
);

const WAITING: &str = "sync.link where waits = 'adoption' and learner_id is null";

/// Ana, who has training records and left the company.
async fn ana_left(world: &World) {
    world.apply(provisioned(1, at(1), numbered("7", user("ana")))).await;
    world.record_training(&world.learner().await).await;
    world.apply(deactivated(1, at(2), numbered("7", user("ana")))).await;
}

/// Ana under a new account: another external id, another login.
fn rehired() -> User {
    numbered("7", user("ana.lima"))
}

/// A learner whom the LMS keeps alone.
async fn local_learner(world: &World, id: u128, login: &str, email: &str, employee_number: &str) {
    let id = scim(id);
    world
        .execute(&format!(
            "insert into lms.learner (learner_id, portal_id, login, email, employee_number, given_name, bio, status,
                 origin)
             select '{id}', portal_id, '{login}', '{email}', '{employee_number}', 'Local', 'My story', 'active',
                 'local'
             from lms.portal where code = 'acme'"
        ))
        .await;
}

async fn decide(world: &World, id: u128, decision: &str) {
    let id = scim(id);
    world
        .execute(&format!(
            "update sync.link set {decision} where scim_id = '{id}';
             insert into sync.recheck (integration, kind, scim_id) values ('{INTEGRATION}', 'user', '{id}')"
        ))
        .await;
    world.recheck().await;
}

async fn decide_link(world: &World, id: u128, learner: &str) {
    decide(world, id, &format!("waits = null, learner_id = {learner}")).await;
}

const ANA: &str = "(select learner_id from lms.learner where employee_number = '7')";

async fn a_rehired_person_waits_and_is_linked_by_decision(world: World) {
    ana_left(&world).await;
    let before = world.learner().await;
    let sales = [group_provisioned(50, at(1), group("Sales")), members(50, at(2), &[2], &[])];
    world.handle(&sales).await;
    assert_eq!(world.apply(provisioned(2, at(1), rehired())).await, Executed);
    assert_eq!(world.count(WAITING).await, 1);
    assert_eq!(world.text("select matched from sync.adoption").await, r#"["employee_number"]"#);
    assert_eq!(world.learner().await, before, "nobody is linked or created");
    assert_eq!(world.count("lms.cohort_membership").await, 0);
    decide_link(&world, 2, ANA).await;
    let after = world.learner().await;
    assert_eq!(
        (after.learner_id, after.scim_id.0, after.status),
        (before.learner_id, scim(2), Status::Active)
    );
    assert_eq!(after.external_id.as_deref(), Some("object-ana.lima"));
    assert_eq!(world.count("lms.training_record join lms.learner using (learner_id)").await, 2);
    assert_eq!(world.picture().await, ["ana.lima active ana.lima", "aad-Sales Active: ana.lima"]);
    assert_eq!((world.count(WAITING).await, world.count("sync.adoption").await), (0, 0));
}

async fn the_old_account_of_a_rehired_person_may_still_be_deleted(world: World) {
    ana_left(&world).await;
    world.apply(provisioned(2, at(1), rehired())).await;
    decide_link(&world, 2, ANA).await;
    let old = User { active: Some(false), ..numbered("7", user("ana")) };
    assert_eq!(world.apply(changed(1, at(3), old.clone())).await, Stale);
    // Two living accounts of one learner are for a person to see.
    assert_eq!(world.apply(reactivated(1, at(4), numbered("7", user("ana")))).await, Parked);
    assert_eq!(world.apply(deprovisioned(1, at(5), old)).await, Stale);
    world.let_a_minute_pass_for_parked_events().await;
    assert_eq!(world.retry_parked().await, 1);
    assert_eq!(world.picture().await, ["ana.lima active ana.lima"]);
}

async fn a_newcomer_who_is_decided_to_be_new_becomes_a_learner(world: World) {
    ana_left(&world).await;
    world.apply(provisioned(2, at(1), rehired())).await;
    decide(&world, 2, "is_new_person = true").await;
    assert_eq!(world.picture().await, ["ana inactive ana", "ana.lima active ana.lima"]);
    assert_eq!((world.count(WAITING).await, world.count("sync.adoption").await), (0, 0));
    world.apply(changed(2, at(2), rehired())).await;
    assert_eq!(world.count("lms.learner").await, 2);
}

async fn a_local_learner_of_the_same_login_address_or_number_is_proposed(world: World) {
    world.apply(provisioned(9, at(1), user("zoe"))).await;
    local_learner(&world, 101, "ANA@contoso.example", "x@contoso.example", "x").await;
    local_learner(&world, 102, "y", "Bea.Silva@contoso.example", "y").await;
    local_learner(&world, 103, "z", "z@contoso.example", "7").await;
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        provisioned(3, at(1), numbered("7", user("caio"))),
        provisioned(4, at(1), numbered("8", user("dora"))),
    ];
    world.handle(&batch).await;
    assert_eq!(world.count(WAITING).await, 3);
    for (id, learner, matched) in [(1, 101, "login"), (2, 102, "email"), (3, 103, "employee_number")] {
        let proposed = format!(
            "sync.adoption where scim_id = '{}' and learner_id = '{}' and matched = '[\"{matched}\"]'",
            scim(id),
            scim(learner)
        );
        assert_eq!(world.count(&proposed).await, 1, "{matched}");
    }
    assert_eq!(world.picture().await, ["dora active dora", "zoe active zoe"]);
}

async fn a_local_learner_who_is_adopted_keeps_what_the_lms_owns(world: World) {
    world.apply(provisioned(9, at(1), user("zoe"))).await;
    local_learner(&world, 101, "ana@contoso.example", "ana@home.example", "7").await;
    world.execute("update lms.learner set preferred_language = 'ja' where origin = 'local'").await;
    world.apply(provisioned(1, at(1), user("ana"))).await;
    decide_link(&world, 1, &format!("'{}'", scim(101))).await;
    assert_eq!(world.picture().await, ["ana active ana", "zoe active zoe"]);
    let adopted = format!(
        "lms.learner where learner_id = '{}' and origin = 'scim' and bio = 'My story' and preferred_language = 'ja'
             and email = 'ana.silva@contoso.example' and employee_number is null",
        scim(101)
    );
    assert_eq!(world.count(&adopted).await, 1);
    assert_eq!(world.count("lms.headcount where integration = '' and active = 0").await, 1);
    assert_eq!(world.count("lms.headcount where integration = 'acme-production' and active = 2").await, 1);
    world.apply(deactivated(1, at(2), user("ana"))).await;
    assert_eq!(world.picture().await[0], "ana inactive ana");
}

async fn of_two_candidates_both_are_proposed(world: World) {
    ana_left(&world).await;
    local_learner(&world, 101, "ana.lima@contoso.example", "x@contoso.example", "7").await;
    world.apply(provisioned(2, at(1), rehired())).await;
    assert_eq!(world.count("sync.adoption").await, 2);
    let local = format!("select matched from sync.adoption where learner_id = '{}'", scim(101));
    assert_eq!(world.text(&local).await, r#"["employee_number","login"]"#);
}

async fn a_newcomer_who_is_deleted_while_waiting_is_nobody(world: World) {
    ana_left(&world).await;
    world.apply(provisioned(2, at(1), rehired())).await;
    assert_eq!(world.apply(deprovisioned(2, at(2), rehired())).await, Executed);
    assert_eq!((world.count("lms.learner").await, world.count("sync.adoption").await), (1, 0));
    assert_eq!(world.count(WAITING).await, 0);
    assert_eq!(world.apply(changed(2, at(1), rehired())).await, Stale);
    // Also when nobody is like the newcomer any more.
    world.apply(provisioned(3, at(1), numbered("7", user("ana.melo")))).await;
    world.apply(reactivated(1, at(3), numbered("7", user("ana")))).await;
    world.apply(deprovisioned(3, at(2), numbered("7", user("ana.melo")))).await;
    world.decide_all_anew().await;
    assert_eq!(world.picture().await, ["ana active ana"]);
}

async fn a_newcomer_who_waits_is_decided_by_the_newest_state(world: World) {
    ana_left(&world).await;
    world.apply(provisioned(2, at(1), rehired())).await;
    world.apply(changed(2, at(2), User { title: "Architect".to_owned(), ..rehired() })).await;
    assert_eq!((world.count(WAITING).await, world.count("sync.adoption").await), (1, 1));
    decide_link(&world, 2, ANA).await;
    assert_eq!(world.count("lms.learner where job_title = 'Architect' and status = 'active'").await, 1);
}

async fn the_same_person_by_external_id_is_linked_silently(world: World) {
    ana_left(&world).await;
    let before = world.learner().await;
    let returned = User { external_id: "object-ana".to_owned(), ..rehired() };
    world.apply(provisioned(2, again(1), returned)).await;
    assert_eq!(world.learner().await.learner_id, before.learner_id);
    assert_eq!((world.status().await, world.count(WAITING).await), (Status::Active, 0));
}

async fn a_candidate_who_is_active_again_is_none(world: World) {
    ana_left(&world).await;
    world.apply(provisioned(2, at(1), rehired())).await;
    world.apply(reactivated(1, at(3), numbered("7", user("ana")))).await;
    assert_eq!(world.count("lms.learner").await, 1);
    world.apply(changed(2, at(2), rehired())).await;
    assert_eq!(world.picture().await, ["ana active ana", "ana.lima active ana.lima"]);
    assert_eq!(world.count("sync.adoption").await, 0);
}

async fn likenesses_that_the_rules_ignore_make_nobody_wait(world: World) {
    ana_left(&world).await;
    world.rule(r#"{"adoption":{"by_employee_number":false}}"#).await;
    world.apply(provisioned(2, at(1), rehired())).await;
    assert_eq!(world.picture().await, ["ana inactive ana", "ana.lima active ana.lima"]);
}

async fn a_decision_is_not_written_over_by_what_was_decided_before_it(world: World) {
    ana_left(&world).await;
    world.apply(provisioned(2, at(1), rehired())).await;
    let key = ResourceKey { integration: IntegrationSlug(INTEGRATION.to_owned()), scim_id: ScimId(scim(2)) };
    let integrations = BTreeSet::from([key.integration.clone()]);
    let footprint =
        Footprint { integrations: integrations.clone(), users: [key.clone()].into(), ..Footprint::default() };
    let link = world.store.load(&footprint).await.unwrap().user_links.remove(&key).unwrap();
    let before = Change {
        integrations,
        user_links: vec![LinkWrite { key, replaces: Some(link.sequence), link }],
        ..Change::default()
    };
    let id = scim(2);
    for decision in
        ["is_new_person = true", "waits = null, learner_id = (select learner_id from lms.learner)"]
    {
        world.execute(&format!("update sync.link set {decision} where scim_id = '{id}'")).await;
        let refusal = world.store.commit(&before).await.unwrap_err();
        assert!(matches!(refusal, StoreError::Clash), "{decision}: {refusal}");
    }
}

/// The incarnations of two external ids say nothing about each other.
async fn an_old_account_of_a_later_incarnation_or_epoch_takes_nobody_back(world: World) {
    world.apply(provisioned(1, again(1), numbered("7", user("ana")))).await;
    world.apply(deactivated(1, again(2), numbered("7", user("ana")))).await;
    let learner = world.learner().await.learner_id;
    world.apply(provisioned(2, at(1), rehired())).await;
    decide_link(&world, 2, &format!("'{}'", learner.0)).await;
    let titled = User { title: "Old".to_owned(), active: Some(false), ..numbered("7", user("ana")) };
    assert_eq!(world.apply(changed(1, again(3), titled.clone())).await, Stale);
    let restored = events::Sequence { epoch: 1, incarnation: 1, version: 1 };
    assert_eq!(world.apply(changed(1, restored, titled)).await, Stale);
    let after = world.learner().await;
    assert_eq!((after.learner_id, after.scim_id.0, after.status), (learner, scim(2), Status::Active));
}

async fn the_old_account_gets_the_learner_back_when_the_new_one_is_gone(world: World) {
    ana_left(&world).await;
    let learner = world.learner().await.learner_id;
    world.apply(provisioned(2, at(1), rehired())).await;
    decide_link(&world, 2, &format!("'{}'", learner.0)).await;
    world.apply(deprovisioned(2, at(2), rehired())).await;
    assert_eq!(world.apply(reactivated(1, at(3), numbered("7", user("ana")))).await, Executed);
    let after = world.learner().await;
    assert_eq!((after.learner_id, after.scim_id.0, after.status), (learner, scim(1), Status::Active));
}

async fn a_newcomer_who_waits_is_no_obstacle_to_a_snapshot(world: World) {
    ana_left(&world).await;
    world.apply(provisioned(2, at(1), rehired())).await;
    let left = User { active: Some(false), ..numbered("7", user("ana")) };
    let directory =
        Directory::default().user(1, at(2), left).user(2, at(1), rehired()).user(3, at(1), user("caio"));
    for run in [1, 2] {
        assert_eq!(world.handle(&directory.tell_by(run, 10)).await, [Executed; 3]);
    }
    assert_eq!((world.count(WAITING).await, world.count("sync.parked_event").await), (1, 0));
    assert_eq!(world.learners_of(INTEGRATION).await.len(), 2);
}
