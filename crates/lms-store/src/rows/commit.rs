use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use lms::{
    Candidate, Change, ComparedChunk, Conflict, Drift, Edge, Effect, EffectReason, EndedRun, HandledEvent,
    IntegrationSlug, OpenedHold, ParkReason, ParkedEvent, Recheck, Registration, ResourceKey, StoreError,
};
use serde::Serialize;
use uuid::Uuid;

use super::learner::ProvenanceRow;
use super::link::LinkWriteRow;
use super::{CohortRow, LearnerRow, LinkKeyRow, RegistrationRow};
use crate::error::unavailable;
use crate::rules::SaveRulesRows;
use crate::script::Script;
use crate::statement::RowSet;
use crate::words::{attribute_word, conflict_word, drift_word, outcome_word, word_of};

/// What one transaction writes.
#[derive(Debug)]
pub(crate) enum Transaction {
    /// Integrations and their portals.
    Register(RowSet),
    /// What a batch of events means.
    Commit(Box<CommitRows>),
    /// Rules, and whatever is decided anew for them.
    SaveRules(SaveRulesRows),
    /// What a person decided.
    Script(Script),
}

impl Transaction {
    pub(crate) fn register(integrations: &[Registration]) -> Result<Self, StoreError> {
        let registrations = rows(integrations, RegistrationRow::from).map_err(unavailable)?;
        Ok(Self::Register(registrations))
    }

    pub(crate) fn commit(change: &Change) -> Result<Self, StoreError> {
        let rows = CommitRows::new(change).map_err(unavailable)?;
        Ok(Self::Commit(Box::new(rows)))
    }
}

/// A change as rows, one set for each statement of the transaction.
#[derive(Debug)]
pub(crate) struct CommitRows {
    pub(crate) integrations: RowSet,
    pub(crate) revisions: RowSet,
    pub(crate) rules: RowSet,
    pub(crate) managers: RowSet,
    pub(crate) states: RowSet,
    pub(crate) handled: RowSet,
    pub(crate) parked: RowSet,
    pub(crate) new_learners: RowSet,
    /// Without an external id, and so written before those that may take it over.
    pub(crate) releasing_learners: RowSet,
    pub(crate) changed_learners: RowSet,
    pub(crate) provenance: RowSet,
    pub(crate) new_cohorts: RowSet,
    /// Without an external id, and so written before those that may take it over.
    pub(crate) releasing_cohorts: RowSet,
    pub(crate) changed_cohorts: RowSet,
    pub(crate) holds: RowSet,
    pub(crate) new_links: RowSet,
    pub(crate) changed_links: RowSet,
    pub(crate) edges: RowSet,
    pub(crate) rejoined_learners: RowSet,
    pub(crate) rejoined_cohorts: RowSet,
    /// Users who may have been proposed for adoption before.
    pub(crate) settled_newcomers: RowSet,
    pub(crate) adoptions: RowSet,
    pub(crate) conflicts: RowSet,
    pub(crate) departures: RowSet,
    pub(crate) woken: RowSet,
    pub(crate) rechecked: RowSet,
    pub(crate) postponed: RowSet,
    pub(crate) parts: RowSet,
    pub(crate) ended_runs: RowSet,
    /// Runs that are named for the first time.
    pub(crate) runs: RowSet,
    pub(crate) drift: RowSet,
    pub(crate) effects: RowSet,
    pub(crate) effect_members: RowSet,
}

