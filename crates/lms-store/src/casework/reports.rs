use chrono::{DateTime, Utc};
use lms::casework::{ConflictEntry, DriftCount, DriftEntry, FindingEntry, ReconcileRun};
use lms::{DriftKind, IntegrationSlug, LearnerId, Page, ScimId, StoreError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Wanted, look_up};
use crate::database::{Database, read_for};
use crate::error::unavailable;
use crate::queries::given;
use crate::statement::Statement;
use crate::words::drift_word;

macro_rules! conflict_object {
    () => {
        "{object: 'conflict_id', conflict.conflict_id, 'learner_id', conflict.learner_id,
            'attribute', conflict.attribute, 'kind', conflict.kind, 'lms_value', conflict.lms_value,
            'source_value', conflict.source_value, 'rules_version', conflict.rules_version,
            'event_id', conflict.event_id, 'request_id', conflict.request_id, 'noticed_at', conflict.noticed_at}"
    };
}

static CONFLICTS: Statement = Statement::new(concat!(
    given!("integration text, before bigint, max_rows integer"),
    "select ",
    conflict_object!(),
    " from sync.conflict as conflict
     where conflict.integration = (select integration from given)
         and conflict.conflict_id < (select coalesce(before, 9223372036854775807) from given)
     order by conflict.conflict_id desc
     limit (select max_rows from given)"
));

static CONFLICTS_OF_LEARNER: Statement = Statement::new(concat!(
    given!("integration text, id uuid, before bigint, max_rows integer"),
    "select ",
    conflict_object!(),
    " from sync.conflict as conflict
     where conflict.learner_id = (select id from given)
         and conflict.integration = (select integration from given)
         and conflict.conflict_id < (select coalesce(before, 9223372036854775807) from given)
     order by conflict.conflict_id desc
     limit (select max_rows from given)"
));

/// The learner is a filter without an index: an integration has few findings.
static FINDINGS: Statement = Statement::new(concat!(
    given!("integration text, id uuid, before bigint, max_rows integer"),
    "select {object: 'finding_id', finding.finding_id, 'kind', finding.kind, 'learner_id', finding.learner_id,
        'cohort_id', finding.cohort_id, 'detail', finding.detail, 'noticed_at', finding.noticed_at,
        'resolved_at', finding.resolved_at}
     from sync.finding as finding
     where finding.integration = (select integration from given)
         and ((select id from given) is null or finding.learner_id = (select id from given))
         and finding.finding_id < (select coalesce(before, 9223372036854775807) from given)
     order by finding.finding_id desc
     limit (select max_rows from given)"
));

macro_rules! run_object {
    () => {
        "{object: 'run_id', run.run_id, 'began_at', run.began_at, 'first_part_at', run.first_part_at,
            'parts_seen', (select count(*) from sync.reconcile_part as part where part.run_id = run.run_id),
            'parts_total', run.parts, 'users', run.users, 'groups', run.groups, 'members', run.members}"
    };
}

static RUNS: Statement = Statement::new(concat!(
    given!("integration text, after uuid, max_rows integer"),
    "select ",
    run_object!(),
    " from sync.reconcile_run as run
     where run.integration = (select integration from given)
         and ((select after from given) is null or (run.first_part_at, run.run_id) < (
             select last.first_part_at, last.run_id from sync.reconcile_run as last
             where last.run_id = (select after from given)
                 and last.integration = (select integration from given)))
     order by run.first_part_at desc, run.run_id desc
     limit (select max_rows from given)"
));

static RUN: Statement = Statement::new(concat!(
    "select ",
    run_object!(),
    " from {rows: integration text, id uuid}
     join sync.reconcile_run as run on run.run_id = r.id and run.integration = r.integration"
));

static DRIFT_COUNTS: Statement = Statement::new(
    "select {object: 'run_id', drift.run_id, 'kind', drift.kind, 'count', count(*)}
     from {rows: integration text, id uuid}
     join sync.reconcile_run as run on run.run_id = r.id and run.integration = r.integration
     join sync.drift as drift on drift.run_id = run.run_id
     group by drift.run_id, drift.kind
     order by drift.run_id, drift.kind",
);

