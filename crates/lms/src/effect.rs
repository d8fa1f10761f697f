use events::{Envelope, Event, EventData, EventId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Attribute, CohortId, IntegrationSlug, IntegrationState, LearnerId, ParkReason, Recheck, ScimId, Source,
};

/// What came of an event in the LMS, for those who follow a request of the directory.
///
/// An event about a user or group has one, also when nothing changed; one about members has one for those who joined and
/// one for those who left. What was decided anew and what a snapshot compared has one only if something changed. No value
/// is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// What it is an effect of.
    pub occasion: Occasion,
    /// What it is about.
    pub kind: EffectKind,
    /// The user or group; of memberships, the group.
    pub scim_id: Option<ScimId>,
    /// The learner, if the user is one.
    pub learner: Option<LearnerId>,
    /// The cohort, if the group is one. Of memberships a store finds it out.
    pub cohort: Option<CohortId>,
    /// What was done.
    pub outcome: EffectOutcome,
    /// What has another value now.
    pub changed: Vec<Field>,
    /// Users who joined or left.
    pub members: Vec<ScimId>,
    /// Why, if that is not plain.
    pub reason: Option<EffectReason>,
}

impl Effect {
    /// That an event cannot be applied, or a resource not be decided anew.
    pub(crate) fn parked(
        occasion: Occasion,
        kind: EffectKind,
        scim_id: Option<ScimId>,
        reason: ParkReason,
    ) -> Self {
        let settled = Settled::because(EffectOutcome::Parked, EffectReason::Parked(reason));
        Self { scim_id, ..Self::new(occasion, kind, settled) }
    }

    pub(crate) fn new(occasion: Occasion, kind: EffectKind, settled: Settled) -> Self {
        Self {
            occasion,
            kind,
            scim_id: None,
            learner: None,
            cohort: None,
            outcome: settled.outcome,
            changed: settled.changed,
            members: Vec::new(),
            reason: settled.reason,
        }
    }
}

/// What an effect is an effect of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// The tenant.
    pub integration: IntegrationSlug,
    /// The SCIM request behind the event.
    pub request: Uuid,
    /// The event.
    pub event: EventId,
    /// What happened, such as `user.changed`.
    pub event_type: &'static str,
}

impl Occasion {
    /// An event.
    pub(crate) fn of_event(envelope: &Envelope) -> Self {
        Self {
            integration: IntegrationSlug(envelope.integration.clone()),
            request: envelope.txn,
            event: envelope.id,
            event_type: envelope.event_type.routing_suffix(),
        }
    }

    /// That a resource is decided anew: it goes back to the request that the state came with.
    pub(crate) fn of_recheck<State>(recheck: &Recheck, source: &Source<State>) -> Self {
        Self {
            integration: recheck.key.integration.clone(),
            request: source.cause.request,
            event: EventId(source.cause.event),
            event_type: "recheck",
        }
    }
}

/// What an effect is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EffectKind {
    /// A learner.
    User,
    /// A cohort.
    Group,
    /// Members of a cohort.
    Membership,
    /// The integration itself.
    Integration,
}

impl EffectKind {
    /// What the effect of an event is about.
    pub(crate) fn of(event: &Event) -> Self {
        match event.data {
            EventData::User(_) => Self::User,
            EventData::Group(_) => Self::Group,
            EventData::Membership(_) => Self::Membership,
            EventData::Integration(_) | EventData::SnapshotChunk(_) | EventData::SnapshotEnd(_) => {
                Self::Integration
            }
        }
    }
}

