use chrono::{DateTime, Duration, Utc};
use events::v1::User;
use events::{Event, Message};
use lms::admin::{EffectEntry, EffectFilter};
use lms::{EffectKind, EffectOutcome, Page, ScimId};

use crate::casework_holds::own;
use crate::fixture::{
    OTHER, at, changed, deactivated, deprovisioned, group, group_changed, group_deprovisioned,
    group_provisioned, members, numbered, provisioned, reactivated, scim, user, user_event_of,
};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    each_event_about_a_user_leaves_one_effect,
    each_event_about_a_group_leaves_one_effect,
    what_is_old_or_told_twice_changes_nothing_and_says_so,
    what_waits_says_for_what,
    what_is_parked_again_is_told_once,
    members_are_counted_and_each_is_found,
    what_is_decided_anew_goes_back_to_its_request,
    a_request_is_followed_to_the_row,
    effects_are_listed_by_outcome_time_and_page,
    effects_are_of_one_integration,
    old_effects_are_forgotten_in_parts,
    no_value_is_in_an_effect,
);

/// The message as if another request had caused it.
fn of_request(request: u128, message: &Message) -> Message {
    let mut event = Event::decode(message).unwrap();
    event.envelope.txn = scim(request);
    event.encode(events::ContentType::Json).unwrap()
}

async fn effects(world: &World, filter: EffectFilter) -> Vec<EffectEntry> {
    world.effects.effects(&own(), &filter, Page { after: None, limit: 1000 }).await.unwrap()
}

