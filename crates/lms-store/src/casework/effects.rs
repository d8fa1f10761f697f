use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use lms::admin::{EffectEntry, EffectFilter, reason_in_words};
use lms::{CohortId, EffectKind, EffectOutcome, IntegrationSlug, LearnerId, Page, ScimId, StoreError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::database::{Database, read};
use crate::error::unavailable;
use crate::queries::given;
use crate::statement::Statement;
use crate::words::word_of;

/// Longer than any transaction: who begins so much later draws a greater number.
const LONGEST_TRANSACTION: Duration = Duration::minutes(10);

/// Effects of the index that `$driver` is looked up in, or of the numbers that `$from` begins with.
///
/// An entry is numbered after its transaction began, and tells of that beginning as its time: so the bounds of the time
/// are bounds of the number, too, with a margin.
macro_rules! effects_by {
    ($driver:literal) => {
        effects_by!("sync.effect as effect", "effect.integration", "effect.effect_id", "effect.effect_id", $driver)
    };
    ($from:literal, $integration:literal, $number:literal, $order:literal, $driver:literal) => {
        concat!(
            given!(
                "integration text, request_id uuid, learner_id uuid, cohort_id uuid, scim_id uuid, outcome text,
                 since timestamptz, till timestamptz, surely_before timestamptz, surely_after timestamptz,
                 before bigint, max_rows integer"
            ),
            "select {object: 'effect_id', effect.effect_id, 'at', effect.at, 'request_id', effect.request_id,
                'event_id', effect.event_id, 'event_type', effect.event_type, 'kind', effect.kind,
                'scim_id', effect.scim_id, 'learner_id', effect.learner_id, 'cohort_id', effect.cohort_id,
                'outcome', effect.outcome, 'changed', effect.changed, 'members', effect.members,
                'reason', effect.reason}
             from ",
            $from,
            " where ",
            $integration,
            " = (select integration from given)
                 and ",
            $number,
            " < (select coalesce(before, 9223372036854775807) from given)
                 and ",
            $number,
            " < (select coalesce((select later.effect_id from sync.effect_time as later
                     where later.at >= (select surely_after from given) order by later.at limit 1),
                     9223372036854775807))
                 and ",
            $number,
            " > (select coalesce((select earlier.effect_id from sync.effect_time as earlier
                     where earlier.at <= (select surely_before from given) order by earlier.at desc limit 1), 0))
                 and ((select since from given) is null or effect.at >= (select since from given))
                 and ((select till from given) is null or effect.at < (select till from given))
                 and ((select outcome from given) is null or effect.outcome = (select outcome from given))
                 and ((select request_id from given) is null
                     or effect.request_id = (select request_id from given))
                 and ((select cohort_id from given) is null or effect.cohort_id = (select cohort_id from given))
                 and ((select learner_id from given) is null
                     or effect.learner_id = (select learner_id from given)
                     or effect.effect_id in (
                         select member.effect_id from sync.link as link
                         join sync.effect_member as member on member.scim_user_id = link.scim_id
                         where link.learner_id = (select learner_id from given)))
                 and ((select scim_id from given) is null or effect.scim_id = (select scim_id from given)
                     or effect.effect_id in (select member.effect_id from sync.effect_member as member
                         where member.scim_user_id = (select scim_id from given)))
                 and ",
            $driver,
            " order by ",
            $order,
            " desc
             limit (select max_rows from given)"
        )
    };
}

pub(crate) static EFFECTS: Statement = Statement::new(effects_by!("{true}"));

static EFFECTS_OF_OUTCOME: Statement =
    Statement::new(effects_by!("effect.outcome = (select outcome from given)"));

static EFFECTS_OF_REQUEST: Statement =
    Statement::new(effects_by!("effect.request_id = (select request_id from given)"));

static EFFECTS_OF_COHORT: Statement =
    Statement::new(effects_by!("effect.cohort_id = (select cohort_id from given)"));

/// The numbers come first. Nothing else is said in the words of an index, which would tempt a planner to go through the
/// integration's whole list for a person's few.
pub(crate) static EFFECTS_OF_LEARNER: Statement = Statement::new(effects_by!(
    "(select own.effect_id from sync.effect as own where own.learner_id = (select learner_id from given)
         union
         select member.effect_id from sync.link as link
         join sync.effect_member as member on member.scim_user_id = link.scim_id
         where link.learner_id = (select learner_id from given)) as known
     join sync.effect as effect on effect.effect_id = known.effect_id",
    "coalesce(effect.integration, '')",
    "known.effect_id",
    "known.effect_id + 0",
    "{true}"
));

pub(crate) static EFFECTS_OF_RESOURCE: Statement = Statement::new(effects_by!(
    "(select own.effect_id from sync.effect as own where own.scim_id = (select scim_id from given)
         union
         select member.effect_id from sync.effect_member as member
         where member.scim_user_id = (select scim_id from given)) as known
     join sync.effect as effect on effect.effect_id = known.effect_id",
    "coalesce(effect.integration, '')",
    "known.effect_id",
    "known.effect_id + 0",
    "{true}"
));

