//! The private listener: what administrators ask of the gateway.

mod audit;
mod body;
mod call;
mod configuration;
mod credential_view;
mod credentials;
mod csv;
mod description;
mod detachment;
mod differences;
mod integration_view;
mod integrations;
mod log;
mod log_export;
mod log_query;
mod log_view;
mod new_credential;
mod page;
mod problem;
mod promotion;
mod replay;
mod resource;
mod rotation;
mod route;
mod setup_check;
mod shown;
mod snapshot;
mod summary;
mod whoami;

use actix_web::web;

pub use self::route::ADMIN_ROUTES;
use crate::Gateway;

/// Longest body of an administrator's request, in bytes. It bounds a schema too, which is read with every request of its
/// integration.
const LONGEST_BODY_BYTES: usize = 64 * 1024;

/// Adds the routes to a private listener, which [`platform::admin::guarded`] has to stand before.
pub fn configure_admin(gateway: Gateway) -> impl Fn(&mut web::ServiceConfig) + Clone {
    let gateway = web::Data::new(gateway);
    move |service| {
        service.app_data(gateway.clone());
        platform::admin::serve(service, description::with_parameters(ADMIN_ROUTES));
    }
}