/// What was done in the LMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EffectOutcome {
    /// A learner or cohort came to be.
    Created,
    /// A learner or cohort that the LMS kept follows the directory from now on.
    Adopted,
    /// Something has another value.
    Updated,
    /// A learner became inactive.
    Deactivated,
    /// A learner became active, or a cohort.
    Reactivated,
    /// A cohort became an archived one.
    Archived,
    /// Users are members of a group.
    Joined,
    /// Users are members no more.
    Left,
    /// Nothing, because all is so already.
    Unchanged,
    /// Nothing, because something newer holds.
    Superseded,
    /// Nothing yet: the mass-change guard holds the deactivation.
    Held,
    /// Nothing yet: something else has to come first.
    Waiting,
    /// Nothing yet: it could not be applied, and is tried again.
    Parked,
}

/// What has another value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Name of a cohort.
    Name,
    /// What leaving a cohort does.
    OnLeave,
    /// The role that a cohort grants.
    GrantsRole,
    /// External id of a cohort's group.
    ExternalId,
    /// State of an integration.
    State,
    /// Attribute of a learner.
    #[serde(untagged)]
    Attribute(Attribute),
}

/// Why something was not done, or not as it is usually done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EffectReason {
    /// A newer event was handled.
    Outdated,
    /// The same state was handled with another event.
    Repeated,
    /// What it was joined to belongs to a newer resource.
    NewerIncarnation,
    /// The learner was erased.
    Erased,
    /// It was never anybody, and is gone.
    Nobody,
    /// The learner is exempt.
    Exempt,
    /// Somebody known may be the same person.
    Adoption,
    /// Too many became inactive at once.
    Guard,
    /// No rule makes a cohort of the group.
    NoCohort,
    /// The integration is detached.
    Detached,
    /// That the integration is so.
    State(IntegrationState),
    /// It cannot be applied.
    Parked(ParkReason),
}

impl EffectReason {
    /// A word for it, to be stored.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Outdated => "outdated",
            Self::Repeated => "repeated",
            Self::NewerIncarnation => "newer_incarnation",
            Self::Erased => "erased",
            Self::Nobody => "nobody",
            Self::Exempt => "exempt",
            Self::Adoption => "adoption",
            Self::Guard => "guard",
            Self::NoCohort => "no_cohort",
            Self::Detached => "detached",
            Self::State(IntegrationState::Enabled) => "state_enabled",
            Self::State(IntegrationState::Paused) => "state_paused",
            Self::State(IntegrationState::Disabled) => "state_disabled",
            Self::State(IntegrationState::Detached) => "state_detached",
            Self::Parked(reason) => reason.code(),
        }
    }
}

/// What was done to a learner or a cohort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) outcome: EffectOutcome,
    pub(crate) changed: Vec<Field>,
    /// The status is another one now.
    pub(crate) is_status_changed: bool,
    pub(crate) reason: Option<EffectReason>,
}

impl Settled {
    pub(crate) fn done(outcome: EffectOutcome, changed: Vec<Field>) -> Self {
        Self { outcome, changed, is_status_changed: false, reason: None }
    }

    pub(crate) fn because(outcome: EffectOutcome, reason: EffectReason) -> Self {
        Self { reason: Some(reason), ..Self::done(outcome, Vec::new()) }
    }

    pub(crate) fn repeated() -> Self {
        Self::because(EffectOutcome::Unchanged, EffectReason::Repeated)
    }

    pub(crate) fn outdated() -> Self {
        Self::because(EffectOutcome::Superseded, EffectReason::Outdated)
    }

    /// Whether the learner or cohort is another one than before.
    pub(crate) fn is_change(&self) -> bool {
        !matches!(
            self.outcome,
            EffectOutcome::Unchanged
                | EffectOutcome::Superseded
                | EffectOutcome::Held
                | EffectOutcome::Waiting
                | EffectOutcome::Parked
        )
    }

    /// Attributes of a learner that have another value.
    pub(crate) fn attributes(&self) -> Vec<Attribute> {
        let attribute = |field: &Field| match field {
            Field::Attribute(attribute) => Some(*attribute),
            Field::Name | Field::OnLeave | Field::GrantsRole | Field::ExternalId | Field::State => None,
        };
        self.changed.iter().filter_map(attribute).collect()
    }
}