impl CommitRows {
    fn new(change: &Change) -> Result<Self, serde_json::Error> {
        let (new_learners, changed_learners): (Vec<_>, Vec<_>) =
            change.learners.iter().partition(|write| write.replaces.is_none());
        let (releasing_learners, changed_learners): (Vec<_>, Vec<_>) =
            changed_learners.into_iter().partition(|write| write.row.external_id.is_none());
        let (new_cohorts, changed_cohorts): (Vec<_>, Vec<_>) =
            change.cohorts.iter().partition(|write| write.replaces.is_none());
        let (releasing_cohorts, changed_cohorts): (Vec<_>, Vec<_>) =
            changed_cohorts.into_iter().partition(|write| write.row.external_id.is_none());
        let (new_links, changed_links) = links(change)?;
        let provenance: Result<Vec<_>, _> =
            change.learners.iter().map(|write| ProvenanceRow::of(&write.row)).collect();
        Ok(Self {
            integrations: rows(&Vec::from_iter(&change.integrations), |slug| SlugRow {
                slug: slug.as_str(),
            })?,
            revisions: rows(&Vec::from_iter(&change.revisions), |(slug, revision)| RevisionRow {
                slug: slug.as_str(),
                revision: **revision,
            })?,
            rules: rows(&Vec::from_iter(&change.rules), |(slug, version)| RulesVersionRow {
                slug: slug.as_str(),
                version: version.0,
                is_detached: change.detached.contains(*slug),
            })?,
            managers: rows(&Vec::from_iter(&change.managers), |(key, learner)| NamedManagerRow {
                user: UserRow::from(*key),
                learner_id: learner.map(|learner| learner.0),
            })?,
            states: rows(&Vec::from_iter(&change.states), |(slug, (state, sequence))| StateRow {
                slug: slug.as_str(),
                state: word_of(state),
                epoch: sequence.epoch,
                incarnation: sequence.incarnation,
                version: sequence.version,
            })?,
            handled: rows(&change.handled, HandledRow::from)?,
            parked: rows(&change.parked, ParkedRow::from)?,
            new_learners: rows(&new_learners, |write| LearnerRow::from(*write))?,
            releasing_learners: rows(&releasing_learners, |write| LearnerRow::from(*write))?,
            changed_learners: rows(&changed_learners, |write| LearnerRow::from(*write))?,
            provenance: RowSet::new(&provenance?)?,
            new_cohorts: rows(&new_cohorts, |write| CohortRow::from(*write))?,
            releasing_cohorts: rows(&releasing_cohorts, |write| CohortRow::from(*write))?,
            changed_cohorts: rows(&changed_cohorts, |write| CohortRow::from(*write))?,
            holds: rows(&change.holds, HoldRow::from)?,
            new_links: RowSet::new(&new_links)?,
            changed_links: RowSet::new(&changed_links)?,
            edges: rows(&change.edges, EdgeRow::from)?,
            rejoined_learners: rows(&Vec::from_iter(&change.rejoined_learners), |id| RejoinedLearner {
                learner_id: id.0,
            })?,
            rejoined_cohorts: rows(&Vec::from_iter(&change.rejoined_cohorts), |id| RejoinedCohort {
                cohort_id: id.0,
            })?,
            settled_newcomers: rows(&settled_newcomers(change), |key| UserRow::from(*key))?,
            adoptions: RowSet::new(&adoptions(&change.adoptions)?)?,
            conflicts: rows(&change.conflicts, ConflictRow::from)?,
            departures: rows(&Vec::from_iter(&change.departures), |entry| DepartureRow::from(*entry))?,
            woken: rows(&Vec::from_iter(&change.woken), |key| UserRow::from(*key))?,
            rechecked: rows(&change.rechecked, RecheckRow::from)?,
            postponed: rows(&change.postponed, PostponedRow::from)?,
            parts: rows(&change.chunks, PartRow::from)?,
            ended_runs: rows(&change.ended_runs, RunRow::from)?,
            runs: RowSet::new(&runs(change))?,
            drift: rows(&change.drift, DriftRow::from)?,
            effects: rows(&change.effects, EffectRow::from)?,
            effect_members: RowSet::new(&effect_members(&change.effects))?,
        })
    }
}

/// New links and changed ones, of both kinds.
fn links(change: &Change) -> Result<(Vec<LinkWriteRow>, Vec<LinkWriteRow>), serde_json::Error> {
    let user_links = change.user_links.iter().map(LinkWriteRow::of_user);
    let group_links = change.group_links.iter().map(LinkWriteRow::of_group);
    let rows: Result<Vec<_>, _> = user_links.chain(group_links).collect();
    Ok(rows?.into_iter().partition(LinkWriteRow::is_new))
}

