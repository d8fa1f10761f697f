use chrono::NaiveDate;
use uuid::Uuid;

use super::MappingProblem;
use super::language::{canonical_language, preferred_language};
use super::time_zone::canonical_time_zone;
use crate::{Attribute, Profile};

/// Bytes of `YYYY-MM-DD`.
const DATE_BYTES: usize = 10;

/// Brings a value into the form that its attribute has in the LMS.
///
/// `known` holds the attributes that come earlier in the order of [`Attribute`].
///
/// # Guarantees
/// Idempotent.
pub(super) fn normalise(
    attribute: Attribute,
    text: String,
    known: &Profile,
) -> Result<String, MappingProblem> {
    match attribute {
        Attribute::Email => address_shaped(&text).ok_or(MappingProblem::NotAnAddress),
        Attribute::HireDate => day(&text).ok_or(MappingProblem::NotADate),
        // A reference that is no id can never be resolved.
        Attribute::Manager => {
            text.trim().parse::<Uuid>().map(|id| id.to_string()).map_err(|_| MappingProblem::NotAnId)
        }
        Attribute::Country => Ok(country(text)),
        Attribute::PreferredLanguage => preferred_language(&text).ok_or(MappingProblem::NotALanguage),
        Attribute::Locale => canonical_language(&text).ok_or(MappingProblem::NotALanguage),
        Attribute::TimeZone => {
            canonical_time_zone(&text, known.value(Attribute::Country)).ok_or(MappingProblem::NotATimeZone)
        }
        Attribute::Login
        | Attribute::GivenName
        | Attribute::FamilyName
        | Attribute::DisplayName
        | Attribute::JobTitle
        | Attribute::Department
        | Attribute::Division
        | Attribute::Organization
        | Attribute::CostCenter
        | Attribute::EmployeeNumber
        | Attribute::EmployeeType
        | Attribute::Office
        | Attribute::Phone => Ok(text),
    }
}

/// The address that a text spells. White space around it belongs to the text, and to no address.
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

/// The day of a date. Entra sends employeeHireDate with a time of day, which means nothing here.
fn day(text: &str) -> Option<String> {
    let (day, time) = text.trim().split_at_checked(DATE_BYTES)?;
    let is_plain = day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && !day.starts_with('-');
    let is_alone = time.is_empty() || time.starts_with(['T', 't', ' ']);
    if !is_plain || !is_alone {
        return None;
    }
    day.parse::<NaiveDate>().ok().map(|date| date.to_string())
}

/// Two letters are an ISO 3166-1 code. Anything else stays as the directory has it.
fn country(text: String) -> String {
    let code = text.trim();
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_code { code.to_ascii_uppercase() } else { text }
}

#[cfg(test)]
mod tests;
