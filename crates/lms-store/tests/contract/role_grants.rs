//! Roles that cohorts grant, and the last administrator of a portal.

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};

use crate::fixture::{
    at, deactivated, group, group_deprovisioned, group_provisioned, members, provisioned, reactivated, user,
};
use crate::learning::{grant_by_cohort, grant_by_hand, grants, join_by_hand};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    a_directory_gives_and_takes_a_role,
    the_last_admin_keeps_the_role_until_another_appears,
    of_admins_who_leave_together_one_stays,
    a_portal_whose_last_admin_is_deactivated_is_found,
    the_role_that_a_cohort_grants_may_change,
    the_last_admin_is_kept_from_everybody,
);

/// Unresolved findings of a kind.
async fn findings(world: &World, kind: &str) -> i64 {
    world.count(&format!("sync.finding where kind = '{kind}' and resolved_at is null")).await
}

async fn a_directory_gives_and_takes_a_role(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        group_provisioned(50, at(1), group("Sales")),
    ];
    world.handle(&batch).await;
    grant_by_cohort(&world, "Sales", "'admin'").await;
    grant_by_hand(&world, "bea", "admin").await;
    world.apply(members(50, at(2), &[1], &[])).await;
    assert_eq!(grants(&world, "role = 'admin' and cohort_id is not null").await, 1);
    // Kept in the cohort by hand: what the directory gave goes all the same.
    join_by_hand(&world).await;
    world.apply(members(50, at(3), &[], &[1])).await;
    assert_eq!(grants(&world, "cohort_id is not null").await, 0);
    assert_eq!(grants(&world, "cohort_id is null").await, 1);
    assert_eq!(world.count("sync.finding").await, 0);
}

async fn the_last_admin_keeps_the_role_until_another_appears(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        group_provisioned(50, at(1), group("Sales")),
    ];
    world.handle(&batch).await;
    grant_by_cohort(&world, "Sales", "'admin'").await;
    world.apply(members(50, at(2), &[1], &[])).await;
    world.apply(members(50, at(3), &[], &[1])).await;
    assert_eq!(world.count("lms.cohort_membership").await, 0);
    assert_eq!(grants(&world, "role = 'admin'").await, 1);
    assert_eq!(findings(&world, "last_admin_kept").await, 1);
    // Back and away again: found anew.
    world.apply(members(50, at(4), &[1], &[])).await;
    assert_eq!((grants(&world, "true").await, findings(&world, "last_admin_kept").await), (1, 0));
    world.apply(members(50, at(5), &[], &[1])).await;
    assert_eq!((grants(&world, "true").await, findings(&world, "last_admin_kept").await), (1, 1));
    // Of the same portal, and active: only such a one counts.
    world.apply(deactivated(2, at(2), user("bea"))).await;
    grant_by_hand(&world, "bea", "admin").await;
    assert_eq!((grants(&world, "true").await, findings(&world, "last_admin_kept").await), (2, 1));
    world.apply(reactivated(2, at(3), user("bea"))).await;
    assert_eq!((grants(&world, "true").await, findings(&world, "last_admin_kept").await), (1, 0));
    assert_eq!(grants(&world, "cohort_id is null").await, 1);
}

async fn of_admins_who_leave_together_one_stays(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        provisioned(3, at(1), user("caio")),
        group_provisioned(50, at(1), group("Sales")),
    ];
    world.handle(&batch).await;
    grant_by_cohort(&world, "Sales", "'admin'").await;
    world.apply(members(50, at(2), &[1, 2, 3], &[])).await;
    assert_eq!(grants(&world, "role = 'admin'").await, 3);
    world.apply(members(50, at(3), &[], &[1, 2, 3])).await;
    assert_eq!((grants(&world, "role = 'admin'").await, findings(&world, "last_admin_kept").await), (1, 1));
}

