use actix_web::web;
use administration::Role;
use chrono::{DateTime, Utc};
use directory::{FoundInSetup, USERS_SAMPLED, findings_in};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::call::Call;
use super::problem::Problem;
use super::shown::{Shown, shown};

/// What of a set-up was seen to work, and what looks wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = SetupCheck)]
pub(super) struct SetupCheckView {
    /// When Entra's first test of the connection, or another of its health checks, came; as far back as the log goes.
    test_connection: SeenView,
    /// When the first user was made.
    first_user: SeenView,
    /// When the first group was made.
    first_group: SeenView,
    /// When a user was first deleted, or changed in `active`; as far back as the log goes.
    first_deactivation: SeenView,
    /// How many users were looked at for the findings: the newest, 200 at most.
    sampled: usize,
    findings: Vec<FindingView>,
}

/// Whether something was seen.
#[derive(Serialize, ToSchema)]
#[schema(as = Seen)]
struct SeenView {
    /// When; null when it was not.
    at: Option<DateTime<Utc>>,
}

/// Something that a mapping in Azure is likely to be the cause of.
#[derive(Serialize, ToSchema)]
#[schema(as = SetupFinding)]
struct FindingView {
    /// `no_external_id`, `external_id_is_no_object_id`, `user_name_is_no_address`, `user_name_is_of_a_guest`,
    /// `no_work_mail`, `display_name_missing` or `name_missing`.
    code: &'static str,
    /// How many of the users that were looked at have it.
    users: usize,
    /// The same as a part of all that were looked at.
    share: f64,
    /// SCIM ids of the newest of them, three at most.
    examples: Vec<Uuid>,
}

/// Shows what of a set-up was seen to work, and what looks wrong about the newest users. Numbers and ids, and no values.
///
/// Role `viewer`.
#[utoipa::path(get, path = "/admin/v1/integrations/{slug}/setup-check",
    responses((status = 200, body = SetupCheckView)))]
pub(super) async fn read(call: Call, slug: web::Path<String>) -> Result<Shown<SetupCheckView>, Problem> {
    let of = call.admit_to(&slug, Role::Viewer).await?.id;
    let milestones = call.gateway.overview.milestones(of).await?;
    let users = call.gateway.overview.newest_users(of, USERS_SAMPLED).await?;
    let seen = |at| SeenView { at };
    Ok(shown(SetupCheckView {
        test_connection: seen(milestones.test_connection),
        first_user: seen(milestones.first_user),
        first_group: seen(milestones.first_group),
        first_deactivation: seen(milestones.first_deactivation),
        sampled: users.len(),
        findings: findings_in(&users).into_iter().map(|found| finding(found, users.len())).collect(),
    }))
}

fn finding(FoundInSetup { finding, users, examples }: FoundInSetup, sampled: usize) -> FindingView {
    // In hundredths: what is to be said is "nearly all" or "a few".
    let share = (users * 100).div_ceil(sampled.max(1)) as f64 / 100.0;
    let examples = examples.into_iter().map(|user| user.0).collect();
    FindingView { code: finding.as_str(), users, share, examples }
}
