//! How an integration is doing: every number is counted in an index, up to a bound.

use chrono::{DateTime, Utc};
use lms::admin::{BoundedCount, COUNTED_UP_TO, INACTIVE_COUNTED_UP_TO, LearnersSummary, LmsSummary};
use lms::{IntegrationSlug, StoreError};
use serde::{Deserialize, Serialize};

use super::erasures::can_be_confirmed;
use crate::database::{Database, read_for};
use crate::queries::given;
use crate::statement::Statement;

/// When the newest effect of an outcome was.
macro_rules! newest {
    ($outcome:literal) => {
        concat!(
            "select (select effect.at from sync.effect as effect
                where effect.integration = (select integration from given) and effect.outcome = '",
            $outcome,
            "'
                order by effect.effect_id desc limit 1) as at"
        )
    };
}

/// So many rows, as far as they are counted.
macro_rules! counted {
    ($bound:literal, $rows:literal) => {
        concat!(
            "(select count(*) from (select 1 ",
            $rows,
            " limit (select ",
            $bound,
            " from given)) as counted)"
        )
    };
}

pub(crate) static SUMMARY: Statement = Statement::new(concat!(
    given!("integration text, max_rows integer, max_inactive integer"),
    "select {object: 'last_applied_at', (select max(newest.at) from (",
    newest!("created"), " union all ", newest!("adopted"), " union all ", newest!("updated"), " union all ",
    newest!("deactivated"), " union all ", newest!("reactivated"), " union all ", newest!("archived"), " union all ",
    newest!("joined"), " union all ", newest!("left"), " union all ", newest!("unchanged"), " union all ",
    newest!("superseded"),
    ") as newest),
        'active', coalesce((select headcount.active from lms.headcount as headcount
            where headcount.portal_id = integration.portal_id and headcount.integration = integration.slug), 0),
        'inactive', ",
    counted!("max_inactive", "from lms.learner as learner
        where learner.integration = (select integration from given) and learner.status = 'inactive'"),
    ", 'parked', ",
    counted!("max_rows", "from sync.parked_event as parked
        where parked.integration = (select integration from given)"),
    ", 'held', ",
    counted!("max_rows", "from sync.link as link
        where link.hold_id = (select hold.hold_id from sync.hold as hold
            where hold.integration = (select integration from given) and hold.state = 'open')
            and link.integration = (select integration from given)"),
    ", 'adoptions', ",
    counted!("max_rows", "from sync.link as link
        where link.integration = (select integration from given) and link.waits = 'adoption'"),
    ", 'stuck', ",
    counted!("max_rows", "from sync.recheck as recheck
        where recheck.integration = (select integration from given) and recheck.reason is not null"),
    ", 'erasures', ",
    concat!("(select count(*) from (select 1 from sync.erasure as erasure
        where erasure.integration = (select integration from given)
            and erasure.confirmed_at is null and erasure.cancelled_at is null and ",
        can_be_confirmed!(), " limit (select max_rows from given)) as counted)"),
    ", 'findings_open', ",
    counted!("max_rows", "from sync.finding as finding
        where finding.portal_id = (select home.portal_id from sync.integration as home
                where home.slug = (select integration from given))
            and finding.integration = (select integration from given) and finding.resolved_at is null"),
    // The newest are looked at: an old conflict has a smaller number.
    ", 'conflicts', (select count(*) from (select conflict.noticed_at from sync.conflict as conflict
        where conflict.integration = (select integration from given)
        order by conflict.conflict_id desc limit (select max_rows from given)) as newest
        where newest.noticed_at >= {minutes_ago: 1440})}
     from sync.integration as integration
     where integration.slug = (select integration from given)"
));

#[derive(Serialize)]
struct Wanted<'a> {
    integration: &'a str,
    max_rows: u32,
    max_inactive: u32,
}

#[derive(Deserialize)]
struct SummaryRow {
    last_applied_at: Option<DateTime<Utc>>,
    active: u64,
    inactive: u32,
    parked: u32,
    held: u32,
    adoptions: u32,
    stuck: u32,
    erasures: u32,
    findings_open: u32,
    conflicts: u32,
}

pub(crate) async fn summary<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
) -> Result<Option<LmsSummary>, StoreError> {
    let integration = integration.as_str();
    let wanted =
        Wanted { integration, max_rows: COUNTED_UP_TO + 1, max_inactive: INACTIVE_COUNTED_UP_TO + 1 };
    let rows: Vec<SummaryRow> = read_for(database, &SUMMARY, &[wanted]).await?;
    let count = |counted| BoundedCount::up_to(COUNTED_UP_TO, counted);
    Ok(rows.into_iter().next().map(|row| LmsSummary {
        last_applied_at: row.last_applied_at,
        learners: LearnersSummary {
            active: row.active,
            inactive: BoundedCount::up_to(INACTIVE_COUNTED_UP_TO, row.inactive),
        },
        parked: count(row.parked),
        held: count(row.held),
        adoptions: count(row.adoptions),
        stuck: count(row.stuck),
        erasures: count(row.erasures),
        findings_open: count(row.findings_open),
        conflicts_last_day: count(row.conflicts),
    }))
}
