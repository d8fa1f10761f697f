//! Rules as administrators save them, try them out, and have them explained.

use std::sync::Arc;

use async_trait::async_trait;
use events::Applied::Executed;
use events::EventType::UserProvisioned;
use events::v1::{EnterpriseUser, Manager, User};
use events::{EventHandler, Message};
use lms::admin::{
    AttributeExplanation, Author, Becomes, CohortsPreview, Explanation, GroupAction, RulesError, WaitReason,
    Who, explain_learner, preview_cohorts, preview_person, rules_in_force, rules_version, rules_versions,
};
use lms::{Attribute, CohortId, DirectorySync, IntegrationSlug, LearnerId, Page, RulesVersion, ScimId};
use serde_json::{Value, json};

use crate::fixture::{
    INTEGRATION, OTHER, at, changed, group, group_provisioned, members, provisioned, scim, user,
    user_event_of,
};
use crate::interrupted::{Interrupted, Meanwhile};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    the_defaults_are_in_force_until_somebody_saves_rules,
    versions_are_kept_and_listed_newest_first,
    rules_are_saved_over_the_version_that_was_seen,
    of_two_who_save_at_once_one_is_told,
    rules_that_say_the_same_make_no_version,
    rules_are_of_one_integration,
    only_what_a_change_can_affect_is_decided_anew,
    a_change_of_ownership_reaches_every_learner,
    a_decision_by_rules_that_are_no_longer_in_force_is_made_again,
    a_language_chosen_in_the_lms_stays_until_the_rules_say_otherwise,
    a_preview_shows_what_rules_would_do_and_touches_nothing,
    a_preview_of_cohorts_shows_what_would_change,
    rules_link_groups_to_cohorts_of_the_portal_only,
    an_explanation_tells_of_edits_waits_and_managers,
    only_learners_of_the_integration_are_explained,
);

fn slug(integration: &str) -> IntegrationSlug {
    IntegrationSlug(integration.to_owned())
}

fn mode(attribute: &str, mode: &str) -> Value {
    json!({ "ownership": { attribute: { "mode": mode } } })
}

async fn in_force(world: &World, integration: &str) -> i32 {
    rules_in_force(world.rules.as_ref(), &slug(integration)).await.unwrap().version.0
}

async fn explain(world: &World, learner: LearnerId) -> Explanation {
    explain_learner(world.rules.as_ref(), world.store.as_ref(), &slug(INTEGRATION), learner).await.unwrap()
}

async fn explain_attribute(world: &World, attribute: Attribute) -> AttributeExplanation {
    let explanation = explain(world, world.learner().await.learner_id).await;
    explanation.attributes.into_iter().find(|told| told.attribute == attribute).unwrap()
}

async fn the_defaults_are_in_force_until_somebody_saves_rules(world: World) {
    let unknown = rules_in_force(world.rules.as_ref(), &slug(INTEGRATION)).await;
    assert!(matches!(unknown, Err(RulesError::UnknownIntegration)));
    let saved = world.save_rules(INTEGRATION, 0, json!({})).await;
    assert!(matches!(saved, Err(RulesError::UnknownIntegration)));
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let rules = rules_in_force(world.rules.as_ref(), &slug(INTEGRATION)).await.unwrap();
    assert_eq!((rules.version, rules.saved_by, rules.saved_at), (RulesVersion(0), None, None));
    assert_eq!(rules.rules, lms::Rules::default().complete());
}

async fn versions_are_kept_and_listed_newest_first(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    for (version, way) in ["lms", "ignore", "source"].into_iter().enumerate() {
        let expected = i32::try_from(version).unwrap();
        let saved = world.save_rules(INTEGRATION, expected, mode("phone", way)).await.unwrap();
        assert_eq!((saved.version.0, saved.saved_by.as_deref()), (expected + 1, Some("ops")));
        assert!(saved.saved_at.is_some());
    }
    let store = world.rules.as_ref();
    let mut seen = Vec::new();
    let mut after = None;
    for expected in [2, 1, 0] {
        let page = rules_versions(store, &slug(INTEGRATION), Page { after, limit: 2 }).await.unwrap();
        assert_eq!(page.len(), expected);
        after = page.last().map(|summary| summary.version).or(after);
        seen.extend(page.into_iter().map(|summary| (summary.version.0, summary.comment)));
    }
    let expected = [(3, "over version 2"), (2, "over version 1"), (1, "over version 0")];
    assert_eq!(seen, expected.map(|(version, comment)| (version, comment.to_owned())));
    for (version, way) in [(1, "lms"), (2, "ignore"), (3, "source"), (0, "seed_once")] {
        let rules = rules_version(store, &slug(INTEGRATION), RulesVersion(version)).await.unwrap();
        let document = serde_json::to_value(&rules.rules).unwrap();
        assert_eq!(document["ownership"]["phone"]["mode"], way);
        assert_eq!(document["ownership"]["login"]["mode"], "source", "nothing is left unsaid");
    }
    let unknown = rules_version(store, &slug(INTEGRATION), RulesVersion(4)).await;
    assert!(matches!(unknown, Err(RulesError::UnknownVersion)));
}