/// In lines, the oldest first: `type outcome changed members reason`.
async fn told(world: &World) -> Vec<String> {
    let mut entries = effects(world, EffectFilter::default()).await;
    entries.reverse();
    let line = |entry: &EffectEntry| {
        let members = entry.members.map(|members| members.to_string()).unwrap_or_default();
        let parts = [
            entry.event_type.clone(),
            serde_json::to_value(entry.outcome).unwrap().as_str().unwrap().to_owned(),
            entry.changed.join(","),
            members,
            entry.reason.clone().unwrap_or_default(),
        ];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    entries.iter().map(line).collect()
}

async fn each_event_about_a_user_leaves_one_effect(world: World) {
    let titled = User { title: "Architect".to_owned(), display_name: "Ana Costa".to_owned(), ..user("ana") };
    world
        .handle(&[
            provisioned(1, at(1), user("ana")),
            changed(1, at(2), titled.clone()),
            changed(1, at(3), titled.clone()),
            deactivated(1, at(4), titled.clone()),
        ])
        .await;
    world.apply(reactivated(1, at(5), titled.clone())).await;
    world.apply(deprovisioned(1, at(6), titled)).await;
    let filled = "login,email,given_name,family_name,display_name,job_title,preferred_language";
    assert_eq!(
        told(&world).await,
        [
            format!("user.provisioned created {filled}"),
            "user.changed updated display_name,job_title".to_owned(),
            "user.changed unchanged".to_owned(),
            "user.deactivated deactivated".to_owned(),
            "user.reactivated reactivated".to_owned(),
            "user.deprovisioned deactivated".to_owned(),
        ]
    );
    let learner = world.learner().await.learner_id;
    for effect in effects(&world, EffectFilter::default()).await {
        assert_eq!((effect.kind, effect.learner_id), (EffectKind::User, Some(learner)));
        assert_eq!((effect.scim_id, effect.request_id), (Some(ScimId(scim(1))), scim(9)));
    }
}

async fn each_event_about_a_group_leaves_one_effect(world: World) {
    world.apply(group_provisioned(0x100, at(1), group("Sales"))).await;
    let mut renamed = group("Sales");
    renamed.display_name = "Sales EU".to_owned();
    world.apply(group_changed(0x100, at(2), renamed.clone())).await;
    world.apply(group_changed(0x100, at(3), renamed.clone())).await;
    world.apply(group_deprovisioned(0x100, at(4), renamed)).await;
    assert_eq!(
        told(&world).await,
        [
            "group.provisioned created name",
            "group.changed updated name",
            "group.changed unchanged",
            "group.deprovisioned archived"
        ]
    );
    let cohort = world.cohort().await.cohort_id;
    let of_cohort = EffectFilter { cohort: Some(cohort), ..EffectFilter::default() };
    assert_eq!(effects(&world, of_cohort).await.len(), 4);
}

async fn what_is_old_or_told_twice_changes_nothing_and_says_so(world: World) {
    world.apply(provisioned(1, at(3), user("ana"))).await;
    world.apply(changed(1, at(2), user("ana"))).await;
    world.apply(changed(1, at(3), user("ana"))).await;
    // The same message again is no other event.
    world.apply(changed(1, at(2), user("ana"))).await;
    assert_eq!(
        told(&world).await[1..],
        [
            "user.changed superseded something newer about it was handled before",
            "user.changed unchanged the same state was handled before",
        ]
    );
}

async fn what_waits_says_for_what(world: World) {
    world
        .execute(
            "insert into lms.portal (portal_id, code, environment)
             values ('00000000-0000-0000-0000-0000000000aa', 'acme', 'production');
             insert into lms.learner (learner_id, portal_id, login, login_folded, employee_number, status, origin)
             values ('00000000-0000-0000-0000-0000000000ab', '00000000-0000-0000-0000-0000000000aa',
                 'boss@acme.example', 'boss@acme.example', 'E-1', 'active', 'local')",
        )
        .await;
    world.apply(provisioned(1, at(1), numbered("E-1", user("ana")))).await;
    world.rule(r#"{"guard":{"people":1,"percent":100}}"#).await;
    for id in 2..5 {
        world.apply(provisioned(id, at(1), user(&format!("u{id}")))).await;
        world.apply(deactivated(id, at(2), user(&format!("u{id}")))).await;
    }
    let told = told(&world).await;
    assert_eq!(
        told[0],
        "user.provisioned waiting somebody who is known already may be the same person: a person has to decide"
    );
    let held = "user.deactivated held the mass-change guard holds the deactivation until a person decides";
    assert!(told.iter().any(|line| line == held), "{told:?}");
    // Whoever was decided anew meanwhile and goes on waiting is not told of again.
    world.decide_all_anew().await;
    assert_eq!(self::told(&world).await, told);
}

async fn what_is_parked_again_is_told_once(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let namesake = User { external_id: "object-other".to_owned(), ..user("ana") };
    world.apply(provisioned(2, at(1), namesake)).await;
    for _ in 0..2 {
        world.let_a_minute_pass_for_parked_events().await;
        world.execute("update sync.parked_event set is_urgent = true").await;
        world.retry_parked().await;
    }
    let told = told(&world).await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].starts_with("user.provisioned parked the LMS refuses it"), "{told:?}");
    let parked = EffectFilter { outcomes: vec![EffectOutcome::Parked], ..EffectFilter::default() };
    let parked = effects(&world, parked).await;
    assert_eq!((parked[0].scim_id, parked[0].request_id), (Some(ScimId(scim(2))), scim(9)));
}