fn adoptions(cases: &[(ResourceKey, Vec<Candidate>)]) -> Result<Vec<AdoptionRow>, serde_json::Error> {
    let mut rows = Vec::new();
    for (key, candidates) in cases {
        for candidate in candidates {
            rows.push(AdoptionRow {
                integration: key.integration.0.clone(),
                scim_id: key.scim_id.0,
                learner_id: candidate.learner.0,
                matched: serde_json::to_string(&candidate.matched)?,
            });
        }
    }
    Ok(rows)
}

/// Also who was decided anew after a person's decision, which wrote the link itself.
fn settled_newcomers(change: &Change) -> Vec<&ResourceKey> {
    let written = change.user_links.iter().map(|write| &write.key);
    let rechecked = change.rechecked.iter().map(|recheck| &recheck.key);
    // Who goes on waiting has the same link as before, and perhaps other candidates.
    let waiting = change.adoptions.iter().map(|(key, _)| key);
    written.chain(rechecked).chain(waiting).collect()
}

fn runs(change: &Change) -> Vec<RunKeyRow> {
    let compared = change.chunks.iter().map(|chunk| (chunk.run, &chunk.integration));
    let ended = change.ended_runs.iter().map(|run| (run.run, &run.integration));
    // Of a part that could not be applied whole, there is only this.
    let different = change.drift.iter().map(|drift| (drift.run, &drift.integration));
    let key = |(run_id, integration): (Uuid, &'_ IntegrationSlug)| (run_id, integration.0.clone());
    let named: BTreeMap<Uuid, String> = compared.chain(ended).chain(different).map(key).collect();
    named.into_iter().map(|(run_id, integration)| RunKeyRow { run_id, integration }).collect()
}

fn effect_members(effects: &[Effect]) -> Vec<EffectMemberRow> {
    let members = effects.iter().flat_map(|effect| {
        effect.members.iter().map(|member| EffectMemberRow {
            event_id: effect.occasion.event.0,
            outcome: word_of(effect.outcome),
            scim_id: effect.scim_id.map(|group| group.0),
            scim_user_id: member.0,
        })
    });
    members.collect()
}

fn rows<'a, T, R: Serialize>(values: &'a [T], row: impl Fn(&'a T) -> R) -> Result<RowSet, serde_json::Error> {
    RowSet::new(&values.iter().map(row).collect::<Vec<R>>())
}

#[derive(Debug, Serialize)]
struct SlugRow<'a> {
    slug: &'a str,
}

#[derive(Debug, Serialize)]
struct RevisionRow<'a> {
    slug: &'a str,
    revision: i64,
}

#[derive(Debug, Serialize)]
struct RulesVersionRow<'a> {
    slug: &'a str,
    version: i32,
    is_detached: bool,
}

#[derive(Debug, Serialize)]
struct StateRow<'a> {
    slug: &'a str,
    state: String,
    epoch: i32,
    incarnation: i32,
    version: i64,
}

#[derive(Debug, Serialize)]
struct UserRow<'a> {
    integration: &'a str,
    scim_id: Uuid,
}

impl<'a> From<&'a ResourceKey> for UserRow<'a> {
    fn from(key: &'a ResourceKey) -> Self {
        Self { integration: key.integration.as_str(), scim_id: key.scim_id.0 }
    }
}

#[derive(Debug, Serialize)]
struct NamedManagerRow<'a> {
    #[serde(flatten)]
    user: UserRow<'a>,
    learner_id: Option<Uuid>,
}

#[derive(Debug, Serialize)]
struct AdoptionRow {
    integration: String,
    scim_id: Uuid,
    learner_id: Uuid,
    matched: String,
}

#[derive(Debug, Serialize)]
struct HoldRow<'a> {
    hold_id: Uuid,
    integration: &'a str,
    departed: u64,
    active: u64,
}

