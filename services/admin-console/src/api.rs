//! The administrators' API of both services: the one way to whatever a page shows or does.

mod access;
mod acts;
mod credentials;
mod effects;
mod environments;
mod error;
mod integrations;
mod list;
mod log;
mod setup;
mod summary;
mod whoami;

mod cohorts;
mod conflicts;
mod erasures;
mod exemptions;
mod explanation;
mod learners;

mod holds;
mod newcomers;
mod parked;
mod reconcile;
mod rules;

use std::time::Duration;

use reqwest::header::IF_MATCH;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use access::{Portals, Role, Roles};
pub use acts::Act;
pub use credentials::{Credential, Issued, LastUse, NewCredential, Retirement, SCOPES, has_secret};
pub use effects::Effect;
pub use environments::{Comparison, Detachment, Difference, LearnerCounts, Part, Versions};
pub use error::{ApiError, Refusal, Service};
pub use integrations::{Integration, Warning};
pub use list::{List, Query};
pub use log::{Changed, LogEntry, LogPart};
pub use setup::{NewIntegration, Preview, Seen, SetupCheck, SetupFinding};
pub use summary::{Count, Credentials, Incoming, Learners, Summary, Waiting};
pub use whoami::Whoami;

pub use cohorts::{Cohort, LearnerCohort};
pub use conflicts::{Conflict, Finding};
pub use erasures::Erasure;
pub use exemptions::Exemption;
pub use explanation::{AttributeExplanation, Explanation, Rule, StatusExplanation, Waits, Writing};
pub use holds::{Hold, HoldDetails, Verdict};
pub use learners::{Learner, Sought};
pub use newcomers::{Candidate, Newcomer};
pub use parked::{MissingManager, Parked, Stuck};
pub use reconcile::{Drift, DriftCount, Run, Snapshot};
pub use rules::{
    AttributePreview, CohortsPreview, GroupOutcome, GroupPreview, GroupTotals, PersonPreview, SavedRules,
    SavedVersion,
};

/// For a connection to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// For more of an answer to come.
const READ: Duration = Duration::from_secs(20);

/// Longest answer, in bytes. Exports have no limit: they are passed on as they come.
const LONGEST: usize = 16 * 1024 * 1024;

/// Where both services are.
#[derive(Clone, Debug)]
pub struct Api {
    http: Client,
    gateway: Url,
    user_sync: Url,
}

/// The same, asked by somebody.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    api: &'a Api,
    token: &'a SecretString,
}

impl Api {
    /// The services at these addresses.
    ///
    /// # Errors
    /// When an address is none.
    pub fn new(http: Client, gateway: &str, user_sync: &str) -> Result<Self, ApiAddress> {
        Ok(Self {
            http,
            gateway: address("gateway.url", gateway)?,
            user_sync: address("user_sync.url", user_sync)?,
        })
    }

    /// Asks with the token of an administrator.
    pub fn with<'a>(&'a self, token: &'a SecretString) -> Caller<'a> {
        Caller { api: self, token }
    }
}

/// A setting is no address of a service.
#[derive(Debug, thiserror::Error)]
#[error("setting `{0}`: this is no address of a service")]
pub struct ApiAddress(&'static str);

fn address(setting: &'static str, text: &str) -> Result<Url, ApiAddress> {
    let url = Url::parse(text).map_err(|_| ApiAddress(setting))?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(url)
    } else {
        Err(ApiAddress(setting))
    }
}

/// The client of this process: it follows no redirect, so that a token goes where it was meant to go.
///
/// # Errors
/// When this machine cannot make HTTPS requests.
pub fn http_client() -> reqwest::Result<Client> {
    Client::builder()
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .read_timeout(READ)
        .user_agent(concat!("admin-console/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Something to be changed.
struct Order<'a> {
    service: Service,
    method: Method,
    path: &'a [&'a str],
    body: Option<Value>,
    /// The version that was seen: with another one it is not done.
    seen: Option<i64>,
    /// Under the same key it is done once only.
    key: Option<&'a str>,
}

impl<'a> Order<'a> {
    fn new(service: Service, method: Method, path: &'a [&'a str]) -> Self {
        Self { service, method, path, body: None, seen: None, key: None }
    }

    fn with(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    fn once(mut self, key: &'a str) -> Self {
        self.key = Some(key);
        self
    }

    fn if_seen(mut self, version: i64) -> Self {
        self.seen = Some(version);
        self
    }
}

/// Names come from people: none of them may lead elsewhere. What a URL leaves out, such as a tab, could hide a way up.
fn is_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(char::is_control)
}