async fn rules_are_saved_over_the_version_that_was_seen(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    world.save_rules(INTEGRATION, 0, mode("phone", "lms")).await.unwrap();
    for expected in [0, 2] {
        let refused = world.save_rules(INTEGRATION, expected, mode("phone", "source")).await;
        let Err(RulesError::Outdated { present }) = refused else { panic!("{refused:?}") };
        assert_eq!(present, RulesVersion(1));
    }
    let refused = world.save_rules(INTEGRATION, 1, json!({ "mapping": {} })).await;
    let Err(RulesError::Invalid(errors)) = refused else { panic!("{refused:?}") };
    assert_eq!(errors[0].pointer, "/mapping");
    assert_eq!(in_force(&world, INTEGRATION).await, 1);
}

async fn of_two_who_save_at_once_one_is_told(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let (one, other) = save_two_at_once(&world).await;
    let present = match (one, other) {
        (Ok(saved), Err(RulesError::Outdated { present }))
        | (Err(RulesError::Outdated { present }), Ok(saved)) => {
            assert_eq!(saved.version, RulesVersion(1));
            present
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(present, RulesVersion(1));
}

async fn save_two_at_once(
    world: &World,
) -> (Result<lms::admin::SavedRules, RulesError>, Result<lms::admin::SavedRules, RulesError>) {
    tokio::join!(
        world.save_rules(INTEGRATION, 0, mode("phone", "lms")),
        world.save_rules(INTEGRATION, 0, mode("phone", "source"))
    )
}

async fn rules_that_say_the_same_make_no_version(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    world.save_rules(INTEGRATION, 0, json!({})).await.unwrap();
    assert_eq!(in_force(&world, INTEGRATION).await, 0);
    world.save_rules(INTEGRATION, 0, mode("phone", "lms")).await.unwrap();
    world.recheck().await;
    let said_again = json!({
        "ownership": { "phone": { "mode": "lms", "on_clear": "keep" }, "login": { "mode": "source", "on_clear": "refuse" } },
        "guard": { "people": 500 }
    });
    let saved = world.save_rules(INTEGRATION, 1, said_again).await.unwrap();
    assert_eq!((saved.version.0, saved.comment.as_str()), (1, "over version 0"));
    assert_eq!(world.count("sync.recheck").await, 0);
}

async fn rules_are_of_one_integration(world: World) {
    for integration in [INTEGRATION, OTHER] {
        world.apply(user_event_of(integration, UserProvisioned, 1, at(1), user("ana"))).await;
    }
    world.save_rules(OTHER, 0, mode("job_title", "lms")).await.unwrap();
    assert_eq!((in_force(&world, INTEGRATION).await, in_force(&world, OTHER).await), (0, 1));
    assert_eq!(world.count(&format!("sync.recheck where integration = '{OTHER}'")).await, 1);
    assert_eq!(world.count("sync.recheck").await, 1);
    world.recheck().await;
    let promoted = User { title: "Architect".to_owned(), ..user("ana") };
    for integration in [INTEGRATION, OTHER] {
        let message = user_event_of(integration, UserProvisioned, 1, at(2), promoted.clone());
        world.apply(message).await;
    }
    for (integration, title) in [(INTEGRATION, "Architect"), (OTHER, "Engineer")] {
        let learner = world.learners_of(integration).await.remove(0);
        assert_eq!(learner.profile.value(Attribute::JobTitle), Some(title), "{integration}");
    }
}

async fn only_what_a_change_can_affect_is_decided_anew(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), user("bea")),
        group_provisioned(50, at(1), group("Sales")),
        crate::fixture::deprovisioned(2, at(2), user("bea")),
    ];
    world.handle(&batch).await;
    let mut rules = json!({});
    for (part, content, users, groups) in [
        ("guard", json!({ "window_minutes": 90 }), 0, 0),
        ("ownership", json!({ "phone": { "mode": "lms" } }), 1, 0),
        ("adoption", json!({ "by_login": false }), 1, 0),
        ("mapping", json!({ "login": { "from": ["userName"] }, "job_title": { "from": ["title"] } }), 1, 0),
        ("cohorts", json!([]), 0, 1),
    ] {
        rules[part] = content;
        let expected = in_force(&world, INTEGRATION).await;
        world.save_rules(INTEGRATION, expected, rules.clone()).await.unwrap();
        assert_eq!(world.count("sync.recheck where kind = 'user'").await, users, "{part}");
        assert_eq!(world.count("sync.recheck where kind = 'group'").await, groups, "{part}");
        world.recheck().await;
    }
    assert_eq!(world.count("sync.integration where guard_window_minutes = 90").await, 1);
}