static DRIFT: Statement = Statement::new(concat!(
    given!("integration text, id uuid, word text, before bigint, max_rows integer"),
    "select {object: 'drift_id', drift.drift_id, 'kind', drift.kind, 'scim_id', drift.scim_id,
        'member_scim_id', drift.member_scim_id, 'attributes', drift.attributes, 'found_at', drift.found_at}
     from sync.drift as drift
     where drift.run_id = (select run.run_id from sync.reconcile_run as run
             where run.run_id = (select id from given) and run.integration = (select integration from given))
         and drift.kind = (select word from given)
         and drift.drift_id > (select coalesce(before, 0) from given)
     order by drift.drift_id
     limit (select max_rows from given)"
));

#[derive(Deserialize)]
struct RunRow {
    run_id: Uuid,
    began_at: Option<DateTime<Utc>>,
    first_part_at: DateTime<Utc>,
    parts_seen: u64,
    parts_total: Option<u64>,
    users: Option<u64>,
    groups: Option<u64>,
    members: Option<u64>,
}

#[derive(Deserialize)]
struct CountRow {
    run_id: Uuid,
    #[serde(flatten)]
    count: DriftCount,
}

#[derive(Deserialize)]
struct DriftRow {
    drift_id: i64,
    kind: DriftKind,
    scim_id: Uuid,
    member_scim_id: Option<Uuid>,
    attributes: String,
    found_at: DateTime<Utc>,
}

impl DriftRow {
    fn into_entry(self) -> Result<DriftEntry, StoreError> {
        Ok(DriftEntry {
            drift_id: self.drift_id,
            kind: self.kind,
            scim_id: ScimId(self.scim_id),
            member_scim_id: self.member_scim_id.map(ScimId),
            attributes: serde_json::from_str(&self.attributes).map_err(unavailable)?,
            found_at: self.found_at,
        })
    }
}

#[derive(Serialize)]
struct RunKey<'a> {
    integration: &'a str,
    id: Uuid,
}

pub(crate) async fn conflicts<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    learner: Option<LearnerId>,
    page: Page<i64>,
) -> Result<Vec<ConflictEntry>, StoreError> {
    let statement = if learner.is_some() { &CONFLICTS_OF_LEARNER } else { &CONFLICTS };
    let wanted = Wanted { id: learner.map(|id| id.0), ..Wanted::numbered(integration, page) };
    look_up(database, statement, wanted).await
}

pub(crate) async fn findings<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    learner: Option<LearnerId>,
    page: Page<i64>,
) -> Result<Vec<FindingEntry>, StoreError> {
    let wanted = Wanted { id: learner.map(|id| id.0), ..Wanted::numbered(integration, page) };
    look_up(database, &FINDINGS, wanted).await
}

pub(crate) async fn runs<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    page: Page<Uuid>,
) -> Result<Vec<ReconcileRun>, StoreError> {
    let rows = look_up(database, &RUNS, Wanted::page(integration, page, |run| run)).await?;
    with_counts(database, integration, rows).await
}

pub(crate) async fn run<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    run: Uuid,
) -> Result<Option<ReconcileRun>, StoreError> {
    let rows = look_up(database, &RUN, Wanted::one(integration, run)).await?;
    Ok(with_counts(database, integration, rows).await?.pop())
}

async fn with_counts<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    rows: Vec<RunRow>,
) -> Result<Vec<ReconcileRun>, StoreError> {
    let integration = integration.as_str();
    let keys: Vec<RunKey<'_>> = rows.iter().map(|row| RunKey { integration, id: row.run_id }).collect();
    let counts: Vec<CountRow> = read_for(database, &DRIFT_COUNTS, &keys).await?;
    let runs = rows.into_iter().map(|row| ReconcileRun {
        drift: counts.iter().filter(|count| count.run_id == row.run_id).map(|row| row.count).collect(),
        is_finished: row.parts_total.is_some_and(|total| row.parts_seen >= total),
        run_id: row.run_id,
        began_at: row.began_at,
        first_part_at: row.first_part_at,
        parts_seen: row.parts_seen,
        parts_total: row.parts_total,
        users: row.users,
        groups: row.groups,
        members: row.members,
    });
    Ok(runs.collect())
}

pub(crate) async fn drift<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    run: Uuid,
    kind: DriftKind,
    page: Page<i64>,
) -> Result<Vec<DriftEntry>, StoreError> {
    let kind = drift_word(kind);
    let wanted = Wanted { id: Some(run), word: Some(&kind), ..Wanted::numbered(integration, page) };
    let rows: Vec<DriftRow> = look_up(database, &DRIFT, wanted).await?;
    rows.into_iter().map(DriftRow::into_entry).collect()
}
