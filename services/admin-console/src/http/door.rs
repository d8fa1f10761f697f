use std::pin::Pin;
use std::time::Duration;

use actix_web::body::{self, BodySize, BoxBody, MessageBody};
use actix_web::dev::{self, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, ORIGIN};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage, web};
use futures::Stream;
use futures::stream;
use reqwest::Url;

use super::{Failure, Visitor, headers};
use crate::Console;
use crate::session::is_same;
use crate::sign_in;

/// Longest form, in bytes. The rules of an integration are one.
pub(crate) const LONGEST_FORM: usize = 256 * 1024;

/// Time for the body of a form to arrive.
const BODY_TIME: Duration = Duration::from_secs(15);

/// Before each handler: who asks, and whether a form is one of ours. After it: pages for failures, and the headers that
/// every answer has.
pub(crate) async fn door<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let console = request.app_data::<web::Data<Console>>().cloned().ok_or(Failure::Broken)?;
    let visitor = Visitor::of(&console, request.request());
    request.extensions_mut().insert(visitor.clone());
    // What answers GET answers HEAD: only the body is left out, which the server sees to.
    let is_head = *request.method() == Method::HEAD;
    if is_head {
        request.head_mut().method = Method::GET;
    }
    let mut response = match admit(&mut request, &visitor).await {
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(failure) => {
            let page = failure.page(&visitor);
            request.into_response(page)
        }
    };
    let failure = response.response().error().and_then(|error| error.as_error::<Failure>()).cloned();
    if let Some(failure) = failure {
        response = response.into_response(failure.page(&visitor));
    }
    // What would come without an end is not waited for.
    if is_head && response.response().body().size() == BodySize::Stream {
        response = response.map_body(|_, _| BoxBody::new(body::None::new()));
    }
    headers::secure(response.headers_mut(), console.is_https);
    Ok(response)
}

/// Whatever changes something must come from a page of ours, and from one of this session.
async fn admit(request: &mut ServiceRequest, visitor: &Visitor) -> Result<(), Failure> {
    if matches!(*request.method(), Method::GET | Method::HEAD) || request.path() == sign_in::LINKS {
        return Ok(());
    }
    if !is_of(&visitor.console.origin, request.headers()) {
        return Err(Failure::ForeignOrigin);
    }
    let Some(session) = &visitor.session else { return Ok(()) };
    let shown = match request.headers().get("x-csrf-token") {
        Some(header) => header.to_str().map(str::to_owned).unwrap_or_default(),
        None => in_form(request).await?,
    };
    if is_same(&shown, &session.csrf) { Ok(()) } else { Err(Failure::StaleForm) }
}

/// Browsers say where a form is from; what says nothing is no browser of now.
fn is_of(origin: &str, headers: &HeaderMap) -> bool {
    match (headers.get(ORIGIN), headers.get("sec-fetch-site")) {
        (Some(from), _) => from.as_bytes() == origin.as_bytes(),
        (None, Some(site)) => site.as_bytes() == b"same-origin",
        (None, None) => false,
    }
}

/// The field `csrf` of a form, which the handler reads once more.
async fn in_form(request: &mut ServiceRequest) -> Result<String, Failure> {
    let is_form = |kind: &str| kind.starts_with("application/x-www-form-urlencoded");
    if !request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).is_some_and(is_form) {
        return Err(Failure::StaleForm);
    }
    let body = tokio::time::timeout(BODY_TIME, request.extract::<Bytes>());
    let body = body.await.map_err(|_| Failure::Malformed)?.map_err(|_| Failure::Malformed)?;
    let shown = field(&body, "csrf");
    let again: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> =
        Box::pin(stream::once(std::future::ready(Ok(body))));
    request.set_payload(dev::Payload::from(again));
    Ok(shown)
}

fn field(form: &[u8], name: &str) -> String {
    let Ok(mut parsed) = Url::parse("form:") else { return String::new() };
    parsed.set_query(std::str::from_utf8(form).ok());
    let found = parsed.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_request_of_another_site_or_of_no_browser_is_not_ours() {
        let of = |pairs: &[(&'static str, &'static str)]| {
            let pair = |(name, value): &(&'static str, &'static str)| {
                (HeaderName::from_static(name), HeaderValue::from_static(value))
            };
            is_of("https://console.example", &pairs.iter().map(pair).collect::<HeaderMap>())
        };
        assert!(of(&[("origin", "https://console.example")]));
        assert!(of(&[("sec-fetch-site", "same-origin")]));
        for foreign in [
            &[("origin", "https://console.example:8443"), ("sec-fetch-site", "same-origin")][..],
            &[("origin", "http://console.example")],
            &[("origin", "null")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[],
        ] {
            assert!(!of(foreign), "{foreign:?}");
        }
    }

    #[test]
    fn a_field_is_read_as_a_form_spells_it() {
        assert_eq!(field(b"name=a+b%26c&csrf=x%2By", "csrf"), "x+y");
        assert_eq!(field(b"name=csrf", "csrf"), "");
    }
}