async fn a_portal_whose_last_admin_is_deactivated_is_found(world: World) {
    world.handle(&[provisioned(1, at(1), user("ana")), provisioned(2, at(1), user("bea"))]).await;
    world.apply(deactivated(2, at(2), user("bea"))).await;
    assert_eq!(world.count("sync.finding").await, 0, "who was no admin is not missed");
    grant_by_hand(&world, "ana", "admin").await;
    world.apply(deactivated(1, at(2), user("ana"))).await;
    assert_eq!(world.count("lms.learner where status = 'active'").await, 0);
    assert_eq!(findings(&world, "portal_without_admin").await, 1);
    world.apply(reactivated(1, at(3), user("ana"))).await;
    assert_eq!(findings(&world, "portal_without_admin").await, 0);
    assert_eq!(world.count("sync.finding").await, 1);
}

async fn the_role_that_a_cohort_grants_may_change(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        group_provisioned(50, at(1), group("Sales")),
        members(50, at(2), &[1, 2], &[]),
    ];
    world.handle(&batch).await;
    grant_by_cohort(&world, "Sales", "'instructor'").await;
    assert_eq!(grants(&world, "role = 'instructor'").await, 2);
    world.execute("update lms.cohort set name = 'aad-Sales EMEA'").await;
    assert_eq!(grants(&world, "role = 'instructor'").await, 2, "a new name changes no role");
    grant_by_cohort(&world, "Sales EMEA", "'admin'").await;
    assert_eq!((grants(&world, "role = 'admin'").await, grants(&world, "true").await), (2, 2));
    grant_by_cohort(&world, "Sales EMEA", "'manager'").await;
    assert_eq!((grants(&world, "role = 'admin'").await, grants(&world, "true").await), (1, 3));
    assert_eq!(findings(&world, "last_admin_kept").await, 1);
    grant_by_cohort(&world, "Sales EMEA", "null").await;
    assert_eq!((grants(&world, "role = 'admin'").await, grants(&world, "true").await), (1, 1));
    world.apply(group_deprovisioned(50, at(4), group("Sales EMEA"))).await;
    assert_eq!((grants(&world, "true").await, findings(&world, "last_admin_kept").await), (1, 1));
}

async fn the_last_admin_is_kept_from_everybody(world: World) {
    world.handle(&[provisioned(1, at(1), user("ana")), provisioned(2, at(1), user("bea"))]).await;
    grant_by_hand(&world, "ana", "admin").await;
    for statement in [
        "delete from lms.role_grant",
        "update lms.role_grant set role = 'manager'",
        "update lms.role_grant set learner_id = (select learner_id from lms.learner where given_name = 'bea'),
             role = 'learner'",
    ] {
        let refusal = world.refusal(statement).await;
        assert!(refusal.contains("the last active administrator"), "{statement}: {refusal}");
    }
    grant_by_hand(&world, "bea", "admin").await;
    world
        .execute("delete from lms.role_grant where grant_id = (select min(grant_id) from lms.role_grant)")
        .await;
    assert!(world.refusal("delete from lms.role_grant").await.contains("the last active administrator"));
    // Who is shut out is no administrator, and can be relieved.
    world.apply(deactivated(2, at(2), user("bea"))).await;
    world.execute("delete from lms.role_grant").await;
}

/// Two transactions that each take one of the last two admins away.
#[tokio::test(flavor = "multi_thread")]
async fn admins_who_leave_at_the_same_time_are_not_both_let_go() {
    let world = World::postgres().await;
    world.handle(&[provisioned(1, at(1), user("ana")), provisioned(2, at(1), user("bea"))]).await;
    grant_by_hand(&world, "ana", "admin").await;
    grant_by_hand(&world, "bea", "admin").await;
    let mut connection = AsyncPgConnection::establish(world.database().url()).await.unwrap();
    let take = |order: &str| {
        format!("delete from lms.role_grant where grant_id = (select {order}(grant_id) from lms.role_grant)")
    };
    connection.batch_execute(&format!("begin; {}", take("min"))).await.unwrap();
    let other = take("max");
    let (refusal, ()) = tokio::join!(world.refusal(&other), async {
        let waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'
            and datname = current_database()";
        while world.database().query_i64(waiting).await == 0 {
            tokio::task::yield_now().await;
        }
        connection.batch_execute("commit").await.unwrap();
    });
    assert!(refusal.contains("the last active administrator"), "{refusal}");
}
