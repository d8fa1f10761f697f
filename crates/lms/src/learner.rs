use crate::{IntegrationSlug, LearnerId, Lifecycle, PortalId, Profile, ScimId};

/// A learner as far as a directory can reach.
///
/// The LMS has more columns than these. They are not here, so that nothing in this crate can change them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learner {
    /// Born at the first sight of the person, kept for good.
    pub id: LearnerId,
    /// The portal in which the person learns.
    pub portal: PortalId,
    /// The integration that feeds the learner.
    pub integration: IntegrationSlug,
    /// The SCIM user whom the learner belongs to now. Changes when the person returns under a new one.
    pub scim_id: ScimId,
    /// The user's externalId: the person's immutable id at the source.
    pub external_id: Option<String>,
    /// Status and its history.
    pub lifecycle: Lifecycle,
    /// Values that the directory may feed.
    pub profile: Profile,
}
