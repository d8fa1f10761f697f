use actix_web::{Route, web};
use administration::Role::{self, Operator, Owner, Viewer};
use platform::admin::AdminRoute;

use super::{
    audit, configuration, credentials, description, detachment, integrations, log, log_export, promotion,
    replay, rotation, setup_check, snapshot, summary, whoami,
};

const fn route(
    method: &'static str,
    path: &'static str,
    role: Option<Role>,
    handler: fn() -> Route,
) -> AdminRoute {
    AdminRoute { method, path, role, handler }
}

/// Every route with the lowest role that may, in the order in which they are tried.
#[rustfmt::skip]
pub const ADMIN_ROUTES: &[AdminRoute] = &[
    route("GET", "/admin/v1/whoami", None, || web::to(whoami::read)),
    route("GET", "/admin/v1/openapi.json", None, || web::to(description::read)),
    route("GET", "/admin/v1/integrations", Some(Viewer), || web::to(integrations::list)),
    route("POST", "/admin/v1/integrations", Some(Owner), || web::to(integrations::create)),
    route("GET", "/admin/v1/integrations/{slug}", Some(Viewer), || web::to(integrations::read)),
    route("GET", "/admin/v1/integrations/{slug}/summary", Some(Viewer), || web::to(summary::read)),
    route("GET", "/admin/v1/integrations/{slug}/setup-check", Some(Viewer), || web::to(setup_check::read)),
    route("PUT", "/admin/v1/integrations/{slug}/state", Some(Operator), || web::to(configuration::set_state)),
    route("PUT", "/admin/v1/integrations/{slug}/profile", Some(Operator), || web::to(configuration::set_profile)),
    route("PUT", "/admin/v1/integrations/{slug}/settings", Some(Operator), || web::to(configuration::set_settings)),
    route("PUT", "/admin/v1/integrations/{slug}/schemas/{urn}", Some(Operator), || web::to(configuration::put_schema)),
    route("GET", "/admin/v1/integrations/{slug}/credentials", Some(Viewer), || web::to(credentials::list)),
    route("POST", "/admin/v1/integrations/{slug}/credentials", Some(Owner), || web::to(credentials::issue)),
    route("GET", "/admin/v1/integrations/{slug}/credentials/{id}", Some(Viewer), || web::to(credentials::read)),
    route("DELETE", "/admin/v1/integrations/{slug}/credentials/{id}", Some(Owner), || web::to(credentials::revoke)),
    route("POST", "/admin/v1/integrations/{slug}/credentials/{id}/rotate", Some(Owner), || web::to(rotation::rotate)),
    route("POST", "/admin/v1/integrations/{slug}/credentials/{id}/retire", Some(Owner), || web::to(rotation::retire)),
    route("GET", "/admin/v1/integrations/{slug}/log", Some(Viewer), || web::to(log::list)),
    route("GET", "/admin/v1/integrations/{slug}/log/export", Some(Operator), || web::to(log_export::export)),
    route("GET", "/admin/v1/integrations/{slug}/log/{request_id}", Some(Viewer), || web::to(log::of_request)),
    route("GET", "/admin/v1/integrations/{slug}/audit", Some(Owner), || web::to(audit::list)),
    route("GET", "/admin/v1/integrations/{slug}/comparison", Some(Viewer), || web::to(promotion::compare)),
    route("POST", "/admin/v1/integrations/{slug}/promotion", Some(Owner), || web::to(promotion::promote)),
    route("POST", "/admin/v1/integrations/{slug}/detach", Some(Owner), || web::to(detachment::detach)),
    route("POST", "/admin/v1/integrations/{slug}/replays", Some(Operator), || web::to(replay::replay)),
    route("POST", "/admin/v1/integrations/{slug}/snapshots", Some(Operator), || web::to(snapshot::request)),
    route("GET", "/admin/v1/integrations/{slug}/snapshots", Some(Viewer), || web::to(snapshot::list)),
    route("GET", "/admin/v1/integrations/{slug}/snapshots/{id}", Some(Viewer), || web::to(snapshot::read)),
];
