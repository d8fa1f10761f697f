use chrono::{DateTime, Utc};
use events::v1::User;
use lms::casework::{HeldPerson, Hold, HoldDecision};
use lms::{HoldId, HoldState, IntegrationSlug, LearnerId, Page, ScimId, StoreError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Wanted, look_up};
use crate::database::Database;
use crate::error::unavailable;
use crate::queries::given;
use crate::script::Script;
use crate::statement::Statement;
use crate::words::{hold_state_word, read_phase};

macro_rules! hold_object {
    () => {
        "{object: 'hold_id', hold.hold_id, 'state', hold.state, 'departed', hold.departed, 'active', hold.active,
            'people', (select count(*) from sync.link as held where held.hold_id = hold.hold_id),
            'opened_at', hold.opened_at, 'decided_by', hold.decided_by, 'decided_at', hold.decided_at,
            'comment', hold.decision_comment}"
    };
}

/// The state is a filter without an index: an integration has one open hold at most, and few in its life.
static HOLDS: Statement = Statement::new(concat!(
    given!("integration text, word text, after uuid, max_rows integer"),
    "select ",
    hold_object!(),
    " from sync.hold as hold
     where hold.integration = (select integration from given)
         and hold.state = coalesce((select word from given), hold.state)
         and ((select after from given) is null or (hold.opened_at, hold.hold_id) < (
             select last.opened_at, last.hold_id from sync.hold as last
             where last.hold_id = (select after from given)
                 and last.integration = (select integration from given)))
     order by hold.opened_at desc, hold.hold_id desc
     limit (select max_rows from given)"
));

static HOLD: Statement = Statement::new(concat!(
    "select ",
    hold_object!(),
    " from {rows: integration text, id uuid}
     join sync.hold as hold on hold.hold_id = r.id and hold.integration = r.integration"
));

static HELD_PEOPLE: Statement = Statement::new(concat!(
    given!("integration text, id uuid, max_rows integer"),
    "select {object: 'learner_id', learner.learner_id, 'scim_id', link.scim_id, 'login', learner.login,
        'display_name', learner.display_name, 'phase', link.phase, 'state', link.state,
        'changed_at', link.changed_at}
     from sync.link as link
     join lms.learner as learner on learner.learner_id = link.learner_id
     where link.hold_id = (select id from given) and link.integration = (select integration from given)
     order by link.scim_id
     limit (select max_rows from given)"
));

static CLOSE_HOLD: Statement = Statement::new(
    "update sync.hold as hold
     set state = r.state, decided_by = r.decided_by, decided_at = {now}, decision_comment = r.comment
     from {rows: integration text, hold_id uuid, state text, decided_by text, comment text}
     where hold.hold_id = r.hold_id and hold.integration = r.integration
         and (hold.state = 'open' or (hold.state = 'rejected' and r.state = 'approved'))",
);

static RECHECK_HELD: Statement = Statement::new(
    "insert into sync.recheck (integration, kind, scim_id)
     select link.integration, link.kind, link.scim_id
     from {rows: integration text, hold_id uuid}
     join sync.link as link on link.hold_id = r.hold_id and link.integration = r.integration
     where true
     on conflict (scim_id, kind, integration) do update set not_before = excluded.not_before",
);

#[derive(Deserialize)]
struct HeldRow {
    learner_id: Uuid,
    scim_id: Uuid,
    login: Option<String>,
    display_name: Option<String>,
    phase: String,
    state: Option<String>,
    changed_at: Option<DateTime<Utc>>,
}

impl HeldRow {
    fn into_person(self) -> Result<HeldPerson, StoreError> {
        let state: Option<User> =
            self.state.as_deref().map(serde_json::from_str).transpose().map_err(unavailable)?;
        Ok(HeldPerson {
            learner_id: LearnerId(self.learner_id),
            scim_id: ScimId(self.scim_id),
            login: self.login,
            display_name: self.display_name,
            phase: read_phase(&self.phase).map_err(unavailable)?,
            state,
            changed_at: self.changed_at,
        })
    }
}

#[derive(Serialize)]
struct Closing<'a> {
    integration: &'a str,
    hold_id: Uuid,
    state: &'static str,
    decided_by: &'a str,
    comment: &'a str,
}

pub(crate) async fn list<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    state: Option<HoldState>,
    page: Page<HoldId>,
) -> Result<Vec<Hold>, StoreError> {
    let wanted =
        Wanted { word: state.map(hold_state_word), ..Wanted::page(integration, page, |hold| hold.0) };
    look_up(database, &HOLDS, wanted).await
}

pub(crate) async fn find<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    hold: HoldId,
) -> Result<Option<Hold>, StoreError> {
    Ok(look_up(database, &HOLD, Wanted::one(integration, hold.0)).await?.pop())
}

pub(crate) async fn people<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    hold: HoldId,
    limit: u32,
) -> Result<Vec<HeldPerson>, StoreError> {
    let wanted = Wanted { max_rows: limit, ..Wanted::one(integration, hold.0) };
    let rows: Vec<HeldRow> = look_up(database, &HELD_PEOPLE, wanted).await?;
    rows.into_iter().map(HeldRow::into_person).collect()
}

pub(crate) fn close(
    integration: &IntegrationSlug,
    hold: HoldId,
    decision: &HoldDecision,
) -> Result<Script, StoreError> {
    let closing = [Closing {
        integration: integration.as_str(),
        hold_id: hold.0,
        state: hold_state_word(decision.verdict.state()),
        decided_by: &decision.by,
        comment: &decision.comment,
    }];
    Script::of(integration)?.each(&CLOSE_HOLD, &closing)?.any(&RECHECK_HELD, &closing)
}
