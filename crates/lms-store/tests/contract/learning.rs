//! What the tables of the LMS do by themselves when a directory changes people, groups and members.

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use events::v1::User;

use crate::fixture::{
    INTEGRATION, OTHER, again, at, changed, deactivated, deprovisioned, group, group_deprovisioned,
    group_provisioned, members, provisioned, reactivated, user, user_event_of,
};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    a_new_member_is_enrolled_in_what_the_cohort_asks_for,
    a_membership_that_is_there_already_changes_nothing,
    what_becomes_of_enrolments_is_for_the_cohort_to_say,
    who_comes_back_to_a_cohort_gets_the_suspended_enrolment_back,
    a_course_that_another_cohort_asks_for_passes_to_that_cohort,
    a_member_by_two_origins_stays_enrolled_while_one_is_left,
    an_archived_cohort_takes_nothing_away_but_its_role,
    a_deactivated_learner_is_shut_out_and_let_in_again,
    a_deactivated_learner_is_enrolled_on_return,
    a_cohort_left_while_inactive_is_not_given_back_by_the_return,
    a_whole_life_leaves_the_training_records_as_they_were,
    a_cohort_of_another_portal_gives_nothing,
    enrolments_are_never_deleted_and_change_no_hands,
    an_erased_learner_gets_nothing_back,
    heads_are_counted_whatever_happens,
);

const FIRE: &str = "00000000-0000-0000-0000-0000000000f1";
const LAW: &str = "00000000-0000-0000-0000-0000000000f2";
const FIRST_AID: &str = "00000000-0000-0000-0000-0000000000f3";

/// A world with the group "Sales" (50), whose cohort asks for a course and does as told with those who leave.
async fn asking_cohort(world: &World, on_leave: &str) {
    world.apply(group_provisioned(50, at(1), group("Sales"))).await;
    create_course(world, FIRE).await;
    ask_for(world, "Sales", FIRE).await;
    on_leaving(world, "Sales", on_leave).await;
}

async fn create_course(world: &World, course: &str) {
    world
        .execute(&format!(
            "insert into lms.course (course_id, portal_id, title)
             select '{course}', portal_id, 'Fire safety' from lms.portal where code = 'acme'"
        ))
        .await;
}

async fn ask_for(world: &World, cohort: &str, course: &str) {
    world
        .execute(&format!(
            "insert into lms.cohort_course (cohort_id, course_id, due_days)
             select cohort_id, '{course}', 30 from lms.cohort where name = 'aad-{cohort}'"
        ))
        .await;
}

async fn on_leaving(world: &World, cohort: &str, on_leave: &str) {
    world
        .execute(&format!("update lms.cohort set on_leave = '{on_leave}' where name = 'aad-{cohort}'"))
        .await;
}

pub(crate) async fn grant_by_cohort(world: &World, cohort: &str, role: &str) {
    world.execute(&format!("update lms.cohort set grants_role = {role} where name = 'aad-{cohort}'")).await;
}

pub(crate) async fn grant_by_hand(world: &World, name: &str, role: &str) {
    world
        .execute(&format!(
            "insert into lms.role_grant (learner_id, role)
             select learner_id, '{role}' from lms.learner where given_name = '{name}'"
        ))
        .await;
}

pub(crate) async fn join_by_hand(world: &World) {
    world
        .execute(
            "insert into lms.cohort_membership (cohort_id, learner_id, origin)
             select cohort_id, learner_id, 'manual' from lms.cohort cross join lms.learner where true
             on conflict do nothing",
        )
        .await;
}

async fn set_state(world: &World, state: &str) {
    world.execute(&format!("update lms.enrolment set state = '{state}'")).await;
}

async fn enrolments(world: &World, condition: &str) -> i64 {
    world.count(&format!("lms.enrolment where {condition}")).await
}

pub(crate) async fn grants(world: &World, condition: &str) -> i64 {
    world.count(&format!("lms.role_grant where {condition}")).await
}

