use events::Applied::{AlreadyApplied, Executed};
use lms::{CohortStatus, IntegrationSlug, LearnerId, Page, ScimId};

use crate::casework_holds::own;
use crate::fixture::{
    INTEGRATION, OTHER, again, at, changed, deactivated, deprovisioned, group, group_deprovisioned,
    group_provisioned, members, provisioned, scim, user,
};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    a_group_becomes_a_cohort,
    edges_may_arrive_before_user_and_group,
    an_older_edge_loses,
    members_follow_the_user_who_returns,
    a_disabled_user_stays_and_a_deleted_one_leaves,
    memberships_of_the_lms_stay,
    cohorts_are_listed_page_by_page_with_their_sizes,
    cohorts_of_a_learner_are_listed_page_by_page,
    a_deleted_group_archives_its_cohort,
    a_group_that_returns_is_the_old_cohort,
    chunks_of_one_change_all_apply,
    memberships_changed_by_hand_are_put_right_with_the_next_event_of_the_user,
);

async fn member_ids(world: &World) -> Vec<LearnerId> {
    world.cohort().await.members
}

async fn a_group_becomes_a_cohort(world: World) {
    assert_eq!(world.apply(group_provisioned(50, at(1), group("Sales EMEA"))).await, Executed);
    let cohort = world.cohort().await;
    assert_eq!(cohort.name, "aad-Sales EMEA");
    assert!(cohort.slug.starts_with("aad-sales-emea-"), "{}", cohort.slug);
    assert_eq!(cohort.status, CohortStatus::Active);
    assert_eq!(cohort.scim_id.0, scim(50));
    // A second group of the same name is another cohort.
    let twin = events::v1::Group { external_id: "object-twin".to_owned(), ..group("Sales EMEA") };
    assert_eq!(world.apply(group_provisioned(51, at(1), twin)).await, Executed);
    assert_eq!(world.cohorts_of(crate::fixture::INTEGRATION).await.len(), 2);
}

async fn edges_may_arrive_before_user_and_group(world: World) {
    world.apply(members(50, at(2), &[1, 2], &[])).await;
    world.apply(provisioned(1, at(1), user("ana"))).await;
    world.apply(group_provisioned(50, at(1), group("Sales"))).await;
    assert_eq!(member_ids(&world).await.len(), 1);
    world.apply(provisioned(2, at(1), user("bea"))).await;
    assert_eq!(member_ids(&world).await.len(), 2);
}

async fn an_older_edge_loses(world: World) {
    let batch = [provisioned(1, at(1), user("ana")), group_provisioned(50, at(1), group("Sales"))];
    world.handle(&batch).await;
    world.apply(members(50, at(3), &[], &[1])).await;
    world.apply(members(50, at(2), &[1], &[])).await;
    assert!(member_ids(&world).await.is_empty());
    world.handle(&[members(50, at(5), &[1], &[]), members(50, at(4), &[], &[1])]).await;
    assert_eq!(member_ids(&world).await.len(), 1);
}

async fn members_follow_the_user_who_returns(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        group_provisioned(50, at(1), group("Sales")),
        group_provisioned(51, at(1), group("Support")),
        members(50, at(2), &[1], &[]),
        members(51, at(2), &[2], &[]),
    ];
    world.handle(&batch).await;
    world.apply(provisioned(2, again(1), user("ana"))).await;
    let cohorts = world.cohorts_of(crate::fixture::INTEGRATION).await;
    let members_of = |name: &str| cohorts.iter().find(|cohort| cohort.name == name).unwrap().members.len();
    assert_eq!((members_of("aad-Sales"), members_of("aad-Support")), (0, 1));
}

async fn a_disabled_user_stays_and_a_deleted_one_leaves(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        group_provisioned(50, at(1), group("Sales")),
        members(50, at(2), &[1, 2], &[]),
    ];
    world.handle(&batch).await;
    world.apply(deactivated(1, at(2), user("ana"))).await;
    assert_eq!(member_ids(&world).await.len(), 2);
    world.apply(deprovisioned(1, at(3), user("ana"))).await;
    assert_eq!(member_ids(&world).await.len(), 1);
}

