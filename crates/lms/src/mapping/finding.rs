use serde::Serialize;

use crate::Attribute;

/// A value of the source that the learner could not be given.
///
/// Says nothing of the value: it may be personal, and findings reach logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MappingFinding {
    /// The attribute that got no value.
    pub attribute: Attribute,
    /// What is wrong with the source's.
    pub problem: MappingProblem,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MappingProblem {
    /// Longer than an attribute can be.
    #[error("is longer than 4,096 bytes")]
    TooLong,
    /// Not an e-mail address.
    #[error("does not look like an e-mail address")]
    NotAnAddress,
    /// Not a date, with or without a time of day.
    #[error("does not begin with a date such as 2024-02-29")]
    NotADate,
    /// Not a BCP 47 tag.
    #[error("is not a language tag such as fr-CA")]
    NotALanguage,
    /// Neither an IANA nor a Windows time zone.
    #[error("is not a time zone such as Europe/Paris or Romance Standard Time")]
    NotATimeZone,
    /// Not the SCIM id of a user.
    #[error("is not the SCIM id of a user")]
    NotAnId,
}