async fn a_new_member_is_enrolled_in_what_the_cohort_asks_for(world: World) {
    asking_cohort(&world, "keep").await;
    create_course(&world, LAW).await;
    ask_for(&world, "Sales", LAW).await;
    world
        .execute(&format!("update lms.cohort_course set auto_enrol = false where course_id = '{LAW}'"))
        .await;
    world.handle(&[provisioned(1, at(1), user("ana")), members(50, at(2), &[1], &[])]).await;
    let owed = "state = 'assigned' and origin = 'cohort' and cohort_id is not null and due_at > created_at";
    assert_eq!(enrolments(&world, owed).await, 1);
    assert_eq!(enrolments(&world, "true").await, 1, "and not in what is only offered");
}

async fn a_membership_that_is_there_already_changes_nothing(world: World) {
    asking_cohort(&world, "keep").await;
    world.handle(&[provisioned(1, at(1), user("ana")), members(50, at(2), &[1], &[])]).await;
    set_state(&world, "withdrawn").await;
    world.apply(members(50, at(3), &[1], &[])).await;
    assert_eq!(enrolments(&world, "true").await, 1, "nobody joined");
    join_by_hand(&world).await;
    assert_eq!(
        enrolments(&world, "state = 'assigned'").await,
        1,
        "what was withdrawn stands against nothing"
    );
    set_state(&world, "completed").await;
    world.apply(members(50, at(4), &[], &[1])).await;
    world.apply(members(50, at(5), &[1], &[])).await;
    assert_eq!(
        enrolments(&world, "state = 'completed'").await,
        2,
        "what was completed is not asked for again"
    );
    assert_eq!(enrolments(&world, "true").await, 2);
}

async fn what_becomes_of_enrolments_is_for_the_cohort_to_say(world: World) {
    for (cohort, course, on_leave, left) in [
        ((50, "Sales"), FIRE, "withdraw", "state = 'withdrawn'"),
        ((60, "Care"), LAW, "suspend", "suspended_because = 'left_cohort'"),
        ((70, "Lab"), FIRST_AID, "keep", "state = 'in_progress'"),
    ] {
        let (id, name) = cohort;
        world.handle(&[provisioned(1, at(1), user("ana")), group_provisioned(id, at(1), group(name))]).await;
        create_course(&world, course).await;
        ask_for(&world, name, course).await;
        on_leaving(&world, name, on_leave).await;
        world.apply(members(id, at(2), &[1], &[])).await;
        let of_course = format!("course_id = '{course}'");
        world.execute(&format!("update lms.enrolment set state = 'in_progress' where {of_course}")).await;
        world.apply(members(id, at(3), &[], &[1])).await;
        assert_eq!(enrolments(&world, &format!("{left} and {of_course}")).await, 1, "{on_leave}");
        assert_eq!(enrolments(&world, &of_course).await, 1, "{on_leave}");
    }
}

async fn who_comes_back_to_a_cohort_gets_the_suspended_enrolment_back(world: World) {
    asking_cohort(&world, "suspend").await;
    world.handle(&[provisioned(1, at(1), user("ana")), members(50, at(2), &[1], &[])]).await;
    set_state(&world, "in_progress").await;
    world.apply(members(50, at(3), &[], &[1])).await;
    assert_eq!(enrolments(&world, "state_before_suspension = 'in_progress'").await, 1);
    world.apply(members(50, at(4), &[1], &[])).await;
    assert_eq!(enrolments(&world, "state = 'in_progress' and suspended_because is null").await, 1);
    // Suspended by hand, it is not for the cohort to give back.
    set_state(&world, "suspended").await;
    world.apply(members(50, at(5), &[], &[1])).await;
    world.apply(members(50, at(6), &[1], &[])).await;
    assert_eq!(enrolments(&world, "state = 'suspended' and suspended_because is null").await, 1);
}

async fn a_course_that_another_cohort_asks_for_passes_to_that_cohort(world: World) {
    asking_cohort(&world, "withdraw").await;
    world.apply(group_provisioned(60, at(1), group("Care"))).await;
    ask_for(&world, "Care", FIRE).await;
    on_leaving(&world, "Care", "suspend").await;
    let batch =
        [provisioned(1, at(1), user("ana")), members(50, at(2), &[1], &[]), members(60, at(2), &[1], &[])];
    world.handle(&batch).await;
    world.apply(members(50, at(3), &[], &[1])).await;
    assert_eq!(enrolments(&world, "state = 'assigned'").await, 1);
    let of_care = "cohort_id = (select cohort_id from lms.cohort where name = 'aad-Care')";
    assert_eq!(enrolments(&world, of_care).await, 1);
    world.apply(members(60, at(3), &[], &[1])).await;
    assert_eq!(enrolments(&world, "suspended_because = 'left_cohort'").await, 1);
    // Any cohort that asks for it takes it up again.
    world.apply(members(50, at(4), &[1], &[])).await;
    assert_eq!(enrolments(&world, &format!("state = 'assigned' and not {of_care}")).await, 1);
    assert_eq!(enrolments(&world, "true").await, 1);
}