async fn members_are_counted_and_each_is_found(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let ana = world.learner().await.learner_id;
    world.apply(provisioned(2, at(1), user("bea"))).await;
    world.apply(group_provisioned(0x100, at(1), group("Sales"))).await;
    world.apply(members(0x100, at(2), &[1, 2, 3], &[])).await;
    world.apply(members(0x100, at(3), &[4], &[1, 2])).await;
    world.apply(members(0x200, at(1), &[1], &[])).await;
    assert_eq!(
        told(&world).await[3..],
        [
            "membership.changed joined 3",
            "membership.changed joined 1",
            "membership.changed left 2",
            "membership.changed joined 1 the rules make no cohort of the group: its members are remembered",
        ]
    );
    let of_ana = |entries: Vec<EffectEntry>| {
        entries.into_iter().map(|entry| (entry.kind, entry.outcome)).collect::<Vec<_>>()
    };
    let expected = [
        (EffectKind::Membership, EffectOutcome::Joined),
        (EffectKind::Membership, EffectOutcome::Left),
        (EffectKind::Membership, EffectOutcome::Joined),
        (EffectKind::User, EffectOutcome::Created),
    ];
    let by_learner = EffectFilter { learner: Some(ana), ..EffectFilter::default() };
    assert_eq!(of_ana(effects(&world, by_learner).await), expected);
    let by_user = EffectFilter { resource: Some(ScimId(scim(1))), ..EffectFilter::default() };
    assert_eq!(of_ana(effects(&world, by_user).await), expected);
    let cohort = world.cohort().await.cohort_id;
    let by_cohort = EffectFilter { cohort: Some(cohort), ..EffectFilter::default() };
    assert_eq!(effects(&world, by_cohort.clone()).await.len(), 4);
    let of_ana_there = EffectFilter { learner: Some(ana), ..by_cohort };
    assert_eq!(effects(&world, of_ana_there).await.len(), 2);
}

async fn what_is_decided_anew_goes_back_to_its_request(world: World) {
    world.apply(of_request(0x51, &provisioned(1, at(1), user("ana")))).await;
    world.execute("update lms.learner set job_title = 'Boss'").await;
    world.decide_all_anew().await;
    let newest = effects(&world, EffectFilter::default()).await.remove(0);
    assert_eq!((newest.event_type.as_str(), newest.outcome), ("recheck", EffectOutcome::Updated));
    assert_eq!((newest.request_id, newest.changed), (scim(0x51), vec!["job_title".to_owned()]));
    world.decide_all_anew().await;
    assert_eq!(effects(&world, EffectFilter::default()).await.len(), 2);
}

async fn a_request_is_followed_to_the_row(world: World) {
    world.apply(of_request(0x51, &provisioned(1, at(1), user("ana")))).await;
    world.apply(of_request(0x52, &changed(1, at(2), user("ana")))).await;
    let of_request = EffectFilter { request: Some(scim(0x51)), ..EffectFilter::default() };
    let found = effects(&world, of_request).await;
    assert_eq!(found.len(), 1);
    let row = format!("lms.learner where learner_id = '{}'", found[0].learner_id.unwrap().0);
    assert_eq!(world.count(&row).await, 1);
    let nobody = EffectFilter { request: Some(scim(0x53)), ..EffectFilter::default() };
    assert_eq!(effects(&world, nobody).await, []);
}

async fn effects_are_listed_by_outcome_time_and_page(world: World) {
    for version in 1..6 {
        world.apply(changed(1, at(version), user(&format!("ana{version}")))).await;
    }
    let all = effects(&world, EffectFilter::default()).await;
    let first = world.effects.effects(&own(), &EffectFilter::default(), Page { after: None, limit: 2 }).await;
    let first = first.unwrap();
    assert_eq!(first, all[..2]);
    let after = Page { after: Some(first[1].effect_id), limit: 100 };
    assert_eq!(world.effects.effects(&own(), &EffectFilter::default(), after).await.unwrap(), all[2..]);
    let created = EffectFilter { outcomes: vec![EffectOutcome::Created], ..EffectFilter::default() };
    assert_eq!(effects(&world, created).await, all[4..]);
    let both = vec![EffectOutcome::Created, EffectOutcome::Updated, EffectOutcome::Created];
    let both = EffectFilter { outcomes: both, ..EffectFilter::default() };
    assert_eq!(effects(&world, both.clone()).await, all);
    let newest = world.effects.effects(&own(), &both, Page { after: None, limit: 2 }).await.unwrap();
    assert_eq!(newest, all[..2]);
    assert_eq!(world.effects.effects(&own(), &both, after).await.unwrap(), all[2..]);
    let nothing = vec![EffectOutcome::Held, EffectOutcome::Parked];
    let nothing = EffectFilter { outcomes: nothing, ..EffectFilter::default() };
    assert_eq!(effects(&world, nothing).await, []);
    // A day apart each, the newest yesterday.
    for (days, entry) in all.iter().enumerate() {
        let then = (midnight() - Duration::days(days as i64)).format("%Y-%m-%dT%H:%M:%S%.3fZ");
        world
            .execute(&format!("update sync.effect set at = '{then}' where effect_id = {}", entry.effect_id))
            .await;
    }
    let ids = |entries: Vec<EffectEntry>| entries.iter().map(|entry| entry.effect_id).collect::<Vec<_>>();
    let window = EffectFilter {
        from: Some(midnight() - Duration::days(3)),
        to: Some(midnight() - Duration::days(1)),
        ..EffectFilter::default()
    };
    assert_eq!(ids(effects(&world, window).await), [all[2].effect_id, all[3].effect_id]);
    let since = EffectFilter { from: Some(midnight()), ..EffectFilter::default() };
    assert_eq!(ids(effects(&world, since).await), [all[0].effect_id]);
}

