//! The pages: a file and a template each.

mod language;
mod log;
mod log_advice;
mod log_entry;
mod log_export;
mod log_filters;
mod log_person;
mod log_tail;
mod overview;

use actix_web::middleware::from_fn;
use actix_web::web::{self, FormConfig, QueryConfig, ServiceConfig};

use platform::shutdown::Shutdown;

use crate::http::{Failure, door, serve_asset};
use crate::{Console, sign_in};

/// The routes of a console, for its public listener. What stays open ends with `shutdown`.
pub fn configure(console: Console, shutdown: Shutdown) -> impl Fn(&mut ServiceConfig) + Clone {
    let (console, shutdown) = (web::Data::new(console), web::Data::new(shutdown));
    move |service| {
        let pages = web::scope("")
            .wrap(from_fn(door))
            .app_data(QueryConfig::default().error_handler(|_, _| Failure::Malformed.into()))
            .app_data(FormConfig::default().error_handler(|_, _| Failure::Malformed.into()))
            .configure(sign_in::routes)
            .configure(routes)
            .default_service(web::to(not_found));
        service.app_data(console.clone()).app_data(shutdown.clone()).service(pages);
    }
}

/// One line a page.
fn routes(service: &mut ServiceConfig) {
    service
        .route("/", web::get().to(overview::show))
        .route("/log", web::get().to(log::show))
        .route("/log/person", web::post().to(log_person::show))
        .route("/log/tail", web::get().to(log_tail::follow))
        .route("/log/export", web::get().to(log_export::send))
        .route("/log/{request_id}", web::get().to(log_entry::show))
        .route("/language", web::post().to(language::choose))
        .route("/assets/{name}", web::get().to(serve_asset));
}

async fn not_found() -> Result<actix_web::HttpResponse, Failure> {
    Err(Failure::NotFound)
}
