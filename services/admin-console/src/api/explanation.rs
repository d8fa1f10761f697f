use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::{ApiError, Caller, Query, Service};

/// Why a learner is as it is.
#[derive(Clone, Debug, Deserialize)]
pub struct Explanation {
    /// The SCIM user whom the learner belongs to.
    pub scim_id: Uuid,
    /// The user's externalId.
    pub external_id: Option<String>,
    /// `current`, `deleted` or `superseded`.
    pub phase: String,
    /// The rules in force.
    pub rules_version: i64,
    /// The event that the directory spoke in last.
    pub last_event: Option<Writing>,
    /// Why the learner does not follow now.
    pub waiting: Option<Waits>,
    /// Why the learner is to be decided anew, and cannot be yet.
    pub recheck: Option<Recheck>,
    /// The status.
    pub status: StatusExplanation,
    /// Every attribute.
    pub attributes: Vec<AttributeExplanation>,
}

/// An event of the directory.
#[derive(Clone, Debug, Deserialize)]
pub struct Writing {
    /// When the directory committed it.
    pub at: DateTime<Utc>,
    /// The SCIM request behind it.
    pub request_id: Uuid,
    /// The rules by which it was applied.
    pub rules_version: Option<i64>,
}

/// Why somebody does not follow the directory now.
#[derive(Clone, Debug, Deserialize)]
pub struct Waits {
    /// `held`, `adoption` or `exempt`.
    pub reason: String,
    /// The hold.
    pub hold_id: Option<Uuid>,
}

/// Somebody is to be decided anew.
#[derive(Clone, Debug, Deserialize)]
pub struct Recheck {
    /// Since when.
    pub requested_at: DateTime<Utc>,
    /// Why it could not be done so far.
    pub problem: Option<String>,
}

/// Why a learner has the status.
#[derive(Clone, Debug, Deserialize)]
pub struct StatusExplanation {
    /// `active`, `inactive` or `erased`.
    pub value: String,
    /// Why the learner is inactive.
    pub inactive_reason: Option<String>,
    /// What the directory says now.
    pub directory: Option<String>,
    /// `source` or `lms`.
    pub set_by: String,
    /// What the directory wrote last.
    pub written: Option<Writing>,
    /// Somebody changed it in the LMS since.
    pub is_edited: bool,
    /// All that in words.
    pub words: String,
}

/// Why a learner has the value of an attribute.
#[derive(Clone, Debug, Deserialize)]
pub struct AttributeExplanation {
    /// The attribute.
    pub attribute: String,
    /// The learner's value.
    pub value: Option<String>,
    /// What the directory says now, through the mapping.
    pub directory: Option<String>,
    /// Why that is nothing, although the directory has a value.
    pub trouble: Option<Trouble>,
    /// The rule in force.
    pub rule: Rule,
    /// `source`, `seed`, `fill` or `lms`; none of a value that there is not.
    pub set_by: Option<String>,
    /// What the directory wrote last.
    pub written: Option<Writing>,
    /// Somebody changed it in the LMS since.
    pub is_edited: bool,
    /// All that in words.
    pub words: String,
}

impl AttributeExplanation {
    /// Whether the directory says something else than the LMS holds.
    pub fn differs(&self) -> bool {
        self.value != self.directory
    }
}

/// Why a value of the directory cannot be used.
#[derive(Clone, Debug, Deserialize)]
pub struct Trouble {
    /// Such as `not_a_date`.
    #[serde(default)]
    pub problem: String,
    /// In words that follow "the value".
    pub words: String,
}

/// Who decides an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Rule {
    /// Such as `source` or `seed_once`.
    pub mode: String,
    /// What an absent value means: `clear`, `keep` or `refuse`.
    pub on_clear: String,
}

impl Caller<'_> {
    /// Why a learner is as it is.
    pub async fn explain(&self, slug: &str, learner: Uuid) -> Result<Explanation, ApiError> {
        let learner = learner.to_string();
        self.get(Service::UserSync, &["integrations", slug, "learners", &learner, "explain"], &Query::new())
            .await
    }
}
