use events::Applied::{Executed, Parked, Stale};
use events::v1::{EnterpriseUser, User};
use lms::casework::{
    AdoptionDecision, Case, CaseError, Obstacle, decide_adoption, link_all, waiting_newcomers,
};
use lms::{
    Change, Footprint, IntegrationSlug, LearnerId, Likeness, LinkWrite, Page, ResourceKey, ScimId, Status,
    StoreError,
};
use uuid::Uuid;

use crate::casework_holds::own;
use crate::fixture::{
    INTEGRATION, OTHER, at, changed, deactivated, deprovisioned, provisioned, reactivated, scim, user,
    user_event_of,
};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    a_newcomer_is_linked_to_a_learner_of_the_lms,
    a_newcomer_who_is_somebody_new_gets_a_learner,
    a_newcomer_takes_a_former_learner_over_from_a_disabled_user,
    a_learner_who_follows_an_active_user_is_not_given_away,
    plain_cases_are_linked_all_at_once,
    a_decision_is_not_undone_by_a_batch_that_did_not_see_it,
    a_case_belongs_to_its_integration,
);

const LOCAL: u128 = 0xabc;

fn numbered(name: &str, number: &str) -> User {
    let enterprise = EnterpriseUser { employee_number: number.to_owned(), ..EnterpriseUser::default() };
    User { enterprise: Some(enterprise), ..user(name) }
}

async fn add_local(world: &World, id: u128, login: &str) -> LearnerId {
    let id = scim(id);
    world
        .execute(&format!(
            "insert into lms.learner (learner_id, portal_id, login, login_folded, display_name, status, origin)
             select '{id}', portal_id, '{login}', '{login}', 'Local', 'active', 'local'
             from sync.integration where slug = '{INTEGRATION}'"
        ))
        .await;
    LearnerId(id)
}

/// Ana is known to the LMS by her login, and comes anew from the directory.
async fn waiting_world(world: &World) -> LearnerId {
    world.apply(provisioned(9, at(1), user("zoe"))).await;
    let local = add_local(world, LOCAL, "ana@contoso.example").await;
    assert_eq!(world.apply(provisioned(1, at(1), user("ana"))).await, Executed);
    local
}

async fn decide(world: &World, newcomer: u128, decision: AdoptionDecision) -> Result<LearnerId, CaseError> {
    let adopted = decide_adoption(world.cases.as_ref(), &own(), ScimId(scim(newcomer)), decision).await;
    adopted.map(|adopted| adopted.learner_id)
}

async fn waiting(world: &World) -> Vec<Uuid> {
    let page = Page { after: None, limit: 10 };
    let cases = waiting_newcomers(world.cases.as_ref(), &own(), page).await.unwrap();
    cases.iter().map(|case| case.scim_id.0).collect()
}

async fn a_newcomer_is_linked_to_a_learner_of_the_lms(world: World) {
    let local = waiting_world(&world).await;
    let page = Page { after: None, limit: 10 };
    let cases = waiting_newcomers(world.cases.as_ref(), &own(), page).await.unwrap();
    let shown = serde_json::to_value(&cases).unwrap();
    assert_eq!(shown[0]["login"], "ana@contoso.example");
    let candidate = &shown[0]["candidates"][0];
    assert_eq!(candidate["matched"], serde_json::json!(["login"]));
    assert_eq!((candidate["kind"].as_str(), candidate["obstacle"].is_null()), (Some("local"), true));

    let stranger = AdoptionDecision::Link(LearnerId(scim(77)));
    let refused = decide(&world, 1, stranger).await;
    assert!(matches!(refused, Err(CaseError::Conflict(Obstacle::NotProposed))), "{refused:?}");
    assert_eq!(decide(&world, 1, AdoptionDecision::Link(local)).await.unwrap(), local);
    assert_eq!(decide(&world, 1, AdoptionDecision::Link(local)).await.unwrap(), local);
    world.recheck().await;
    assert!(waiting(&world).await.is_empty());
    assert_eq!(world.count("sync.adoption").await, 0);
    let learners = world.learners_of(INTEGRATION).await;
    let ana = learners.iter().find(|learner| learner.learner_id == local).unwrap();
    assert_eq!((ana.scim_id.0, ana.status), (scim(1), Status::Active));
    let other_way = decide(&world, 1, AdoptionDecision::Create).await;
    assert!(matches!(other_way, Err(CaseError::Conflict(Obstacle::NewcomerDecided))));
}

async fn a_newcomer_who_is_somebody_new_gets_a_learner(world: World) {
    let local = waiting_world(&world).await;
    // The login is free again: the one in the LMS was another person.
    let id = local.0;
    world
        .execute(&format!(
            "update lms.learner set status = 'inactive', inactive_reason = 'admin' where learner_id = '{id}'"
        ))
        .await;
    let created = decide(&world, 1, AdoptionDecision::Create).await.unwrap();
    assert_eq!(decide(&world, 1, AdoptionDecision::Create).await.unwrap(), created);
    assert!(waiting(&world).await.is_empty());
    world.recheck().await;
    assert_eq!(decide(&world, 1, AdoptionDecision::Create).await.unwrap(), created);
    assert_ne!(created, local);
    assert_eq!(world.learners_of(INTEGRATION).await.len(), 2);
    let late = decide(&world, 1, AdoptionDecision::Link(local)).await;
    assert!(matches!(late, Err(CaseError::Conflict(Obstacle::NewcomerDecided))));
}

