//! What was handled is remembered for a time, and what comes again after that changes nothing.

use chrono::{DateTime, Utc};
use events::Applied::{AlreadyApplied, Executed, Stale};
use events::Message;
use events::v1::User;

use crate::fixture::{at, changed, group, group_provisioned, members, provisioned, user};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(handled_events_are_forgotten_in_parts, what_is_older_than_the_memory_changes_nothing,);

fn titled(title: &str) -> User {
    User { title: title.to_owned(), ..user("ana") }
}

async fn handled_events_are_forgotten_in_parts(world: World) {
    for version in 1..=5 {
        world.apply(changed(1, at(version), titled(&version.to_string()))).await;
    }
    world.execute("update sync.inbox set applied_at = '2026-01-01T00:00:00.000Z' where version < 5").await;
    let then: DateTime<Utc> = "2026-01-01T12:00:00Z".parse().unwrap();
    let mut forgotten = vec![];
    for _ in 0..3 {
        forgotten.push(world.inbox.forget_handled(then, 3).await.unwrap());
    }
    assert_eq!(forgotten, [3, 1, 0]);
    assert_eq!(world.count("sync.inbox where version = 5").await, 1);
}

async fn what_is_older_than_the_memory_changes_nothing(world: World) {
    let people: [Message; 3] = [
        provisioned(1, at(1), titled("Welder")),
        changed(1, at(2), titled("Foreman")),
        changed(1, at(3), titled("Manager")),
    ];
    let groups: [Message; 3] = [
        group_provisioned(0x50, at(1), group("Welders")),
        members(0x50, at(2), &[1], &[]),
        members(0x50, at(3), &[], &[1]),
    ];
    for message in people.iter().chain(&groups) {
        assert_eq!(world.apply(message.clone()).await, Executed);
    }
    let far: DateTime<Utc> = "9999-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(world.inbox.forget_handled(far, 100).await.unwrap(), 6);

    assert_eq!(world.handle(&people).await, [Stale, Stale, AlreadyApplied]);
    world.handle(&groups).await;
    assert_eq!(world.count("lms.learner where job_title = 'Manager'").await, 1);
    assert_eq!(world.count("lms.learner").await, 1);
    assert_eq!(world.count("sync.edge where version = 3 and not present").await, 1);
    assert_eq!(world.count("lms.cohort_membership").await, 0);
    assert_eq!(world.count("lms.cohort").await, 1);
    assert_eq!(world.count("sync.parked_event").await, 0);
    assert_eq!(world.count("sync.inbox").await, 6, "they are known again");
}
