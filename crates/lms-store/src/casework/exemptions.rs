use chrono::SecondsFormat;
use lms::casework::{Exemption, ExemptionGrant};
use lms::{IntegrationSlug, LearnerId, Page, StoreError};
use serde::Serialize;
use uuid::Uuid;

use super::{Wanted, look_up};
use crate::database::Database;
use crate::queries::given;
use crate::script::Script;
use crate::statement::Statement;

macro_rules! exemption_object {
    () => {
        "{object: 'learner_id', exemption.learner_id, 'reason', exemption.reason, 'ends_at', exemption.ends_at,
            'granted_by', exemption.granted_by, 'granted_at', exemption.granted_at}"
    };
}

/// In the order of the exemptions' own key, each with a look at its learner: there are few, of all integrations
/// together.
static EXEMPTIONS: Statement = Statement::new(concat!(
    given!("integration text, after uuid, max_rows integer"),
    "select ",
    exemption_object!(),
    " from sync.exemption as exemption
     join lms.learner as learner on learner.learner_id = exemption.learner_id
     where learner.integration = (select integration from given) and exemption.ends_at > {now}
         and exemption.learner_id > (select coalesce(after, '00000000-0000-0000-0000-000000000000') from given)
     order by exemption.learner_id
     limit (select max_rows from given)"
));

static EXEMPTION: Statement = Statement::new(concat!(
    "select ",
    exemption_object!(),
    " from {rows: integration text, id uuid}
     join lms.learner as learner on learner.learner_id = r.id and learner.integration = r.integration
     join sync.exemption as exemption on exemption.learner_id = learner.learner_id
     where exemption.ends_at > {now}"
));

static PUT_EXEMPTION: Statement = Statement::new(
    "insert into sync.exemption (learner_id, reason, ends_at, granted_by)
     select learner.learner_id, r.reason, r.ends_at, r.granted_by
     from {rows: integration text, learner_id uuid, reason text, ends_at timestamptz, granted_by text}
     join lms.learner as learner on learner.learner_id = r.learner_id and learner.integration = r.integration
     where learner.status <> 'erased'
     on conflict (learner_id) do update
     set reason = excluded.reason, ends_at = excluded.ends_at, granted_by = excluded.granted_by,
         granted_at = {now}, is_over = {false}",
);

/// A decision about the learner that is under way was made on another row then, and is made again.
static TOUCH_LEARNER: Statement = Statement::new(
    "update lms.learner as learner set scim_id = learner.scim_id
     from {rows: integration text, learner_id uuid}
     where learner.learner_id = r.learner_id and learner.integration = r.integration",
);

/// It is over when the learner follows the directory again, not before.
static END_EXEMPTION: Statement = Statement::new(
    "update sync.exemption set ends_at = {now}
     where ends_at > {now} and learner_id in (
         select learner.learner_id
         from {rows: integration text, learner_id uuid}
         join lms.learner as learner
             on learner.learner_id = r.learner_id and learner.integration = r.integration)",
);

static RECHECK_LEARNERS: Statement = Statement::new(
    "insert into sync.recheck (integration, kind, scim_id)
     select link.integration, link.kind, link.scim_id
     from {rows: integration text, learner_id uuid}
     join sync.link as link on link.learner_id = r.learner_id and link.integration = r.integration
     where link.phase <> 'superseded'
     on conflict (scim_id, kind, integration) do update set not_before = excluded.not_before",
);

#[derive(Serialize)]
struct ExemptionRow<'a> {
    integration: &'a str,
    learner_id: Uuid,
    reason: Option<&'a str>,
    /// As SQLite compares it, with thousandths.
    ends_at: Option<String>,
    granted_by: Option<&'a str>,
}

pub(crate) async fn list<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    page: Page<LearnerId>,
) -> Result<Vec<Exemption>, StoreError> {
    look_up(database, &EXEMPTIONS, Wanted::page(integration, page, |learner| learner.0)).await
}

pub(crate) async fn find<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    learner: LearnerId,
) -> Result<Option<Exemption>, StoreError> {
    Ok(look_up(database, &EXEMPTION, Wanted::one(integration, learner.0)).await?.pop())
}

pub(crate) fn put(
    integration: &IntegrationSlug,
    learner: LearnerId,
    grant: &ExemptionGrant,
) -> Result<Script, StoreError> {
    let rows = [ExemptionRow {
        integration: integration.as_str(),
        learner_id: learner.0,
        reason: Some(&grant.reason),
        ends_at: Some(grant.ends_at.to_rfc3339_opts(SecondsFormat::Millis, true)),
        granted_by: Some(&grant.by),
    }];
    Script::of(integration)?
        .each(&PUT_EXEMPTION, &rows)?
        .any(&TOUCH_LEARNER, &rows)?
        .any(&RECHECK_LEARNERS, &rows)
}

pub(crate) fn end(integration: &IntegrationSlug, learner: LearnerId) -> Result<Script, StoreError> {
    let rows = [ExemptionRow {
        integration: integration.as_str(),
        learner_id: learner.0,
        reason: None,
        ends_at: None,
        granted_by: None,
    }];
    Script::of(integration)?
        .any(&END_EXEMPTION, &rows)?
        .any(&TOUCH_LEARNER, &rows)?
        .any(&RECHECK_LEARNERS, &rows)
}