async fn a_change_of_ownership_reaches_every_learner(world: World) {
    let people: Vec<Message> = (1..=5).map(|id| provisioned(id, at(1), user(&format!("user{id}")))).collect();
    world.handle(&people).await;
    world.save_rules(INTEGRATION, 0, mode("job_title", "lms")).await.unwrap();
    world.recheck().await;
    world.execute("update lms.learner set job_title = 'Pilot'").await;
    let again: Vec<Message> = (1..=5).map(|id| changed(id, at(2), user(&format!("user{id}")))).collect();
    world.handle(&again).await;
    let titles = || async {
        let learners = world.learners_of(INTEGRATION).await;
        let titles =
            learners.iter().map(|learner| learner.profile.value(Attribute::JobTitle).map(str::to_owned));
        titles.collect::<Vec<_>>()
    };
    assert_eq!(titles().await, vec![Some("Pilot".to_owned()); 5]);
    world.save_rules(INTEGRATION, 1, mode("job_title", "source")).await.unwrap();
    assert_eq!(titles().await, vec![Some("Pilot".to_owned()); 5], "not before they are decided anew");
    world.recheck().await;
    assert_eq!(titles().await, vec![Some("Engineer".to_owned()); 5], "without any event");
}

/// Rules are saved between the reading and the commit of a decision.
struct NewRules {
    world: Arc<World>,
    rules: Value,
}

#[async_trait]
impl Meanwhile for NewRules {
    async fn after_load(&self) {
        if in_force(&self.world, INTEGRATION).await == 0 {
            self.world.save_rules(INTEGRATION, 0, self.rules.clone()).await.unwrap();
            self.world.recheck().await;
        }
    }
}

async fn a_decision_by_rules_that_are_no_longer_in_force_is_made_again(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let world = Arc::new(world);
    let meanwhile = NewRules { world: world.clone(), rules: mode("job_title", "lms") };
    let store = Arc::new(Interrupted { store: world.store.clone(), meanwhile });
    let promoted = User { title: "Architect".to_owned(), ..user("ana") };
    let outcomes = DirectorySync::new(store).handle(&[changed(1, at(2), promoted)]).await.unwrap();
    assert_eq!(outcomes, [Executed]);
    assert_eq!(world.learner().await.profile.value(Attribute::JobTitle), Some("Engineer"));
}

