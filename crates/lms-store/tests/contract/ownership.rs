//! Who decides a value, and what is remembered of it.
//!
//! Tests that prove what an LMS must be able to rely on:
//!
//! | what | where |
//! |---|---|
//! | a whole life leaves the training records as they were | `learning::a_whole_life_leaves_the_training_records_as_they_were` |
//! | a rehire under a new object id is reviewed, not linked | `adoption::a_rehired_person_waits_and_is_linked_by_decision` |
//! | thousands deactivated at once are held, and approved or rejected | `guard::thousands_at_once_are_held` and the others there |
//! | a language that the learner chose stays, unless the rules say otherwise | `ownership::a_language_that_the_learner_chose_stays_unless_the_rules_say_otherwise` |
//! | managers late, in a circle, deleted | `managers` |
//! | a group named like a local cohort makes a second one | `cohort_rules::a_group_named_like_a_local_cohort_does_not_merge` |
//! | a member by hand and by directory stays when one ends | `learning::a_member_by_two_origins_stays_enrolled_while_one_is_left` |
//! | the last administrator keeps the role | `learning::the_last_admin_keeps_the_role_until_another_appears` |
//! | the service can delete no learner and write no record | `walls`, `learning::the_service_role_reads_what_it_may_not_write` |
//! | an inactive learner is enrolled by no rule | `learning::a_deactivated_learner_is_enrolled_on_return` |

use events::v1::User;
use lms::{Attribute, Change, Status};

use crate::fixture::{INTEGRATION, again, at, changed, deactivated, deprovisioned, provisioned, scim, user};
use crate::over_both_stores;
use crate::snapshot::Directory;
use crate::world::World;

over_both_stores!(
    an_edited_name_is_undone_by_the_next_event_and_by_a_snapshot,
    an_edited_status_is_undone_and_reported,
    a_language_that_the_learner_chose_stays_unless_the_rules_say_otherwise,
    an_edit_is_kept_until_the_directory_says_something_else,
    what_is_ignored_is_left_alone,
    what_the_lms_owns_survives_any_replay,
    an_exempt_learner_is_left_alone_and_still_followed,
    an_exemption_ends_at_its_time,
    an_exemption_during_which_nothing_was_said_ends_too,
    the_provenance_says_which_event_and_rules_wrote_a_value,
    rules_that_change_are_applied_to_everybody,
    what_is_asked_for_while_it_is_decided_is_decided_again,
);

/// Conflicts as `attribute kind lms-value source-value`.
async fn conflicts(world: &World) -> String {
    world
        .text(
            "select coalesce(string_agg(coalesce(attribute, 'status') || ' ' || kind || ' ' || lms_value || ' '
                 || source_value, ', ' order by conflict_id), '') from sync.conflict",
        )
        .await
}

async fn name(world: &World) -> String {
    world.learner().await.profile.value(Attribute::GivenName).unwrap_or_default().to_owned()
}

async fn edit(world: &World, change: &str) {
    world.execute(&format!("update lms.learner set {change}")).await;
}

fn titled(title: &str) -> User {
    User { title: title.to_owned(), ..user("ana") }
}

async fn exempt(world: &World, ends_at: &str) {
    world
        .execute(&format!(
            "insert into sync.exemption (learner_id, reason, ends_at, granted_by)
             select learner_id, 'on leave', '{ends_at}', 'admin' from lms.learner"
        ))
        .await;
}

async fn an_edited_name_is_undone_by_the_next_event_and_by_a_snapshot(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    edit(&world, "given_name = 'Anna'").await;
    // The event is about something else.
    world.apply(changed(1, at(2), titled("Architect"))).await;
    assert_eq!(
        (name(&world).await, conflicts(&world).await),
        ("ana".to_owned(), "given_name reverted Anna ana".to_owned())
    );
    edit(&world, "given_name = 'Annie'").await;
    world.handle(&Directory::default().user(1, at(2), titled("Architect")).tell(100)).await;
    assert_eq!(name(&world).await, "ana");
    assert_eq!(conflicts(&world).await, "given_name reverted Anna ana, given_name reverted Annie ana");
    let own = format!("sync.conflict where integration = '{INTEGRATION}' and rules_version = 0");
    assert_eq!(world.count(&own).await, 2);
}

async fn an_edited_status_is_undone_and_reported(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    edit(&world, "status = 'inactive', inactive_reason = 'admin'").await;
    world.apply(changed(1, at(2), titled("Architect"))).await;
    assert_eq!(
        (world.status().await, conflicts(&world).await),
        (Status::Active, "status reverted inactive active".to_owned())
    );
    world.apply(deactivated(1, at(3), user("ana"))).await;
    edit(&world, "status = 'active', inactive_reason = null").await;
    world
        .handle(&Directory::default().user(1, at(3), User { active: Some(false), ..user("ana") }).tell(100))
        .await;
    assert_eq!(world.status().await, Status::Inactive);
    assert_eq!(conflicts(&world).await, "status reverted inactive active, status reverted active inactive");
}

