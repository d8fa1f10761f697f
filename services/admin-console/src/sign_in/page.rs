use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{Silent, at_provider};
use crate::http::{Failure, LocalPath, Page, Visitor, answer};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Page,
    /// The way over the provider, when there is one.
    provider: Option<String>,
    /// Whether they sent a form when nobody was signed in any more.
    has_lost_form: bool,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    to: String,
    #[serde(default)]
    form: String,
}

/// `GET /sign-in?to=&form=`
pub(super) async fn show(visitor: Visitor, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let to = LocalPath::parse(&wanted.to);
    let provider = visitor.console.provider.as_ref().map(|_| at_provider(to.as_str(), Silent::No));
    let has_lost_form = wanted.form == "lost";
    answer(&SignInPage { page: visitor.page("sign-in-title"), provider, has_lost_form })
}