async fn memberships_of_the_lms_stay(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        group_provisioned(50, at(1), group("Sales")),
        members(50, at(2), &[1], &[]),
    ];
    world.handle(&batch).await;
    world
        .execute(
            "insert into lms.cohort_membership (cohort_id, learner_id, origin)
             select cohort_id, learner_id, 'manual' from lms.cohort cross join lms.learner",
        )
        .await;
    assert_eq!(member_ids(&world).await.len(), 1, "by two origins, shown once");
    assert_eq!(sizes(&world).await, [1], "and counted once");
    world.apply(members(50, at(3), &[], &[1])).await;
    assert_eq!(member_ids(&world).await.len(), 1);
    assert_eq!(world.count("lms.cohort_membership where origin = 'scim'").await, 0);
    world.apply(deprovisioned(1, at(2), user("ana"))).await;
    assert_eq!(member_ids(&world).await.len(), 1);
}

async fn sizes(world: &World) -> Vec<u64> {
    let page = Page { after: None, limit: 10 };
    let sizes = world.reader.cohort_sizes(&own(), page).await.unwrap();
    sizes.iter().map(|cohort| cohort.members).collect()
}

async fn cohorts_are_listed_page_by_page_with_their_sizes(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        group_provisioned(50, at(1), group("Sales")),
        group_provisioned(51, at(1), group("Support")),
        members(50, at(2), &[1, 2], &[]),
        members(51, at(2), &[2], &[]),
    ];
    world.handle(&batch).await;
    let views = world.cohorts_of(INTEGRATION).await;
    let mut after = None;
    for view in &views {
        let sizes = world.reader.cohort_sizes(&own(), Page { after, limit: 1 }).await.unwrap();
        let [size] = sizes.as_slice() else { panic!("{sizes:?}") };
        let (group, members) = if view.name.contains("Sales") { ("Sales", 2) } else { ("Support", 1) };
        assert_eq!((size.cohort_id, &size.name, size.members), (view.cohort_id, &view.name, members));
        assert_eq!(size.group_name.as_deref(), Some(group));
        after = Some(size.cohort_id);
    }
    assert_eq!(views.len(), 2);
    assert_eq!(world.reader.cohort_sizes(&own(), Page { after, limit: 1 }).await.unwrap(), []);
    let other = IntegrationSlug(OTHER.to_owned());
    assert_eq!(world.reader.cohort_sizes(&other, Page { after: None, limit: 1 }).await.unwrap(), []);
}

async fn cohorts_of_a_learner_are_listed_page_by_page(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        group_provisioned(50, at(1), group("Sales")),
        group_provisioned(51, at(1), group("Support")),
        members(50, at(2), &[1, 2], &[]),
        members(51, at(2), &[2], &[]),
    ];
    world.handle(&batch).await;
    world
        .execute(
            "insert into lms.cohort_membership (cohort_id, learner_id, origin)
             select cohort_id, learner_id, 'manual' from lms.cohort_membership",
        )
        .await;
    let learners = world.learners_of(INTEGRATION).await;
    let learner = |id| learners.iter().find(|one| one.scim_id == ScimId(scim(id))).unwrap().learner_id;
    let bea = learner(2);
    let of = async |slug: &str, learner, after, limit| {
        let slug = IntegrationSlug(slug.to_owned());
        world.reader.cohorts_of(&slug, learner, Page { after, limit }).await.unwrap()
    };
    let all = of(INTEGRATION, bea, None, 10).await;
    let views = world.cohorts_of(INTEGRATION).await;
    let expected: Vec<_> = views
        .iter()
        .map(|view| (view.cohort_id, view.scim_id, view.name.clone(), CohortStatus::Active))
        .collect();
    let told: Vec<_> =
        all.iter().map(|one| (one.cohort_id, one.scim_id, one.name.clone(), one.status)).collect();
    assert_eq!((told.len(), &told), (2, &expected), "by two origins, and told once");
    assert_eq!(of(INTEGRATION, bea, None, 1).await, all[..1]);
    assert_eq!(of(INTEGRATION, bea, Some(all[0].cohort_id), 1).await, all[1..]);
    assert_eq!(of(INTEGRATION, bea, Some(all[1].cohort_id), 1).await, []);
    assert!(of(INTEGRATION, learner(1), None, 10).await[0].name.contains("Sales"));
    assert_eq!(of(OTHER, bea, None, 10).await, [], "of another integration");
}

