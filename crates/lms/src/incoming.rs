use chrono::NaiveDate;
use events::name_before_tombstone;
use events::v1::{MultiValued, User};
use uuid::Uuid;

use crate::lifecycle::Standing;
use crate::text::some_text;
use crate::{Attribute, Profile};

/// End of the URN of the schema extension that carries what SCIM has no attribute for.
const EXTENSION_SUFFIX: &str = ":illuxi:2.0:User";
/// Type of the e-mail address, telephone number and address that an employer gives.
const WORK: &str = "work";

/// What a SCIM user says, in the words of the LMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IncomingUser {
    /// The person's id at the source.
    pub external_id: Option<String>,
    /// Whether the user still exists.
    pub presence: Presence,
    /// Whether the person takes part.
    pub standing: Standing,
    /// Values for the learner.
    pub profile: Profile,
}

/// Whether the event tells that the user or group was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It exists.
    Present,
    /// It was deleted; this is the last state.
    Deleted,
}

/// Reads a user in the words of the LMS.
///
/// Everything comes from the state alone and nothing from the kind of event, so that the newest event of a user means
/// the same whether or not those before it arrived.
pub(crate) fn read_user(user: &User, presence: Presence) -> IncomingUser {
    let is_active = user.active != Some(false);
    let tombstone = if is_active { None } else { name_before_tombstone(&user.user_name) };
    let standing = match (presence, is_active, tombstone) {
        (Presence::Deleted, _, _) => Standing::Deleted,
        (Presence::Present, true, _) => Standing::Active,
        (Presence::Present, false, Some(_)) => Standing::SoftDeleted,
        (Presence::Present, false, None) => Standing::Disabled,
    };
    // The last good login and address are kept: the person is to be found by them, and may return.
    let login = tombstone.unwrap_or(&user.user_name);
    let email = work_value(&user.emails).map(|email| match tombstone.and(name_before_tombstone(&email)) {
        Some(original) => original.to_owned(),
        None => email,
    });
    let external_id = some_text(&user.external_id);
    IncomingUser { external_id, presence, standing, profile: read_profile(user, login, email) }
}

fn read_profile(user: &User, login: &str, email: Option<String>) -> Profile {
    let name = user.name.clone().unwrap_or_default();
    let enterprise = user.enterprise.clone().unwrap_or_default();
    let manager = enterprise.manager.unwrap_or_default();
    let address = user.addresses.iter().find(|address| is_work(&address.r#type)).cloned().unwrap_or_default();
    [
        (Attribute::Login, some_text(login)),
        (Attribute::Email, email.or_else(|| address_shaped(login))),
        (Attribute::GivenName, some_text(&name.given_name)),
        (Attribute::FamilyName, some_text(&name.family_name)),
        (Attribute::DisplayName, some_text(&user.display_name)),
        (Attribute::JobTitle, some_text(&user.title)),
        (Attribute::Department, some_text(&enterprise.department)),
        (Attribute::Division, some_text(&enterprise.division)),
        (Attribute::Organization, some_text(&enterprise.organization)),
        (Attribute::CostCenter, some_text(&enterprise.cost_center)),
        (Attribute::EmployeeNumber, some_text(&enterprise.employee_number)),
        (Attribute::EmployeeType, some_text(&user.user_type)),
        (Attribute::HireDate, read_hire_date(user)),
        // A reference that is no id can never be resolved.
        (Attribute::Manager, manager.value.parse::<Uuid>().ok().map(|id| id.to_string())),
        (Attribute::Office, some_text(&address.formatted)),
        (Attribute::Country, some_text(&address.country)),
        (Attribute::PreferredLanguage, some_text(&user.preferred_language)),
        (Attribute::Locale, some_text(&user.locale.replace('_', "-"))),
        (Attribute::TimeZone, some_text(&user.timezone)),
        (Attribute::Phone, work_value(&user.phone_numbers)),
    ]
    .into_iter()
    .collect()
}

fn read_hire_date(user: &User) -> Option<String> {
    let extensions = serde_json::to_value(user.extensions.as_ref()?).ok()?;
    let (_, extension) = extensions.as_object()?.iter().find(|(urn, _)| urn.ends_with(EXTENSION_SUFFIX))?;
    // Entra sends employeeHireDate with a time of day, which means nothing here.
    let day = extension.get("hireDate")?.as_str()?.get(..10)?;
    day.parse::<NaiveDate>().ok().map(|date| date.to_string())
}

/// The first value of type work.
fn work_value(values: &[MultiValued]) -> Option<String> {
    values.iter().find(|value| is_work(&value.r#type)).and_then(|value| some_text(&value.value))
}

/// RFC 7643 §2.4: the canonical values of `type` are compared without regard to case.
fn is_work(kind: &str) -> bool {
    kind.eq_ignore_ascii_case(WORK)
}

/// The address that a userName spells. White space around it belongs to the name, and to no address.
fn address_shaped(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let has_shape = !local.is_empty()
        && !local.contains('@')
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.contains(char::is_whitespace);
    has_shape.then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
