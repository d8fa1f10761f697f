use chrono::{DateTime, Utc};
use lms::casework::{Erasure, ErasureRequest, ErasureSubject};
use lms::{IntegrationSlug, LearnerId, Page, StoreError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Wanted, look_up};
use crate::database::Database;
use crate::queries::given;
use crate::rows::flag;
use crate::script::Script;
use crate::statement::Statement;

/// Whether the learner of `erasure` is one of the integration who is not erased.
macro_rules! can_be_confirmed {
    () => {
        "(select learner.status <> 'erased' from lms.learner as learner
             where learner.learner_id = erasure.learner_id and learner.integration = erasure.integration)"
    };
}
pub(crate) use can_be_confirmed;

static SUBJECT: Statement = Statement::new(
    "select {object: 'is_erased', learner.status = 'erased', 'learner_id', learner.learner_id,
        'integration', learner.integration, 'erasure_id', erasure.erasure_id, 'reason', erasure.reason,
        'requested_by', erasure.requested_by, 'requested_at', erasure.requested_at,
        'confirmed_by', erasure.confirmed_by, 'confirmed_at', erasure.confirmed_at}
     from {rows: integration text, id uuid}
     join lms.learner as learner on learner.learner_id = r.id and learner.integration = r.integration
     left join sync.erasure as erasure on erasure.learner_id = learner.learner_id
         and erasure.integration = r.integration and erasure.cancelled_at is null",
);

/// Of somebody whom the LMS has erased by itself, or who is of no directory any more, nobody can confirm a request.
static WAITING: Statement = Statement::new(concat!(
    given!("integration text, before bigint, max_rows integer"),
    "select {object: 'erasure_id', erasure.erasure_id, 'integration', erasure.integration,
        'learner_id', erasure.learner_id, 'reason', erasure.reason, 'requested_by', erasure.requested_by,
        'requested_at', erasure.requested_at, 'confirmed_by', null, 'confirmed_at', null}
     from sync.erasure as erasure
     where erasure.integration = (select integration from given)
         and erasure.confirmed_at is null and erasure.cancelled_at is null
         and erasure.erasure_id < (select coalesce(before, 9223372036854775807) from given)
         and ",
    can_be_confirmed!(),
    " order by erasure.erasure_id desc
     limit (select max_rows from given)"
));

static REQUEST_ERASURE: Statement = Statement::new(
    "insert into sync.erasure (integration, learner_id, reason, requested_by)
     select r.integration, learner.learner_id, r.reason, r.subject
     from {rows: integration text, learner_id uuid, reason text, subject text}
     join lms.learner as learner on learner.learner_id = r.learner_id and learner.integration = r.integration
     where learner.status <> 'erased'
     on conflict do nothing",
);

static CANCEL_ERASURE: Statement = Statement::new(
    "update sync.erasure as erasure
     set cancelled_by = r.subject, cancelled_at = {now}
     from {rows: integration text, learner_id uuid, subject text}
     where erasure.learner_id = r.learner_id and erasure.integration = r.integration
         and erasure.confirmed_at is null and erasure.cancelled_at is null",
);

/// All that it does stands in the migrations, where it has the right to.
static ERASE: Statement = Statement::new(
    "insert into sync.erase_learner (integration, learner_id, confirmed_by)
     select integration, learner_id, subject from {rows: integration text, learner_id uuid, subject text}",
);

#[derive(Deserialize)]
struct SubjectRow {
    #[serde(deserialize_with = "flag")]
    is_erased: bool,
    learner_id: Uuid,
    integration: String,
    erasure_id: Option<i64>,
    reason: Option<String>,
    requested_by: Option<String>,
    requested_at: Option<DateTime<Utc>>,
    confirmed_by: Option<String>,
    confirmed_at: Option<DateTime<Utc>>,
}

impl SubjectRow {
    fn into_subject(self) -> ErasureSubject {
        let is_erased = self.is_erased;
        ErasureSubject { is_erased, erasure: self.into_erasure() }
    }

    fn into_erasure(self) -> Option<Erasure> {
        Some(Erasure {
            erasure_id: self.erasure_id?,
            integration: self.integration,
            learner_id: LearnerId(self.learner_id),
            reason: self.reason?,
            requested_by: self.requested_by?,
            requested_at: self.requested_at?,
            confirmed_by: self.confirmed_by,
            confirmed_at: self.confirmed_at,
        })
    }
}

#[derive(Serialize)]
struct ErasureRow<'a> {
    integration: &'a str,
    learner_id: Uuid,
    reason: Option<&'a str>,
    subject: &'a str,
}

pub(crate) async fn subject<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    learner: LearnerId,
) -> Result<Option<ErasureSubject>, StoreError> {
    let rows: Vec<SubjectRow> = look_up(database, &SUBJECT, Wanted::one(integration, learner.0)).await?;
    Ok(rows.into_iter().next().map(SubjectRow::into_subject))
}

pub(crate) async fn waiting<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    page: Page<i64>,
) -> Result<Vec<Erasure>, StoreError> {
    look_up(database, &WAITING, Wanted::numbered(integration, page)).await
}

pub(crate) fn request(
    integration: &IntegrationSlug,
    learner: LearnerId,
    request: &ErasureRequest,
) -> Result<Script, StoreError> {
    let row = ErasureRow { reason: Some(&request.reason), ..row(integration.as_str(), learner, &request.by) };
    Script::of(integration)?.each(&REQUEST_ERASURE, &[row])
}

pub(crate) fn cancel(
    integration: &IntegrationSlug,
    learner: LearnerId,
    cancelled_by: &str,
) -> Result<Script, StoreError> {
    Script::of(integration)?.each(&CANCEL_ERASURE, &[row(integration.as_str(), learner, cancelled_by)])
}

/// SQLite does not count what is written through a view: the trigger refuses what cannot be done.
pub(crate) fn erase(erasure: &Erasure, confirmed_by: &str) -> Result<Script, StoreError> {
    let integration = IntegrationSlug(erasure.integration.clone());
    let row = row(&erasure.integration, erasure.learner_id, confirmed_by);
    Script::of(&integration)?.any(&ERASE, &[row])
}

fn row<'a>(integration: &'a str, learner: LearnerId, subject: &'a str) -> ErasureRow<'a> {
    ErasureRow { integration, learner_id: learner.0, reason: None, subject }
}
