//! How administrators come in and go: by a one-time link, or at their OpenID provider.

mod fresh;
mod link_pages;
mod links;
mod out;
mod page;
mod provider;
mod provider_pages;

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use reqwest::Url;

use crate::http::{Failure, LocalPath, Visitor};
use crate::session::SignedIn;

pub(crate) use links::Links;
pub use links::OneTimeLink;
pub use provider::InvalidProvider;
pub(crate) use provider::{Flows, Provider};

/// Where links are asked for, with an administrator's token and without a session.
pub(crate) const LINKS: &str = "/sign-in/links";

/// Whether the provider may ask anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silent {
    Yes,
    No,
}

/// The routes of this module.
pub(crate) fn routes(service: &mut web::ServiceConfig) {
    service
        .route("/sign-in", web::get().to(page::show))
        .route(LINKS, web::post().to(link_pages::issue))
        .route("/sign-in/link/{code}", web::get().to(link_pages::show))
        .route("/sign-in/link/{code}", web::post().to(link_pages::redeem))
        .route("/sign-in/provider", web::get().to(provider_pages::go))
        .route("/sign-in/callback", web::get().to(provider_pages::back))
        .route("/sign-in/fresh", web::get().to(fresh::ask))
        .route("/sign-out", web::post().to(out::sign_out));
}

/// The page that says how to sign in.
pub(crate) fn address(to: &str) -> String {
    with_query("/sign-in", &[("to", to)])
}

/// The same for who sent a form, of which nothing was done.
pub(crate) fn address_after_form(to: &str) -> String {
    with_query("/sign-in", &[("to", to), ("form", "lost")])
}

/// The way over the provider.
pub(crate) fn at_provider(to: &str, silent: Silent) -> String {
    match silent {
        Silent::Yes => with_query("/sign-in/provider", &[("to", to), ("silent", "true")]),
        Silent::No => with_query("/sign-in/provider", &[("to", to)]),
    }
}

/// The same, where they are asked who they are in any case.
pub(crate) fn anew_at_provider(to: &str) -> String {
    with_query("/sign-in/provider", &[("to", to), ("anew", "true")])
}

fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let Ok(mut address) = Url::parse("http://console") else { return path.to_owned() };
    address.query_pairs_mut().extend_pairs(pairs);
    format!("{path}?{}", address.query().unwrap_or_default())
}

/// Begins a session and goes on to a page. A session of the same person that is merely `renewed` goes on.
fn let_in(
    visitor: &Visitor,
    signed_in: SignedIn,
    is_renewal: bool,
    to: &LocalPath,
) -> Result<HttpResponse, Failure> {
    let sessions = &visitor.console.sessions;
    let id = match &visitor.session {
        Some(old) if is_renewal && old.subject == signed_in.who.subject && old.way == signed_in.way => {
            sessions.renew(old, signed_in, visitor.now)?
        }
        old => {
            if let Some(old) = old {
                sessions.end(old);
            }
            sessions.begin(signed_in, visitor.now)?
        }
    };
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, to.as_str()))
        .cookie(visitor.cookies().set_session(id))
        .finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_to_go_on_to_stands_in_the_address_as_one_value() {
        assert_eq!(address("/log?kind=user&to=x"), "/sign-in?to=%2Flog%3Fkind%3Duser%26to%3Dx");
        assert_eq!(anew_at_provider("/"), "/sign-in/provider?to=%2F&anew=true");
    }
}
