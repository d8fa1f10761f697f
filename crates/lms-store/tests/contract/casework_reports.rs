use lms::{DriftKind, IntegrationSlug, Page};

use crate::casework_holds::own;
use crate::fixture::{INTEGRATION, OTHER, at, changed, provisioned, scim, user};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    an_edit_that_was_undone_is_listed,
    findings_are_listed_by_integration,
    a_run_tells_what_it_found,
);

fn first<Id>() -> Page<Id> {
    Page { after: None, limit: 10 }
}

fn other() -> IntegrationSlug {
    IntegrationSlug(OTHER.to_owned())
}

async fn an_edit_that_was_undone_is_listed(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    for version in 2..4 {
        world.execute("update lms.learner set job_title = 'Boss'").await;
        world.apply(changed(1, at(version), user("ana"))).await;
    }
    let learner = world.learner().await.learner_id;
    let conflicts = world.cases.conflicts(&own(), Some(learner), first()).await.unwrap();
    assert_eq!(conflicts.len(), 2);
    assert!(conflicts[0].conflict_id > conflicts[1].conflict_id);
    assert_eq!(conflicts[0].lms_value.as_deref(), Some("Boss"));
    assert_eq!(conflicts[0].source_value.as_deref(), Some("Engineer"));
    let before = Page { after: Some(conflicts[0].conflict_id), limit: 10 };
    assert_eq!(world.cases.conflicts(&own(), None, before).await.unwrap(), conflicts[1..]);
    assert!(world.cases.conflicts(&other(), Some(learner), first()).await.unwrap().is_empty());
}

async fn findings_are_listed_by_integration(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let learner = world.learner().await.learner_id;
    world
        .execute(&format!(
            "insert into sync.finding (integration, portal_id, kind, learner_id, detail)
             select slug, portal_id, 'portal_without_admin', '{}', 'the last one left' from sync.integration",
            learner.0
        ))
        .await;
    let findings = world.cases.findings(&own(), None, first()).await.unwrap();
    assert_eq!((findings.len(), findings[0].learner_id), (1, Some(learner)));
    assert_eq!(world.cases.findings(&own(), Some(learner), first()).await.unwrap(), findings);
    assert!(world.cases.findings(&other(), None, first()).await.unwrap().is_empty());
}

async fn a_run_tells_what_it_found(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let (run, earlier) = (scim(0x700), scim(0x701));
    world
        .execute(&format!(
            "insert into sync.reconcile_run (run_id, integration, first_part_at)
             values ('{earlier}', '{INTEGRATION}', '2026-01-01T00:00:00.000Z');
             insert into sync.reconcile_run (run_id, integration, first_part_at, parts, users, groups, members)
             values ('{run}', '{INTEGRATION}', '2026-02-01T00:00:00.000Z', 2, 5, 1, 7);
             insert into sync.reconcile_part (run_id, number) values ('{run}', 1);
             insert into sync.reconcile_part (run_id, number) values ('{earlier}', 1);
             insert into sync.drift (run_id, kind, scim_id, attributes)
             values ('{run}', 'edited_learner', '{0}', '[\"job_title\"]');
             insert into sync.drift (run_id, kind, scim_id) values ('{run}', 'missing_user', '{0}');
             insert into sync.drift (run_id, kind, scim_id) values ('{run}', 'missing_user', '{1}');",
            scim(1),
            scim(2)
        ))
        .await;
    let runs = world.cases.runs(&own(), first()).await.unwrap();
    assert_eq!(runs.iter().map(|run| run.run_id).collect::<Vec<_>>(), [run, earlier]);
    let newest = &runs[0];
    assert_eq!((newest.parts_seen, newest.parts_total, newest.is_finished), (1, Some(2), false));
    let counts: Vec<_> = newest.drift.iter().map(|count| (count.kind, count.count)).collect();
    assert_eq!(counts, [(DriftKind::EditedLearner, 1), (DriftKind::MissingUser, 2)]);
    let after = Page { after: Some(run), limit: 10 };
    assert_eq!(world.cases.runs(&own(), after).await.unwrap().len(), 1);
    let one = Page { after: None, limit: 1 };
    let drift = world.cases.drift(&own(), run, DriftKind::MissingUser, one).await.unwrap();
    let after = Page { after: Some(drift[0].drift_id), limit: 10 };
    let rest = world.cases.drift(&own(), run, DriftKind::MissingUser, after).await.unwrap();
    assert_eq!((drift[0].scim_id.0, rest.len(), rest[0].scim_id.0), (scim(1), 1, scim(2)));
    let edited = world.cases.drift(&own(), run, DriftKind::EditedLearner, first()).await.unwrap();
    assert_eq!(edited[0].attributes, [lms::Attribute::JobTitle]);
    assert!(world.cases.run(&other(), run).await.unwrap().is_none());
    assert!(world.cases.drift(&other(), run, DriftKind::MissingUser, first()).await.unwrap().is_empty());
}
