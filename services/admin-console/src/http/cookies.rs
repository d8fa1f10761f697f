use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

/// The cookies of this console. Over https their names bind them to this host alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cookies {
    is_https: bool,
}

const SESSION: &str = "illuxi-console";
const FLOW: &str = "illuxi-console-sign-in";
const LANGUAGE: &str = "illuxi-console-language";

impl Cookies {
    pub(crate) fn new(is_https: bool) -> Self {
        Self { is_https }
    }

    pub(crate) fn session(self, request: &HttpRequest) -> Option<String> {
        self.read(request, SESSION)
    }

    /// Binds a sign-in at the provider to the browser that began it.
    pub(crate) fn flow(self, request: &HttpRequest) -> Option<String> {
        self.read(request, FLOW)
    }

    pub(crate) fn language(self, request: &HttpRequest) -> Option<String> {
        self.read(request, LANGUAGE)
    }

    /// Until the browser ends; how long it is good for is decided here.
    pub(crate) fn set_session(self, id: String) -> Cookie<'static> {
        self.cookie(SESSION, id)
    }

    pub(crate) fn end_session(self) -> Cookie<'static> {
        self.removal(SESSION)
    }

    pub(crate) fn set_flow(self, id: String) -> Cookie<'static> {
        let mut cookie = self.cookie(FLOW, id);
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
        Cookie::build(self.full(name), value)
            .path("/")
            .http_only(true)
            .secure(self.is_https)
            // Not strict: the way back from the provider is a navigation from another site.
            .same_site(SameSite::Lax)
            .finish()
    }

    fn removal(self, name: &str) -> Cookie<'static> {
        let mut cookie = self.cookie(name, String::new());
        cookie.make_removal();
        cookie
    }

    fn full(self, name: &str) -> String {
        if self.is_https { format!("__Host-{name}") } else { name.to_owned() }
    }
}
