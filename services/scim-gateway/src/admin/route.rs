use actix_web::{Route, web};

use super::{
    audit, configuration, credentials, description, detachment, integrations, log, log_export, promotion,
    replay, rotation, snapshot, whoami,
};

/// A route of the administrators' API.
pub struct AdminRoute {
    /// HTTP method.
    pub method: &'static str,
    /// Pattern of the path.
    pub path: &'static str,
    route: fn() -> Route,
}

impl AdminRoute {
    const fn new(method: &'static str, path: &'static str, route: fn() -> Route) -> Self {
        Self { method, path, route }
    }

    pub(super) fn to_actix(&self) -> Route {
        (self.route)()
    }
}

const fn get(path: &'static str, route: fn() -> Route) -> AdminRoute {
    AdminRoute::new("GET", path, route)
}

const fn post(path: &'static str, route: fn() -> Route) -> AdminRoute {
    AdminRoute::new("POST", path, route)
}

const fn put(path: &'static str, route: fn() -> Route) -> AdminRoute {
    AdminRoute::new("PUT", path, route)
}

const fn delete(path: &'static str, route: fn() -> Route) -> AdminRoute {
    AdminRoute::new("DELETE", path, route)
}

/// Every route, in the order in which they are tried.
#[rustfmt::skip]
pub const ADMIN_ROUTES: &[AdminRoute] = &[
    get("/admin/v1/whoami", || web::get().to(whoami::read)),
    get("/admin/v1/openapi.json", || web::get().to(description::read)),
    get("/admin/v1/integrations", || web::get().to(integrations::list)),
    post("/admin/v1/integrations", || web::post().to(integrations::create)),
    get("/admin/v1/integrations/{slug}", || web::get().to(integrations::read)),
    put("/admin/v1/integrations/{slug}/state", || web::put().to(configuration::set_state)),
    put("/admin/v1/integrations/{slug}/profile", || web::put().to(configuration::set_profile)),
    put("/admin/v1/integrations/{slug}/settings", || web::put().to(configuration::set_settings)),
    put("/admin/v1/integrations/{slug}/schemas/{urn}", || web::put().to(configuration::put_schema)),
    get("/admin/v1/integrations/{slug}/credentials", || web::get().to(credentials::list)),
    post("/admin/v1/integrations/{slug}/credentials", || web::post().to(credentials::issue)),
    get("/admin/v1/integrations/{slug}/credentials/{id}", || web::get().to(credentials::read)),
    delete("/admin/v1/integrations/{slug}/credentials/{id}", || web::delete().to(credentials::revoke)),
    post("/admin/v1/integrations/{slug}/credentials/{id}/rotate", || web::post().to(rotation::rotate)),
    post("/admin/v1/integrations/{slug}/credentials/{id}/retire", || web::post().to(rotation::retire)),
    get("/admin/v1/integrations/{slug}/log", || web::get().to(log::list)),
    get("/admin/v1/integrations/{slug}/log/export", || web::get().to(log_export::export)),
    get("/admin/v1/integrations/{slug}/log/{request_id}", || web::get().to(log::of_request)),
    get("/admin/v1/integrations/{slug}/audit", || web::get().to(audit::list)),
    get("/admin/v1/integrations/{slug}/comparison", || web::get().to(promotion::compare)),
    post("/admin/v1/integrations/{slug}/promotion", || web::post().to(promotion::promote)),
    post("/admin/v1/integrations/{slug}/detach", || web::post().to(detachment::detach)),
    post("/admin/v1/integrations/{slug}/replays", || web::post().to(replay::replay)),
    post("/admin/v1/integrations/{slug}/snapshots", || web::post().to(snapshot::request)),
    get("/admin/v1/integrations/{slug}/snapshots", || web::get().to(snapshot::list)),
    get("/admin/v1/integrations/{slug}/snapshots/{id}", || web::get().to(snapshot::read)),
];