async fn a_language_that_the_learner_chose_stays_unless_the_rules_say_otherwise(world: World) {
    let speaks =
        |language: &str, title: &str| User { preferred_language: language.to_owned(), ..titled(title) };
    let language = async || world.text("select preferred_language from lms.learner").await;
    world.apply(provisioned(1, at(1), speaks("pt-BR", "Engineer"))).await;
    edit(&world, "preferred_language = 'ja'").await;
    world.apply(changed(1, at(2), speaks("pt-BR", "Architect"))).await;
    world.apply(changed(1, at(3), speaks("fr", "Architect"))).await;
    assert_eq!(language().await, "ja");
    world.rule(r#"{"ownership":{"preferred_language":{"mode":"source"}}}"#).await;
    assert_eq!(language().await, "fr");
    world.apply(changed(1, at(4), speaks("de", "Architect"))).await;
    assert_eq!(language().await, "de");
    let document = world.text("select document from sync.provenance").await;
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let origin = &document["attributes"]["preferred_language"];
    let act = &document["acts"][usize::try_from(origin["act"].as_u64().unwrap()).unwrap()];
    assert_eq!((origin["by"].as_str(), act["rules"].as_i64()), (Some("source"), Some(1)));
}

async fn an_edit_is_kept_until_the_directory_says_something_else(world: World) {
    world.apply(provisioned(1, at(1), titled("Engineer"))).await;
    world.rule(r#"{"ownership":{"job_title":{"mode":"keep_until_source_changes"}}}"#).await;
    let title = async || world.text("select job_title from lms.learner").await;
    edit(&world, "job_title = 'Wizard'").await;
    world.apply(changed(1, at(2), User { display_name: "Ana Lima".to_owned(), ..titled("Engineer") })).await;
    world.handle(&Directory::default().user(1, at(2), titled("Engineer")).tell(100)).await;
    assert_eq!((title().await, conflicts(&world).await), ("Wizard".to_owned(), String::new()));
    world.apply(changed(1, at(3), titled("Architect"))).await;
    assert_eq!(title().await, "Architect");
    assert_eq!(conflicts(&world).await, "job_title reverted Wizard Architect");
}

async fn what_is_ignored_is_left_alone(world: World) {
    world.apply(provisioned(1, at(1), titled("Engineer"))).await;
    world.rule(r#"{"ownership":{"job_title":{"mode":"ignore"}}}"#).await;
    edit(&world, "job_title = 'Wizard'").await;
    world.apply(changed(1, at(2), titled("Architect"))).await;
    assert_eq!(world.text("select job_title from lms.learner").await, "Wizard");
    world.apply(provisioned(2, at(1), User { title: "Pilot".to_owned(), ..user("bea") })).await;
    assert_eq!(world.count("lms.learner where given_name = 'bea' and job_title is null").await, 1);
}

async fn what_the_lms_owns_survives_any_replay(world: World) {
    let history = [
        provisioned(1, at(1), user("ana")),
        changed(1, at(2), titled("Architect")),
        deactivated(1, at(3), titled("Architect")),
        deprovisioned(1, at(4), titled("Architect")),
        provisioned(11, again(1), titled("Director")),
    ];
    world.handle(&history).await;
    edit(
        &world,
        "bio = 'My story', avatar_url = 'https://a.example', custom_fields = '{\"team\":\"red\"}', phone = '1',
             preferred_language = 'ja', locale = 'ja-JP', time_zone = 'Asia/Tokyo', password_hash = 'x',
             accepted_terms_at = '2025-01-01T00:00:00Z', notification_prefs = '{\"mail\":false}'",
    )
    .await;
    world.execute("create table lms.memory as select * from lms.learner").await;
    for order in [[4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [0, 1, 2, 3, 4], [3, 3, 4, 0, 0]] {
        for index in order {
            world.apply(history[index].clone()).await;
        }
    }
    world.apply(changed(11, again(2), titled("Chair"))).await;
    let same =
        "lms.learner join lms.memory using (learner_id, bio, avatar_url, phone, preferred_language, locale,
        time_zone, password_hash, accepted_terms_at, created_at)
        where cast(lms.learner.custom_fields as text) = cast(lms.memory.custom_fields as text)
            and cast(lms.learner.notification_prefs as text) = cast(lms.memory.notification_prefs as text)
            and lms.learner.job_title = 'Chair'";
    assert_eq!(world.count(same).await, 1);
}

async fn an_exempt_learner_is_left_alone_and_still_followed(world: World) {
    world.apply(provisioned(1, at(1), titled("Engineer"))).await;
    exempt(&world, "2099-01-01T00:00:00Z").await;
    edit(&world, "given_name = 'Anna'").await;
    let before = world.learner().await;
    world.apply(deactivated(1, at(2), titled("Architect"))).await;
    assert_eq!(world.learner().await, before);
    // The person returns under a new account while exempt.
    world.apply(deprovisioned(1, at(3), titled("Architect"))).await;
    world.apply(provisioned(11, again(1), titled("Director"))).await;
    let after = world.learner().await;
    assert_eq!((after.learner_id, after.scim_id.0), (before.learner_id, scim(11)));
    assert_eq!((&after.profile, after.status), (&before.profile, Status::Active));
    assert_eq!(conflicts(&world).await, "");
}

async fn an_exemption_ends_at_its_time(world: World) {
    world.apply(provisioned(1, at(1), titled("Engineer"))).await;
    exempt(&world, "2099-01-01T00:00:00Z").await;
    world.apply(deactivated(1, at(2), titled("Architect"))).await;
    world.recheck().await;
    assert_eq!(world.status().await, Status::Active);
    world.execute("update sync.exemption set ends_at = '2020-01-01T00:00:00Z'").await;
    world.recheck().await;
    assert_eq!(world.status().await, Status::Inactive);
    assert_eq!(world.text("select job_title from lms.learner").await, "Architect");
    world.recheck().await;
    assert_eq!(world.count("sync.exemption where is_over").await, 1);
    assert_eq!(world.count("sync.link where waits is not null").await, 0);
}

async fn an_exemption_during_which_nothing_was_said_ends_too(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    exempt(&world, "2020-01-01T00:00:00Z").await;
    edit(&world, "given_name = 'Anna'").await;
    world.recheck().await;
    assert_eq!(name(&world).await, "ana");
    assert_eq!(world.count("sync.exemption where is_over").await, 1);
}

async fn the_provenance_says_which_event_and_rules_wrote_a_value(world: World) {
    let first = provisioned(1, at(1), titled("Engineer"));
    let second = changed(1, at(2), titled("Architect"));
    world.apply(first.clone()).await;
    world.rule(r#"{"guard":{"people":7}}"#).await;
    world.apply(second.clone()).await;
    let document = world.text("select document from sync.provenance").await;
    assert!(!document.contains("Architect") && !document.contains("ana"), "digests, no values: {document}");
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let act_of = |attribute: &str| {
        let number = document["attributes"][attribute]["act"].as_u64().unwrap();
        document["acts"][usize::try_from(number).unwrap()].clone()
    };
    for (attribute, event, rules) in [("given_name", first, 0), ("job_title", second, 1)] {
        let act = act_of(attribute);
        assert_eq!(act["event"].as_str(), Some(event.id.0.to_string().as_str()), "{attribute}");
        assert_eq!(act["request"].as_str(), Some(scim(9).to_string().as_str()), "{attribute}");
        assert_eq!(act["rules"].as_i64(), Some(rules), "{attribute}");
    }
    assert_eq!(document["attributes"]["preferred_language"]["by"].as_str(), Some("seed"));
    assert_eq!(document["status"]["written"].as_str(), Some("active"));
}

async fn rules_that_change_are_applied_to_everybody(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    world.apply(deprovisioned(1, at(2), user("ana"))).await;
    world.handle(&[provisioned(11, again(1), user("ana")), provisioned(2, at(1), user("bea"))]).await;
    // The old self of Ana takes no part in it.
    world.rule(r#"{"mapping":{"login":{"from":["userName"]},"given_name":{"from":["displayName"]}}}"#).await;
    let named = "select string_agg(given_name || ' ' || status, ', ' order by given_name) from lms.learner";
    assert_eq!(world.text(named).await, "ana Silva active, bea Silva active");
    assert_eq!(world.count(&format!("lms.learner where scim_id = '{}'", scim(11))).await, 1);
}

async fn what_is_asked_for_while_it_is_decided_is_decided_again(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let ask = "insert into sync.recheck (integration, kind, scim_id, not_before)
        select integration, kind, scim_id, '2026-01-01T00:00:00.000Z' from sync.link where true
        on conflict (scim_id, kind, integration) do update set not_before = '2026-01-02T00:00:00.000Z'";
    world.execute(ask).await;
    let rechecked = world.store.due_rechecks(10).await.unwrap();
    world.execute(ask).await;
    world.store.commit(&Change { rechecked, ..Change::default() }).await.unwrap();
    assert_eq!(world.count("sync.recheck").await, 1);
    world.recheck().await;
    assert_eq!(world.count("sync.recheck").await, 0);
}
