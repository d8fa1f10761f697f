use crate::Attribute;

/// A store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another replica changed what the decision was made on. Load and decide again.
    #[error("the state changed in the meantime")]
    Clash,
    /// The rows break a rule of the LMS and will break it again.
    #[error("the LMS refuses the rows")]
    Refused {
        /// The broken rule, in words for an administrator.
        rule: String,
        /// What the database said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database cannot work now. The same call may succeed later, and may even have succeeded.
    #[error("the LMS database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why an event cannot be applied, in words for an administrator. Names no person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParkReason {
    /// No version of this consumer can read the message.
    #[error("the message cannot be read: {0}")]
    Undecodable(String),
    /// The event's data lacks the state that its type promises.
    #[error("the event carries no state of the resource")]
    MissingState,
    /// An active learner has to have it.
    #[error("the user has no value for the attribute {0:?}, which a learner must have")]
    MissingAttribute(Attribute),
    /// It could not be found again, because no index takes it in.
    #[error("a login, an external id or the name of an integration or portal is too long or malformed")]
    UnfitKey,
    /// A member is named by something that is no SCIM id.
    #[error("a member's id is malformed")]
    MalformedMember,
    /// Messages of one integration must not change their portal.
    #[error("the integration belongs to another portal or environment")]
    ForeignPortal,
    /// Two living resources claim to be the same person or group.
    #[error("another resource of the same incarnation holds the external id")]
    ContestedExternalId,
    /// Nobody else can be active before somebody is not.
    #[error("the portal has no free seat")]
    NoSeat,
    /// The rules name a cohort that the LMS does not keep in this portal.
    #[error("the rules link the group to a cohort that is not one of the portal's own")]
    UnknownCohort,
    /// A part of a snapshot is not of its form.
    #[error("the part of a snapshot is malformed")]
    MalformedSnapshot,
    /// This program panicked at it, or the broker gave it up. It is not tried again of itself.
    #[error("it was given up: {0}")]
    GivenUp(String),
    /// A rule of the LMS database, such as a login that another learner holds.
    #[error("the LMS refuses it: {0}")]
    Refused(String),
}

impl ParkReason {
    /// A word for the kind of reason, to look for.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Undecodable(_) => "undecodable",
            Self::MissingState => "missing_state",
            Self::MissingAttribute(_) => "missing_attribute",
            Self::UnfitKey => "unfit_key",
            Self::MalformedMember => "malformed_member",
            Self::ForeignPortal => "foreign_portal",
            Self::ContestedExternalId => "contested_external_id",
            Self::NoSeat => "no_seat",
            Self::UnknownCohort => "unknown_cohort",
            Self::MalformedSnapshot => "malformed_snapshot",
            Self::GivenUp(_) => "given_up",
            Self::Refused(_) => "refused",
        }
    }
}
