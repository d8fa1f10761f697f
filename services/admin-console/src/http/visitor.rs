use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT_LANGUAGE, LOCATION, REFERER};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use reqwest::Url;

use super::{Cookies, Failure, LocalPath, Page};
use crate::Console;
use crate::session::{Flash, Session};
use crate::texts::{Language, Phrase};

/// Who asks for a page, signed in or not: the argument of handlers that anybody may call.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) console: Console,
    pub(crate) language: Language,
    pub(crate) session: Option<Arc<Session>>,
    pub(crate) now: DateTime<Utc>,
    /// Path and query of what was asked for.
    pub(crate) address: String,
    /// The page whose form they sent.
    form: LocalPath,
    pub(super) is_read: bool,
    pub(super) is_htmx: bool,
    /// What a script asks for by itself, such as a live view, is no page.
    is_page: bool,
}

impl Visitor {
    /// Finds out who sends a request.
    pub(super) fn of(console: &Console, request: &HttpRequest) -> Self {
        let (cookies, now) = (Cookies::new(console.is_https), platform::clock::now());
        let accepted = || {
            let header = request.headers().get(ACCEPT_LANGUAGE)?;
            Language::accepted(header.to_str().ok()?)
        };
        let chosen = cookies.language(request).and_then(|tag| Language::parse(&tag));
        let session = cookies.session(request).and_then(|id| console.sessions.find(&id, now));
        Self {
            console: console.clone(),
            language: chosen.or_else(accepted).unwrap_or(Language::English),
            session,
            now,
            address: request.uri().path_and_query().map_or("/", |address| address.as_str()).to_owned(),
            form: form_of(request),
            is_read: matches!(*request.method(), Method::GET | Method::HEAD),
            is_htmx: request.headers().contains_key("hx-request"),
            is_page: request.headers().get("sec-fetch-mode").is_none_or(|mode| mode == "navigate"),
        }
    }

    /// A text with arguments, or without.
    pub(crate) fn phrase(&self) -> Phrase<'_> {
        Phrase::new(&self.console.texts, self.language)
    }

    /// A page whose title has this key.
    pub(crate) fn page(&self, title: &str) -> Page {
        Page::new(self.clone(), self.phrase().t(title))
    }

    /// After something was done: says so on the page that follows.
    pub(crate) fn done(&self, to: &LocalPath, text: String) -> HttpResponse {
        self.leave(to, Flash { is_good: true, text })
    }

    /// After something was not done: says why on the page that follows.
    pub(crate) fn refused(&self, to: &LocalPath, text: String) -> HttpResponse {
        self.leave(to, Flash { is_good: false, text })
    }

    fn leave(&self, to: &LocalPath, flash: Flash) -> HttpResponse {
        if let Some(session) = &self.session {
            session.leave(flash);
        }
        HttpResponse::SeeOther().insert_header((LOCATION, to.as_str())).finish()
    }

    pub(crate) fn cookies(&self) -> Cookies {
        Cookies::new(self.console.is_https)
    }

    /// Where to be once signed in: where they are, or were when they sent a form.
    pub(super) fn whereabouts(&self) -> &str {
        if self.is_read { &self.address } else { self.form.as_str() }
    }

    /// Whether a browser goes to another page by this request, and can be sent on a way around.
    pub(super) fn is_navigation(&self) -> bool {
        self.is_read && self.is_page && !self.is_htmx
    }
}

/// Of the address only path and query count, so that it is a page of this console, whoever made it up. A form that was shown
/// again has the address that it was sent to: there may be no page.
fn form_of(request: &HttpRequest) -> LocalPath {
    let page = || Url::parse(request.headers().get(REFERER)?.to_str().ok()?).ok();
    let path = page().filter(|page| page.path() != request.path()).map(|page| match page.query() {
        Some(query) => format!("{}?{query}", page.path()),
        None => page.path().to_owned(),
    });
    LocalPath::parse(path.as_deref().unwrap_or("/"))
}

impl FromRequest for Visitor {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or(Failure::Broken))
    }
}
