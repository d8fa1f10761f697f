use events::Applied::{AlreadyApplied, Executed, Stale};
use events::v1::User;
use lms::{Attribute, InactiveReason, Status};

use crate::fixture::{again, at, changed, deactivated, deprovisioned, provisioned, reactivated, scim, user};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    provisioning_creates_a_learner,
    a_change_reaches_the_learner,
    edits_in_the_lms_are_undone_only_where_the_source_owns,
    disabled_and_enabled_again,
    a_tombstone_name_is_never_a_login,
    a_person_who_returns_is_the_old_learner,
    a_late_deletion_of_the_old_incarnation_is_stale,
    a_deletion_may_arrive_before_everything_else,
    what_came_before_changes_nothing,
    a_restored_directory_overrules_newer_versions,
    a_login_passes_from_one_person_to_another_within_a_batch,
);

async fn provisioning_creates_a_learner(world: World) {
    assert_eq!(world.apply(provisioned(1, at(1), user("ana"))).await, Executed);
    let learner = world.learner().await;
    assert_eq!(learner.scim_id.0, scim(1));
    assert_eq!(learner.external_id.as_deref(), Some("object-ana"));
    assert_eq!((learner.status, learner.inactive_reason), (Status::Active, None));
    assert_eq!(learner.profile.value(Attribute::Login), Some("ana@contoso.example"));
    assert_eq!(learner.profile.value(Attribute::Email), Some("ana.silva@contoso.example"));
    assert_eq!(learner.profile.value(Attribute::JobTitle), Some("Engineer"));
}

async fn a_change_reaches_the_learner(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let renamed =
        User { display_name: "Ana Costa".to_owned(), title: String::new(), emails: vec![], ..user("ana") };
    assert_eq!(world.apply(changed(1, at(2), renamed)).await, Executed);
    let profile = world.learner().await.profile;
    assert_eq!(profile.value(Attribute::DisplayName), Some("Ana Costa"));
    assert_eq!(profile.value(Attribute::JobTitle), None);
    // Without a work address, the userName serves.
    assert_eq!(profile.value(Attribute::Email), Some("ana@contoso.example"));
}

async fn edits_in_the_lms_are_undone_only_where_the_source_owns(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    world
        .execute(
            "update lms.learner set display_name = 'Edited', preferred_language = 'en', bio = 'Climber',
             custom_fields = '{\"badge\":\"7\"}'",
        )
        .await;
    // The event is about something else altogether.
    let promoted = User { title: "Architect".to_owned(), ..user("ana") };
    world.apply(changed(1, at(2), promoted)).await;
    let profile = world.learner().await.profile;
    assert_eq!(profile.value(Attribute::DisplayName), Some("ana Silva"));
    assert_eq!(profile.value(Attribute::JobTitle), Some("Architect"));
    assert_eq!(profile.value(Attribute::PreferredLanguage), Some("en"));
    assert_eq!(world.count("lms.learner where bio = 'Climber'").await, 1);
    assert_eq!(world.count("lms.learner where custom_fields ->> 'badge' = '7'").await, 1);
}

async fn disabled_and_enabled_again(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    assert_eq!(world.apply(deactivated(1, at(2), user("ana"))).await, Executed);
    let learner = world.learner().await;
    assert_eq!(learner.status, Status::Inactive);
    assert_eq!(learner.inactive_reason, Some(InactiveReason::SourceDisabled));
    assert_eq!(world.apply(reactivated(1, at(3), user("ana"))).await, Executed);
    let learner = world.learner().await;
    assert_eq!((learner.status, learner.inactive_reason), (Status::Active, None));
    let returned = "lms.learner where inactivated_at is not null and reactivated_at is not null";
    assert_eq!(world.count(returned).await, 1);
}

async fn a_tombstone_name_is_never_a_login(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let soft_deleted = User {
        user_name: "0123456789abcdef0123456789ABCDEFana@contoso.example".to_owned(),
        emails: vec![],
        ..user("ana")
    };
    world.apply(deactivated(1, at(2), soft_deleted)).await;
    let learner = world.learner().await;
    assert_eq!(learner.inactive_reason, Some(InactiveReason::SourceSoftDeleted));
    assert_eq!(learner.profile.value(Attribute::Login), Some("ana@contoso.example"));
    assert_eq!(learner.profile.value(Attribute::Email), Some("ana@contoso.example"));
}

