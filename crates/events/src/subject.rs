use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Kind of resource that an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// A SCIM User.
    User,
    /// A SCIM Group, its memberships included.
    Group,
    /// The integration itself.
    Integration,
}

impl SubjectKind {
    /// Name used in the subject and in the stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "Users",
            Self::Group => "Groups",
            Self::Integration => "Integrations",
        }
    }
}

/// Resource that an event is about: `Users/{scim id}` or `Groups/{scim id}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// Kind of resource.
    pub kind: SubjectKind,
    /// The resource's SCIM id.
    pub id: Uuid,
}

/// The text names no subject.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a subject reads Users/{{id}}, Groups/{{id}} or Integrations/{{id}}")]
pub struct SubjectError;

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.id)
    }
}

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, SubjectError> {
        let (kind, id) = text.split_once('/').ok_or(SubjectError)?;
        let kind = match kind {
            "Users" => SubjectKind::User,
            "Groups" => SubjectKind::Group,
            "Integrations" => SubjectKind::Integration,
            _ => return Err(SubjectError),
        };
        Ok(Self { kind, id: id.parse().map_err(|_| SubjectError)? })
    }
}
