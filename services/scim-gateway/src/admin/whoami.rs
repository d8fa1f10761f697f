use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use super::shown::{Shown, shown};

/// The caller, as the token says.
#[derive(Serialize, ToSchema)]
#[schema(as = Caller)]
pub(super) struct CallerView {
    subject: String,
    /// `viewer`, `operator` or `owner` in all portals, or `PORTAL:ROLE`.
    roles: Vec<String>,
}

/// Shows who calls, and with which roles.
#[utoipa::path(get, path = "/admin/v1/whoami", responses((status = 200, body = CallerView)))]
pub(super) async fn read(call: Call) -> Shown<CallerView> {
    let roles = call.administrator.grants.to_claims();
    shown(CallerView { subject: call.administrator.subject.clone(), roles })
}
