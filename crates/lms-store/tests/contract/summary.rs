//! How an integration is doing in the LMS.

use lms::IntegrationSlug;
use lms::admin::{BoundedCount, LearnersSummary, LmsSummary};

use crate::casework_holds::own;
use crate::fixture::{INTEGRATION, OTHER, at, changed, deactivated, provisioned, scim, user};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(what_waits_is_counted, counting_ends_at_a_bound, what_is_old_is_no_conflict_of_the_day);

async fn summary(world: &World) -> LmsSummary {
    world.integrations.summary(&own()).await.unwrap().unwrap()
}

fn exactly(count: u32) -> BoundedCount {
    BoundedCount { count, more: false }
}

async fn what_waits_is_counted(world: World) {
    assert_eq!(world.integrations.summary(&own()).await.unwrap(), None, "nobody has heard of it");
    let batch: Vec<_> = (1..=3).map(|id| provisioned(id, at(1), user(&format!("ana{id}")))).collect();
    world.handle(&batch).await;
    world.apply(deactivated(3, at(2), user("ana3"))).await;
    let before = summary(&world).await;
    assert!(before.last_applied_at.is_some());
    let nothing = exactly(0);
    assert_eq!(
        before,
        LmsSummary {
            last_applied_at: before.last_applied_at,
            learners: LearnersSummary { active: 2, inactive: exactly(1) },
            parked: nothing,
            held: nothing,
            adoptions: nothing,
            stuck: nothing,
            erasures: nothing,
            findings_open: nothing,
            conflicts_last_day: nothing,
        }
    );
    world.execute("update lms.learner set job_title = 'Boss' where status = 'active'").await;
    world.apply(changed(1, at(2), user("ana1"))).await;
    let (hold, old) = (scim(0x900), scim(0x901));
    world
        .execute(&format!(
            "insert into sync.hold (hold_id, integration, departed, active) values ('{hold}', '{INTEGRATION}', 1, 2);
             insert into sync.hold (hold_id, integration, state, departed, active, decided_by, decided_at)
             values ('{old}', '{INTEGRATION}', 'rejected', 1, 2, 'ops', '2026-02-01T00:00:00.000Z');
             update sync.link set waits = 'held', hold_id = '{hold}' where scim_id = '{one}';
             update sync.link set waits = 'held', hold_id = '{old}' where scim_id = '{two}';
             update sync.link set waits = 'adoption' where scim_id = '{three}';
             insert into sync.recheck (integration, kind, scim_id, reason_code, reason)
             values ('{INTEGRATION}', 'user', '{one}', 'no_seat', 'no seat');
             insert into sync.recheck (integration, kind, scim_id) values ('{INTEGRATION}', 'user', '{two}');
             insert into sync.finding (integration, portal_id, kind, detail)
             select slug, portal_id, 'x', '' from sync.integration;
             insert into sync.finding (integration, portal_id, kind, detail, resolved_at)
             select slug, portal_id, 'x', '', '2026-02-01T00:00:00.000Z' from sync.integration;",
            one = scim(1),
            two = scim(2),
            three = scim(3),
        ))
        .await;
    world.apply(provisioned(4, at(1), user("ana1"))).await;
    let after = summary(&world).await;
    assert_eq!(after.held, exactly(1), "those of a rejected hold wait for nobody");
    assert_eq!(after.adoptions, exactly(1));
    assert_eq!((after.stuck, after.findings_open), (exactly(1), exactly(1)));
    assert_eq!(after.conflicts_last_day, exactly(1));
    assert_eq!(after.parked, exactly(1));
    assert!(after.last_applied_at >= before.last_applied_at);
    let other = IntegrationSlug(OTHER.to_owned());
    assert_eq!(world.integrations.summary(&other).await.unwrap(), None);
}

async fn counting_ends_at_a_bound(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let rows =
        (1..=1_002).map(|id| format!("('{INTEGRATION}', 'user', '{}', 'no_seat', 'no seat')", scim(id)));
    let rows = rows.collect::<Vec<_>>().join(",");
    world
        .execute(&format!(
            "insert into sync.recheck (integration, kind, scim_id, reason_code, reason) values {rows}"
        ))
        .await;
    assert_eq!(summary(&world).await.stuck, BoundedCount { count: 1_000, more: true });
}

async fn what_is_old_is_no_conflict_of_the_day(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    world.execute("update lms.learner set job_title = 'Boss'").await;
    world.apply(changed(1, at(2), user("ana"))).await;
    world.execute("update sync.conflict set noticed_at = '2020-01-01T00:00:00.000Z'").await;
    assert_eq!(summary(&world).await.conflicts_last_day, exactly(0));
}
