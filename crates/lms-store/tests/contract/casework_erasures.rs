use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use events::Applied::{Executed, Parked, Stale};
use events::v1::{EnterpriseUser, Manager, User};
use lms::casework::{
    CaseError, ErasureRequest, Obstacle, cancel_erasure, confirm_erasure, put_exemption, request_erasure,
};
use lms::{IntegrationSlug, LearnerId, Narrowed, Page, Status};

use crate::casework_holds::own;
use crate::fixture::{INTEGRATION, OTHER, again, at, changed, deactivated, members, provisioned, scim, user};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    nothing_personal_is_left_of_who_was_erased,
    an_erasure_needs_two_people,
    erasures_that_wait_are_listed_newest_first,
    an_erasure_that_was_cancelled_can_be_requested_anew,
    who_was_erased_and_comes_back_is_somebody_new,
    a_newcomer_for_whom_the_erased_one_was_proposed_is_decided_anew,
);

fn request(by: &str) -> ErasureRequest {
    ErasureRequest { reason: "ticket 4711".to_owned(), by: by.to_owned() }
}

async fn erase(world: &World, learner: LearnerId) {
    request_erasure(world.cases.as_ref(), &own(), learner, request("ops")).await.unwrap();
    confirm_erasure(world.cases.as_ref(), &own(), learner, "dpo").await.unwrap();
}

/// Everything of it names Quirina, so that what is left of her is found by one word.
fn quirina() -> User {
    let enterprise = EnterpriseUser {
        employee_number: "quirina-7".to_owned(),
        department: "quirina department".to_owned(),
        ..EnterpriseUser::default()
    };
    User { enterprise: Some(enterprise), ..user("quirina") }
}

async fn nothing_personal_is_left_of_who_was_erased(world: World) {
    world.apply(provisioned(1, at(1), quirina())).await;
    let learner = world.learner().await;
    let id = learner.learner_id.0;
    world.record_training(&learner).await;
    // A conflict, an exemption, what only the LMS owns, an event that waits, and someone who names her as manager.
    world.execute("update lms.learner set job_title = 'quirina the boss'").await;
    world.apply(changed(1, at(2), User { title: "quirina''s title".to_owned(), ..quirina() })).await;
    world
        .execute(&format!(
            "update lms.learner set avatar_url = 'https://x/quirina.png', bio = 'I am quirina', phone = 'quirina',
                 notification_prefs = '{{\"to\":\"quirina\"}}', custom_fields = '{{\"nick\":\"quirina\"}}',
                 password_hash = 'hash-of-quirina', last_login_at = '2026-01-01T00:00:00.000Z'
             where learner_id = '{id}'"
        ))
        .await;
    let manager = Manager { value: scim(1).to_string(), display_name: "Quirina Silva".to_owned() };
    let led = EnterpriseUser { manager: Some(manager), ..EnterpriseUser::default() };
    world.apply(provisioned(2, at(1), User { enterprise: Some(led), ..user("bea") })).await;
    let double = User { user_name: "bea@contoso.example".to_owned(), ..quirina() };
    assert_eq!(world.apply(changed(1, at(3), double)).await, Parked);
    let mut unreadable = changed(1, at(4), quirina());
    unreadable.body.truncate(unreadable.body.len() - 3);
    assert_eq!(world.apply(unreadable).await, Parked);
    let grant = lms::casework::ExemptionGrant {
        reason: "quirina asked".to_owned(),
        ends_at: "2999-01-01T00:00:00Z".parse().unwrap(),
        by: "ops".to_owned(),
    };
    let now = "2998-01-01T00:00:00Z".parse().unwrap();
    put_exemption(world.cases.as_ref(), &own(), learner.learner_id, grant, now).await.unwrap();
    world.apply(members(50, at(1), &[1], &[])).await;
    assert!(traces(&world, "quirina").await.len() > 5);

    erase(&world, learner.learner_id).await;
    assert_eq!(traces(&world, "quirina").await, Vec::<String>::new());
    world.recheck().await;
    assert_eq!(traces(&world, "quirina").await, Vec::<String>::new());
    assert_eq!(world.count("lms.learner where status = 'erased' and erased_at is not null").await, 1);
    assert_eq!(world.count("lms.training_record").await, 2);
    // What is still told of her is late, and nothing of it stays.
    assert_eq!(world.apply(changed(1, at(9), quirina())).await, Stale);
    assert_eq!(traces(&world, "quirina").await, Vec::<String>::new());
    let bea = world.learners_of(INTEGRATION).await.into_iter().find(|learner| learner.scim_id.0 == scim(2));
    assert_eq!(bea.unwrap().status, Status::Active);
}