async fn a_newcomer_takes_a_former_learner_over_from_a_disabled_user(world: World) {
    world.apply(provisioned(1, at(1), numbered("ana", "E7"))).await;
    let former = world.learner().await;
    world.record_training(&former).await;
    world.apply(deactivated(1, at(2), numbered("ana", "E7"))).await;
    world.apply(provisioned(2, at(1), numbered("ana.silva", "E7"))).await;
    assert_eq!(waiting(&world).await, [scim(2)]);
    decide(&world, 2, AdoptionDecision::Link(former.learner_id)).await.unwrap();
    world.recheck().await;
    let learner = world.learner().await;
    assert_eq!((learner.learner_id, learner.scim_id.0), (former.learner_id, scim(2)));
    assert_eq!((learner.status, learner.external_id.as_deref()), (Status::Active, Some("object-ana.silva")));
    assert_eq!(world.count("sync.link where phase = 'superseded' and state is null").await, 1);
    // What is told of the earlier user changes nothing; should that one become active, a person has to see it.
    assert_eq!(world.apply(changed(1, at(3), User { active: Some(false), ..user("ana") })).await, Stale);
    assert_eq!(world.apply(reactivated(1, at(4), user("ana"))).await, Parked);
    assert_eq!(world.apply(deprovisioned(1, at(5), user("ana"))).await, Stale);
    let learner = world.learner().await;
    assert_eq!((learner.scim_id.0, learner.status), (scim(2), Status::Active));
}

async fn a_learner_who_follows_an_active_user_is_not_given_away(world: World) {
    let local = waiting_world(&world).await;
    // Proposed for a second one too, and linked to the first.
    let double = User { external_id: "object-double".to_owned(), ..user("ana") };
    world.apply(provisioned(2, at(1), double)).await;
    assert_eq!(waiting(&world).await, [scim(1), scim(2)]);
    decide(&world, 1, AdoptionDecision::Link(local)).await.unwrap();
    for _ in 0..2 {
        let refused = decide(&world, 2, AdoptionDecision::Link(local)).await;
        let Err(CaseError::Conflict(obstacle)) = refused else { panic!("{refused:?}") };
        assert_eq!(obstacle, Obstacle::FollowsLivingUser);
        world.recheck().await;
    }
    assert_eq!(world.count("sync.link where learner_id is not null and phase = 'current'").await, 2);
}

async fn plain_cases_are_linked_all_at_once(world: World) {
    waiting_world(&world).await;
    add_local(&world, 0xabd, "bea@contoso.example").await;
    add_local(&world, 0xabe, "caio@contoso.example").await;
    world.apply(provisioned(2, at(1), user("bea"))).await;
    world.apply(provisioned(3, at(1), user("caio"))).await;
    let double = User { external_id: "object-double".to_owned(), ..user("caio") };
    world.apply(provisioned(4, at(1), double)).await;
    let cases = world.cases.as_ref();
    assert!(matches!(link_all(cases, &own(), Likeness::Email).await, Err(CaseError::Invalid(_))));
    assert_eq!(link_all(cases, &own(), Likeness::EmployeeNumber).await.unwrap(), 0);
    assert_eq!(link_all(cases, &own(), Likeness::Login).await.unwrap(), 2);
    assert_eq!(link_all(cases, &own(), Likeness::Login).await.unwrap(), 0);
    assert_eq!(waiting(&world).await, [scim(3), scim(4)]);
    world.recheck().await;
    assert_eq!(world.learners_of(INTEGRATION).await.len(), 3);
}

async fn a_decision_is_not_undone_by_a_batch_that_did_not_see_it(world: World) {
    let local = waiting_world(&world).await;
    let key = ResourceKey { integration: own(), scim_id: ScimId(scim(1)) };
    let footprint =
        Footprint { integrations: [own()].into(), users: [key.clone()].into(), ..Footprint::default() };
    let link = world.store.load(&footprint).await.unwrap().user_links.remove(&key).unwrap();
    let write = LinkWrite { key, replaces: Some(link.sequence), link };
    let change = Change { integrations: [own()].into(), user_links: vec![write], ..Change::default() };
    decide(&world, 1, AdoptionDecision::Link(local)).await.unwrap();
    let committed = world.store.commit(&change).await;
    assert!(matches!(committed, Err(StoreError::Clash)), "{committed:?}");
    world.recheck().await;
    assert_eq!(
        world.count(&format!("lms.learner where learner_id = '{}' and origin = 'scim'", local.0)).await,
        1
    );
}

async fn a_case_belongs_to_its_integration(world: World) {
    let local = waiting_world(&world).await;
    world.apply(user_event_of(OTHER, events::EventType::UserProvisioned, 1, at(1), user("ana"))).await;
    let other = IntegrationSlug(OTHER.to_owned());
    let page = Page { after: None, limit: 10 };
    assert!(waiting_newcomers(world.cases.as_ref(), &other, page).await.unwrap().is_empty());
    for decision in [AdoptionDecision::Link(local), AdoptionDecision::Create] {
        let refused = decide_adoption(world.cases.as_ref(), &other, ScimId(scim(77)), decision).await;
        assert!(matches!(refused, Err(CaseError::NotFound(Case::Newcomer))), "{refused:?}");
    }
    assert_eq!(waiting(&world).await, [scim(1)]);
}