async fn a_language_chosen_in_the_lms_stays_until_the_rules_say_otherwise(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let told = explain_attribute(&world, Attribute::PreferredLanguage).await;
    assert_eq!((told.set_by, told.value.as_deref()), (Some(Author::Seed), Some("pt-BR")));
    assert!(
        told.words.contains("Azure gave it once, on 2026-03-01 10:00 UTC by the default rules"),
        "{told:?}"
    );

    world.execute("update lms.learner set preferred_language = 'fr'").await;
    world.apply(changed(1, at(2), User { preferred_language: "de".to_owned(), ..user("ana") })).await;
    let told = explain_attribute(&world, Attribute::PreferredLanguage).await;
    assert_eq!((told.value.as_deref(), told.directory.as_deref()), (Some("fr"), Some("de")));
    assert_eq!((told.set_by, told.is_edited), (Some(Author::Lms), true));
    assert_eq!(
        told.words,
        "The LMS owns this value since the learner was created. Azure now says something else, which is not \
         written because of the rule seed_once."
    );

    world.save_rules(INTEGRATION, 0, mode("preferred_language", "source")).await.unwrap();
    world.recheck().await;
    let told = explain_attribute(&world, Attribute::PreferredLanguage).await;
    assert_eq!((told.value.as_deref(), told.set_by), (Some("de"), Some(Author::Source)));
    let written = told.written.unwrap();
    assert_eq!(written.rules_version, Some(RulesVersion(1)));
    assert_eq!(
        told.words,
        "Azure owns this value. It was set from Azure on 2026-03-01 10:00 UTC by rules version 1 (request \
         00000000-0000-0000-0000-000000000009)."
    );
    let conflict = &told.conflicts[0];
    assert_eq!((conflict.lms_value.as_deref(), conflict.source_value.as_deref()), (Some("fr"), Some("de")));
    assert_eq!(conflict.event_id, written.event_id);
}

async fn a_preview_shows_what_rules_would_do_and_touches_nothing(world: World) {
    world.apply(provisioned(1, at(1), User { timezone: "nowhere".to_owned(), ..user("ana") })).await;
    world.execute("update lms.learner set job_title = 'Pilot', department = 'Air'").await;
    let (learner, provenance) = (world.learner().await, world.count("sync.provenance").await);
    let rules = json!({
        "ownership": { "job_title": { "mode": "source" }, "department": { "mode": "source", "on_clear": "clear" } },
        "mapping": {
            "login": { "from": ["userName"], "transforms": ["lower"] },
            "job_title": { "from": ["title"], "transforms": [{ "template": "Senior {value}" }] },
            "department": { "from": ["title"], "transforms": [{ "lookup": { "table": {}, "otherwise": "clear" } }] },
            "time_zone": { "from": ["timezone"] }
        }
    });
    for who in [Who::User(ScimId(scim(1))), Who::Learner(learner.learner_id)] {
        let (rules_store, store) = (world.rules.as_ref(), world.store.as_ref());
        let preview =
            preview_person(rules_store, store, &slug(INTEGRATION), who, Some(rules.clone())).await.unwrap();
        let of = |attribute| preview.attributes.iter().find(|told| told.attribute == attribute).unwrap();
        let title = of(Attribute::JobTitle);
        assert_eq!(
            (title.becomes, title.value_after.as_deref()),
            (Becomes::Directory, Some("Senior Engineer"))
        );
        assert_eq!(
            (title.value.as_deref(), title.directory.as_deref()),
            (Some("Pilot"), Some("Senior Engineer"))
        );
        assert_eq!(
            (of(Attribute::Department).becomes, &of(Attribute::Department).value_after),
            (Becomes::Emptied, &None)
        );
        assert_eq!(of(Attribute::PreferredLanguage).becomes, Becomes::Stays);
        let zone = of(Attribute::TimeZone).trouble.as_ref().unwrap();
        assert_eq!(serde_json::to_value(zone.problem).unwrap(), "not_a_time_zone");
        let present = preview_person(rules_store, store, &slug(INTEGRATION), who, None).await.unwrap();
        let title = present.attributes.iter().find(|told| told.attribute == Attribute::JobTitle).unwrap();
        assert_eq!(title.value_after.as_deref(), Some("Engineer"), "by the rules in force");
    }
    assert_eq!((world.learner().await, world.count("sync.provenance").await), (learner, provenance));
    assert_eq!((in_force(&world, INTEGRATION).await, world.count("sync.recheck").await), (0, 0));
    assert_eq!(world.count("sync.conflict").await, 0);

    let (rules_store, store) = (world.rules.as_ref(), world.store.as_ref());
    let nobody = Who::User(ScimId(scim(2)));
    let unknown = preview_person(rules_store, store, &slug(INTEGRATION), nobody, None).await;
    assert!(matches!(unknown, Err(RulesError::UnknownPerson)));
    let wrong = preview_person(rules_store, store, &slug(INTEGRATION), nobody, Some(json!({ "x": 1 }))).await;
    assert!(matches!(wrong, Err(RulesError::Invalid(_))));
}

