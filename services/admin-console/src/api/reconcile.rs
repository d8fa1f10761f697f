use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;
use uuid::Uuid;

use super::{ApiError, Caller, List, Order, Query, Service};

/// The directory is told once more.
#[derive(Clone, Debug, Deserialize)]
pub struct Snapshot {
    /// The snapshot.
    pub id: Uuid,
    /// `running` or `finished`.
    pub state: String,
    /// What is being told: `users`, `groups`, `members`; `ended` at the end.
    pub phase: String,
    /// The one user or group that is told; none when all are.
    pub only: Option<String>,
    /// Who asked for it.
    pub requested_by: String,
    /// When.
    pub began_at: DateTime<Utc>,
    /// Users that were told.
    pub users: u32,
    /// Groups.
    pub groups: u32,
    /// Memberships.
    pub members: u64,
}

/// What the LMS found when the directory was told once more.
#[derive(Clone, Debug, Deserialize)]
pub struct Run {
    /// The snapshot.
    pub run_id: Uuid,
    /// When its first part came.
    pub first_part_at: DateTime<Utc>,
    /// Parts that were compared.
    pub parts_seen: u64,
    /// Parts that there are; known at the end.
    pub parts_total: Option<u64>,
    /// Whether all were compared.
    pub is_finished: bool,
    /// Differences by kind.
    pub drift: Vec<DriftCount>,
}

/// How many differences of a kind there were.
#[derive(Clone, Debug, Deserialize)]
pub struct DriftCount {
    /// Such as `edited_learner`.
    pub kind: String,
    /// How many.
    pub count: u64,
}

/// A difference between the directory and the LMS.
#[derive(Clone, Debug, Deserialize)]
pub struct Drift {
    /// The user or group; of a membership, the group.
    pub scim_id: Uuid,
    /// Of a membership, the user.
    pub member_scim_id: Option<Uuid>,
    /// Of an edited learner, which attributes.
    #[serde(default)]
    pub attributes: Vec<String>,
    /// When it was found.
    pub found_at: DateTime<Utc>,
}

impl Caller<'_> {
    /// The last snapshots at the gateway, newest first.
    pub async fn snapshots(&self, slug: &str) -> Result<Vec<Snapshot>, ApiError> {
        let path = ["integrations", slug, "snapshots"];
        let list: List<Snapshot> = self.get(Service::Gateway, &path, &Query::new()).await?;
        Ok(list.items)
    }

    /// Has the whole directory told once more.
    pub async fn compare_now(&self, slug: &str) -> Result<Snapshot, ApiError> {
        let path = ["integrations", slug, "snapshots"];
        self.change(Order::new(Service::Gateway, Method::POST, &path)).await
    }

    /// Comparisons, newest first.
    pub async fn runs(&self, slug: &str, cursor: Option<String>) -> Result<List<Run>, ApiError> {
        let query = Query::new().with("limit", "20".to_owned()).with("cursor", cursor);
        self.get(Service::UserSync, &["integrations", slug, "reconcile", "runs"], &query).await
    }

    /// One of them.
    pub async fn run(&self, slug: &str, run: Uuid) -> Result<Run, ApiError> {
        let run = run.to_string();
        self.get(Service::UserSync, &["integrations", slug, "reconcile", "runs", &run], &Query::new()).await
    }

    /// What it found of a kind.
    pub async fn drift(
        &self,
        slug: &str,
        run: Uuid,
        kind: &str,
        cursor: Option<String>,
    ) -> Result<List<Drift>, ApiError> {
        let run = run.to_string();
        let query =
            Query::new().with("kind", kind.to_owned()).with("limit", "50".to_owned()).with("cursor", cursor);
        let path = ["integrations", slug, "reconcile", "runs", &run, "drift"];
        self.get(Service::UserSync, &path, &query).await
    }
}
