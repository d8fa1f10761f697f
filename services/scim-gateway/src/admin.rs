//! The private listener: how the requests of an integration are read, and its snapshots, for administrators.

mod integration;
mod problem;
mod snapshot;

use actix_web::web;
use platform::admin::AdminTokens;

use crate::Gateway;

/// Longest body of an administrator's request, in bytes. It bounds a schema too, which is read with every request of its
/// integration.
const LONGEST_BODY_BYTES: usize = 64 * 1024;

/// Adds the routes to a private listener.
pub fn configure_admin(gateway: Gateway, tokens: AdminTokens) -> impl Fn(&mut web::ServiceConfig) + Clone {
    let gateway = web::Data::new(gateway);
    let tokens = web::Data::new(tokens);
    move |service| {
        service
            .app_data(gateway.clone())
            .app_data(tokens.clone())
            .app_data(web::PayloadConfig::new(LONGEST_BODY_BYTES))
            .route("/admin/v1/integrations/{slug}", web::get().to(integration::read))
            .route("/admin/v1/integrations/{slug}/profile", web::put().to(integration::set_profile))
            .route("/admin/v1/integrations/{slug}/schemas/{urn}", web::put().to(integration::put_schema))
            .route("/admin/v1/integrations/{slug}/snapshots", web::post().to(snapshot::request))
            .route("/admin/v1/integrations/{slug}/snapshots", web::get().to(snapshot::list))
            .route("/admin/v1/integrations/{slug}/snapshots/{id}", web::get().to(snapshot::read));
    }
}
