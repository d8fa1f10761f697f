use events::name_before_tombstone;
use events::v1::User;

use crate::lifecycle::Standing;
use crate::text::some_text;
use crate::{Mapping, MappingFinding, Phase, Profile, SourceUser};

/// What a SCIM user says, in the words of the LMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IncomingUser {
    /// The person's id at the source.
    pub external_id: Option<String>,
    /// Whether the person takes part.
    pub standing: Standing,
    /// Values for the learner; the manager still as a SCIM id.
    pub profile: Profile,
    /// What the mapping could make nothing of.
    pub findings: Vec<MappingFinding>,
}

/// Reads a user in the words of the LMS.
///
/// Everything comes from the state alone and nothing from the kind of event, so that the newest event of a user means
/// the same whether or not those before it arrived.
pub(crate) fn read_user(user: &User, phase: Phase, mapping: &Mapping) -> IncomingUser {
    let is_active = user.active != Some(false);
    let tombstone = if is_active { None } else { name_before_tombstone(&user.user_name) };
    let standing = match (phase, is_active, tombstone) {
        (Phase::Deleted | Phase::Superseded, _, _) => Standing::Deleted,
        (Phase::Current, true, _) => Standing::Active,
        (Phase::Current, false, Some(_)) => Standing::SoftDeleted,
        (Phase::Current, false, None) => Standing::Disabled,
    };
    let mapped = match tombstone {
        Some(name) => mapping.map(&SourceUser::from(&with_last_good_name(user, name))),
        None => mapping.map(&SourceUser::from(user)),
    };
    let external_id = some_text(&user.external_id);
    IncomingUser { external_id, standing, profile: mapped.profile, findings: mapped.findings }
}

/// The user under the name before the tombstone's: the person is to be found by it, and may return.
fn with_last_good_name(user: &User, name: &str) -> User {
    let mut user = User { user_name: name.to_owned(), ..user.clone() };
    for email in &mut user.emails {
        if let Some(before) = name_before_tombstone(&email.value) {
            email.value = before.to_owned();
        }
    }
    user
}

#[cfg(test)]
mod tests;