/// The columns of any table that hold the word, in any letter case.
async fn traces(world: &World, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (table, column) in world.columns().await {
        let text = world.as_text(&column);
        if world.count(&format!("{table} where lower({text}) like '%{word}%'")).await > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}

async fn an_erasure_needs_two_people(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let (cases, learner) = (world.cases.as_ref(), world.learner().await.learner_id);
    let unasked = confirm_erasure(cases, &own(), learner, "dpo").await;
    assert!(matches!(unasked, Err(CaseError::NotFound(_))), "{unasked:?}");
    let asked = request_erasure(cases, &own(), learner, request("ops")).await.unwrap();
    assert_eq!(request_erasure(cases, &own(), learner, request("ops")).await.unwrap(), asked);
    let second = request_erasure(cases, &own(), learner, request("dpo")).await;
    assert!(matches!(second, Err(CaseError::Conflict(Obstacle::ErasureRequested))));
    let alone = confirm_erasure(cases, &own(), learner, "ops").await;
    assert!(matches!(alone, Err(CaseError::Conflict(Obstacle::SamePerson))));
    // Nor does the database let one person do it.
    assert!(cases.erase(&asked, "ops").await.is_err());
    let other = IntegrationSlug(OTHER.to_owned());
    assert!(matches!(confirm_erasure(cases, &other, learner, "dpo").await, Err(CaseError::NotFound(_))));
    assert_eq!(world.status().await, Status::Active);
    let erasure = confirm_erasure(cases, &own(), learner, "dpo").await.unwrap();
    assert_eq!(erasure.confirmed_by.as_deref(), Some("dpo"));
    assert_eq!(confirm_erasure(cases, &own(), learner, "dpo").await.unwrap(), erasure);
    assert_eq!(world.status().await, Status::Erased);
    let late = cancel_erasure(cases, &own(), learner, "ops").await;
    assert!(matches!(late, Err(CaseError::Conflict(Obstacle::LearnerErased))));
}

async fn erasures_that_wait_are_listed_newest_first(world: World) {
    let batch: Vec<_> = (1..=6).map(|id| provisioned(id, at(1), user(&format!("ana{id}")))).collect();
    world.handle(&batch).await;
    let cases = world.cases.as_ref();
    let mut learners = world.learners_of(INTEGRATION).await;
    learners.sort_by_key(|learner| learner.scim_id.0);
    let [one, two, three, cancelled, confirmed, by_itself] =
        learners.iter().map(|learner| learner.learner_id).collect::<Vec<_>>().try_into().unwrap();
    for learner in [two, cancelled, one, confirmed, by_itself, three] {
        request_erasure(cases, &own(), learner, request("ops")).await.unwrap();
    }
    cancel_erasure(cases, &own(), cancelled, "ops").await.unwrap();
    confirm_erasure(cases, &own(), confirmed, "dpo").await.unwrap();
    // The LMS erases somebody by itself.
    world
        .execute(&format!(
            "update lms.learner set status = 'erased', login = null, email = null, given_name = null,
                 family_name = null, display_name = null, phone = null
             where learner_id = '{}'",
            by_itself.0
        ))
        .await;
    let integration = own();
    let page = |after, limit| cases.waiting_erasures(&integration, Page { after, limit });
    let whom =
        |list: &[lms::casework::Erasure]| list.iter().map(|erasure| erasure.learner_id).collect::<Vec<_>>();
    let first = page(None, 2).await.unwrap();
    assert_eq!(whom(&first), [three, one]);
    assert_eq!(first[0], cases.erasure_subject(&own(), three).await.unwrap().unwrap().erasure.unwrap());
    let rest = page(Some(first[1].erasure_id), 2).await.unwrap();
    assert_eq!(whom(&rest), [two]);
    let waiting = world.integrations.summary(&own()).await.unwrap().unwrap().erasures;
    assert_eq!(waiting, lms::admin::BoundedCount { count: 3, more: false });
    let other = IntegrationSlug(OTHER.to_owned());
    assert_eq!(cases.waiting_erasures(&other, Page { after: None, limit: 10 }).await.unwrap(), []);
}

async fn an_erasure_that_was_cancelled_can_be_requested_anew(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let (cases, learner) = (world.cases.as_ref(), world.learner().await.learner_id);
    let first = request_erasure(cases, &own(), learner, request("ops")).await.unwrap();
    cancel_erasure(cases, &own(), learner, "dpo").await.unwrap();
    cancel_erasure(cases, &own(), learner, "dpo").await.unwrap();
    let unasked = confirm_erasure(cases, &own(), learner, "dpo").await;
    assert!(matches!(unasked, Err(CaseError::NotFound(_))));
    let second = request_erasure(cases, &own(), learner, request("ops")).await.unwrap();
    assert_ne!(second.erasure_id, first.erasure_id);
    assert_eq!(world.count("sync.erasure where cancelled_by = 'dpo'").await, 1);
}

async fn who_was_erased_and_comes_back_is_somebody_new(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let learner = world.learner().await;
    world.apply(deactivated(1, at(2), user("ana"))).await;
    erase(&world, learner.learner_id).await;
    assert_eq!(world.apply(provisioned(2, again(1), user("ana"))).await, Executed);
    let page = Page { after: None, limit: 10 };
    let ana =
        world.reader.learners(&own(), Narrowed::ToLogin("ana@contoso.example", None), page).await.unwrap();
    assert_eq!(ana.len(), 1);
    assert_ne!(ana[0].learner_id, learner.learner_id);
}

async fn a_newcomer_for_whom_the_erased_one_was_proposed_is_decided_anew(world: World) {
    let numbered = |name: &str| {
        let enterprise = EnterpriseUser { employee_number: "E7".to_owned(), ..EnterpriseUser::default() };
        User { enterprise: Some(enterprise), ..user(name) }
    };
    world.apply(provisioned(1, at(1), numbered("ana"))).await;
    let learner = world.learner().await;
    world.apply(deactivated(1, at(2), numbered("ana"))).await;
    world.apply(provisioned(2, at(1), numbered("bea"))).await;
    assert_eq!(world.count("sync.adoption").await, 1);
    erase(&world, learner.learner_id).await;
    world.recheck().await;
    assert_eq!(world.count("sync.link where waits = 'adoption'").await, 0);
    assert_eq!(world.learners_of(INTEGRATION).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_role_erases_nobody_by_itself() {
    let world = World::postgres().await;
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let learner = world.learner().await.learner_id;
    request_erasure(world.cases.as_ref(), &own(), learner, request("ops")).await.unwrap();
    let mut connection = AsyncPgConnection::establish(world.database().url()).await.unwrap();
    connection.batch_execute("set role illuxi_user_sync").await.unwrap();
    for statement in [
        "update sync.erasure set confirmed_by = 'dpo', confirmed_at = now()",
        "update sync.erasure set requested_by = 'somebody'",
        "delete from sync.erasure",
        "delete from sync.provenance",
        "update lms.learner set erased_at = now()",
    ] {
        let refusal = connection.batch_execute(statement).await.unwrap_err().to_string();
        assert!(refusal.contains("permission denied"), "{statement}: {refusal}");
    }
    let alone = format!(
        "insert into sync.erase_learner (integration, learner_id, confirmed_by)
         values ('{INTEGRATION}', '{}', 'ops')",
        learner.0
    );
    let refusal = connection.batch_execute(&alone).await.unwrap_err().to_string();
    assert!(refusal.contains("another person"), "{refusal}");
}