async fn a_deleted_group_archives_its_cohort(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        group_provisioned(50, at(1), group("Sales")),
        members(50, at(2), &[1], &[]),
    ];
    world.handle(&batch).await;
    world.apply(group_deprovisioned(50, at(3), group("Sales"))).await;
    let cohort = world.cohort().await;
    assert_eq!(cohort.status, CohortStatus::Archived);
    assert!(cohort.members.is_empty());
    assert_eq!(sizes(&world).await, [0]);
}

async fn a_group_that_returns_is_the_old_cohort(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        group_provisioned(50, at(1), group("Sales")),
        members(50, at(2), &[1], &[]),
        group_deprovisioned(50, at(3), group("Sales")),
    ];
    world.handle(&batch).await;
    let before = world.cohort().await;
    // The members of the new group come first.
    world.apply(members(60, again(2), &[2], &[])).await;
    world.apply(group_provisioned(60, again(1), group("Sales"))).await;
    let cohort = world.cohort().await;
    assert_eq!((cohort.cohort_id, cohort.status), (before.cohort_id, CohortStatus::Active));
    let bea = world.learners_of(crate::fixture::INTEGRATION).await;
    let bea = bea.iter().find(|learner| learner.scim_id.0 == scim(2)).unwrap();
    assert_eq!(cohort.members, [bea.learner_id]);
}

async fn chunks_of_one_change_all_apply(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        group_provisioned(50, at(2), group("Sales")),
    ];
    world.handle(&batch).await;
    let chunks = [members(50, at(2), &[1], &[]), members(50, at(2), &[2], &[])];
    assert_eq!(world.handle(&chunks).await, [Executed, Executed]);
    assert_eq!(world.handle(&chunks).await, [AlreadyApplied, AlreadyApplied]);
    assert_eq!(member_ids(&world).await.len(), 2);
}

async fn memberships_changed_by_hand_are_put_right_with_the_next_event_of_the_user(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        group_provisioned(50, at(1), group("Sales")),
        group_provisioned(60, at(1), group("Support")),
        group_provisioned(70, at(1), group("Care")),
        members(50, at(2), &[1], &[]),
        members(60, at(2), &[1], &[]),
    ];
    world.handle(&batch).await;
    world
        .execute(
            "delete from lms.cohort_membership
             where cohort_id = (select cohort_id from lms.cohort where name = 'aad-Sales');
             update lms.cohort_membership set since = '2020-01-01T00:00:00Z';
             insert into lms.cohort_membership (cohort_id, learner_id, origin)
             select cohort_id, learner_id, 'scim' from lms.cohort cross join lms.learner where name = 'aad-Care'",
        )
        .await;
    assert_eq!(world.apply(changed(1, at(2), user("ana"))).await, Executed);
    let cohorts = world.cohorts_of(crate::fixture::INTEGRATION).await;
    let members_of = |name: &str| cohorts.iter().find(|cohort| cohort.name == name).unwrap().members.len();
    assert_eq!((members_of("aad-Sales"), members_of("aad-Support"), members_of("aad-Care")), (1, 1, 0));
    let untouched = "lms.cohort_membership where since < '2021-01-01T00:00:00Z'";
    assert_eq!(world.count(untouched).await, 1, "what was right keeps its day");
}
