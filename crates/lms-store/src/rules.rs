//! The port of rules, for either database.

mod statements;

use chrono::{DateTime, Utc};
use events::SubjectKind;
use lms::admin::{PendingRecheck, Remarks, RulesChange, RulesSummary, SavedRules};
use lms::{IntegrationSlug, LearnerId, Page, ResourceKey, RulesVersion, ScimId, StoreError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::statements as sql;
use crate::database::{Database, read, write, write_each};
use crate::error::{TransactionError, unavailable};
use crate::statement::RowSet;
use crate::words::kind_word;

#[derive(Serialize)]
struct OfIntegration<'a> {
    integration: &'a str,
}

#[derive(Serialize)]
struct VersionKey<'a> {
    integration: &'a str,
    version: i32,
}

#[derive(Serialize)]
struct VersionPage<'a> {
    integration: &'a str,
    below: Option<i32>,
    max_rows: u32,
}

#[derive(Serialize)]
struct GroupPage<'a> {
    integration: &'a str,
    after: Option<Uuid>,
    max_rows: u32,
}

#[derive(Serialize)]
struct LearnerKey<'a> {
    integration: &'a str,
    learner_id: Uuid,
}

#[derive(Serialize)]
struct RemarksKey<'a> {
    integration: &'a str,
    scim_id: Uuid,
    learner_id: Uuid,
    max_rows: u32,
}

#[derive(Deserialize)]
struct ScimIdRow {
    scim_id: Uuid,
}

/// Everything is absent of the defaults.
#[derive(Deserialize)]
struct RulesRow {
    version: Option<i32>,
    document: Option<String>,
    saved_by: Option<String>,
    saved_at: Option<DateTime<Utc>>,
    comment: Option<String>,
}

impl RulesRow {
    fn into_saved(self) -> Result<SavedRules, StoreError> {
        let (Some(version), Some(document)) = (self.version, self.document) else {
            return Ok(SavedRules::defaults());
        };
        Ok(SavedRules {
            version: RulesVersion(version),
            saved_by: self.saved_by,
            saved_at: self.saved_at,
            comment: self.comment.unwrap_or_default(),
            rules: serde_json::from_str(&document).map_err(unavailable)?,
        })
    }
}

pub(crate) async fn in_force<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
) -> Result<Option<SavedRules>, StoreError> {
    let key = OfIntegration { integration: integration.as_str() };
    let rows: Vec<RulesRow> = read(database, &sql::IN_FORCE, &[key]).await?;
    rows.into_iter().next().map(RulesRow::into_saved).transpose()
}

pub(crate) async fn version<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    version: RulesVersion,
) -> Result<Option<SavedRules>, StoreError> {
    let key = VersionKey { integration: integration.as_str(), version: version.0 };
    let rows: Vec<RulesRow> = read(database, &sql::VERSION, &[key]).await?;
    rows.into_iter().next().map(RulesRow::into_saved).transpose()
}

pub(crate) async fn versions<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    page: Page<RulesVersion>,
) -> Result<Vec<RulesSummary>, StoreError> {
    let below = page.after.map(|version| version.0);
    let wanted = VersionPage { integration: integration.as_str(), below, max_rows: page.limit };
    read(database, &sql::VERSIONS, &[wanted]).await
}

pub(crate) async fn current_groups<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    page: Page<ScimId>,
) -> Result<Vec<ScimId>, StoreError> {
    let after = page.after.map(|id| id.0);
    let wanted = GroupPage { integration: integration.as_str(), after, max_rows: page.limit };
    let rows: Vec<ScimIdRow> = read(database, &sql::CURRENT_GROUPS, &[wanted]).await?;
    Ok(rows.into_iter().map(|row| ScimId(row.scim_id)).collect())
}

pub(crate) async fn user_of<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    learner: LearnerId,
) -> Result<Option<ScimId>, StoreError> {
    let key = LearnerKey { integration: integration.as_str(), learner_id: learner.0 };
    let rows: Vec<ScimIdRow> = read(database, &sql::USER_OF, &[key]).await?;
    Ok(rows.into_iter().next().map(|row| ScimId(row.scim_id)))
}

#[derive(Default, Deserialize)]
struct RemarksRow {
    exempt_until: Option<DateTime<Utc>>,
    exempt_because: Option<String>,
    recheck_at: Option<DateTime<Utc>>,
    recheck_problem: Option<String>,
}

pub(crate) async fn remarks<D: Database>(
    database: &mut D,
    user: &ResourceKey,
    learner: LearnerId,
    conflicts: u32,
) -> Result<Remarks, StoreError> {
    let key = RemarksKey {
        integration: user.integration.as_str(),
        scim_id: user.scim_id.0,
        learner_id: learner.0,
        max_rows: conflicts,
    };
    let key = [key];
    let rows: Vec<RemarksRow> = read(database, &sql::REMARKS, &key).await?;
    let row = rows.into_iter().next().unwrap_or_default();
    let problem = row.recheck_problem;
    Ok(Remarks {
        exempt_until: row.exempt_until,
        exempt_because: row.exempt_because,
        recheck: row.recheck_at.map(|requested_at| PendingRecheck { requested_at, problem }),
        conflicts: read(database, &sql::LAST_CONFLICTS, &key).await?,
    })
}

/// Rules as rows, one set for each statement of the transaction.
#[derive(Debug)]
pub(crate) struct SaveRulesRows {
    integrations: RowSet,
    versions: RowSet,
    windows: RowSet,
    rechecked: RowSet,
}

#[derive(Serialize)]
struct SlugRow<'a> {
    slug: &'a str,
}

#[derive(Serialize)]
struct VersionRow<'a> {
    integration: &'a str,
    version: i32,
    document: String,
    saved_by: &'a str,
    comment: &'a str,
}

#[derive(Serialize)]
struct WindowRow<'a> {
    integration: &'a str,
    guard_window_minutes: u32,
}

#[derive(Serialize)]
struct RecheckedRow<'a> {
    integration: &'a str,
    kind: &'static str,
}

impl SaveRulesRows {
    pub(crate) fn new(change: &RulesChange) -> Result<Self, serde_json::Error> {
        let integration = change.integration.as_str();
        let affected =
            [(SubjectKind::User, change.affects_users), (SubjectKind::Group, change.affects_groups)];
        let rechecked: Vec<RecheckedRow<'_>> = affected
            .into_iter()
            .filter(|(_, is_affected)| *is_affected)
            .map(|(kind, _)| RecheckedRow { integration, kind: kind_word(kind) })
            .collect();
        Ok(Self {
            integrations: RowSet::new(&[SlugRow { slug: integration }])?,
            versions: RowSet::new(&[VersionRow {
                integration,
                version: change.version.0,
                document: serde_json::to_string(&change.rules)?,
                saved_by: &change.saved_by,
                comment: &change.comment,
            }])?,
            windows: RowSet::new(&[WindowRow {
                integration,
                guard_window_minutes: change.rules.guard.window_minutes,
            }])?,
            rechecked: RowSet::new(&rechecked)?,
        })
    }
}

/// Writes within the caller's transaction, while no commit of the integration does.
pub(crate) async fn save_rules<D: Database>(
    database: &mut D,
    rows: &SaveRulesRows,
) -> Result<(), TransactionError> {
    database.lock(&rows.integrations).await?;
    write_each(database, &sql::INSERT, &rows.versions).await?;
    write(database, &sql::SET_GUARD_WINDOW, &rows.windows).await?;
    write(database, &sql::RECHECK_ALL, &rows.rechecked).await?;
    Ok(())
}
