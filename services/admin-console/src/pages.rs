//! The pages: a file and a template each.

mod about;
mod act_words;
mod administrators;
mod credential_end;
mod credential_form;
mod credential_issue;
mod credential_rotate;
mod detachment;
mod environments;
mod language;
mod log;
mod log_advice;
mod log_entry;
mod log_export;
mod log_filters;
mod log_person;
mod log_tail;
mod overview;
mod promotion;
mod setup;
mod setup_new;
mod setup_state;
mod setup_steps;

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
        .route("/setup", web::get().to(setup::show))
        .route("/setup/steps", web::get().to(setup_steps::follow))
        .route("/setup/state", web::post().to(setup_state::set))
        .route("/setup/new", web::get().to(setup_new::show))
        .route("/setup/new", web::post().to(setup_new::make))
        .route("/setup/credential", web::get().to(credential_issue::show))
        .route("/setup/credential", web::post().to(credential_issue::issue))
        .route("/setup/rotate", web::get().to(credential_rotate::show))
        .route("/setup/rotate", web::post().to(credential_rotate::rotate))
        .route("/setup/retire", web::post().to(credential_end::retire))
        .route("/setup/revoke", web::get().to(credential_end::show))
        .route("/setup/revoke", web::post().to(credential_end::revoke))
        .route("/environments", web::get().to(environments::show))
        .route("/environments/promotion", web::post().to(promotion::promote))
        .route("/environments/detachment", web::get().to(detachment::show))
        .route("/environments/detachment", web::post().to(detachment::detach))
        .route("/administrators", web::get().to(administrators::show))
        .route("/language", web::post().to(language::choose))
        .route("/assets/{name}", web::get().to(serve_asset));
}

async fn not_found() -> Result<actix_web::HttpResponse, Failure> {
    Err(Failure::NotFound)
}
