use events::Applied::{AlreadyApplied, Executed, Parked, Stale};
use events::v1::User;
use lms::{Attribute, Status};

use crate::fixture::{
    INTEGRATION, at, changed, deactivated, deprovisioned, members, provisioned, reactivated, scim, user,
};
use crate::over_both_stores;
use crate::snapshot::Directory;
use crate::world::World;

over_both_stores!(
    what_cannot_be_read_is_parked_and_the_rest_applies,
    a_login_that_is_taken_parks_only_its_event,
    a_parked_event_that_is_given_again_may_succeed,
    parked_events_are_given_again_when_they_are_due,
    a_contested_external_id_is_parked,
    who_is_refused_holds_up_nobody_else_of_a_snapshot,
    a_row_that_cannot_be_read_holds_up_nobody_else,
    hostile_text_harms_nobody,
    an_erased_learner_stays_erased,
);

async fn what_cannot_be_read_is_parked_and_the_rest_applies(world: World) {
    let mut garbled = provisioned(1, at(1), user("ana"));
    garbled.body = vec![0xff, 0x00, b'{'];
    let mut strange_member = members(50, at(2), &[1], &[]);
    strange_member.body = br#"{"added":["not an id"]}"#.to_vec();
    let batch = [garbled.clone(), provisioned(2, at(1), user("bea")), strange_member, garbled.clone()];
    assert_eq!(world.handle(&batch).await, [Parked, Executed, Parked, Parked]);
    assert_eq!(world.learner().await.scim_id.0, scim(2));
    assert_eq!(world.count("sync.parked_event").await, 2);
    assert_eq!(world.count("sync.edge").await, 0);
    assert_eq!(world.handle(&[garbled]).await, [Parked]);
    assert_eq!(world.count("sync.parked_event where attempts = 2").await, 1);
    let reason = "the message cannot be read: the data is not of the event''s type";
    assert_eq!(world.count(&format!("sync.parked_event where reason = '{reason}'")).await, 1);
}

async fn a_login_that_is_taken_parks_only_its_event(world: World) {
    let double = User { user_name: "ANA@contoso.example".to_owned(), ..user("bea") };
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), double),
        provisioned(3, at(1), user("caio")),
    ];
    assert_eq!(world.handle(&batch).await, [Executed, Parked, Executed]);
    let reason = "the LMS refuses it: another active learner of the portal holds the login";
    assert_eq!(world.count(&format!("sync.parked_event where reason = '{reason}'")).await, 1);
    // A later version of the parked user applies as if nothing had happened.
    assert_eq!(world.apply(changed(2, at(2), user("bea"))).await, Executed);
    assert_eq!(world.learners_of(INTEGRATION).await.len(), 3);
}

async fn a_parked_event_that_is_given_again_may_succeed(world: World) {
    let double = provisioned(2, at(1), User { user_name: "ana@contoso.example".to_owned(), ..user("bea") });
    assert_eq!(world.handle(&[provisioned(1, at(1), user("ana")), double.clone()]).await, [Executed, Parked]);
    world.apply(deactivated(1, at(2), user("ana"))).await;
    assert_eq!(world.apply(double.clone()).await, Executed);
    assert_eq!(world.count("sync.parked_event").await, 0);
    assert_eq!(world.apply(double).await, AlreadyApplied);
}

/// Ana gave her login up before Bea got it, but the two events come in the other order.
async fn parked_events_are_given_again_when_they_are_due(world: World) {
    let bea = provisioned(2, at(1), User { user_name: "ana@contoso.example".to_owned(), ..user("bea") });
    assert_eq!(world.handle(&[provisioned(1, at(1), user("ana")), bea]).await, [Executed, Parked]);
    let renamed = User { user_name: "ana.costa@contoso.example".to_owned(), ..user("ana") };
    assert_eq!(world.apply(changed(1, at(2), renamed)).await, Executed);
    assert_eq!(world.retry_parked().await, 0, "not due yet");

    world.let_a_minute_pass_for_parked_events().await;
    assert_eq!(world.retry_parked().await, 1);
    assert_eq!(world.count("sync.parked_event").await, 0);
    assert_eq!(world.learners_of(INTEGRATION).await.len(), 2);
}

async fn a_contested_external_id_is_parked(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let twin = provisioned(2, at(1), User { user_name: "twin@contoso.example".to_owned(), ..user("ana") });
    assert_eq!(world.apply(twin).await, Parked);
    assert_eq!(world.learner().await.scim_id.0, scim(1));
}

async fn hostile_text_harms_nobody(world: World) {
    let with_nul = User { display_name: "a\0b'; drop table x; {rows}".to_owned(), ..user("ana") };
    let endless = User { user_name: "x".repeat(20_000), ..user("bea") };
    let mut strange = provisioned(3, at(1), user("caio"));
    strange.routing_key = "a\0b".to_owned();
    strange.content_type = "\0".to_owned();
    strange.attributes.insert("type".to_owned(), "a\0b\"'".to_owned());
    let mut foreign = provisioned(4, at(1), user("dora"));
    foreign.attributes.insert("portal".to_owned(), "a\0b".to_owned());
    let batch = [provisioned(1, at(1), with_nul), provisioned(2, at(1), endless), strange, foreign];
    assert_eq!(world.handle(&batch).await, [Executed, Parked, Parked, Parked]);
    let profile = world.learner().await.profile;
    assert_eq!(profile.value(Attribute::DisplayName), Some("ab'; drop table x; {rows}"));
}

