//! What a snapshot finds different, and repairs.

use std::sync::{Arc, Mutex};

use events::Applied::{AlreadyApplied, Executed};
use events::v1::snapshot_chunk::Content;
use events::v1::{MemberRange, User};
use events::{Applied, EventHandler, Message};
use lms::{Attribute, Drift, DriftKind, DriftListener};

use crate::fixture::{
    INTEGRATION, again, at, changed, deactivated, deprovisioned, group, group_changed, group_provisioned,
    managed_by, members, numbered, provisioned, scim, user,
};
use crate::over_both_stores;
use crate::snapshot::{Directory, all_members, all_users, early_part, part, user_state};
use crate::world::World;

over_both_stores!(
    a_snapshot_of_what_is_there_finds_nothing,
    damage_of_any_kind_is_found_named_and_repaired_once,
    what_no_event_told_is_found,
    a_listener_hears_of_a_difference_once,
    what_the_directory_does_not_have_is_ended,
    extra_users_pass_the_guard,
    an_extra_learner_loses_nothing_but_the_status,
    an_extra_newcomer_who_waits_becomes_no_learner,
    what_is_newer_than_the_part_is_left_alone,
    what_may_have_come_while_the_part_was_read_is_left_alone,
    parts_come_in_any_order_and_again,
    an_empty_lms_is_rebuilt_from_parts_alone,
    a_user_wrongly_taken_for_deleted_comes_back,
    the_old_self_of_a_person_who_returned_is_no_extra,
    a_run_is_complete_when_every_part_was_compared,
    members_may_be_told_before_their_users,
    a_deleted_member_is_no_drift,
    a_member_by_one_of_two_groups_is_no_drift,
    a_member_who_returned_is_no_drift,
    a_membership_without_edge_is_found_in_whichever_range,
    an_edited_cohort_is_found_though_the_group_has_new_members,
    of_a_part_everything_that_can_be_applied_is,
    events_that_come_with_the_part_are_no_drift,
);

pub(crate) const NOTHING: &str = "";

/// Ana and Bea in Sales, Caio in Support.
fn history() -> Vec<Message> {
    vec![
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        provisioned(3, at(1), user("caio")),
        group_provisioned(50, at(1), group("Sales")),
        members(50, at(2), &[1, 2], &[]),
        group_provisioned(60, at(1), group("Support")),
        members(60, at(2), &[3], &[]),
    ]
}

fn directory() -> Directory {
    Directory::default()
        .user(1, at(1), user("ana"))
        .user(2, at(1), user("bea"))
        .user(3, at(1), user("caio"))
        .group(50, at(2), group("Sales"), &[1, 2])
        .group(60, at(2), group("Support"), &[3])
}

const PICTURE: [&str; 5] = [
    "ana active ana",
    "bea active bea",
    "caio active caio",
    "aad-Sales Active: ana bea",
    "aad-Support Active: caio",
];

/// Kinds of what a run found, in alphabetical order.
pub(crate) async fn drift(world: &World, run: u128) -> String {
    let of_run = format!("from sync.drift where run_id = '{}'", scim(run));
    world.text(&format!("select coalesce(string_agg(kind, ' ' order by kind), '') {of_run}")).await
}

/// Compares with a snapshot; answers what it found.
async fn compare(world: &World, run: u128, directory: &Directory) -> String {
    for message in directory.tell(run) {
        assert_eq!(world.apply(message).await, Executed);
    }
    world.recheck().await;
    drift(world, run).await
}

async fn a_snapshot_of_what_is_there_finds_nothing(world: World) {
    world.handle(&history()).await;
    world
        .execute("create table lms.memory as select learner_id, row_version, updated_at from lms.learner")
        .await;
    assert_eq!(compare(&world, 100, &directory()).await, NOTHING);
    assert_eq!(world.picture().await, PICTURE);
    let untouched = "lms.learner join lms.memory using (learner_id, row_version, updated_at)";
    assert_eq!(world.count(untouched).await, 3);
}