impl<'a> From<&'a OpenedHold> for HoldRow<'a> {
    fn from(hold: &'a OpenedHold) -> Self {
        Self {
            hold_id: hold.id.0,
            integration: hold.integration.as_str(),
            departed: hold.departed,
            active: hold.active,
        }
    }
}

#[derive(Debug, Serialize)]
struct ConflictRow<'a> {
    integration: &'a str,
    learner_id: Uuid,
    attribute: Option<String>,
    kind: String,
    lms_value: Option<&'a str>,
    source_value: Option<&'a str>,
    rules_version: i32,
    event_id: Uuid,
    request_id: Uuid,
}

impl<'a> From<&'a Conflict> for ConflictRow<'a> {
    fn from(conflict: &'a Conflict) -> Self {
        Self {
            integration: conflict.integration.as_str(),
            learner_id: conflict.learner.0,
            attribute: conflict.attribute.map(attribute_word),
            kind: conflict_word(conflict.kind),
            lms_value: conflict.lms_value.as_deref(),
            source_value: conflict.source_value.as_deref(),
            rules_version: conflict.rules.0,
            event_id: conflict.cause.event,
            request_id: conflict.cause.request,
        }
    }
}

#[derive(Debug, Serialize)]
struct DepartureRow<'a> {
    integration: &'a str,
    people: u32,
}

impl<'a> From<(&'a IntegrationSlug, &'a u32)> for DepartureRow<'a> {
    fn from((integration, people): (&'a IntegrationSlug, &'a u32)) -> Self {
        Self { integration: integration.as_str(), people: *people }
    }
}

#[derive(Debug, Serialize)]
struct RecheckRow<'a> {
    #[serde(flatten)]
    link: LinkKeyRow,
    request: &'a str,
}

impl<'a> From<&'a Recheck> for RecheckRow<'a> {
    fn from(recheck: &'a Recheck) -> Self {
        Self { link: LinkKeyRow::of(&recheck.key, recheck.kind), request: &recheck.request }
    }
}

#[derive(Debug, Serialize)]
struct PostponedRow<'a> {
    #[serde(flatten)]
    recheck: RecheckRow<'a>,
    reason_code: &'static str,
    reason: String,
}

impl<'a> From<&'a (Recheck, ParkReason)> for PostponedRow<'a> {
    fn from((recheck, reason): &'a (Recheck, ParkReason)) -> Self {
        let recheck = RecheckRow::from(recheck);
        Self { recheck, reason_code: reason.code(), reason: reason.to_string() }
    }
}

#[derive(Debug, Serialize)]
struct RunKeyRow {
    run_id: Uuid,
    integration: String,
}

#[derive(Debug, Serialize)]
struct PartRow {
    run_id: Uuid,
    number: u32,
}

impl From<&ComparedChunk> for PartRow {
    fn from(chunk: &ComparedChunk) -> Self {
        Self { run_id: chunk.run, number: chunk.number }
    }
}

#[derive(Debug, Serialize)]
struct RunRow {
    run_id: Uuid,
    parts: u32,
    users: u32,
    groups: u32,
    members: u64,
    began_at: Option<DateTime<Utc>>,
}

impl From<&EndedRun> for RunRow {
    fn from(run: &EndedRun) -> Self {
        Self {
            run_id: run.run,
            parts: run.chunks,
            users: run.users,
            groups: run.groups,
            members: run.members,
            began_at: run.began_at,
        }
    }
}

#[derive(Debug, Serialize)]
struct DriftRow {
    run_id: Uuid,
    kind: String,
    scim_id: Uuid,
    member_scim_id: Option<Uuid>,
    attributes: String,
}

impl From<&Drift> for DriftRow {
    fn from(drift: &Drift) -> Self {
        let names: Vec<String> =
            drift.attributes.iter().map(|attribute| attribute_word(*attribute)).collect();
        Self {
            run_id: drift.run,
            kind: drift_word(drift.kind),
            scim_id: drift.resource.0,
            member_scim_id: drift.member.map(|member| member.0),
            attributes: serde_json::json!(names).to_string(),
        }
    }
}

