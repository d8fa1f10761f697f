//! The pages: a file and a template each.

mod about;
mod act_words;
mod administrators;
mod credential_end;
mod credential_form;
mod credential_issue;
mod credential_networks;
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

mod attention;
mod attention_comparison;
mod attention_comparisons;
mod attention_conflicts;
mod attention_erasures;
mod attention_findings;
mod attention_hold;
mod attention_holds;
mod attention_managers;
mod attention_newcomers;
mod attention_parked;
mod attention_stuck;
mod attribute_rules;
mod attributes;
mod attributes_edit;
mod attributes_form;
mod cohort_rules;
mod groups;
mod groups_edit;
mod groups_form;
mod mistakes;
mod people;
mod person;
mod person_erasure;
mod person_exemption;
mod person_of;
mod person_timeline;
mod rules_document;
mod versions;
mod wanted;

use actix_web::middleware::from_fn;
use actix_web::web::{self, FormConfig, PathConfig, PayloadConfig, QueryConfig, ServiceConfig};

use platform::shutdown::Shutdown;

use crate::http::{Failure, LONGEST_FORM, door, serve_asset};
use crate::{Console, sign_in};

/// The routes of a console, for its public listener. What stays open ends with `shutdown`.
pub fn configure(console: Console, shutdown: Shutdown) -> impl Fn(&mut ServiceConfig) + Clone {
    let (console, shutdown) = (web::Data::new(console), web::Data::new(shutdown));
    move |service| {
        let pages = web::scope("")
            .wrap(from_fn(door))
            // What cannot be an id leads nowhere, as an id does that nobody has.
            .app_data(PathConfig::default().error_handler(|_, _| Failure::NotFound.into()))
            .app_data(QueryConfig::default().error_handler(|_, _| Failure::Malformed.into()))
            .app_data(
                FormConfig::default().limit(LONGEST_FORM).error_handler(|_, _| Failure::Malformed.into()),
            )
            .configure(sign_in::routes)
            .configure(routes)
            .default_service(web::to(not_found));
        let longest = PayloadConfig::new(LONGEST_FORM);
        service.app_data(console.clone()).app_data(shutdown.clone()).app_data(longest).service(pages);
    }
}

/// One line a page.
fn routes(service: &mut ServiceConfig) {
    service
        .route("/", web::get().to(overview::show))
        .route("/log", web::get().to(log::show))
        .route("/log/person", web::post().to(log_person::search))
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
        .configure(about_people)
        .route("/language", web::post().to(language::choose))
        .route("/assets/{name}", web::get().to(serve_asset));
}

/// People, groups, attributes, and what waits for a decision.
fn about_people(service: &mut ServiceConfig) {
    service
        .route("/people", web::get().to(people::show))
        .route("/people", web::post().to(people::search))
        .route("/people/of/{scim_id}", web::get().to(person_of::lead))
        .route("/people/{learner}", web::get().to(person::show))
        .route("/people/{learner}/exemption", web::post().to(person_exemption::put))
        .route("/people/{learner}/exemption/end", web::post().to(person_exemption::end))
        .route("/people/{learner}/erasure", web::post().to(person_erasure::request))
        .route("/people/{learner}/erasure/confirm", web::post().to(person_erasure::confirm))
        .route("/people/{learner}/erasure/withdraw", web::post().to(person_erasure::withdraw))
        .configure(about_attention)
        .configure(about_rules);
}

/// What groups and values become.
fn about_rules(service: &mut ServiceConfig) {
    service
        .route("/groups", web::get().to(groups::show))
        .route("/groups/rules", web::get().to(groups_edit::show))
        .route("/groups/rules", web::post().to(groups_edit::change))
        .route("/attributes", web::get().to(attributes::show))
        .route("/attributes/rules", web::get().to(attributes_edit::show))
        .route("/attributes/rules", web::post().to(attributes_edit::change))
        .route("/attributes/versions", web::get().to(versions::list))
        .route("/attributes/versions/{version}", web::get().to(versions::show))
        .route("/attributes/versions/{version}/restore", web::post().to(versions::restore));
}

/// What waits for a decision.
fn about_attention(service: &mut ServiceConfig) {
    service
        .route("/attention", web::get().to(attention::show))
        .route("/attention/holds", web::get().to(attention_holds::show))
        .route("/attention/holds/{hold}", web::get().to(attention_hold::show))
        .route("/attention/holds/{hold}/approve", web::post().to(attention_hold::approve))
        .route("/attention/holds/{hold}/reject", web::post().to(attention_hold::reject))
        .route("/attention/newcomers", web::get().to(attention_newcomers::show))
        .route("/attention/newcomers/link-all", web::post().to(attention_newcomers::link_all))
        .route("/attention/newcomers/{newcomer}/link", web::post().to(attention_newcomers::link))
        .route("/attention/newcomers/{newcomer}/create", web::post().to(attention_newcomers::create))
        .route("/attention/parked", web::get().to(attention_parked::show))
        .route("/attention/parked/retry", web::post().to(attention_parked::retry_all))
        .route("/attention/parked/{event}/retry", web::post().to(attention_parked::retry))
        .route("/attention/parked/{event}/discard", web::post().to(attention_parked::discard))
        .route("/attention/stuck", web::get().to(attention_stuck::show))
        .route("/attention/stuck/{scim_id}/retry", web::post().to(attention_stuck::retry))
        .route("/attention/managers", web::get().to(attention_managers::show))
        .route("/attention/findings", web::get().to(attention_findings::show))
        .route("/attention/erasures", web::get().to(attention_erasures::show))
        .route("/attention/conflicts", web::get().to(attention_conflicts::show))
        .route("/attention/comparisons", web::get().to(attention_comparisons::show))
        .route("/attention/comparisons", web::post().to(attention_comparisons::start))
        .route("/attention/comparisons/{run}", web::get().to(attention_comparison::show));
}

async fn not_found() -> Result<actix_web::HttpResponse, Failure> {
    Err(Failure::NotFound)
}