fn midnight() -> DateTime<Utc> {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

async fn effects_are_of_one_integration(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    world.apply(user_event_of(OTHER, events::EventType::UserProvisioned, 1, at(1), user("ana"))).await;
    let own_ones = effects(&world, EffectFilter::default()).await;
    assert_eq!(own_ones.len(), 1);
    for filter in [
        EffectFilter { request: Some(scim(9)), ..EffectFilter::default() },
        EffectFilter { resource: Some(ScimId(scim(1))), ..EffectFilter::default() },
        EffectFilter { outcomes: vec![EffectOutcome::Created], ..EffectFilter::default() },
    ] {
        assert_eq!(effects(&world, filter).await, own_ones);
    }
    let other = world.learners_of(OTHER).await[0].learner_id;
    let foreign = EffectFilter { learner: Some(other), ..EffectFilter::default() };
    assert_eq!(effects(&world, foreign).await, []);
}

async fn old_effects_are_forgotten_in_parts(world: World) {
    for version in 1..6 {
        world.apply(changed(1, at(version), user(&format!("ana{version}")))).await;
    }
    world.apply(members(0x100, at(1), &[1, 2], &[])).await;
    world
        .execute("update sync.effect set at = '2026-01-01T00:00:00.000Z' where event_type = 'user.changed'")
        .await;
    world.execute("update sync.effect set at = '2026-01-02T00:00:00.000Z' where kind = 'membership'").await;
    world.apply(changed(1, at(9), user("ana9"))).await;
    let then: DateTime<Utc> = "2026-01-01T12:00:00Z".parse().unwrap();
    assert_eq!(world.effects.forget_effects(then, 2).await.unwrap(), 2);
    assert_eq!(world.effects.forget_effects(then, 100).await.unwrap(), 3);
    assert_eq!(world.effects.forget_effects(then, 100).await.unwrap(), 0);
    assert_eq!(world.count("sync.effect_member").await, 2);
    // A month later, what was done in January is old, and what was done since is not.
    let later = then + Duration::days(30);
    assert_eq!(world.effects.forget_effects(later, 100).await.unwrap(), 1);
    assert_eq!(world.count("sync.effect_member").await, 0);
    assert_eq!(effects(&world, EffectFilter::default()).await.len(), 1);
}

async fn no_value_is_in_an_effect(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    world.apply(changed(1, at(2), User { title: "Architect".to_owned(), ..user("ana") })).await;
    for (table, column) in world.columns().await {
        if table == "sync.effect" || table == "sync.effect_member" {
            let text = world.as_text(&column);
            for value in ["ana", "Silva", "Architect", "contoso"] {
                let found = format!("{table} where {text} like '%{value}%'");
                assert_eq!(world.count(&found).await, 0, "{table}.{column} holds {value}");
            }
        }
    }
}
