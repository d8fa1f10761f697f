use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::http::{Failure, LocalPath, Visitor};
use crate::texts::{Language, Phrase};

#[derive(Deserialize)]
pub(super) struct Choice {
    language: String,
    to: String,
}

/// `POST /language`
pub(super) async fn choose(visitor: Visitor, choice: web::Form<Choice>) -> Result<HttpResponse, Failure> {
    let language = Language::parse(&choice.language).ok_or(Failure::Malformed)?;
    let text = Phrase::new(&visitor.console.texts, language).t("language-chosen");
    let mut response = visitor.done(&LocalPath::parse(&choice.to), text);
    response.add_cookie(&visitor.cookies().set_language(language.tag())).map_err(|_| Failure::Broken)?;
    Ok(response)
}
