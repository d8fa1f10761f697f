use chrono::{DateTime, Utc};
use events::v1::{Group, User};
use events::{Sequence, SubjectKind};
use lms::{
    Cause, CohortId, GroupLink, HoldId, IntegrationSlug, LearnerId, Link, LinkWrite, ResourceKey, ScimId,
    Source, StoreError, UserLink, Wait,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::flag;
use crate::error::unreadable;
use crate::words::{kind_word, phase_word, read_hold_state, read_phase};

/// Names a link.
#[derive(Debug, Serialize)]
pub(crate) struct LinkKeyRow {
    integration: String,
    kind: &'static str,
    scim_id: Uuid,
}

impl LinkKeyRow {
    pub(crate) fn of(key: &ResourceKey, kind: SubjectKind) -> Self {
        Self { integration: key.integration.0.clone(), kind: kind_word(kind), scim_id: key.scim_id.0 }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct LinkRow {
    integration: String,
    scim_id: Uuid,
    learner_id: Option<Uuid>,
    cohort_id: Option<Uuid>,
    epoch: i32,
    incarnation: i32,
    version: i64,
    phase: String,
    state: Option<String>,
    event_id: Option<Uuid>,
    request_id: Option<Uuid>,
    changed_at: Option<DateTime<Utc>>,
    waits: Option<String>,
    hold_id: Option<Uuid>,
    hold_state: Option<String>,
    #[serde(deserialize_with = "flag")]
    is_new_person: bool,
}

impl LinkRow {
    pub(crate) fn key(&self) -> ResourceKey {
        let integration = IntegrationSlug(self.integration.clone());
        ResourceKey { integration, scim_id: ScimId(self.scim_id) }
    }

    pub(crate) fn learner_id(&self) -> Option<Uuid> {
        self.learner_id
    }

    pub(crate) fn cohort_id(&self) -> Option<Uuid> {
        self.cohort_id
    }

    pub(crate) fn into_user_link(self) -> Result<UserLink, StoreError> {
        let target = self.learner_id.map(LearnerId);
        self.into_link::<_, User>(target)
    }

    pub(crate) fn into_group_link(self) -> Result<GroupLink, StoreError> {
        let target = self.cohort_id.map(CohortId);
        self.into_link::<_, Group>(target)
    }

    fn into_link<Target, State: DeserializeOwned>(
        self,
        target: Option<Target>,
    ) -> Result<Link<Target, State>, StoreError> {
        let sequence = Sequence { epoch: self.epoch, incarnation: self.incarnation, version: self.version };
        let phase = read_phase(&self.phase).map_err(unreadable)?;
        let wait = self.wait()?;
        let source = match (self.state, self.event_id, self.request_id, self.changed_at) {
            (Some(state), Some(event), Some(request), Some(at)) => {
                let state = serde_json::from_str(&state).map_err(unreadable)?;
                Some(Source { state, cause: Cause { event, request, at } })
            }
            _ => None,
        };
        Ok(Link { target, sequence, phase, source, wait })
    }

    fn wait(&self) -> Result<Option<Wait>, StoreError> {
        Ok(match (self.waits.as_deref(), self.hold_id, self.hold_state.as_deref()) {
            (Some("held"), Some(hold), Some(state)) => {
                let state = read_hold_state(state).map_err(unreadable)?;
                Some(Wait::Held { hold: HoldId(hold), state })
            }
            (Some("adoption"), _, _) => Some(Wait::Adoption { is_new_person: self.is_new_person }),
            (Some("exempt"), _, _) => Some(Wait::Exempt),
            _ => None,
        })
    }
}

/// A link as it is written: only over the position that the decision was made on.
#[derive(Debug, Serialize)]
pub(crate) struct LinkWriteRow {
    integration: String,
    kind: &'static str,
    scim_id: Uuid,
    learner_id: Option<Uuid>,
    cohort_id: Option<Uuid>,
    epoch: i32,
    incarnation: i32,
    version: i64,
    phase: &'static str,
    state: Option<String>,
    event_id: Option<Uuid>,
    request_id: Option<Uuid>,
    changed_at: Option<DateTime<Utc>>,
    manager_scim_id: Option<Uuid>,
    waits: Option<&'static str>,
    hold_id: Option<Uuid>,
    is_new_person: bool,
    replaced_epoch: Option<i32>,
    replaced_incarnation: Option<i32>,
    replaced_version: Option<i64>,
}

impl LinkWriteRow {
    pub(crate) fn of_user(write: &LinkWrite<LearnerId, User>) -> Result<Self, serde_json::Error> {
        let manager = write.link.source.as_ref().and_then(|source| {
            let enterprise = source.state.enterprise.as_ref()?;
            enterprise.manager.as_ref()?.value.parse().ok()
        });
        let row = Self::new(SubjectKind::User, write)?;
        Ok(Self { learner_id: write.link.target.map(|id| id.0), manager_scim_id: manager, ..row })
    }

    pub(crate) fn of_group(write: &LinkWrite<CohortId, Group>) -> Result<Self, serde_json::Error> {
        let row = Self::new(SubjectKind::Group, write)?;
        Ok(Self { cohort_id: write.link.target.map(|id| id.0), ..row })
    }

    pub(crate) fn is_new(&self) -> bool {
        self.replaced_version.is_none()
    }

    fn new<Target, State: Serialize>(
        kind: SubjectKind,
        write: &LinkWrite<Target, State>,
    ) -> Result<Self, serde_json::Error> {
        let link = &write.link;
        let source = link.source.as_ref();
        let (waits, hold_id, is_new_person) = match link.wait {
            None => (None, None, false),
            Some(Wait::Held { hold, .. }) => (Some("held"), Some(hold.0), false),
            Some(Wait::Adoption { is_new_person }) => (Some("adoption"), None, is_new_person),
            Some(Wait::Exempt) => (Some("exempt"), None, false),
        };
        Ok(Self {
            integration: write.key.integration.0.clone(),
            kind: kind_word(kind),
            scim_id: write.key.scim_id.0,
            learner_id: None,
            cohort_id: None,
            epoch: link.sequence.epoch,
            incarnation: link.sequence.incarnation,
            version: link.sequence.version,
            phase: phase_word(link.phase),
            state: source.map(|source| serde_json::to_string(&source.state)).transpose()?,
            event_id: source.map(|source| source.cause.event),
            request_id: source.map(|source| source.cause.request),
            changed_at: source.map(|source| source.cause.at),
            manager_scim_id: None,
            waits,
            hold_id,
            is_new_person,
            replaced_epoch: write.replaces.map(|replaced| replaced.epoch),
            replaced_incarnation: write.replaces.map(|replaced| replaced.incarnation),
            replaced_version: write.replaces.map(|replaced| replaced.version),
        })
    }
}
