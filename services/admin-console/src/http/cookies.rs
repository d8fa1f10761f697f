use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use crate::session::Digest;

/// The cookies of this console. Over https their names bind them to this host alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cookies {
    is_https: bool,
}

const SESSION: &str = "illuxi-console";
const FLOW: &str = "illuxi-console-sign-in-";
const LANGUAGE: &str = "illuxi-console-language";

impl Cookies {
    pub(crate) fn new(is_https: bool) -> Self {
        Self { is_https }
    }

    pub(crate) fn session(self, request: &HttpRequest) -> Option<String> {
        self.read(request, SESSION)
    }

    /// A sign-in at the provider, kept by the browser that began it: a cookie for each, as several tabs may begin one.
    pub(crate) fn flow(self, request: &HttpRequest, state: &str) -> Option<String> {
        self.read(request, &flow_name(state))
    }

    /// All of them: full names and values.
    pub(crate) fn flows(self, request: &HttpRequest) -> Vec<(String, String)> {
        let (cookies, prefix) = (request.cookies(), self.full(FLOW));
        let cookies = cookies.iter().flat_map(|cookies| cookies.iter());
        let pairs = cookies.map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned()));
        pairs.filter(|(name, _)| name.starts_with(&prefix)).collect()
    }

    pub(crate) fn language(self, request: &HttpRequest) -> Option<String> {
        self.read(request, LANGUAGE)
    }

    /// Until the browser ends; how long it is good for is decided here.
    pub(crate) fn set_session(self, id: String) -> Cookie<'static> {
        self.cookie(SESSION, id)
    }

    pub(crate) fn end_session(self) -> Cookie<'static> {
        self.end(self.full(SESSION))
    }

    pub(crate) fn end_flow(self, state: &str) -> Cookie<'static> {
        self.end(self.full(&flow_name(state)))
    }

    pub(crate) fn set_flow(self, state: &str, sealed: String) -> Cookie<'static> {
        let mut cookie = self.cookie(&flow_name(state), sealed);
        cookie.set_max_age(Duration::minutes(10));
        cookie
    }

    pub(crate) fn set_language(self, tag: &'static str) -> Cookie<'static> {
        let mut cookie = self.cookie(LANGUAGE, tag.to_owned());
        cookie.set_max_age(Duration::days(365));
        cookie
    }

    fn read(self, request: &HttpRequest, name: &str) -> Option<String> {
        request.cookie(&self.full(name)).map(|cookie| cookie.value().to_owned())
    }

    fn cookie(self, name: &str, value: String) -> Cookie<'static> {
        self.with_full_name(self.full(name), value)
    }

    fn with_full_name(self, name: String, value: String) -> Cookie<'static> {
        Cookie::build(name, value)
            .path("/")
            .http_only(true)
            .secure(self.is_https)
            // Not strict: the way back from the provider is a navigation from another site.
            .same_site(SameSite::Lax)
            .finish()
    }

    /// Removes a cookie with this full name.
    pub(crate) fn end(self, name: String) -> Cookie<'static> {
        let mut cookie = self.with_full_name(name, String::new());
        cookie.make_removal();
        cookie
    }

    fn full(self, name: &str) -> String {
        if self.is_https { format!("__Host-{name}") } else { name.to_owned() }
    }
}

fn flow_name(state: &str) -> String {
    format!("{FLOW}{}", Digest::of(state).short())
}