async fn a_person_who_returns_is_the_old_learner(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let before = world.learner().await;
    let records = world.record_training(&before).await;
    assert_eq!(records.len(), 2);
    world.apply(deprovisioned(1, at(2), user("ana"))).await;
    let gone = world.learner().await;
    assert_eq!(gone.inactive_reason, Some(InactiveReason::SourceDeleted));
    // Somebody else gets the login meanwhile; the person comes back under a new one.
    world.apply(provisioned(2, at(1), User { external_id: "object-new".to_owned(), ..user("ana") })).await;
    let returned = User { user_name: "ana2@contoso.example".to_owned(), ..user("ana") };
    assert_eq!(world.apply(provisioned(3, again(1), returned)).await, Executed);
    let learners = world.learners_of(crate::fixture::INTEGRATION).await;
    assert_eq!(learners.len(), 2);
    let learner = learners.into_iter().find(|learner| learner.scim_id.0 == scim(3)).unwrap();
    assert_eq!(learner.learner_id, before.learner_id);
    assert_eq!(learner.status, Status::Active);
    assert_eq!(learner.profile.value(Attribute::Login), Some("ana2@contoso.example"));
    let integration = lms::IntegrationSlug(crate::fixture::INTEGRATION.to_owned());
    let kept = world.reader.training_records(&integration, learner.learner_id).await.unwrap();
    assert_eq!(kept, records);
}

async fn a_late_deletion_of_the_old_incarnation_is_stale(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    assert_eq!(world.apply(provisioned(2, again(1), user("ana"))).await, Executed);
    assert_eq!(world.apply(deprovisioned(1, at(7), user("ana"))).await, Stale);
    assert_eq!(world.status().await, Status::Active);
    assert_eq!(world.learner().await.scim_id.0, scim(2));
}

async fn a_deletion_may_arrive_before_everything_else(world: World) {
    assert_eq!(world.apply(deprovisioned(1, at(3), user("ana"))).await, Executed);
    assert_eq!(world.apply(provisioned(1, at(1), user("ana"))).await, Stale);
    assert_eq!(world.apply(changed(1, at(2), user("ana"))).await, Stale);
    assert_eq!(world.learner().await.inactive_reason, Some(InactiveReason::SourceDeleted));
}

async fn what_came_before_changes_nothing(world: World) {
    let first = provisioned(1, at(1), user("ana"));
    let second = changed(1, at(2), User { title: "Architect".to_owned(), ..user("ana") });
    let batch = [first.clone(), second.clone(), first.clone(), second.clone()];
    assert_eq!(world.handle(&batch).await, [Executed, Executed, AlreadyApplied, AlreadyApplied]);
    assert_eq!(world.handle(&[first, second]).await, [AlreadyApplied, AlreadyApplied]);
    // The same position under another event id, as after a repeated export.
    assert_eq!(world.apply(reactivated(1, at(2), user("ana"))).await, AlreadyApplied);
    assert_eq!(world.apply(reactivated(1, at(1), user("ana"))).await, Stale);
    assert_eq!(world.learner().await.profile.value(Attribute::JobTitle), Some("Architect"));
    assert_eq!(world.count("sync.inbox").await, 4);
}

async fn a_restored_directory_overrules_newer_versions(world: World) {
    world.apply(provisioned(1, at(9), user("ana"))).await;
    let restored = events::Sequence { epoch: 1, incarnation: 1, version: 2 };
    let message = changed(1, restored, User { title: "Architect".to_owned(), ..user("ana") });
    assert_eq!(world.apply(message).await, Executed);
    assert_eq!(world.learner().await.profile.value(Attribute::JobTitle), Some("Architect"));
}

/// Written all at once, the second learner's login would still be held by the first.
async fn a_login_passes_from_one_person_to_another_within_a_batch(world: World) {
    world.handle(&[provisioned(1, at(1), user("ana")), provisioned(2, at(1), user("bea"))]).await;
    let renamed = |name: &str, login: &str| User { user_name: login.to_owned(), ..user(name) };
    let batch = [
        changed(1, at(2), renamed("ana", "ana.new@contoso.example")),
        changed(2, at(2), renamed("bea", "ana@contoso.example")),
    ];
    assert_eq!(world.handle(&batch).await, [Executed, Executed]);
    assert_eq!(
        world.count("lms.learner where login = 'ana@contoso.example' and given_name = 'bea'").await,
        1
    );
}
