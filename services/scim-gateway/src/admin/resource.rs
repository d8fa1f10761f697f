use events::{Subject, SubjectKind};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::problem::Problem;

/// One resource, or none in particular.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[schema(as = OneResource)]
#[serde(default, deny_unknown_fields)]
pub(super) struct OneResource {
    /// A user, by its SCIM id.
    pub(super) user: Option<Uuid>,
    /// A group, by its SCIM id.
    pub(super) group: Option<Uuid>,
}

impl OneResource {
    pub(super) fn subject(self) -> Result<Option<Subject>, Problem> {
        match (self.user, self.group) {
            (None, None) => Ok(None),
            (Some(id), None) => Ok(Some(Subject { kind: SubjectKind::User, id })),
            (None, Some(id)) => Ok(Some(Subject { kind: SubjectKind::Group, id })),
            (Some(_), Some(_)) => Err(Problem::Unprocessable("name a user or a group, not both".to_owned())),
        }
    }
}
