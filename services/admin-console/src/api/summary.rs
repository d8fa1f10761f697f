use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

use super::{ApiError, Caller, Credential, List, Query, Service};

/// How an integration is doing. A side that could not be asked says why.
#[derive(Debug)]
pub struct Summary {
    /// At the gateway.
    pub incoming: Result<Incoming, ApiError>,
    /// At the LMS side; none before its first event.
    pub waiting: Result<Option<Waiting>, ApiError>,
}

/// What comes in from the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The last request, whatever came of it.
    pub last_request: Option<DateTime<Utc>>,
    /// The last one that was carried out.
    pub last_success: Option<DateTime<Utc>>,
    /// Requests of the last day that were not.
    pub errors: Count,
    /// Credentials that let somebody in.
    pub credentials: usize,
    /// When the first of them ends.
    pub next_expiry: Option<DateTime<Utc>>,
}

/// What waits for a person in the LMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Events that cannot be applied.
    pub parked: Count,
    /// Mass deactivations that nobody has decided.
    pub holds: Count,
    /// Newcomers who may be somebody known.
    pub adoptions: Count,
}

/// How many, or how many at least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Those that were counted.
    pub number: usize,
    /// Whether there are more.
    pub more: bool,
}

/// As far as is counted.
const MOST: usize = 1_000;

/// Outcomes of a request that was carried out.
const SUCCESSES: &str = "created,changed,unchanged,deleted,read,found,answered";

/// Outcomes of one that was not.
const ERRORS: &str = "refused,denied,failed";

impl Caller<'_> {
    /// How an integration is doing.
    pub async fn summary(&self, slug: &str, now: DateTime<Utc>) -> Summary {
        let (incoming, waiting) = futures::join!(self.incoming(slug, now), self.waiting(slug));
        Summary { incoming, waiting }
    }

    async fn incoming(&self, slug: &str, now: DateTime<Utc>) -> Result<Incoming, ApiError> {
        let newest = Query::new().with("limit", "1".to_owned());
        let successes = newest.clone().with("outcome", SUCCESSES.to_owned());
        let errors = Query::new()
            .with("outcome", ERRORS.to_owned())
            .with("from", (now - Duration::days(1)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
            .with("limit", MOST.to_string());
        let (last, success, errors, credentials) = futures::try_join!(
            self.log(slug, &newest),
            self.log(slug, &successes),
            self.log(slug, &errors),
            self.credentials(slug),
        )?;
        let usable: Vec<&Credential> = credentials.items.iter().filter(|one| one.is_usable()).collect();
        Ok(Incoming {
            last_request: last.items.first().map(|entry| entry.at),
            last_success: success.items.first().map(|entry| entry.at),
            errors: Count::of(&errors),
            credentials: usable.len(),
            next_expiry: usable.iter().filter_map(|credential| credential.expires_at).min(),
        })
    }

    async fn waiting(&self, slug: &str) -> Result<Option<Waiting>, ApiError> {
        let all = Query::new().with("limit", MOST.to_string());
        let open = all.clone().with("state", "open".to_owned());
        let counted = futures::try_join!(
            self.count(slug, "parked", &all),
            self.count(slug, "holds", &open),
            self.count(slug, "adoptions", &all),
        );
        match counted {
            Ok((parked, holds, adoptions)) => Ok(Some(Waiting { parked, holds, adoptions })),
            // The LMS hears of an integration with its first event.
            Err(ApiError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn count(&self, slug: &str, what: &str, query: &Query) -> Result<Count, ApiError> {
        let list: List<Value> = self.get(Service::UserSync, &["integrations", slug, what], query).await?;
        Ok(Count::of(&list))
    }
}

impl Count {
    fn of<T>(list: &List<T>) -> Self {
        Self { number: list.items.len(), more: list.next().is_some() }
    }
}
