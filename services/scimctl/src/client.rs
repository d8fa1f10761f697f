//! Requests to the two services.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, ETAG, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response, Url};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::failure::{Failure, Problem};
use crate::settings::Installation;

/// For a connection to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// For more of an answer to come.
const READ: Duration = Duration::from_secs(60);

/// Longest answer that is kept in memory, in bytes. Exports have no limit: they are written as they come.
const LONGEST: usize = 64 * 1024 * 1024;

/// Which service serves a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// scim-gateway: integrations, credentials, the log.
    Gateway,
    /// user-sync: learners, rules, what waits for a person.
    Lms,
}

/// Asks the services.
pub(crate) struct Client {
    http: reqwest::Client,
    authorization: HeaderValue,
    gateway: Url,
    lms: Url,
    console: Option<Url>,
}

/// What a service answered to a request that it carried out.
#[derive(Debug)]
pub(crate) struct Answer {
    body: String,
    pub(crate) etag: Option<HeaderValue>,
    address: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Result<Value, Failure> {
        serde_json::from_str(&self.body).map_err(|_| Failure::NotUnderstood(self.address.clone()))
    }

    /// The JSON in the server's own words.
    pub(crate) fn document(&self) -> Result<&str, Failure> {
        self.json()?;
        Ok(&self.body)
    }

    /// Whether it was carried out without anything to say.
    pub(crate) fn is_empty(&self) -> bool {
        self.body.is_empty()
    }
}

impl Client {
    pub(crate) fn new(installation: &Installation) -> Result<Self, Failure> {
        let bearer = format!("Bearer {}", installation.token.expose_secret());
        let mut authorization =
            HeaderValue::from_str(&bearer).map_err(|_| Failure::Usage("this is no token".to_owned()))?;
        authorization.set_sensitive(true);
        // A token goes where it was meant to go, and nowhere else.
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .read_timeout(READ)
            .user_agent(concat!("scimctl/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|source| Failure::Unreachable { address: "the network".to_owned(), source })?;
        Ok(Self {
            http,
            authorization,
            gateway: installation.gateway.clone(),
            lms: installation.lms.clone(),
            console: installation.console.clone(),
        })
    }

    /// Begins a request below `/admin/v1`.
    pub(crate) fn request(
        &self,
        method: Method,
        side: Side,
        path: &[&str],
    ) -> Result<RequestBuilder, Failure> {
        let address = below(self.base(side), &[&["admin", "v1"], path].concat())?;
        let headers = HeaderMap::from_iter([(AUTHORIZATION, self.authorization.clone())]);
        Ok(self.http.request(method, address).headers(headers))
    }

    /// Begins a request to the console.
    pub(crate) fn to_console(&self, method: Method, path: &[&str]) -> Result<RequestBuilder, Failure> {
        let unknown = "where is the console? Set console_url in the profile, or SCIMCTL_CONSOLE_URL";
        let console = self.console.as_ref().ok_or_else(|| Failure::Usage(unknown.to_owned()))?;
        let headers = HeaderMap::from_iter([(AUTHORIZATION, self.authorization.clone())]);
        Ok(self.http.request(method, below(console, path)?).headers(headers))
    }

    /// Begins a GET anywhere, which does not tell who asks.
    pub(crate) fn anonymous(&self, base: &Url, path: &[&str]) -> Result<RequestBuilder, Failure> {
        Ok(self.http.get(below(base, path)?))
    }

    pub(crate) fn base(&self, side: Side) -> &Url {
        match side {
            Side::Gateway => &self.gateway,
            Side::Lms => &self.lms,
        }
    }

    /// Sends a request, and answers what came back when it was carried out.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        let response = self.open(request).await?;
        let address = shown(response.url());
        let etag = response.headers().get(ETAG).cloned();
        let body = text(response, &address).await?;
        Ok(Answer { body, etag, address })
    }

    /// Sends a request, and answers status and body, whatever the status.
    pub(crate) async fn probe(&self, request: RequestBuilder) -> Result<(u16, String), Failure> {
        let response = execute(request).await?;
        let (status, address) = (response.status().as_u16(), shown(response.url()));
        Ok((status, text(response, &address).await.unwrap_or_default()))
    }

    /// Sends a request, and answers what comes back when it was carried out, the body unread.
    pub(crate) async fn open(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let response = execute(request).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let address = shown(response.url());
        let body = text(response, &address).await.unwrap_or_default();
        let problem = Problem::parse(status.as_u16(), &body);
        Err(if status.is_client_error() { Failure::Refused(problem) } else { Failure::ServerFailed(problem) })
    }
}

async fn execute(request: RequestBuilder) -> Result<Response, Failure> {
    let (client, request) = request.build_split();
    let wrong = |error| Failure::Usage(format!("no request can be made of this: {error}"));
    let request = request.map_err(wrong)?;
    let address = shown(request.url());
    client.execute(request).await.map_err(|error| unreachable(address, error))
}

/// Reads an answer that is not endless. What is no text is no JSON either.
async fn text(mut response: Response, address: &str) -> Result<String, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(address.to_owned(), error))? {
        if body.len() + chunk.len() > LONGEST {
            return Err(Failure::TooLong(address.to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    String::from_utf8(body).map_err(|_| Failure::NotUnderstood(address.to_owned()))
}

/// An address below another. Names come from people: none of them may lead elsewhere.
fn below(base: &Url, path: &[&str]) -> Result<Url, Failure> {
    if let Some(name) = path.iter().find(|name| matches!(**name, "" | "." | "..")) {
        return Err(Failure::Usage(format!("\"{name}\" names nothing")));
    }
    let mut address = base.clone();
    let wrong = || Failure::Usage(format!("nothing can be below {base}"));
    address.path_segments_mut().map_err(|()| wrong())?.pop_if_empty().extend(path);
    Ok(address)
}

/// An address without what was looked for, which may be a person.
fn shown(address: &Url) -> String {
    let mut address = address.clone();
    address.set_query(None);
    address.into()
}

/// The server was asked in vain.
pub(crate) fn unreachable(address: String, error: reqwest::Error) -> Failure {
    Failure::Unreachable { address, source: error.without_url() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_lead_elsewhere() {
        let base = Url::parse("https://host/behind/").unwrap();
        let address = below(&base, &["integrations", "a/../b?c#d", "log"]).unwrap();
        assert_eq!(address.as_str(), "https://host/behind/integrations/a%2F..%2Fb%3Fc%23d/log");
        for name in ["", ".", ".."] {
            assert!(below(&base, &["integrations", name]).is_err(), "{name}");
        }
    }
}