async fn a_member_by_two_origins_stays_enrolled_while_one_is_left(world: World) {
    asking_cohort(&world, "withdraw").await;
    world.handle(&[provisioned(1, at(1), user("ana")), members(50, at(2), &[1], &[])]).await;
    join_by_hand(&world).await;
    assert_eq!(enrolments(&world, "true").await, 1);
    world.apply(members(50, at(3), &[], &[1])).await;
    assert_eq!(world.count("lms.cohort_membership where origin = 'scim'").await, 0);
    assert_eq!(enrolments(&world, "state = 'assigned'").await, 1);
    world.execute("delete from lms.cohort_membership").await;
    assert_eq!(enrolments(&world, "state = 'withdrawn'").await, 1);
}

async fn an_archived_cohort_takes_nothing_away_but_its_role(world: World) {
    asking_cohort(&world, "withdraw").await;
    grant_by_cohort(&world, "Sales", "'instructor'").await;
    world.handle(&[provisioned(1, at(1), user("ana")), members(50, at(2), &[1], &[])]).await;
    assert_eq!(grants(&world, "role = 'instructor'").await, 1);
    world.apply(group_deprovisioned(50, at(3), group("Sales"))).await;
    assert_eq!(world.count("lms.cohort_membership").await, 0);
    assert_eq!(enrolments(&world, "state = 'assigned'").await, 1);
    assert_eq!(grants(&world, "true").await, 0);
}

async fn a_deactivated_learner_is_shut_out_and_let_in_again(world: World) {
    asking_cohort(&world, "keep").await;
    world.handle(&[provisioned(1, at(1), user("ana")), members(50, at(2), &[1], &[])]).await;
    for (course, state) in [(LAW, "completed"), (FIRST_AID, "suspended")] {
        create_course(&world, course).await;
        world
            .execute(&format!(
                "insert into lms.enrolment (learner_id, course_id, origin, state)
                 select learner_id, '{course}', 'manual', '{state}' from lms.learner"
            ))
            .await;
    }
    world
        .execute(&format!("update lms.enrolment set state = 'in_progress' where course_id = '{FIRE}'"))
        .await;
    world.apply(deactivated(1, at(2), user("ana"))).await;
    assert_eq!(enrolments(&world, "state = 'suspended'").await, 2);
    assert_eq!(enrolments(&world, "suspended_because = 'learner_inactive'").await, 1);
    assert_eq!(enrolments(&world, "state = 'completed'").await, 1);
    assert_eq!(world.count("lms.cohort_membership").await, 1);
    let revoked =
        "lms.outbox where kind = 'revoke_access' and reason = 'source_disabled' and taken_at is null";
    assert_eq!(world.count(revoked).await, 1);
    assert_eq!(world.count("lms.headcount where active = 0 and integration = 'acme-production'").await, 1);
    // Of another attribute: nothing more happens.
    let promoted = User { title: "Architect".to_owned(), active: Some(false), ..user("ana") };
    world.apply(changed(1, at(3), promoted)).await;
    assert_eq!(world.count("lms.outbox").await, 1);
    world.apply(reactivated(1, at(4), user("ana"))).await;
    assert_eq!(enrolments(&world, &format!("state = 'in_progress' and course_id = '{FIRE}'")).await, 1);
    assert_eq!(enrolments(&world, &format!("state = 'suspended' and course_id = '{FIRST_AID}'")).await, 1);
    assert_eq!(enrolments(&world, "true").await, 3);
    assert_eq!(world.count("lms.outbox where kind = 'access_restored'").await, 1);
    assert_eq!(world.count("lms.headcount where active = 1").await, 1);
}

