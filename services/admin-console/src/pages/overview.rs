use actix_web::HttpResponse;
use askama::Template;
use futures::stream::{self, StreamExt};

use crate::api::{ApiError, Incoming, Integration, Summary, Waiting};
use crate::http::{Failure, Page, Visit, answer};

/// Integrations whose state is asked for at the same moment.
const AT_ONCE: usize = 16;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    page: Page,
    cards: Vec<Card>,
    may_make: bool,
}

/// An integration and how it is doing; what is not known is of a service that is away or too old.
struct Card {
    integration: Integration,
    incoming: Option<Incoming>,
    waiting: Side,
}

/// What the LMS side says.
enum Side {
    Away,
    /// It has not heard of the integration yet.
    Nothing,
    Waiting(Waiting),
}

/// `GET /`
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    let integrations = visit.integrations().await?;
    let api = visit.api();
    let summaries = integrations.iter().map(|one| api.summary(&one.slug));
    let summaries: Vec<_> = stream::iter(summaries).buffered(AT_ONCE).collect().await;
    let mut page = visit.page("overview-title");
    let mut cards = Vec::new();
    for (integration, Summary { incoming, waiting }) in integrations.into_iter().zip(summaries) {
        let (told, incoming) = known(page, incoming)?;
        let (told, waiting) = known(told, waiting)?;
        page = told;
        let waiting = match waiting {
            None => Side::Away,
            Some(None) => Side::Nothing,
            Some(Some(waiting)) => Side::Waiting(waiting),
        };
        cards.push(Card { integration, incoming, waiting });
    }
    answer(&Overview { page, cards, may_make: visit.session.may_make() })
}

/// What a side said; else the page tells which service is away, or too old. A token that is not good any more ends the
/// session.
fn known<T>(page: Page, side: Result<T, ApiError>) -> Result<(Page, Option<T>), Failure> {
    match side {
        Ok(known) => Ok((page, Some(known))),
        Err(ApiError::Unavailable(service)) => Ok((page.without(service), None)),
        Err(ApiError::Outdated(service)) => Ok((page.with_outdated(service), None)),
        Err(error) => Err(error.into()),
    }
}