#[derive(Debug, Serialize)]
struct EffectRow<'a> {
    integration: &'a str,
    request_id: Uuid,
    event_id: Uuid,
    event_type: &'static str,
    kind: String,
    scim_id: Option<Uuid>,
    learner_id: Option<Uuid>,
    cohort_id: Option<Uuid>,
    outcome: String,
    changed: String,
    members: Option<usize>,
    reason: Option<&'static str>,
}

impl<'a> From<&'a Effect> for EffectRow<'a> {
    fn from(effect: &'a Effect) -> Self {
        let names: Vec<String> = effect.changed.iter().map(word_of).collect();
        Self {
            integration: effect.occasion.integration.as_str(),
            request_id: effect.occasion.request,
            event_id: effect.occasion.event.0,
            event_type: effect.occasion.event_type,
            kind: word_of(effect.kind),
            scim_id: effect.scim_id.map(|id| id.0),
            learner_id: effect.learner.map(|id| id.0),
            cohort_id: effect.cohort.map(|id| id.0),
            outcome: word_of(effect.outcome),
            changed: serde_json::json!(names).to_string(),
            members: Some(effect.members.len()).filter(|members| *members > 0),
            reason: effect.reason.as_ref().map(EffectReason::code),
        }
    }
}

#[derive(Debug, Serialize)]
struct EffectMemberRow {
    event_id: Uuid,
    outcome: String,
    scim_id: Option<Uuid>,
    scim_user_id: Uuid,
}

#[derive(Debug, Serialize)]
struct RejoinedLearner {
    learner_id: Uuid,
}

#[derive(Debug, Serialize)]
struct RejoinedCohort {
    cohort_id: Uuid,
}

#[derive(Debug, Serialize)]
struct HandledRow {
    event_id: Uuid,
    integration: String,
    subject: String,
    epoch: i32,
    incarnation: i32,
    version: i64,
    outcome: &'static str,
}

impl From<&HandledEvent> for HandledRow {
    fn from(event: &HandledEvent) -> Self {
        Self {
            event_id: event.id.0,
            integration: event.integration.0.clone(),
            subject: event.subject.to_string(),
            epoch: event.sequence.epoch,
            incarnation: event.sequence.incarnation,
            version: event.sequence.version,
            outcome: outcome_word(event.outcome),
        }
    }
}

#[derive(Debug, Serialize)]
struct ParkedRow {
    event_id: Uuid,
    integration: Option<String>,
    subject: Option<String>,
    reason_code: &'static str,
    reason: String,
    routing_key: String,
    content_type: String,
    attributes: BTreeMap<String, String>,
    body_hex: String,
}

impl From<&ParkedEvent> for ParkedRow {
    fn from(parked: &ParkedEvent) -> Self {
        let message = &parked.message;
        Self {
            event_id: message.id.0,
            integration: parked.integration.as_ref().map(|integration| integration.0.clone()),
            subject: parked.subject.map(|subject| subject.to_string()),
            reason_code: parked.reason.code(),
            reason: parked.reason.to_string(),
            routing_key: without_nul(&message.routing_key),
            content_type: without_nul(&message.content_type),
            attributes: message
                .attributes
                .iter()
                .map(|(name, value)| (without_nul(name), without_nul(value)))
                .collect(),
            body_hex: message.body.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

/// PostgreSQL has no text with a NUL, and what nobody could read may hold one.
fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

#[derive(Debug, Serialize)]
struct EdgeRow {
    integration: String,
    scim_group_id: Uuid,
    scim_user_id: Uuid,
    epoch: i32,
    incarnation: i32,
    version: i64,
    present: bool,
}

impl From<&Edge> for EdgeRow {
    fn from(edge: &Edge) -> Self {
        Self {
            integration: edge.key.integration.0.clone(),
            scim_group_id: edge.key.group.0,
            scim_user_id: edge.key.user.0,
            epoch: edge.sequence.epoch,
            incarnation: edge.sequence.incarnation,
            version: edge.sequence.version,
            present: edge.present,
        }
    }
}