async fn a_deactivated_learner_is_enrolled_on_return(world: World) {
    asking_cohort(&world, "keep").await;
    create_course(&world, LAW).await;
    world.handle(&[provisioned(1, at(1), user("ana")), deactivated(1, at(2), user("ana"))]).await;
    world.apply(members(50, at(2), &[1], &[])).await;
    join_by_hand(&world).await;
    assert_eq!(enrolments(&world, "true").await, 0);
    world.apply(reactivated(1, at(3), user("ana"))).await;
    assert_eq!(enrolments(&world, "state = 'assigned'").await, 1);
    // Withdrawn by hand, it stays so.
    set_state(&world, "withdrawn").await;
    ask_for(&world, "Sales", LAW).await;
    world.apply(deactivated(1, at(4), user("ana"))).await;
    world.apply(reactivated(1, at(5), user("ana"))).await;
    assert_eq!(enrolments(&world, &format!("state = 'assigned' and course_id = '{LAW}'")).await, 1);
    assert_eq!(enrolments(&world, "true").await, 2);
}

async fn a_cohort_left_while_inactive_is_not_given_back_by_the_return(world: World) {
    asking_cohort(&world, "suspend").await;
    world.handle(&[provisioned(1, at(1), user("ana")), members(50, at(2), &[1], &[])]).await;
    world.apply(deactivated(1, at(2), user("ana"))).await;
    world.apply(members(50, at(3), &[], &[1])).await;
    world.apply(reactivated(1, at(3), user("ana"))).await;
    assert_eq!(enrolments(&world, "suspended_because = 'left_cohort'").await, 1);
    world.apply(deactivated(1, at(4), user("ana"))).await;
    world.apply(members(50, at(4), &[1], &[])).await;
    assert_eq!(enrolments(&world, "suspended_because = 'learner_inactive'").await, 1);
    world.apply(reactivated(1, at(5), user("ana"))).await;
    assert_eq!(enrolments(&world, "state = 'assigned'").await, 1);
}

/// Twelve records, of which the last corrects the first.
async fn record_a_working_life(world: &World) {
    for number in 1..=12 {
        let corrects = if number == 12 { "'00000000-0000-0000-0000-000000000001'" } else { "null" };
        world
            .execute(&format!(
                "insert into lms.training_record (record_id, learner_id, course_id, course_title, completed_at,
                     score, passed, certificate_number, evidence, corrects_record_id)
                 select '00000000-0000-0000-0000-0000000000{number:02}', learner_id, '{FIRE}', 'Course {number}',
                     '2024-05-{number:02}T09:00:00Z', {number}.5, true, 'C-{number}', '{{\"hall\":{number}}}', {corrects}
                 from lms.learner where given_name = 'ana'"
            ))
            .await;
    }
}

async fn a_whole_life_leaves_the_training_records_as_they_were(world: World) {
    asking_cohort(&world, "withdraw").await;
    world.handle(&[provisioned(1, at(1), user("ana")), members(50, at(2), &[1], &[])]).await;
    set_state(&world, "completed").await;
    record_a_working_life(&world).await;
    world.execute("create table lms.memory as select * from lms.training_record").await;
    world.execute("create table lms.remembered as select learner_id, row_version from lms.learner").await;

    world.apply(deactivated(1, at(2), user("ana"))).await;
    let tombstone = User {
        user_name: "0a1b2c3d4e5f60718293a4b5c6d7e8f9ana@contoso.example".to_owned(),
        active: Some(false),
        ..user("ana")
    };
    world.apply(changed(1, at(3), tombstone.clone())).await;
    world.apply(deprovisioned(1, at(4), tombstone)).await;
    assert_eq!(world.count("lms.learner where status = 'inactive'").await, 1);
    let returned = User { user_name: "ana.costa@contoso.example".to_owned(), ..user("ana") };
    world.apply(provisioned(2, again(1), returned)).await;

    assert_eq!(world.count("lms.learner where status = 'active'").await, 1);
    assert_eq!(world.count("lms.learner join lms.remembered using (learner_id)").await, 1);
    assert_eq!(enrolments(&world, "state = 'completed'").await, 1);
    let columns =
        "record_id, learner_id, course_id, course_title, completed_at, score, passed, certificate_number,
        expires_at, cast(evidence as text) as evidence, corrects_record_id, recorded_at";
    let same = format!(
        "(select {columns} from lms.training_record intersect select {columns} from lms.memory) as same"
    );
    assert_eq!((world.count(&same).await, world.count("lms.training_record").await), (12, 12));
}

