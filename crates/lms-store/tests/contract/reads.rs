use events::v1::{EnterpriseUser, Manager, User};
use lms::{IntegrationSlug, Narrowed, Page, ScimId, Status};

use crate::fixture::{INTEGRATION, at, deactivated, group, group_provisioned, provisioned, scim, user};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    learners_come_in_pages,
    learners_of_one_status_come_in_pages,
    a_login_is_found_in_any_case,
    a_user_of_the_directory_is_found_by_its_id,
    cohorts_come_in_pages,
    a_manager_is_known_whichever_arrives_first,
    the_view_names_every_attribute,
);

async fn learners_come_in_pages(world: World) {
    let batch: Vec<_> = (1..=5).map(|id| provisioned(id, at(1), user(&format!("user{id}")))).collect();
    world.handle(&batch).await;
    let integration = IntegrationSlug(INTEGRATION.to_owned());
    let mut seen = Vec::new();
    let mut after = None;
    for expected in [2, 2, 1, 0] {
        let page = world.reader.learners(&integration, Narrowed::No, Page { after, limit: 2 }).await.unwrap();
        assert_eq!(page.len(), expected);
        after = page.last().map(|learner| learner.learner_id).or(after);
        seen.extend(page.into_iter().map(|learner| learner.learner_id));
    }
    assert!(seen.is_sorted() && seen.len() == 5);
}

async fn learners_of_one_status_come_in_pages(world: World) {
    let batch: Vec<_> = (1..=5).map(|id| provisioned(id, at(1), user(&format!("user{id}")))).collect();
    world.handle(&batch).await;
    world.handle(&[deactivated(2, at(2), user("user2")), deactivated(4, at(2), user("user4"))]).await;
    let integration = IntegrationSlug(INTEGRATION.to_owned());
    for (status, expected) in [(Status::Active, [1, 3, 5].as_slice()), (Status::Inactive, &[2, 4])] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = Page { after, limit: 2 };
            let part = world.reader.learners(&integration, Narrowed::ToStatus(status), page).await.unwrap();
            let Some(last) = part.last() else { break };
            after = Some(last.learner_id);
            seen.extend(part);
        }
        assert!(seen.is_sorted_by_key(|learner| learner.learner_id));
        let mut ids: Vec<_> = seen.iter().map(|learner| learner.scim_id.0.as_u128()).collect();
        ids.sort_unstable();
        assert_eq!(ids, expected, "{status:?}");
        let login = Narrowed::ToLogin("user2@contoso.example", Some(status));
        let found = world.reader.learners(&integration, login, Page { after: None, limit: 2 }).await.unwrap();
        assert_eq!(found.len(), usize::from(status == Status::Inactive), "{status:?}");
    }
}

async fn a_login_is_found_in_any_case(world: World) {
    world.handle(&[provisioned(1, at(1), user("ana")), provisioned(2, at(1), user("bea"))]).await;
    let integration = IntegrationSlug(INTEGRATION.to_owned());
    let page = Page { after: None, limit: 10 };
    let found = world
        .reader
        .learners(&integration, Narrowed::ToLogin("BEA@contoso.EXAMPLE", None), page)
        .await
        .unwrap();
    assert_eq!(found.iter().map(|learner| learner.scim_id.0).collect::<Vec<_>>(), [scim(2)]);
    assert!(
        world.reader.learners(&integration, Narrowed::ToLogin("bea", None), page).await.unwrap().is_empty()
    );
}

async fn a_user_of_the_directory_is_found_by_its_id(world: World) {
    world.handle(&[provisioned(1, at(1), user("ana")), provisioned(2, at(1), user("bea"))]).await;
    let page = Page { after: None, limit: 10 };
    for (integration, id, status, expected) in [
        (INTEGRATION, 2, None, [scim(2)].as_slice()),
        (INTEGRATION, 2, Some(Status::Active), &[scim(2)]),
        (INTEGRATION, 2, Some(Status::Inactive), &[]),
        (INTEGRATION, 3, None, &[]),
        ("globex-production", 2, None, &[]),
    ] {
        let integration = IntegrationSlug(integration.to_owned());
        let narrowed = Narrowed::ToScimId(ScimId(scim(id)), status);
        let found = world.reader.learners(&integration, narrowed, page).await.unwrap();
        let found: Vec<_> = found.iter().map(|learner| learner.scim_id.0).collect();
        assert_eq!(found, expected, "{} {id} {status:?}", integration.as_str());
    }
}

async fn cohorts_come_in_pages(world: World) {
    let batch: Vec<_> =
        (1..=3).map(|id| group_provisioned(id, at(1), group(&format!("group{id}")))).collect();
    world.handle(&batch).await;
    let integration = IntegrationSlug(INTEGRATION.to_owned());
    let first = world.reader.cohorts(&integration, Page { after: None, limit: 2 }).await.unwrap();
    let after = first.last().map(|cohort| cohort.cohort_id);
    let second = world.reader.cohorts(&integration, Page { after, limit: 2 }).await.unwrap();
    assert_eq!((first.len(), second.len()), (2, 1));
}

async fn a_manager_is_known_whichever_arrives_first(world: World) {
    let manager = Some(Manager { value: scim(9).to_string(), ..Manager::default() });
    let enterprise = Some(EnterpriseUser { manager, ..EnterpriseUser::default() });
    world.apply(provisioned(1, at(1), User { enterprise, ..user("ana") })).await;
    assert_eq!(world.learner().await.manager_learner_id, None);
    world.apply(provisioned(9, at(1), user("boss"))).await;
    world.recheck().await;
    let learners = world.learners_of(INTEGRATION).await;
    let of = |id| learners.iter().find(|learner| learner.scim_id.0 == scim(id)).unwrap();
    assert_eq!(of(1).manager_learner_id, Some(of(9).learner_id));
}

async fn the_view_names_every_attribute(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let learner = world.learner().await;
    let expected = serde_json::json!({
        "learner_id": learner.learner_id.0,
        "scim_id": scim(1),
        "external_id": "object-ana",
        "status": "active",
        "inactive_reason": null,
        "manager_learner_id": null,
        "login": "ana@contoso.example",
        "email": "ana.silva@contoso.example",
        "given_name": "ana",
        "family_name": "Silva",
        "display_name": "ana Silva",
        "job_title": "Engineer",
        "preferred_language": "pt-BR",
    });
    assert_eq!(serde_json::to_value(&learner).unwrap(), expected);
}
