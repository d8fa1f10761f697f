use serde::Serialize;

use crate::{LearnerId, PortalId, ResourceKey};

/// A newcomer as far as somebody known could be recognised in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newcomer {
    /// The SCIM user.
    pub key: ResourceKey,
    /// Where the learner would be.
    pub portal: PortalId,
    /// Employee number, if it is to be looked for.
    pub employee_number: Option<String>,
    /// Login, if it is to be looked for.
    pub login: Option<String>,
    /// E-mail address, if it is to be looked for.
    pub email: Option<String>,
}

/// Somebody known who may be the newcomer: a local learner of the portal, or an inactive one of the integration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The learner.
    pub learner: LearnerId,
    /// What they have in common.
    pub matched: Vec<Likeness>,
}

/// What a newcomer and a learner have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// The employee number.
    EmployeeNumber,
    /// The login.
    Login,
    /// The e-mail address.
    Email,
}