async fn damage_of_any_kind_is_found_named_and_repaired_once(world: World) {
    world.handle(&history()).await;
    let bea = scim(2);
    let (sales, caio) = (scim(50), scim(3));
    let of_bea = "learner_id = (select learner_id from lms.learner where login like 'bea@%')";
    let damages = [
        ("update lms.learner set given_name = 'Anna' where given_name = 'ana'".to_owned(), "edited_learner"),
        (format!("update lms.learner set given_name = 'B', job_title = null where {of_bea}"), "edited_learner"),
        (
            format!("update lms.learner set status = 'inactive', inactive_reason = 'admin' where {of_bea}"),
            "edited_status",
        ),
        ("update lms.cohort set name = 'Mine' where name = 'aad-Sales'".to_owned(), "edited_cohort"),
        ("update lms.cohort set status = 'archived' where name = 'aad-Sales'".to_owned(), "edited_cohort"),
        (format!("delete from lms.cohort_membership where {of_bea}"), "missing_membership"),
        (format!("delete from sync.edge where scim_user_id = '{bea}'"), "missing_membership"),
        (
            format!("delete from sync.edge where scim_user_id = '{bea}';
                 delete from lms.cohort_membership where {of_bea}"),
            "missing_membership",
        ),
        (
            format!("update sync.edge set present = false, version = 1 where scim_user_id = '{bea}'"),
            "missing_membership",
        ),
        (
            "insert into lms.cohort_membership (cohort_id, learner_id, origin)
             select cohort_id, learner_id, 'scim' from lms.cohort cross join lms.learner
             where name = 'aad-Sales' and given_name = 'caio'"
                .to_owned(),
            "extra_membership",
        ),
        (
            format!(
                "insert into sync.edge
                     (integration, scim_group_id, scim_user_id, epoch, incarnation, version, present)
                 values ('{INTEGRATION}', '{sales}', '{caio}', 0, 1, 1, true)
                 on conflict (scim_group_id, scim_user_id, integration) do update set present = true, version = 1"
            ),
            "extra_membership",
        ),
    ];
    for (number, (damage, found)) in (0..).zip(damages) {
        world.execute(&damage).await;
        assert_eq!(compare(&world, 100 + 2 * number, &directory()).await, found, "{damage}");
        assert_eq!(world.picture().await, PICTURE, "{damage}");
        assert_eq!(compare(&world, 101 + 2 * number, &directory()).await, NOTHING, "{damage}");
    }
    let attributes = "select attributes from sync.drift where attributes like '%job_title%'";
    assert_eq!(world.text(attributes).await, r#"["given_name","job_title"]"#);
}

#[derive(Default)]
struct Heard(Mutex<Vec<DriftKind>>);

impl DriftListener for Heard {
    fn found(&self, drift: &[Drift]) {
        self.0.lock().unwrap().extend(drift.iter().map(|drift| drift.kind));
    }
}

async fn a_listener_hears_of_a_difference_once(world: World) {
    world.handle(&history()).await;
    world.execute("update lms.learner set given_name = 'Anna' where given_name = 'ana'").await;
    world.execute("update lms.cohort set name = 'Mine' where name = 'aad-Sales'").await;
    let heard = Arc::new(Heard::default());
    let sync = world.replica().with_drift_listener(heard.clone());
    for run in [100, 100, 101] {
        for message in directory().tell(run) {
            sync.handle(&[message]).await.unwrap();
        }
    }
    assert_eq!(*heard.0.lock().unwrap(), [DriftKind::EditedLearner, DriftKind::EditedCohort]);
}

async fn what_no_event_told_is_found(world: World) {
    // Of Bea and Support nothing came; of Ana and Sales not the newest.
    world.handle(&history()[0..1]).await;
    world.handle(&history()[2..5]).await;
    let promoted = User { title: "Architect".to_owned(), ..user("ana") };
    let directory = directory().user(1, at(2), promoted).group(50, at(3), group("Sales EMEA"), &[1, 2]);
    let found = "missing_group missing_membership missing_user stale_group stale_user";
    assert_eq!(compare(&world, 100, &directory).await, found);
    assert_eq!(
        world.picture().await,
        [
            "ana active ana",
            "bea active bea",
            "caio active caio",
            "aad-Sales EMEA Active: ana bea",
            "aad-Support Active: caio",
        ]
    );
    assert_eq!(compare(&world, 101, &directory).await, NOTHING);
    // The events come late, and change nothing.
    assert_eq!(world.apply(provisioned(2, at(1), user("bea"))).await, AlreadyApplied);
    assert_eq!(world.apply(members(50, at(2), &[], &[1])).await, Executed);
    assert_eq!(compare(&world, 102, &directory).await, NOTHING);
}

async fn what_the_directory_does_not_have_is_ended(world: World) {
    world.handle(&history()).await;
    let directory = directory().without_user(2).without_group(60);
    assert_eq!(compare(&world, 100, &directory).await, "extra_group extra_user");
    assert_eq!(
        world.picture().await,
        [
            "ana active ana",
            "bea inactive bea",
            "caio active caio",
            "aad-Sales Active: ana",
            "aad-Support Archived:",
        ]
    );
    assert_eq!(compare(&world, 101, &directory).await, NOTHING);
    // An event that was on its way tells that both live.
    world.apply(changed(2, at(2), user("bea"))).await;
    world.apply(group_changed(60, at(3), group("Support"))).await;
    assert_eq!(world.picture().await[1], "bea active bea");
    assert_eq!(world.picture().await[4], "aad-Support Active: caio");
}

async fn extra_users_pass_the_guard(world: World) {
    world.handle(&history()).await;
    world.rule(r#"{"guard":{"people":1}}"#).await;
    let directory = directory().without_user(2).without_user(3);
    assert_eq!(compare(&world, 100, &directory).await, "extra_user extra_user");
    assert_eq!(world.count("sync.link where waits = 'held'").await, 1);
    // Whose deletion is held keeps the memberships, too.
    let picture = [
        "ana active ana",
        "bea inactive bea",
        "caio active caio",
        "aad-Sales Active: ana",
        "aad-Support Active: caio",
    ];
    assert_eq!(world.picture().await, picture);
    assert_eq!(compare(&world, 101, &directory).await, NOTHING);
    assert_eq!(world.picture().await, picture);
}

async fn an_extra_learner_loses_nothing_but_the_status(world: World) {
    world
        .handle(&[provisioned(1, at(1), user("ana")), provisioned(2, at(1), managed_by(1, user("bea")))])
        .await;
    world.apply(provisioned(3, at(1), user("caio"))).await;
    // The manager is in another part.
    let directory = Directory::default().user(1, at(1), user("ana")).user(3, at(1), user("caio"));
    world.handle(&directory.tell_by(100, 1)[1..]).await;
    assert_eq!(drift(&world, 100).await, "extra_user");
    assert_eq!(
        world.count("lms.learner where status = 'inactive' and manager_learner_id is not null").await,
        1
    );
    assert_eq!(world.count("sync.conflict").await, 0);
}

async fn an_extra_newcomer_who_waits_becomes_no_learner(world: World) {
    world.handle(&[provisioned(1, at(1), numbered("7", user("ana")))]).await;
    world.apply(deactivated(1, at(2), numbered("7", user("ana")))).await;
    world.apply(provisioned(2, at(1), numbered("7", user("ana.silva")))).await;
    assert_eq!(world.count("sync.adoption").await, 1);
    let left = User { active: Some(false), ..numbered("7", user("ana")) };
    compare(&world, 100, &Directory::default().user(1, at(2), left)).await;
    assert_eq!((world.count("lms.learner").await, world.count("sync.adoption").await), (1, 0));
    world.decide_all_anew().await;
    assert_eq!(world.count("lms.learner").await, 1);
}

async fn what_is_newer_than_the_part_is_left_alone(world: World) {
    world.handle(&history()).await;
    world
        .handle(&[
            changed(1, at(2), User { title: "Architect".to_owned(), ..user("ana") }),
            deprovisioned(2, at(2), user("bea")),
            group_changed(60, at(4), group("Care")),
            members(50, at(5), &[3], &[1]),
        ])
        .await;
    let picture = world.picture().await;
    assert_eq!(picture[3..], ["aad-Care Active: caio", "aad-Sales Active: caio"]);
    assert_eq!(compare(&world, 100, &directory()).await, NOTHING);
    assert_eq!(world.picture().await, picture);
}

async fn what_may_have_come_while_the_part_was_read_is_left_alone(world: World) {
    world.handle(&history()).await;
    let nobody = early_part(100, 1, all_users(Vec::new()));
    assert_eq!(world.apply(nobody).await, Executed);
    assert_eq!(
        (drift(&world, 100).await, world.picture().await),
        (String::new(), PICTURE.map(String::from).to_vec())
    );
}

async fn parts_come_in_any_order_and_again(world: World) {
    world.handle(&history()[..4]).await;
    let mut messages = directory().tell(100);
    messages.reverse();
    for message in &messages {
        assert_eq!(world.apply(message.clone()).await, Executed);
        assert_eq!(world.apply(message.clone()).await, AlreadyApplied);
    }
    assert_eq!(world.picture().await, PICTURE);
    let found = drift(&world, 100).await;
    // Told again under another id, as a snapshot that was interrupted does.
    let users = all_users(vec![
        user_state(1, at(1), user("ana")),
        user_state(2, at(1), user("bea")),
        user_state(3, at(1), user("caio")),
    ]);
    assert_eq!(world.apply(part(100, 1, users)).await, Executed);
    assert_eq!(
        (drift(&world, 100).await, world.picture().await),
        (found, PICTURE.map(String::from).to_vec())
    );
    assert_eq!(world.count("sync.reconcile_part").await, i64::try_from(messages.len()).unwrap() - 1);
}

async fn an_empty_lms_is_rebuilt_from_parts_alone(world: World) {
    let tombstone = User {
        user_name: format!("{}bea@contoso.example", "0f".repeat(16)),
        active: Some(false),
        ..managed_by(3, user("bea"))
    };
    let directory = directory().user(2, at(4), tombstone.clone()).group(70, at(1), group("Lab"), &[]);
    world.handle(&directory.tell(100)).await;
    world.recheck().await;
    let picture = [
        "ana active ana",
        "bea inactive bea",
        "caio active caio",
        "aad-Lab Active:",
        "aad-Sales Active: ana bea",
        "aad-Support Active: caio",
    ];
    assert_eq!(world.picture().await, picture);
    assert_eq!(compare(&world, 101, &directory).await, NOTHING);
    // The events behind it are recognised.
    let mut late = history();
    late.push(deactivated(2, at(4), tombstone));
    world.handle(&late).await;
    assert_eq!(world.picture().await, picture);
    assert_eq!(world.count("lms.learner where manager_learner_id is not null").await, 1);
    assert_eq!(compare(&world, 102, &directory).await, NOTHING);
}

async fn a_user_wrongly_taken_for_deleted_comes_back(world: World) {
    world.handle(&history()).await;
    let records = world.record_training(&world.learners_of(INTEGRATION).await[0]).await;
    world.apply(part(100, 1, all_users(Vec::new()))).await;
    assert_eq!(world.count("lms.learner where status = 'inactive'").await, 3);
    assert_eq!(compare(&world, 101, &directory()).await, "stale_user stale_user stale_user");
    assert_eq!(world.picture().await, PICTURE);
    assert_eq!(world.count("lms.training_record").await, i64::try_from(records.len()).unwrap());
    assert_eq!(compare(&world, 102, &directory()).await, NOTHING);
}

async fn the_old_self_of_a_person_who_returned_is_no_extra(world: World) {
    world.handle(&history()).await;
    // The deletion of user 1 and of group 50 were lost.
    world
        .handle(&[
            provisioned(11, again(1), user("ana")),
            group_provisioned(51, again(1), group("Sales")),
            members(51, again(2), &[11, 2], &[]),
        ])
        .await;
    assert_eq!(world.picture().await, PICTURE);
    let directory = directory().without_user(1).without_group(50).user(11, again(1), user("ana")).group(
        51,
        again(2),
        group("Sales"),
        &[11, 2],
    );
    assert_eq!(compare(&world, 100, &directory).await, NOTHING);
    assert_eq!(world.picture().await, PICTURE);
    // Told from before the return, it changes nothing either.
    let before = part(101, 1, all_users(vec![user_state(1, at(1), user("ana"))]));
    world.apply(before).await;
    assert_eq!(world.picture().await[0], "ana inactive ana");
}

async fn a_run_is_complete_when_every_part_was_compared(world: World) {
    let complete = "sync.reconcile_run as run where parts = (
        select count(*) from sync.reconcile_part as part where part.run_id = run.run_id)";
    let mut messages = directory().tell(100);
    let end = messages.pop().unwrap();
    let last = messages.pop().unwrap();
    world.apply(end).await;
    world.handle(&messages).await;
    assert_eq!(world.count(complete).await, 0);
    world.apply(last).await;
    assert_eq!(world.count(complete).await, 1);
    assert_eq!(world.count("sync.reconcile_run where users is not null").await, 1);
}

async fn members_may_be_told_before_their_users(world: World) {
    let found =
        [part(100, 1, all_members(50, at(2), &[1, 2])), part(101, 1, all_members(50, at(2), &[1, 2]))];
    world.handle(&found[..1]).await;
    world.handle(&found[1..]).await;
    assert_eq!(drift(&world, 101).await, NOTHING);
    world.handle(&history()[..4]).await;
    assert_eq!(world.picture().await[3], "aad-Sales Active: ana bea");
}

async fn a_deleted_member_is_no_drift(world: World) {
    world.handle(&history()).await;
    // Nothing tells that a deleted user is in no group any more.
    world.apply(deprovisioned(2, at(2), user("bea"))).await;
    assert_eq!(compare(&world, 100, &directory().without_user(2)).await, NOTHING);
}

async fn a_member_by_one_of_two_groups_is_no_drift(world: World) {
    world.handle(&history()).await;
    let all = "00000000-0000-0000-0000-0000000000aa";
    world
        .execute(&format!(
            "insert into lms.cohort (cohort_id, portal_id, name, slug, status, origin)
             select '{all}', portal_id, 'Everybody', 'everybody', 'active', 'local' from lms.portal"
        ))
        .await;
    let rule = format!(r#"{{"name":"all","when":"any","then":{{"link":{{"cohort":"{all}"}}}}}}"#);
    world.rule(&format!(r#"{{"cohorts":[{rule}]}}"#)).await;
    // Ana is in both, then only in Sales.
    world.handle(&[members(60, at(3), &[1], &[]), members(60, at(4), &[], &[1])]).await;
    let directory = directory().group(60, at(4), group("Support"), &[3]);
    assert_eq!(compare(&world, 100, &directory).await, NOTHING);
    assert_eq!(world.count(&format!("lms.cohort_membership where cohort_id = '{all}'")).await, 3);
}

async fn a_member_who_returned_is_no_drift(world: World) {
    world.handle(&history()).await;
    world.apply(members(60, at(3), &[1], &[])).await;
    world.apply(deprovisioned(1, at(2), user("ana"))).await;
    world.handle(&[provisioned(11, again(1), user("ana")), members(50, at(3), &[11], &[])]).await;
    let directory = directory()
        .without_user(1)
        .user(11, again(1), user("ana"))
        .group(50, at(3), group("Sales"), &[2, 11])
        .group(60, at(3), group("Support"), &[3]);
    assert_eq!(compare(&world, 100, &directory).await, NOTHING);
    assert_eq!(compare(&world, 101, &directory).await, NOTHING);
    assert_eq!(world.picture().await, PICTURE);
}

async fn a_membership_without_edge_is_found_in_whichever_range(world: World) {
    world.handle(&history()).await;
    world
        .execute(
            "insert into lms.cohort_membership (cohort_id, learner_id, origin)
             select cohort_id, learner_id, 'scim' from lms.cohort cross join lms.learner
             where name = 'aad-Sales' and given_name = 'caio'",
        )
        .await;
    let range = |after: &str, through: &str, members: &[u128]| {
        Content::Members(MemberRange {
            group_id: scim(50).to_string(),
            sequence: at(2).to_string(),
            after: after.to_owned(),
            through: through.to_owned(),
            members: members.iter().map(|id| scim(*id).to_string()).collect(),
        })
    };
    let middle = scim(2).to_string();
    world.handle(&[part(100, 1, range("", &middle, &[1, 2]))]).await;
    world.handle(&[part(100, 2, range(&middle, "", &[]))]).await;
    assert_eq!(drift(&world, 100).await, "extra_membership");
    assert_eq!(world.picture().await, PICTURE);
}

async fn an_edited_cohort_is_found_though_the_group_has_new_members(world: World) {
    world.handle(&history()).await;
    world.execute("update lms.cohort set name = 'Mine' where name = 'aad-Sales'").await;
    // The position of a group in a snapshot is that of its newest members.
    assert_eq!(compare(&world, 100, &directory()).await, "edited_cohort");
    assert_eq!(world.picture().await, PICTURE);
}

async fn of_a_part_everything_that_can_be_applied_is(world: World) {
    world.handle(&history()).await;
    // Dora claims Ana's external id, and both live.
    let dora = User { external_id: "object-ana".to_owned(), ..user("dora") };
    let renamed = User { display_name: "Ana Lima".to_owned(), ..user("ana") };
    let listed = |dora: User| {
        part(
            100,
            1,
            all_users(vec![
                user_state(0, at(1), dora),
                user_state(1, at(2), renamed.clone()),
                user_state(3, at(1), user("caio")),
            ]),
        )
    };
    let outcome = world.apply(listed(dora)).await;
    assert_eq!(outcome, Executed);
    assert_eq!(world.count("sync.parked_event").await, 1, "Dora alone");
    assert_eq!(drift(&world, 100).await, "extra_user stale_user");
    assert_eq!(world.picture().await[..3], ["ana active ana", "bea inactive bea", "caio active caio"]);
    assert_eq!(world.count("lms.learner where display_name = 'Ana Lima'").await, 1);
    // Ana gives it up, and Dora is tried again.
    let other = User { external_id: "object-a".to_owned(), ..renamed.clone() };
    world.apply(changed(1, at(3), other)).await;
    world.let_a_minute_pass_for_parked_events().await;
    assert_eq!(world.retry_parked().await, 1);
    assert_eq!(drift(&world, 100).await, "extra_user missing_user stale_user");
    assert_eq!(world.count("sync.reconcile_part").await, 1);
}

async fn events_that_come_with_the_part_are_no_drift(world: World) {
    let mut batch = history();
    batch.extend(directory().tell(100));
    let outcomes = world.handle(&batch).await;
    assert!(outcomes.iter().all(|outcome: &Applied| *outcome == Executed), "{outcomes:?}");
    assert_eq!(drift(&world, 100).await, NOTHING);
    assert_eq!(world.picture().await, PICTURE);
    let learner = &world.learners_of(INTEGRATION).await[0];
    assert!(learner.profile.value(Attribute::Login).is_some());
}
