use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{CustomizeResponder, Responder, web};
use chrono::{DateTime, Utc};
use directory::admin;
use directory::{Snapshot, SnapshotId, SnapshotPosition, Told};
use platform::admin::Administrator;
use platform::clock;
use serde::Serialize;
use uuid::Uuid;

use super::integration::parse;
use super::problem::Problem;
use crate::Gateway;

/// A snapshot as administrators see it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SnapshotView {
    id: Uuid,
    state: &'static str,
    /// What is being told.
    phase: &'static str,
    requested_by: String,
    began_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<DateTime<Utc>>,
    chunks: u32,
    users: u32,
    groups: u32,
    members: u64,
}

/// Snapshots, newest first.
#[derive(Serialize)]
pub(super) struct SnapshotList {
    items: Vec<SnapshotView>,
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

/// For the administrator's eyes now and for no cache.
fn shown<T: Serialize>(view: T) -> CustomizeResponder<web::Json<T>> {
    web::Json(view).customize().insert_header((CACHE_CONTROL, "no-store"))
}

/// `POST /admin/v1/integrations/{slug}/snapshots`
pub(super) async fn request(
    administrator: Administrator,
    slug: web::Path<String>,
    gateway: web::Data<Gateway>,
) -> Result<CustomizeResponder<web::Json<SnapshotView>>, Problem> {
    let slug = parse(&slug)?;
    let snapshot = admin::request_snapshot(
        gateway.integrations.as_ref(),
        gateway.snapshots.as_ref(),
        &slug,
        &administrator.subject,
        Uuid::new_v4(),
        clock::now(),
    )
    .await?;
    tracing::info!(
        administrator = administrator.subject,
        integration = slug.as_str(),
        snapshot.id = %snapshot.id.0,
        "a snapshot was asked for"
    );
    let location = format!("/admin/v1/integrations/{slug}/snapshots/{}", snapshot.id.0);
    Ok(shown(snapshot.into()).with_status(StatusCode::ACCEPTED).insert_header((LOCATION, location)))
}

/// `GET /admin/v1/integrations/{slug}/snapshots/{id}`
pub(super) async fn read(
    _: Administrator,
    path: web::Path<(String, String)>,
    gateway: web::Data<Gateway>,
) -> Result<CustomizeResponder<web::Json<SnapshotView>>, Problem> {
    let (slug, id) = path.into_inner();
    let id = id.parse().map(SnapshotId).map_err(|_| Problem::NoSnapshot)?;
    let (integrations, snapshots) = (gateway.integrations.as_ref(), gateway.snapshots.as_ref());
    Ok(shown(admin::snapshot(integrations, snapshots, &parse(&slug)?, id).await?.into()))
}

/// `GET /admin/v1/integrations/{slug}/snapshots`
pub(super) async fn list(
    _: Administrator,
    slug: web::Path<String>,
    gateway: web::Data<Gateway>,
) -> Result<CustomizeResponder<web::Json<SnapshotList>>, Problem> {
    let (integrations, snapshots) = (gateway.integrations.as_ref(), gateway.snapshots.as_ref());
    let found = admin::last_snapshots(integrations, snapshots, &parse(&slug)?).await?;
    Ok(shown(SnapshotList { items: found.into_iter().map(SnapshotView::from).collect() }))
}
