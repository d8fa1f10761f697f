use events::Sequence;
use lms::{EdgeKey, IdRange, IntegrationSlug, LearnerId, Range, ScimId, StoredEdge};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::flag;

/// An edge as it is stored, or a membership without one.
#[derive(Debug, Deserialize)]
pub(crate) struct EdgeReadRow {
    integration: String,
    scim_group_id: Uuid,
    scim_user_id: Uuid,
    #[serde(default)]
    epoch: Option<i32>,
    #[serde(default)]
    incarnation: Option<i32>,
    #[serde(default)]
    version: Option<i64>,
    #[serde(deserialize_with = "flag")]
    present: bool,
    #[serde(deserialize_with = "flag")]
    is_effective: bool,
    #[serde(deserialize_with = "flag")]
    is_member: bool,
    learner_id: Option<Uuid>,
}

impl From<EdgeReadRow> for StoredEdge {
    fn from(row: EdgeReadRow) -> Self {
        let sequence = match (row.epoch, row.incarnation, row.version) {
            (Some(epoch), Some(incarnation), Some(version)) => Some(Sequence { epoch, incarnation, version }),
            _ => None,
        };
        Self {
            key: EdgeKey {
                integration: IntegrationSlug(row.integration),
                group: ScimId(row.scim_group_id),
                user: ScimId(row.scim_user_id),
            },
            sequence,
            present: row.present,
            is_member: row.is_member,
            is_effective: row.is_effective,
            learner: row.learner_id.map(LearnerId),
        }
    }
}

/// A range as it is asked for: no id is less than the nil one, and none greater than the greatest.
#[derive(Debug, Serialize)]
pub(crate) struct RangeRow {
    integration: String,
    kind: Option<&'static str>,
    scim_group_id: Option<Uuid>,
    after: Uuid,
    through: Uuid,
}

impl From<&Range> for RangeRow {
    fn from(range: &Range) -> Self {
        let (kind, scim_group_id) = match range.kind {
            IdRange::Users => (Some("user"), None),
            IdRange::Groups => (Some("group"), None),
            IdRange::Members(group) => (None, Some(group.0)),
        };
        Self {
            integration: range.integration.0.clone(),
            kind,
            scim_group_id,
            after: range.after.unwrap_or(Uuid::nil()),
            through: range.through.unwrap_or(Uuid::max()),
        }
    }
}