async fn an_erased_learner_stays_erased(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    world
        .execute(
            "update lms.learner set status = 'erased', login = null, email = null, given_name = null,
             family_name = null, display_name = null, phone = null",
        )
        .await;
    assert_eq!(world.apply(changed(1, at(2), user("ana"))).await, Stale);
    assert_eq!(world.apply(deprovisioned(1, at(3), user("ana"))).await, Stale);
    let learner = world.learner().await;
    assert_eq!((learner.status, learner.profile.value(Attribute::DisplayName)), (Status::Erased, None));
    assert_eq!(world.count("sync.parked_event").await, 0);
    assert_eq!(world.count("lms.learner where login_folded is not null").await, 0, "what the LMS forgot");
    // The link followed: what comes again is known.
    assert_eq!(world.apply(reactivated(1, at(3), user("ana"))).await, AlreadyApplied);
    assert_eq!(world.count("sync.link where version = 3 and phase = 'deleted' and state is null").await, 1);
}

/// A trigger of the LMS with a whim: it lets everybody in but one.
async fn an_error_that_nobody_foresaw_parks_only_its_event(world: World, trigger: &str) {
    world.execute(trigger).await;
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        provisioned(3, at(1), user("caio")),
    ];
    assert_eq!(world.handle(&batch).await, [Executed, Parked, Executed]);
    let reason = "the LMS refuses it: the database answered: the whim spares all but \"…\" today";
    assert_eq!(world.count(&format!("sync.parked_event where reason = '{reason}'")).await, 1);
    assert_eq!(world.learners_of(INTEGRATION).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unforeseen_error_of_postgresql_parks_only_its_event() {
    let trigger = r#"
        create function lms.whim() returns trigger language plpgsql as $$ begin
            raise exception 'the whim spares all but "%" today', new.login;
        end $$;
        create trigger learner_whim before insert on lms.learner
            for each row when (new.login = 'bea@contoso.example') execute function lms.whim();"#;
    an_error_that_nobody_foresaw_parks_only_its_event(World::postgres().await, trigger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unforeseen_error_of_sqlite_parks_only_its_event() {
    let trigger = r#"
        create trigger learner_whim before insert on lms.learner when new.login = 'bea@contoso.example' begin
            select raise(abort, 'the whim spares all but "bea" today');
        end;"#;
    an_error_that_nobody_foresaw_parks_only_its_event(World::sqlite().await, trigger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_a_column_cannot_take_parks_only_its_event() {
    let world = World::postgres().await;
    world.execute("alter table lms.learner alter column job_title type varchar(20)").await;
    let long = User { title: "Engineer of all the engineers".to_owned(), ..user("bea") };
    let batch = [provisioned(1, at(1), user("ana")), provisioned(2, at(1), long)];
    assert_eq!(world.handle(&batch).await, [Executed, Parked]);
    let reason = "the LMS refuses it: the database answered: value too long for type character varying(20)";
    assert_eq!(world.count(&format!("sync.parked_event where reason = '{reason}'")).await, 1);
}

/// By the rules (an external id that two claim) and by the database (a login that another has).
async fn who_is_refused_holds_up_nobody_else_of_a_snapshot(world: World) {
    let of = |name: &str, external_id: &str| User { external_id: external_id.to_owned(), ..user(name) };
    world.handle(&[provisioned(1, at(1), of("ana", "x")), provisioned(2, at(1), of("bea", "y"))]).await;
    let directory = Directory::default()
        .user(1, at(1), of("ana", "x"))
        .user(2, at(2), of("bea", "x"))
        .user(3, at(1), of("caio", "z"))
        .user(4, at(1), User { user_name: "ANA@contoso.example".to_owned(), ..of("dora", "w") })
        .user(5, at(1), of("eva", "v"));
    for run in [1, 2] {
        world.handle(&directory.tell_by(run, 10)).await;
        assert_eq!(world.count("sync.parked_event").await, 2, "two people, however often they are told of");
    }
    assert_eq!(world.count("sync.parked_event where subject like 'Users/%'").await, 2);
    assert_eq!(world.count("lms.learner where given_name in ('caio', 'eva')").await, 2);
}

async fn a_row_that_cannot_be_read_holds_up_nobody_else(world: World) {
    world.handle(&[provisioned(1, at(1), user("ana")), provisioned(2, at(1), user("bea"))]).await;
    world
        .execute(
            "update sync.provenance set document = '{}' where learner_id in
                 (select learner_id from lms.learner where given_name = 'ana')",
        )
        .await;
    let titled = |name: &str| User { title: "Pilot".to_owned(), ..user(name) };
    let batch = [changed(1, at(2), titled("ana")), changed(2, at(2), titled("bea"))];
    assert_eq!(world.handle(&batch).await, [Parked, Executed]);
    assert_eq!(world.count("lms.learner where given_name = 'bea' and job_title = 'Pilot'").await, 1);
}
