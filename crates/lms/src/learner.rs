use crate::{LearnerId, Lifecycle, PortalId, Profile, Provenance, ResourceKey};

/// A learner as far as a directory can reach.
///
/// The LMS has more columns than these. They are not here, so that nothing in this crate can change them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learner {
    /// Born at the first sight of the person, kept for good.
    pub id: LearnerId,
    /// The portal in which the person learns.
    pub portal: PortalId,
    /// The SCIM user whom the learner belongs to now; none while the LMS keeps the learner alone. Changes when the
    /// person returns under a new one.
    pub source: Option<ResourceKey>,
    /// The user's externalId: the person's immutable id at the source.
    pub external_id: Option<String>,
    /// Status and its history.
    pub lifecycle: Lifecycle,
    /// Values that the directory may feed.
    pub profile: Profile,
    /// Who set them.
    pub provenance: Provenance,
    /// Whether the learner is exempt from the directory now.
    pub is_exempt: bool,
}
