use serde::{Deserialize, Serialize};

/// A column of a learner that a directory may feed.
///
/// Closed on purpose: what only the LMS knows (avatar, biography, passwords, custom fields) has no variant, so that no
/// configuration can hand it to a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// What the learner signs in with.
    Login,
    /// Address of notifications.
    Email,
    /// Given name.
    GivenName,
    /// Family name.
    FamilyName,
    /// Name as shown.
    DisplayName,
    /// Title of the position.
    JobTitle,
    /// Department.
    Department,
    /// Division.
    Division,
    /// Organization.
    Organization,
    /// Cost center.
    CostCenter,
    /// Number given by the employer.
    EmployeeNumber,
    /// Kind of employment.
    EmployeeType,
    /// First day of work, as `YYYY-MM-DD`.
    HireDate,
    /// The manager: of a user a SCIM id, of a learner a learner's id.
    Manager,
    /// Office, as a formatted address.
    Office,
    /// Country.
    Country,
    /// Language of the courses.
    PreferredLanguage,
    /// Formats of numbers and dates, as a BCP 47 tag.
    Locale,
    /// Time zone.
    TimeZone,
    /// Telephone number at work.
    Phone,
}

impl Attribute {
    /// Every attribute, for tables and tests.
    pub const ALL: [Self; 20] = [
        Self::Login,
        Self::Email,
        Self::GivenName,
        Self::FamilyName,
        Self::DisplayName,
        Self::JobTitle,
        Self::Department,
        Self::Division,
        Self::Organization,
        Self::CostCenter,
        Self::EmployeeNumber,
        Self::EmployeeType,
        Self::HireDate,
        Self::Manager,
        Self::Office,
        Self::Country,
        Self::PreferredLanguage,
        Self::Locale,
        Self::TimeZone,
        Self::Phone,
    ];
}