/// Reads what a service answered.
async fn read<T: DeserializeOwned>(service: Service, mut response: Response) -> Result<T, ApiError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| ApiError::Unavailable(service))? {
        if body.len() + chunk.len() > LONGEST {
            return Err(ApiError::Unavailable(service));
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).map_err(|error| {
        // Without the text of the error, which quotes values.
        let (kind, line, column) = (error.classify(), error.line(), error.column());
        tracing::error!(%service, ?kind, line, column, "an answer is not as it should be");
        ApiError::Unavailable(service)
    })
}

impl Caller<'_> {
    /// Asks for a document below `/admin/v1`.
    async fn get<T: DeserializeOwned>(
        &self,
        service: Service,
        path: &[&str],
        query: &Query,
    ) -> Result<T, ApiError> {
        let request = self.request(service, Method::GET, path)?.query(query.pairs());
        read(service, self.send(service, request).await?).await
    }

    /// Asks for something to be changed, and answers what the service says of it.
    async fn change<T: DeserializeOwned>(&self, order: Order<'_>) -> Result<T, ApiError> {
        let service = order.service;
        read(service, self.carry_out(order).await?).await
    }

    /// Asks for something to be changed; what the service says of it is not read.
    async fn act(&self, order: Order<'_>) -> Result<(), ApiError> {
        self.carry_out(order).await.map(drop)
    }

    async fn carry_out(&self, order: Order<'_>) -> Result<Response, ApiError> {
        let Order { service, method, path, body, seen, key } = order;
        let mut request = self.request(service, method, path)?;
        if let Some(body) = body {
            request = request.json(&body);
        }
        if let Some(version) = seen {
            request = request.header(IF_MATCH, format!("\"{version}\""));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.send(service, request).await
    }

    fn request(&self, service: Service, method: Method, path: &[&str]) -> Result<RequestBuilder, ApiError> {
        if !path.iter().all(|name| is_name(name)) {
            return Err(ApiError::NotFound);
        }
        let mut url = match service {
            Service::Gateway => self.api.gateway.clone(),
            Service::UserSync => self.api.user_sync.clone(),
        };
        url.path_segments_mut()
            .map_err(|()| ApiError::NotFound)?
            .pop_if_empty()
            .extend(["admin", "v1"])
            .extend(path);
        Ok(self.api.http.request(method, url).bearer_auth(self.token.expose_secret()))
    }

    /// Sends a request, and answers what comes back when it was carried out, the body unread.
    async fn send(&self, service: Service, request: RequestBuilder) -> Result<Response, ApiError> {
        let response = request.send().await.map_err(|error| {
            // Without the address: a person may have been looked for.
            tracing::warn!(%service, error = %error.without_url(), "a service cannot be reached");
            ApiError::Unavailable(service)
        })?;
        if response.status().is_success() { Ok(response) } else { Err(ApiError::of(service, response).await) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_elsewhere() {
        let api = Api::new(Client::new(), "http://gateway.example", "http://sync.example").unwrap();
        let token = "t".to_owned().into();
        let url = |name: &str| {
            let request =
                api.with(&token).request(Service::Gateway, Method::GET, &["integrations", name, "log"]);
            request.map(|request| request.build().unwrap().url().path().to_owned())
        };
        assert_eq!(url("a/../b ?#").unwrap(), "/admin/v1/integrations/a%2F..%2Fb%20%3F%23/log");
        for name in ["", ".", "..", ".\t.", ".\n.", "\r..", "a\u{7f}", "\u{85}"] {
            assert_eq!(url(name), Err(ApiError::NotFound), "{name:?}");
        }
    }
}
