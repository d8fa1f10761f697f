use serde::{Deserialize, Serialize};

use crate::text::some_text;
use crate::{CohortId, OnLeave, PortalId, ResourceKey, Role};

/// Marks cohorts that come from a directory.
const PREFIX: &str = "aad-";

/// Most characters that a slug takes from the name.
const MAX_SLUG_NAME: usize = 60;
/// Hex digits of the cohort's id that keep slugs apart.
const SUFFIX_DIGITS: usize = 8;

/// Whether a cohort is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CohortStatus {
    /// Its group exists.
    Active,
    /// Its group was deleted. Enrolments made through it stay.
    Archived,
}

/// A cohort as far as a directory can reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// Born at the first sight of the group, kept for good.
    pub id: CohortId,
    /// The portal that it belongs to.
    pub portal: PortalId,
    /// The SCIM group that it belongs to now; none of a cohort that the LMS keeps, even if groups feed it.
    pub source: Option<ResourceKey>,
    /// The group's externalId.
    pub external_id: Option<String>,
    /// Name as shown. Two cohorts may have the same one.
    pub name: String,
    /// Name for addresses, unique in the portal.
    pub slug: String,
    /// Whether it is in use.
    pub status: CohortStatus,
    /// What leaving it does to enrolments that came from it.
    pub on_leave: OnLeave,
    /// The role that its members of the directory have.
    pub grants_role: Option<Role>,
}

/// The cohort's name where no rule says another: the group's with a prefix.
pub(crate) fn name_cohort(group_name: &str) -> String {
    format!("{PREFIX}{}", some_text(group_name).unwrap_or_default())
}

/// The cohort's slug: its name in lower-case ASCII, and some of its id, because names repeat.
pub(crate) fn slug_cohort(name: &str, id: CohortId) -> String {
    let mut slug = String::new();
    for character in name.chars().take(MAX_SLUG_NAME) {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let digits: String = id.0.simple().to_string().chars().take(SUFFIX_DIGITS).collect();
    format!("{}-{digits}", slug.trim_end_matches('-'))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn name_carries_the_prefix() {
        assert_eq!(name_cohort("Sales EMEA"), "aad-Sales EMEA");
        assert_eq!(name_cohort(" Sales "), "aad- Sales ");
        assert_eq!(name_cohort(" "), "aad-");
    }

    #[test]
    fn groups_of_one_name_get_different_slugs() {
        let one = CohortId(Uuid::from_u128(0x1234_5678 << 96));
        let other = CohortId(Uuid::from_u128(0x9abc_def0 << 96));
        assert_eq!(slug_cohort("aad-Sales  (EMEA)", one), "aad-sales-emea-12345678");
        assert_eq!(slug_cohort("aad-Sales  (EMEA)", other), "aad-sales-emea-9abcdef0");
        assert_eq!(slug_cohort("aad-営業", one), "aad-12345678");
    }
}