async fn preview_groups(world: &World, rules: Value, after: Option<ScimId>, limit: u32) -> CohortsPreview {
    let page = Page { after, limit };
    preview_cohorts(world.rules.as_ref(), world.store.as_ref(), &slug(INTEGRATION), rules, page)
        .await
        .unwrap()
}

async fn a_preview_of_cohorts_shows_what_would_change(world: World) {
    let names = ["Sales", "test-a", "Care", "LMS - Welding", "Staff"];
    let mut batch: Vec<Message> =
        (50..).zip(names).map(|(id, name)| group_provisioned(id, at(1), group(name))).collect();
    batch.push(provisioned(1, at(1), user("ana")));
    batch.push(members(50, at(2), &[1], &[]));
    world.handle(&batch).await;
    let local = keep_local_cohort(&world).await;
    let rules = json!({ "cohorts": [
        { "name": "tests", "when": { "prefix": "test-" }, "then": "ignore" },
        { "name": "staff", "when": { "exact": "Staff" }, "then": { "link": { "cohort": local.0 } } },
        { "name": "nowhere", "when": { "exact": "Care" }, "then": { "link": { "cohort": scim(99) } } },
        { "name": "classes", "when": { "regex": "^LMS - (?<class>.+)$" },
          "then": { "create": { "name_template": "Class {class}" } }, "on_leave": "withdraw" },
        { "name": "rest", "when": "any", "then": { "create": {} } }
    ] });
    let before = world.cohorts_of(INTEGRATION).await;
    let all = preview_groups(&world, rules.clone(), None, 100).await;
    assert_eq!(all.next, None);
    let totals = serde_json::to_value(all.totals).unwrap();
    let expected =
        json!({ "groups": 5, "changed": 4, "created": 0, "linked": 2, "ignored": 1, "amended": 1 });
    assert_eq!(totals, expected);
    let of = |id: u128| all.items.iter().find(|item| item.scim_id.0 == scim(id)).unwrap();
    assert_eq!((of(51).now.action, of(51).after.action), (GroupAction::Create, GroupAction::Ignore));
    assert_eq!(
        (of(53).after.name.as_deref(), of(53).rule.as_deref()),
        (Some("Class Welding"), Some("classes"))
    );
    assert_eq!((of(54).after.cohort_id, of(54).after.name.as_deref()), (Some(local), Some("Everybody")));
    assert!(of(52).problem.unwrap().contains("no such cohort") && of(54).problem.is_none());
    let first = preview_groups(&world, rules.clone(), None, 2).await;
    let second = preview_groups(&world, rules.clone(), first.next, 3).await;
    assert_eq!((first.totals.changed, second.totals.changed), (1, 3));
    assert_eq!(preview_groups(&world, rules.clone(), second.next, 3).await.totals.groups, 0);
    assert_eq!(world.cohorts_of(INTEGRATION).await, before, "nothing is touched");

    let mut possible = rules;
    possible["cohorts"].as_array_mut().unwrap().remove(2);
    world.save_rules(INTEGRATION, 0, possible.clone()).await.unwrap();
    world.recheck().await;
    let after = preview_groups(&world, possible, None, 100).await;
    assert_eq!(after.items, [], "what was shown was done");
    let back = preview_groups(&world, json!({}), None, 100).await;
    let of = |id: u128| back.items.iter().find(|item| item.scim_id.0 == scim(id)).unwrap();
    assert_eq!((of(51).now.action, of(54).now.action), (GroupAction::Ignore, GroupAction::Link));
    let old = before.iter().find(|cohort| cohort.scim_id.0 == scim(51)).unwrap();
    assert_eq!(of(51).after.cohort_id, Some(old.cohort_id), "a group that is wanted again has its cohort");
}

/// A cohort that the LMS keeps in the portal.
async fn keep_local_cohort(world: &World) -> CohortId {
    let id = scim(70);
    world
        .execute(&format!(
            "insert into lms.cohort (cohort_id, portal_id, name, slug, status, origin)
             select '{id}', portal_id, 'Everybody', 'everybody', 'active', 'local' from lms.portal
             where code = 'acme'"
        ))
        .await;
    CohortId(id)
}

