use std::collections::BTreeMap;
use std::sync::Arc;

use events::SubjectKind;
use events::v1::User;
use lms::casework::{Adoption, KnownCandidate, Owner};
use lms::{
    IntegrationSlug, LearnerId, Page, ResourceKey, RowVersion, ScimId, StoreError, UserLink, VersionedRules,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Wanted, look_up};
use crate::database::{Database, read_for};
use crate::error::unavailable;
use crate::queries::{self, given, link_object};
use crate::rows::{IntegrationRow, LinkKeyRow, LinkRow, flag};
use crate::script::Script;
use crate::statement::Statement;
use crate::statements;
use crate::words::read_status;

static WAITING: Statement = Statement::new(concat!(
    given!("integration text, after uuid, max_rows integer"),
    "select ",
    link_object!(),
    " from sync.link as link
     left join sync.hold as hold on hold.hold_id = link.hold_id
     where link.integration = (select integration from given) and link.waits = 'adoption'
         and link.scim_id > (select coalesce(after, '00000000-0000-0000-0000-000000000000') from given)
         and link.phase = 'current' and not link.is_new_person
     order by link.scim_id
     limit (select max_rows from given)"
));

/// A candidate once for each other user who exists and is the learner, or once for none.
static CANDIDATES: Statement = Statement::new(
    "select {object: 'scim_id', adoption.scim_id, 'learner_id', learner.learner_id, 'matched', adoption.matched,
        'row_version', learner.row_version, 'is_local', learner.integration is null,
        'is_own', learner.portal_id = integration.portal_id
            and coalesce(learner.integration, adoption.integration) = adoption.integration,
        'status', learner.status, 'login', learner.login, 'display_name', learner.display_name,
        'training_records', (select count(*) from lms.training_record as record
            where record.learner_id = learner.learner_id),
        'is_wanted_elsewhere', exists (select 1 from sync.wanted_learner as other
            where other.learner_id = adoption.learner_id
                and (other.scim_id <> adoption.scim_id or other.integration <> adoption.integration)),
        'is_owned', owner.scim_id is not null, 'is_owner_own', coalesce(owner.integration, '') = r.integration,
        'owner_state', own.state}
     from {rows: integration text, scim_id uuid}
     join sync.adoption as adoption on adoption.scim_id = r.scim_id and adoption.integration = r.integration
     join sync.integration as integration on integration.slug = adoption.integration
     join lms.learner as learner on learner.learner_id = adoption.learner_id
     left join sync.living_user as owner on owner.learner_id = learner.learner_id
         and (owner.scim_id <> r.scim_id or owner.integration <> r.integration)
     left join sync.link as own
         on own.scim_id = owner.scim_id and own.kind = 'user' and own.integration = owner.integration
         and own.integration = r.integration
     order by adoption.scim_id, learner.learner_id",
);

/// Only as it was read: whoever decides about the same learner now comes too late. A former learner belongs to the
/// newcomer from now on, so that nothing that is still told of the earlier user reaches it.
static CLAIM_LEARNERS: Statement = Statement::new(
    "update lms.learner as learner
     set scim_id = case when learner.integration is null then learner.scim_id else r.scim_id end
     from {rows: integration text, scim_id uuid, learner_id uuid, row_version bigint}
     where learner.learner_id = r.learner_id and learner.row_version = r.row_version
         and coalesce(learner.integration, r.integration) = r.integration",
);

static LINK_NEWCOMERS: Statement = Statement::new(
    "update sync.link as link
     set learner_id = r.learner_id, waits = null
     from {rows: integration text, scim_id uuid, learner_id uuid}
     where link.scim_id = r.scim_id and link.kind = 'user' and link.integration = r.integration
         and link.waits = 'adoption' and link.learner_id is null and link.phase = 'current'",
);

/// Whoever names the earlier user as manager, before that user is nobody any more.
static WAKE_REPORTS_OF_FORMER: Statement = Statement::new(
    "insert into sync.recheck (integration, kind, scim_id)
     select link.integration, link.kind, link.scim_id
     from {rows: integration text, scim_id uuid, learner_id uuid}
     join sync.link as former on former.learner_id = r.learner_id and former.kind = 'user'
         and former.integration = r.integration and former.scim_id <> r.scim_id and former.phase = 'current'
     join sync.link as link
         on link.manager_scim_id = former.scim_id and link.integration = former.integration
     where link.phase = 'current'
     on conflict (scim_id, kind, integration) do update set not_before = excluded.not_before",
);

/// As [`lms::Phase::Superseded`] says.
static SUPERSEDE_FORMER: Statement = Statement::new(
    "update sync.link as link
     set phase = 'superseded', state = null, event_id = null, request_id = null, changed_at = null,
         manager_scim_id = null, waits = null, hold_id = null, is_new_person = {false}
     from {rows: integration text, scim_id uuid, learner_id uuid}
     where link.learner_id = r.learner_id and link.kind = 'user' and link.integration = r.integration
         and link.scim_id <> r.scim_id and link.phase = 'current'",
);

static MARK_NEW: Statement = Statement::new(
    "update sync.link as link
     set is_new_person = {true}
     from {rows: integration text, scim_id uuid}
     where link.scim_id = r.scim_id and link.kind = 'user' and link.integration = r.integration
         and link.waits = 'adoption' and not link.is_new_person and link.phase = 'current'",
);

static RECHECK_NEWCOMERS: Statement = Statement::new(
    "insert into sync.recheck (integration, kind, scim_id)
     select integration, 'user', scim_id from {rows: integration text, scim_id uuid} where true
     on conflict (scim_id, kind, integration) do update set not_before = excluded.not_before",
);

