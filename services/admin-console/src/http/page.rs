use std::fmt;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use askama::Template;
use askama::filters::HtmlSafe;
use chrono::{DateTime, SecondsFormat, Utc};

use super::{Failure, Place, Visitor};
use crate::api::{Refusal, Role, Service};
use crate::session::Flash;
use crate::texts::{Argument, Language, Phrase};

/// What the layout and every template need: the field `page` of each template.
pub(crate) struct Page {
    visitor: Visitor,
    pub(crate) title: String,
    pub(crate) flashes: Vec<Flash>,
    /// The integration that the page is about.
    pub(crate) place: Option<Place>,
    /// Services that could not be asked.
    pub(crate) away: Vec<Service>,
    /// Services that are older than the console, and do not know all that the page shows.
    pub(crate) outdated: Vec<Service>,
}

/// Pages in the navigation: key of the text `nav-…`, and address. How it goes, who is there, how it is set up.
const NAVIGATION: [(&str, &str); 9] = [
    ("overview", "/"),
    ("attention", "/attention"),
    ("log", "/log"),
    ("people", "/people"),
    ("groups", "/groups"),
    ("attributes", "/attributes"),
    ("setup", "/setup"),
    ("environments", "/environments"),
    ("administrators", "/administrators"),
];

impl Page {
    pub(super) fn new(visitor: Visitor, title: String) -> Self {
        let flashes = visitor.session.as_ref().map(|session| session.take_flashes()).unwrap_or_default();
        Self { visitor, title, flashes, place: None, away: Vec::new(), outdated: Vec::new() }
    }

    /// The same, about an integration: its environment stands in a band, and others can be chosen.
    #[must_use]
    pub(crate) fn about(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The same, telling that a service could not be asked.
    #[must_use]
    pub(crate) fn without(mut self, service: Service) -> Self {
        if !self.away.contains(&service) {
            self.away.push(service);
        }
        self
    }

    /// The same, telling that a service is older than the console.
    #[must_use]
    pub(crate) fn with_outdated(mut self, service: Service) -> Self {
        if !self.outdated.contains(&service) {
            self.outdated.push(service);
        }
        self
    }

    /// The text of this key.
    pub(crate) fn t(&self, key: &str) -> String {
        self.visitor.phrase().t(key)
    }

    /// A text with an argument; `.with` adds more, `.t` ends it.
    pub(crate) fn with(&self, name: &'static str, value: impl Argument) -> Phrase<'_> {
        self.visitor.phrase().with(name, value)
    }

    /// A word of the API in the reader's language: the text `group-value`. One that is not known yet stays as it is.
    pub(crate) fn word(&self, group: &str, value: &str) -> String {
        self.known(group, value).unwrap_or_else(|| value.to_owned())
    }

    /// The same, of those that are known.
    pub(crate) fn known(&self, group: &str, value: &str) -> Option<String> {
        let key = format!("{group}-{}", value.replace(['_', '.'], "-"));
        self.visitor.console.texts.find(self.visitor.language, &key, &Default::default())
    }

    /// What a service said of something that it did not do, where there is a text for it.
    pub(crate) fn refusal(&self, said: &Refusal) -> Option<String> {
        said.names().find_map(|name| self.known("refused", name))
    }

    /// A number as the language writes it.
    pub(crate) fn number(&self, number: impl Argument) -> String {
        self.with("number", number).t("number")
    }

    /// An instant, which a script shows in the reader's zone.
    pub(crate) fn time(&self, at: impl Instant) -> Time {
        Time(at.at())
    }

    pub(crate) fn language(&self) -> Language {
        self.visitor.language
    }

    /// The languages to choose from.
    pub(crate) fn languages(&self) -> [Language; 2] {
        Language::ALL
    }

    /// Where the reader is.
    pub(crate) fn address(&self) -> &str {
        self.visitor.whereabouts()
    }

    /// Pages to go to: key, address, whether it is this one.
    pub(crate) fn navigation(&self) -> Vec<(&'static str, &'static str, bool)> {
        let path = self.visitor.address.split('?').next().unwrap_or_default();
        let is_here = |to: &str| path == to || (to != "/" && path.starts_with(to));
        NAVIGATION.iter().map(|(key, to)| (*key, *to, is_here(to))).collect()
    }

    /// What every form holds.
    pub(crate) fn csrf(&self) -> &str {
        self.visitor.session.as_ref().map(|session| session.csrf.as_str()).unwrap_or_default()
    }

    /// The name of whoever is signed in.
    pub(crate) fn subject(&self) -> Option<&str> {
        self.visitor.session.as_ref().map(|session| session.subject.as_str())
    }

    /// Whether this is the name of whoever is signed in.
    pub(crate) fn is_subject(&self, name: &str) -> bool {
        self.subject() == Some(name)
    }

    /// Whether to offer what needs this role in the portal of the page's integration.
    pub(crate) fn may_operate(&self) -> bool {
        self.may(Role::Operator)
    }

    /// Whether to offer what only an owner may do in the portal of the page's integration.
    pub(crate) fn may_own(&self) -> bool {
        self.may(Role::Owner)
    }

    fn may(&self, role: Role) -> bool {
        let portal = self.place.as_ref().map(|place| place.integration.portal.as_str());
        let session = self.visitor.session.as_ref();
        session.zip(portal).is_some_and(|(session, portal)| session.allows(role, portal))
    }

    /// What gets somebody a one-time link.
    pub(crate) fn link_command(&self) -> &str {
        &self.visitor.console.link_command
    }

    /// The address of a style or a script.
    pub(crate) fn asset(&self, name: &str) -> String {
        self.visitor.console.assets.address(name)
    }
}

/// Answers a page.
pub(crate) fn answer(template: &impl Template) -> Result<HttpResponse, Failure> {
    answer_with(StatusCode::OK, template)
}

/// Answers a page with another status.
pub(crate) fn answer_with(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Failure> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page cannot be written");
        Failure::Broken
    })?;
    Ok(HttpResponse::build(status).content_type(ContentType::html()).body(html))
}

/// What is an instant, or refers to one.
pub(crate) trait Instant {
    fn at(&self) -> DateTime<Utc>;
}

impl Instant for DateTime<Utc> {
    fn at(&self) -> DateTime<Utc> {
        *self
    }
}

impl<T: Instant + ?Sized> Instant for &T {
    fn at(&self) -> DateTime<Utc> {
        (**self).at()
    }
}

/// An instant as HTML: in UTC for whoever runs no scripts.
pub(crate) struct Time(DateTime<Utc>);

impl fmt::Display for Time {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = self.0.to_rfc3339_opts(SecondsFormat::Secs, true);
        write!(out, "<time datetime=\"{exact}\">{} UTC</time>", self.0.format("%Y-%m-%d %H:%M:%S"))
    }
}

impl HtmlSafe for Time {}
