use std::collections::BTreeMap;

use lms::{Change, Edge, HandledEvent, ParkedEvent, Registration, StoreError};
use serde::Serialize;
use uuid::Uuid;

use super::link::{LinkWriteRow, RegistrationRow};
use super::{CohortRow, LearnerRow};
use crate::bulk::RowSet;
use crate::error::unavailable;
use crate::words::outcome_word;

/// What one transaction writes.
#[derive(Debug)]
pub(crate) enum Transaction {
    /// Integrations and their portals.
    Register(RowSet),
    /// What a batch of events means.
    Commit(Box<CommitRows>),
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
    #[cfg_attr(
        not(feature = "postgres"),
        expect(dead_code, reason = "SQLite has one writer and locks nothing else")
    )]
    pub(crate) integrations: Vec<String>,
    pub(crate) handled: RowSet,
    pub(crate) parked: RowSet,
    pub(crate) new_learners: RowSet,
    /// Without an external id, and so written before those that may take it over.
    pub(crate) releasing_learners: RowSet,
    pub(crate) changed_learners: RowSet,
    pub(crate) new_cohorts: RowSet,
    /// Without an external id, and so written before those that may take it over.
    pub(crate) releasing_cohorts: RowSet,
    pub(crate) changed_cohorts: RowSet,
    pub(crate) new_links: RowSet,
    pub(crate) changed_links: RowSet,
    pub(crate) edges: RowSet,
    pub(crate) rejoined_learners: RowSet,
    pub(crate) rejoined_cohorts: RowSet,
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
        let user_links = change.user_links.iter().map(LinkWriteRow::of_user);
        let group_links = change.group_links.iter().map(LinkWriteRow::of_group);
        let (new_links, changed_links): (Vec<_>, Vec<_>) =
            user_links.chain(group_links).partition(LinkWriteRow::is_new);
        Ok(Self {
            integrations: change.integrations.iter().map(|integration| integration.0.clone()).collect(),
            handled: rows(&change.handled, HandledRow::from)?,
            parked: rows(&change.parked, ParkedRow::from)?,
            new_learners: rows(&new_learners, |write| LearnerRow::from(*write))?,
            releasing_learners: rows(&releasing_learners, |write| LearnerRow::from(*write))?,
            changed_learners: rows(&changed_learners, |write| LearnerRow::from(*write))?,
            new_cohorts: rows(&new_cohorts, |write| CohortRow::from(*write))?,
            releasing_cohorts: rows(&releasing_cohorts, |write| CohortRow::from(*write))?,
            changed_cohorts: rows(&changed_cohorts, |write| CohortRow::from(*write))?,
            new_links: RowSet::new(&new_links)?,
            changed_links: RowSet::new(&changed_links)?,
            edges: rows(&change.edges, EdgeRow::from)?,
            rejoined_learners: rows(&Vec::from_iter(&change.rejoined_learners), |id| RejoinedLearner {
                learner_id: id.0,
            })?,
            rejoined_cohorts: rows(&Vec::from_iter(&change.rejoined_cohorts), |id| RejoinedCohort {
                cohort_id: id.0,
            })?,
        })
    }
}

fn rows<'a, T, R: Serialize>(values: &'a [T], row: impl Fn(&'a T) -> R) -> Result<RowSet, serde_json::Error> {
    RowSet::new(&values.iter().map(row).collect::<Vec<R>>())
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