async fn rules_link_groups_to_cohorts_of_the_portal_only(world: World) {
    for integration in [INTEGRATION, OTHER] {
        world.apply(user_event_of(integration, UserProvisioned, 1, at(1), user("ana"))).await;
    }
    world.apply(group_provisioned(50, at(1), group("Sales"))).await;
    let own = world.cohort().await.cohort_id.0;
    let local = keep_local_cohort(&world).await.0;
    let link = |cohort| json!({ "cohorts": [{ "name": "a", "when": "any", "then": { "link": { "cohort": cohort } } }] });
    for (integration, cohort) in [(INTEGRATION, own), (INTEGRATION, scim(99)), (OTHER, local)] {
        let refused = world.save_rules(integration, 0, link(cohort)).await;
        let Err(RulesError::Invalid(errors)) = refused else { panic!("{refused:?}") };
        assert_eq!(errors[0].pointer, "/cohorts/0/then/link/cohort");
    }
    world.save_rules(INTEGRATION, 0, link(local)).await.unwrap();
}

async fn an_explanation_tells_of_edits_waits_and_managers(world: World) {
    let manager = Some(Manager { value: scim(9).to_string(), ..Manager::default() });
    let ana =
        User { enterprise: Some(EnterpriseUser { manager, ..EnterpriseUser::default() }), ..user("ana") };
    world.apply(provisioned(1, at(1), ana.clone())).await;
    let id = world.learner().await.learner_id;
    let told = explain(&world, id).await;
    let named = told.manager.unwrap();
    assert_eq!((named.scim_id.0, named.learner_id), (scim(9), None), "nobody yet");
    assert_eq!((told.scim_id.0, told.rules_version.0, told.waiting.is_none()), (scim(1), 0, true));
    assert!(
        told.status.words.starts_with("Azure owns the status. It was set from Azure on 2026-03-01"),
        "{told:?}"
    );

    world.execute("update lms.learner set job_title = 'Pilot'").await;
    let title = explain_attribute(&world, Attribute::JobTitle).await;
    assert!(title.is_edited && title.conflicts.is_empty());
    assert_eq!(
        title.words,
        "Somebody changed it in the LMS; the next event of the person, or a reconcile, puts back what Azure says."
    );
    world
        .execute(&format!(
            "insert into sync.exemption (learner_id, reason, ends_at, granted_by)
             values ('{}', 'parental leave', '2126-04-01T08:30:00Z', 'ops')",
            id.0
        ))
        .await;
    world.apply(changed(1, at(2), ana.clone())).await;
    let told = explain(&world, id).await;
    let waiting = told.waiting.unwrap();
    assert_eq!(waiting.reason, WaitReason::Exempt);
    assert!(waiting.words.contains("exempt until 2126-04-01 08:30 UTC"), "{waiting:?}");
    assert_eq!(told.exempt_because.as_deref(), Some("parental leave"));

    world.execute("update sync.exemption set ends_at = '2026-01-01T00:00:00Z'").await;
    world.recheck().await;
    world.apply(provisioned(9, at(1), user("boss"))).await;
    let told = explain(&world, id).await;
    assert_eq!((told.waiting, told.recheck.is_some()), (None, true));
    world.recheck().await;
    let told = explain(&world, id).await;
    assert!(told.manager.unwrap().learner_id.is_some() && told.recheck.is_none());
    let title = told.attributes.iter().find(|told| told.attribute == Attribute::JobTitle).unwrap();
    assert_eq!((title.value.as_deref(), title.conflicts.len()), (Some("Engineer"), 1));
}

async fn only_learners_of_the_integration_are_explained(world: World) {
    for integration in [INTEGRATION, OTHER] {
        world.apply(user_event_of(integration, UserProvisioned, 1, at(1), user("ana"))).await;
    }
    let others = world.learners_of(OTHER).await.remove(0).learner_id;
    for learner in [others, LearnerId(scim(99))] {
        let refused =
            explain_learner(world.rules.as_ref(), world.store.as_ref(), &slug(INTEGRATION), learner).await;
        assert!(matches!(refused, Err(RulesError::UnknownPerson)));
        let who = Who::Learner(learner);
        let refused =
            preview_person(world.rules.as_ref(), world.store.as_ref(), &slug(INTEGRATION), who, None).await;
        assert!(matches!(refused, Err(RulesError::UnknownPerson)));
    }
}