async fn a_cohort_of_another_portal_gives_nothing(world: World) {
    asking_cohort(&world, "keep").await;
    grant_by_cohort(&world, "Sales", "'admin'").await;
    let stranger = user_event_of(OTHER, events::EventType::UserProvisioned, 9, at(1), user("zoe"));
    world.apply(stranger).await;
    join_by_hand(&world).await;
    world.execute("delete from lms.cohort_membership").await;
    world
        .execute(
            "insert into lms.cohort_membership (cohort_id, learner_id, origin)
             select cohort_id, learner_id, 'scim' from lms.cohort cross join lms.learner",
        )
        .await;
    assert_eq!((enrolments(&world, "true").await, grants(&world, "true").await), (0, 0));
    let refusal = world
        .refusal(&format!(
            "insert into lms.course (course_id, portal_id, title)
             select '{LAW}', portal_id, 'Law' from lms.portal where code = 'globex';
             insert into lms.cohort_course (cohort_id, course_id) select cohort_id, '{LAW}' from lms.cohort"
        ))
        .await;
    assert!(refusal.contains("different portals"), "{refusal}");
}

async fn enrolments_are_never_deleted_and_change_no_hands(world: World) {
    asking_cohort(&world, "keep").await;
    world.handle(&[provisioned(1, at(1), user("ana")), members(50, at(2), &[1], &[])]).await;
    world.apply(provisioned(2, at(1), user("bea"))).await;
    set_state(&world, "completed").await;
    let to_bea = "set learner_id = (select learner_id from lms.learner where given_name = 'bea')";
    for (statement, reason) in [
        ("delete from lms.enrolment".to_owned(), "is forbidden"),
        (format!("update lms.enrolment {to_bea}"), "stays with whom it is about"),
        (format!("update lms.cohort_membership {to_bea}"), "stays with whom it is about"),
        ("update lms.enrolment set suspended_because = 'left_cohort'".to_owned(), "enrolment_suspension"),
    ] {
        let refusal = world.refusal(&statement).await;
        assert!(refusal.contains(reason), "{statement}: {refusal}");
    }
    // As the LMS writes all the time.
    world.execute("update lms.cohort_membership set since = '2020-01-01T00:00:00Z'").await;
}

async fn an_erased_learner_gets_nothing_back(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    world
        .execute(
            "update lms.learner set status = 'erased', login = null, email = null, given_name = null,
             family_name = null, display_name = null, phone = null, job_title = null",
        )
        .await;
    assert_eq!(world.count("lms.outbox where kind = 'revoke_access' and reason = 'erased'").await, 1);
    for (change, reason) in [
        ("status = 'active', login = 'ana'", "stays erased"),
        ("status = 'inactive', inactive_reason = 'admin'", "stays erased"),
        ("job_title = 'Engineer'", "no personal data"),
        ("employee_number = '7'", "no personal data"),
    ] {
        let refusal = world.refusal(&format!("update lms.learner set {change}")).await;
        assert!(refusal.contains(reason), "{change}: {refusal}");
    }
    world.execute("update lms.learner set login_folded = null, custom_fields = '{}'").await;
    assert_eq!(world.count("lms.headcount where active = 0").await, 1);
}