#[derive(Serialize)]
struct NewcomerKey<'a> {
    integration: &'a str,
    scim_id: Uuid,
    learner_id: Option<Uuid>,
    row_version: Option<i64>,
}

#[derive(Deserialize)]
struct CandidateRow {
    scim_id: Uuid,
    learner_id: Uuid,
    matched: String,
    row_version: i64,
    #[serde(deserialize_with = "flag")]
    is_local: bool,
    #[serde(deserialize_with = "flag")]
    is_own: bool,
    status: String,
    login: Option<String>,
    display_name: Option<String>,
    training_records: u64,
    #[serde(deserialize_with = "flag")]
    is_wanted_elsewhere: bool,
    #[serde(deserialize_with = "flag")]
    is_owned: bool,
    #[serde(deserialize_with = "flag")]
    is_owner_own: bool,
    owner_state: Option<String>,
}

impl CandidateRow {
    fn owner(&self) -> Result<Option<Owner>, StoreError> {
        let state: Option<User> =
            self.owner_state.as_deref().map(serde_json::from_str).transpose().map_err(unavailable)?;
        Ok(self.is_owned.then_some(Owner { is_own: self.is_owner_own, state }))
    }

    fn into_candidate(self) -> Result<KnownCandidate, StoreError> {
        Ok(KnownCandidate {
            owners: self.owner()?.into_iter().collect(),
            learner_id: LearnerId(self.learner_id),
            matched: serde_json::from_str(&self.matched).map_err(unavailable)?,
            row_version: RowVersion(self.row_version),
            is_local: self.is_local,
            is_own: self.is_own,
            status: read_status(&self.status).map_err(unavailable)?,
            login: self.login,
            display_name: self.display_name,
            training_records: self.training_records,
            is_wanted_elsewhere: self.is_wanted_elsewhere,
        })
    }
}

pub(crate) async fn rules<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
) -> Result<Arc<VersionedRules>, StoreError> {
    #[derive(Serialize)]
    struct Slug<'a> {
        slug: &'a str,
    }
    let wanted = [Slug { slug: integration.as_str() }];
    let rows: Vec<IntegrationRow> = read_for(database, &queries::INTEGRATIONS, &wanted).await?;
    let known = rows.into_iter().next().map(IntegrationRow::into_known).transpose()?;
    Ok(known.map(|(_, known)| known.rules).unwrap_or_default())
}

pub(crate) async fn waiting<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    page: Page<ScimId>,
) -> Result<Vec<(ScimId, UserLink)>, StoreError> {
    let wanted = Wanted::page(integration, page, |newcomer| newcomer.0);
    let rows: Vec<LinkRow> = look_up(database, &WAITING, wanted).await?;
    rows.into_iter().map(|row| Ok((row.key().scim_id, row.into_user_link()?))).collect()
}

pub(crate) async fn newcomer<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    newcomer: ScimId,
) -> Result<Option<UserLink>, StoreError> {
    let key = ResourceKey { integration: integration.clone(), scim_id: newcomer };
    let wanted = [LinkKeyRow::of(&key, SubjectKind::User)];
    let rows: Vec<LinkRow> = read_for(database, &queries::LINKS, &wanted).await?;
    rows.into_iter().next().map(LinkRow::into_user_link).transpose()
}

pub(crate) async fn candidates<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    newcomers: &[ScimId],
) -> Result<BTreeMap<ScimId, Vec<KnownCandidate>>, StoreError> {
    let wanted: Vec<NewcomerKey<'_>> = newcomers.iter().map(|newcomer| key(integration, *newcomer)).collect();
    let rows: Vec<CandidateRow> = read_for(database, &CANDIDATES, &wanted).await?;
    let mut candidates: BTreeMap<ScimId, Vec<KnownCandidate>> = BTreeMap::new();
    for row in rows {
        let list = candidates.entry(ScimId(row.scim_id)).or_default();
        match list.last_mut() {
            Some(last) if last.learner_id.0 == row.learner_id => last.owners.extend(row.owner()?),
            _ => list.push(row.into_candidate()?),
        }
    }
    Ok(candidates)
}

pub(crate) fn link(integration: &IntegrationSlug, adoptions: &[Adoption]) -> Result<Script, StoreError> {
    let rows = adoptions.iter().map(|adoption| NewcomerKey {
        learner_id: Some(adoption.learner.0),
        row_version: Some(adoption.row_version.0),
        ..key(integration, adoption.newcomer)
    });
    let rows: Vec<NewcomerKey<'_>> = rows.collect();
    Script::of(integration)?
        .each(&CLAIM_LEARNERS, &rows)?
        .each(&LINK_NEWCOMERS, &rows)?
        .any(&WAKE_REPORTS_OF_FORMER, &rows)?
        .any(&SUPERSEDE_FORMER, &rows)?
        .any(&statements::FORGET_ADOPTIONS, &rows)?
        .any(&statements::WAKE_REPORTS, &rows)?
        .any(&RECHECK_NEWCOMERS, &rows)
}

pub(crate) fn create(integration: &IntegrationSlug, newcomer: ScimId) -> Result<Script, StoreError> {
    let rows = [key(integration, newcomer)];
    Script::of(integration)?.each(&MARK_NEW, &rows)?.any(&RECHECK_NEWCOMERS, &rows)
}

fn key(integration: &IntegrationSlug, newcomer: ScimId) -> NewcomerKey<'_> {
    NewcomerKey {
        integration: integration.as_str(),
        scim_id: newcomer.0,
        learner_id: None,
        row_version: None,
    }
}
