//! A SCIM client that speaks as Microsoft Entra ID does.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::raw::{self, RawAnswer};

/// URN of a SCIM user.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// URN of a SCIM group.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// URN of the enterprise extension.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// URN of a search request.
pub const SEARCH_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
/// URN of a bulk request.
pub const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// URN of a PATCH body.
pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A client of one integration. It sends no `User-Agent`, as Entra sends none.
#[derive(Clone, Debug)]
pub struct Entra {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// What the service provider answered.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body; null when it is empty or no JSON.
    pub body: Value,
}

impl Answer {
    /// The `id` of the resource in the body.
    ///
    /// # Panics
    /// When there is none.
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id in {self:?}")).to_owned()
    }

    /// A header as text; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Entra {
    /// A client for the SCIM URL `base`.
    pub fn new(base: impl Into<String>, token: impl Into<String>) -> Self {
        Self { http: reqwest::Client::new(), base: base.into(), token: Some(token.into()) }
    }

    /// The same client with another token, or with none.
    #[must_use]
    pub fn with_token(&self, token: Option<&str>) -> Self {
        Self { token: token.map(str::to_owned), ..self.clone() }
    }

    /// The token.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The SCIM URL.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[], Some(body.to_string().into_bytes())).await
    }

    /// PUT.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, &[], Some(body.to_string().into_bytes())).await
    }

    /// PATCH with these operations.
    pub async fn patch(&self, path: &str, operations: Value) -> Answer {
        let body = json!({ "schemas": [PATCH_OP], "Operations": operations });
        self.send(Method::PATCH, path, &[], Some(body.to_string().into_bytes())).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], None).await
    }

    /// HEAD.
    pub async fn head(&self, path: &str) -> Answer {
        self.send(Method::HEAD, path, &[], None).await
    }

    /// OPTIONS.
    pub async fn options(&self, path: &str) -> Answer {
        self.send(Method::OPTIONS, path, &[], None).await
    }

    /// GET with further headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, None).await
    }

    /// PATCH with these operations and further headers.
    pub async fn patch_with(&self, path: &str, headers: &[(&str, &str)], operations: Value) -> Answer {
        let body = json!({ "schemas": [PATCH_OP], "Operations": operations });
        self.send(Method::PATCH, path, headers, Some(body.to_string().into_bytes())).await
    }

    /// A request written by hand, over a connection of its own: `line` as it is, then `Host`, the token, and `rest`,
    /// which ends the head itself. See [`crate::raw::exchange`].
    ///
    /// # Panics
    /// When the service provider cannot be reached.
    pub async fn raw(&self, line: &str, rest: &[u8]) -> RawAnswer {
        let token = self.token.as_deref().unwrap_or_default();
        let host = self.authority();
        let mut request = format!("{line}\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n").into_bytes();
        request.extend_from_slice(rest);
        raw::exchange(host, &request).await
    }

    /// Host and port of the SCIM URL.
    ///
    /// # Panics
    /// When there is none.
    pub fn authority(&self) -> &str {
        let after = self.base.split_once("://").map(|(_, rest)| rest);
        after.and_then(|rest| rest.split('/').next()).expect("an address with a scheme")
    }

    /// Path of the SCIM URL.
    pub fn path(&self) -> &str {
        let start = self.base.find(self.authority()).unwrap_or_default() + self.authority().len();
        self.base.get(start..).unwrap_or_default()
    }

    /// Anything. `headers` replace the default ones; an empty value removes one.
    ///
    /// # Panics
    /// When nothing answers.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Answer {
        self.try_send(method, path, headers, body).await.expect("the service provider answers")
    }

    /// As [`Entra::send`], for a service provider that may be away.
    ///
    /// # Errors
    /// When nothing answers.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> reqwest::Result<Answer> {
        let mut wanted = HeaderMap::new();
        if let Some(token) = &self.token {
            wanted.insert("authorization", value(&format!("Bearer {token}")));
        }
        if body.is_some() {
            wanted.insert("content-type", value("application/scim+json; charset=utf-8"));
        }
        for (name, text) in headers {
            let name: HeaderName = name.parse().expect("a header's name");
            wanted.remove(&name);
            if !text.is_empty() {
                wanted.insert(name, value(text));
            }
        }
        let mut request = self.http.request(method, format!("{}{path}", self.base)).headers(wanted);
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await?;
        let (status, headers): (StatusCode, _) = (response.status(), response.headers().clone());
        let body = response.bytes().await?;
        Ok(Answer {
            status: status.as_u16(),
            headers,
            body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        })
    }
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("a header's value")
}

/// A user as Entra's default mapping sends it.
pub fn user(login: &str, external_id: &str, given: &str, family: &str) -> Value {
    json!({
        "schemas": [USER, ENTERPRISE],
        "externalId": external_id,
        "userName": login,
        "active": true,
        "displayName": format!("{given} {family}"),
        "emails": [{ "primary": true, "type": "work", "value": login }],
        "meta": { "resourceType": "User" },
        "name": { "formatted": format!("{given} {family}"), "familyName": family, "givenName": given },
        "roles": []
    })
}

/// A group as Entra sends it: without members, and with a marker of its own among the schemas.
pub fn group(name: &str, external_id: &str) -> Value {
    json!({
        "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
        "externalId": external_id,
        "displayName": name,
        "meta": { "resourceType": "Group" }
    })
}