async fn heads_are_counted_whatever_happens(world: World) {
    const MISCOUNTED: &str = "lms.headcount as headcount where active <> (
        select count(*) from lms.learner as learner
        where learner.portal_id = headcount.portal_id and coalesce(learner.integration, '') = headcount.integration
            and learner.status = 'active')";
    let names = ["ana", "bea", "caio", "dora", "edu"];
    let mut dice: u64 = 20_260_111;
    for round in 1..=12 {
        let mut batch = Vec::new();
        for (id, name) in (1..).zip(names) {
            // Knuth's generator: the same sequence in every run.
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let event = match dice >> 62 {
                0 => deactivated,
                1 => reactivated,
                2 => changed,
                _ => deprovisioned,
            };
            batch.push(event(id, at(round), user(name)));
        }
        world.handle(&batch).await;
        assert_eq!(world.count(MISCOUNTED).await, 0, "round {round}");
    }
    world
        .execute(
            "insert into lms.learner (learner_id, portal_id, login, status, origin)
             select '00000000-0000-0000-0000-00000000000d', portal_id, 'local', 'active', 'local' from lms.portal",
        )
        .await;
    assert_eq!(world.count("lms.headcount where integration = '' and active = 1").await, 1);
    world
        .execute(&format!(
            "update lms.learner
             set status = case when status = 'active' then 'inactive' else 'active' end,
                 inactive_reason = case when status = 'active' then 'admin' end,
                 login = coalesce(login, learner_id || '{INTEGRATION}')
             where login is not null"
        ))
        .await;
    assert_eq!(world.count(MISCOUNTED).await, 0);
    assert_eq!(world.count("lms.headcount").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_role_reads_what_it_may_not_write() {
    let world = World::postgres().await;
    asking_cohort(&world, "suspend").await;
    world.handle(&[provisioned(1, at(1), user("ana")), members(50, at(2), &[1], &[])]).await;
    grant_by_hand(&world, "ana", "admin").await;
    let mut connection = AsyncPgConnection::establish(world.database().url()).await.unwrap();
    connection.batch_execute("set role illuxi_user_sync").await.unwrap();
    for statement in [
        "delete from lms.learner",
        "delete from lms.enrolment",
        "update lms.enrolment set state = 'completed'",
        "insert into lms.enrolment select * from lms.enrolment",
        "delete from lms.role_grant",
        "update lms.role_grant set role = 'learner'",
        "insert into lms.role_grant (learner_id, role) select learner_id, 'admin' from lms.learner",
        "update lms.training_record set passed = true",
        "update lms.outbox set taken_at = now()",
        "update lms.headcount set active = 0",
        "update lms.portal set seat_limit = 1",
        "insert into lms.portal (portal_id, code, environment, seat_limit)
         values (gen_random_uuid(), 'x', 'staging', 9)",
        "update sync.finding set detail = ''",
        "delete from sync.finding",
        "truncate lms.enrolment",
        "select lms.settle_admins('{}')",
        "select lms.shut_out(array(select learner_id from lms.learner))",
    ] {
        let refusal = connection.batch_execute(statement).await.unwrap_err().to_string();
        assert!(refusal.contains("permission denied"), "{statement}: {refusal}");
    }
    let of_nobody_too = format!(r#"set illuxi.integrations = '{{{INTEGRATION},""}}'"#);
    connection.batch_execute(&of_nobody_too).await.unwrap();
    for statement in [
        "select name, seat_limit, default_locale, default_time_zone from lms.portal",
        "select 1 from lms.headcount, lms.course, lms.cohort_course, lms.enrolment, lms.role_grant, lms.outbox",
        "insert into sync.finding (portal_id, kind, detail) select portal_id, 'other', '' from lms.portal",
        "update sync.finding set resolved_at = now()",
        "update lms.cohort set on_leave = 'withdraw', grants_role = 'manager'",
        "delete from lms.cohort_membership",
    ] {
        connection.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    assert_eq!(enrolments(&world, "state = 'withdrawn'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn not_even_the_owner_truncates() {
    let world = World::postgres().await;
    for table in ["lms.enrolment", "lms.role_grant", "lms.cohort_membership"] {
        let refusal = world.refusal(&format!("truncate {table}")).await;
        assert!(refusal.contains("is forbidden"), "{table}: {refusal}");
    }
}

/// What a REPLACE of SQLite would delete without a trigger.
#[tokio::test(flavor = "multi_thread")]
async fn sqlite_replaces_neither_enrolments_nor_records() {
    let world = World::sqlite().await;
    asking_cohort(&world, "keep").await;
    world.handle(&[provisioned(1, at(1), user("ana")), members(50, at(2), &[1], &[])]).await;
    world.record_training(&world.learner().await).await;
    for table in ["lms.enrolment", "lms.training_record"] {
        let refusal = world.refusal(&format!("replace into {table} select * from {table}")).await;
        assert!(refusal.contains("is forbidden"), "{table}: {refusal}");
    }
}
