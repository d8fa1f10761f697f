use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web;
use administration::Role;
use chrono::{DateTime, Utc};
use directory::admin;
use directory::{Snapshot, SnapshotId, SnapshotPosition, Told};
use platform::admin::Body;
use platform::clock;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body;
use super::call::Call;
use super::page::ListView;
use super::problem::Problem;
use super::resource::OneResource;
use super::shown::{Shown, shown};

/// A snapshot: the state of an integration, or of one of its resources, told again.
#[derive(Serialize, ToSchema)]
#[schema(as = Snapshot)]
pub(super) struct SnapshotView {
    id: Uuid,
    /// `running` or `finished`.
    state: &'static str,
    /// What is being told: `users`, `groups`, `members`; `ended` at the end.
    phase: &'static str,
    /// The one resource that is told, such as `Users/…`; null when all are.
    only: Option<String>,
    requested_by: String,
    began_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    chunks: u32,
    users: u32,
    groups: u32,
    members: u64,
}

impl From<Snapshot> for SnapshotView {
    fn from(snapshot: Snapshot) -> Self {
        let Told { chunks, users, groups, members } = snapshot.told;
        let (state, phase) = match (snapshot.finished, snapshot.position) {
            (Some(_), _) => ("finished", "ended"),
            (None, SnapshotPosition::Users { .. }) => ("running", "users"),
            (None, SnapshotPosition::Groups { .. }) => ("running", "groups"),
            (None, SnapshotPosition::Members(_)) => ("running", "members"),
        };
        Self {
            id: snapshot.id.0,
            state,
            phase,
            only: snapshot.only.map(|subject| subject.to_string()),
            requested_by: snapshot.requested_by,
            began_at: snapshot.began,
            finished_at: snapshot.finished,
            chunks,
            users,
            groups,
            members,
        }
    }
}

/// Begins to tell the state of an integration again, or that of one user or group. While the same is being told, answers
/// that one.
///
/// Role `operator`. Without a body everything is told.
#[utoipa::path(post, path = "/admin/v1/integrations/{slug}/snapshots", request_body = OneResource,
    responses(
    (status = 202, body = SnapshotView, headers(("Location", description = "Where it is"))),
    (status = 409, description = "The integration is detached")))]
pub(super) async fn request(
    call: Call,
    slug: web::Path<String>,
    body: Body,
) -> Result<Shown<SnapshotView>, Problem> {
    let slug = call.admit_to(&slug, Role::Operator).await?.slug;
    let only = body::read_or_default::<OneResource>(body).await?.subject()?;
    let (integrations, snapshots) = (call.gateway.integrations.as_ref(), call.gateway.snapshots.as_ref());
    let (by, id) = (&call.administrator.subject, Uuid::new_v4());
    let snapshot =
        admin::request_snapshot(integrations, snapshots, &slug, only, by, id, clock::now()).await?;
    call.leave(json!({ "snapshot": snapshot.id.0, "only": only.map(|subject| subject.to_string()) }));
    let location = format!("/admin/v1/integrations/{slug}/snapshots/{}", snapshot.id.0);
    Ok(shown(snapshot.into()).with_status(StatusCode::ACCEPTED).insert_header((LOCATION, location)))
}

/// Shows a snapshot.
///
/// Role `viewer`.
#[utoipa::path(get, path = "/admin/v1/integrations/{slug}/snapshots/{id}",
    responses((status = 200, body = SnapshotView)))]
pub(super) async fn read(
    call: Call,
    path: web::Path<(String, String)>,
) -> Result<Shown<SnapshotView>, Problem> {
    let (slug, id) = path.into_inner();
    let slug = call.admit_to(&slug, Role::Viewer).await?.slug;
    let id = id.parse().map(SnapshotId).map_err(|_| Problem::NotFound("snapshot"))?;
    let (integrations, snapshots) = (call.gateway.integrations.as_ref(), call.gateway.snapshots.as_ref());
    Ok(shown(admin::snapshot(integrations, snapshots, &slug, id).await?.into()))
}

/// Lists the last snapshots of an integration, newest first.
///
/// Role `viewer`.
#[utoipa::path(get, path = "/admin/v1/integrations/{slug}/snapshots",
    responses((status = 200, body = ListView<SnapshotView>)))]
pub(super) async fn list(
    call: Call,
    slug: web::Path<String>,
) -> Result<Shown<ListView<SnapshotView>>, Problem> {
    let slug = call.admit_to(&slug, Role::Viewer).await?.slug;
    let (integrations, snapshots) = (call.gateway.integrations.as_ref(), call.gateway.snapshots.as_ref());
    let found = admin::last_snapshots(integrations, snapshots, &slug).await?;
    Ok(shown(ListView { items: found.into_iter().map(SnapshotView::from).collect() }))
}