pub(crate) static FORGET: Statement = Statement::new(concat!(
    given!("before timestamptz, max_rows integer"),
    "delete from sync.effect
     where effect_id in (
         select old.effect_id from sync.effect as old where old.at < (select before from given)
         order by old.at limit (select max_rows from given))
     returning {object: 'effect_id', effect_id}"
));

#[derive(Serialize)]
struct Wanted<'a> {
    integration: &'a str,
    request_id: Option<Uuid>,
    learner_id: Option<Uuid>,
    cohort_id: Option<Uuid>,
    scim_id: Option<Uuid>,
    outcome: Option<String>,
    since: Option<String>,
    till: Option<String>,
    surely_before: Option<String>,
    surely_after: Option<String>,
    before: Option<i64>,
    max_rows: u32,
}

#[derive(Deserialize)]
struct EffectReadRow {
    effect_id: i64,
    at: DateTime<Utc>,
    request_id: Uuid,
    event_id: Uuid,
    event_type: String,
    kind: EffectKind,
    scim_id: Option<ScimId>,
    learner_id: Option<LearnerId>,
    cohort_id: Option<CohortId>,
    outcome: EffectOutcome,
    changed: String,
    members: Option<u32>,
    reason: Option<String>,
}

impl EffectReadRow {
    fn into_entry(self) -> Result<EffectEntry, StoreError> {
        Ok(EffectEntry {
            effect_id: self.effect_id,
            at: self.at,
            request_id: self.request_id,
            event_id: self.event_id,
            event_type: self.event_type,
            kind: self.kind,
            scim_id: self.scim_id,
            learner_id: self.learner_id,
            cohort_id: self.cohort_id,
            outcome: self.outcome,
            changed: serde_json::from_str(&self.changed).map_err(unavailable)?,
            members: self.members,
            reason: self.reason.map(|code| reason_in_words(&code).to_owned()),
        })
    }
}

/// As SQLite keeps it, to be compared as text.
fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Each outcome is looked for by itself: together they would have no index that holds them in their order.
pub(crate) async fn list<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    filter: &EffectFilter,
    page: Page<i64>,
) -> Result<Vec<EffectEntry>, StoreError> {
    let outcomes: BTreeSet<EffectOutcome> = filter.outcomes.iter().copied().collect();
    if outcomes.len() < 2 {
        return list_one(database, integration, filter, outcomes.first().copied(), page).await;
    }
    // What comes between two of the questions belongs to none of them: its neighbours might be missing.
    let newest = list_one(database, integration, filter, None, Page { limit: 1, ..page }).await?;
    let Some(newest) = newest.first() else { return Ok(Vec::new()) };
    let settled = Page { after: Some(newest.effect_id.saturating_add(1)), ..page };
    let mut entries = Vec::new();
    for outcome in outcomes {
        entries.extend(list_one(database, integration, filter, Some(outcome), settled).await?);
    }
    entries.sort_unstable_by_key(|entry| Reverse(entry.effect_id));
    entries.truncate(usize::try_from(page.limit).unwrap_or(usize::MAX));
    Ok(entries)
}

async fn list_one<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    filter: &EffectFilter,
    outcome: Option<EffectOutcome>,
    page: Page<i64>,
) -> Result<Vec<EffectEntry>, StoreError> {
    // The narrowest of what is given leads.
    let statement = match filter {
        EffectFilter { request: Some(_), .. } => &EFFECTS_OF_REQUEST,
        EffectFilter { learner: Some(_), .. } => &EFFECTS_OF_LEARNER,
        EffectFilter { resource: Some(_), .. } => &EFFECTS_OF_RESOURCE,
        EffectFilter { cohort: Some(_), .. } => &EFFECTS_OF_COHORT,
        EffectFilter { .. } if outcome.is_some() => &EFFECTS_OF_OUTCOME,
        EffectFilter { .. } => &EFFECTS,
    };
    let wanted = Wanted {
        integration: integration.as_str(),
        request_id: filter.request,
        learner_id: filter.learner.map(|id| id.0),
        cohort_id: filter.cohort.map(|id| id.0),
        scim_id: filter.resource.map(|id| id.0),
        outcome: outcome.map(word_of),
        since: filter.from.map(instant),
        till: filter.to.map(instant),
        surely_before: filter.from.and_then(|at| at.checked_sub_signed(LONGEST_TRANSACTION)).map(instant),
        surely_after: filter.to.and_then(|at| at.checked_add_signed(LONGEST_TRANSACTION)).map(instant),
        before: page.after,
        max_rows: page.limit,
    };
    let rows: Vec<EffectReadRow> = read(database, statement, &[wanted]).await?;
    rows.into_iter().map(EffectReadRow::into_entry).collect()
}
