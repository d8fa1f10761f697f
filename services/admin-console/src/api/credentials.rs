use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{ApiError, Caller, List, Method, Order, Query, Service};

/// What a credential may do at most.
pub const SCOPES: [&str; 4] = ["users.read", "users.write", "groups.read", "groups.write"];

/// What lets a directory in.
#[derive(Clone, Debug, Deserialize)]
pub struct Credential {
    /// Public id; of an OAuth client its `client_id`.
    pub id: String,
    /// `secret`, `client`, `federated` or `entra`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: String,
    /// `active`, `expiring`, `expired` or `revoked`.
    pub state: String,
    /// What it may do.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Where whoever shows it has to be (CIDR); empty for anywhere.
    #[serde(default)]
    pub networks: Vec<String>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Requests let in.
    pub uses: u64,
    /// The last of them.
    pub last_used: Option<LastUse>,
    /// Of `federated` and `entra`: the Entra tenant that signs.
    pub tenant_id: Option<String>,
    /// Of the same: `aud` of what it signs.
    pub audience: Option<String>,
    /// Of `federated`: `sub` of what it signs.
    pub subject: Option<String>,
    /// The id of the one that it was made to take over from, if the gateway says it.
    pub replaces: Option<String>,
    /// Whether nobody would be shut out without it.
    pub retirement: Retirement,
}

/// When and from where a credential was used last.
#[derive(Clone, Debug, Deserialize)]
pub struct LastUse {
    /// When.
    pub at: DateTime<Utc>,
    /// From where.
    pub address: Option<String>,
}

/// Whether a credential can be retired.
#[derive(Clone, Debug, Deserialize)]
pub struct Retirement {
    /// `safe`, `no_successor`, `still_used` or `revoked`.
    pub state: String,
    /// The newer credential that is in use, when it is safe.
    pub successor: Option<String>,
}

/// A credential that was made just now.
#[derive(Debug, Deserialize)]
pub struct Issued {
    /// What it is.
    #[serde(flatten)]
    pub credential: Credential,
    /// Shown once; none of a kind without.
    pub secret: Option<SecretString>,
}

/// A credential to be made.
#[derive(Clone, Debug, Default)]
pub struct NewCredential {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<&'static str>,
    /// Where whoever shows it has to be (CIDR); empty for anywhere.
    pub networks: Vec<String>,
    /// When it shall end.
    pub expires_at: Option<DateTime<Utc>>,
    /// What an Entra tenant signs.
    pub signed: Vec<(&'static str, String)>,
}

impl NewCredential {
    fn to_body(&self) -> Value {
        let mut body = terms(&self.name, self.expires_at);
        body.insert("kind".to_owned(), json!(self.kind));
        body.insert("scopes".to_owned(), json!(self.scopes));
        body.insert("networks".to_owned(), json!(self.networks));
        body.extend(self.signed.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
        Value::Object(body)
    }
}

/// Whether credentials of this kind have a secret.
pub fn has_secret(kind: &str) -> bool {
    matches!(kind, "secret" | "client")
}

fn terms(name: &str, expires_at: Option<DateTime<Utc>>) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("name".to_owned(), json!(name));
    body.extend(expires_at.map(|at| ("expires_at".to_owned(), json!(at))));
    body
}

impl Credential {
    /// Whether it lets anybody in now.
    pub fn is_usable(&self) -> bool {
        matches!(self.state.as_str(), "active" | "expiring")
    }

    /// Whether it may do less than a directory can ask for.
    pub fn is_limited(&self) -> bool {
        !SCOPES.iter().all(|scope| self.scopes.iter().any(|own| own == scope))
    }

    /// Whether it has a secret, which can be exchanged for another.
    pub fn has_secret(&self) -> bool {
        has_secret(&self.kind)
    }

    /// Whether it can be retired without anybody being shut out.
    pub fn is_safe_to_retire(&self) -> bool {
        self.retirement.state == "safe"
    }
}

impl Caller<'_> {
    /// The credentials of an integration, those not revoked first.
    pub async fn credentials(&self, slug: &str) -> Result<List<Credential>, ApiError> {
        self.get(Service::Gateway, &["integrations", slug, "credentials"], &Query::new()).await
    }

    /// One of them.
    pub async fn credential(&self, slug: &str, id: &str) -> Result<Credential, ApiError> {
        self.get(Service::Gateway, &["integrations", slug, "credentials", id], &Query::new()).await
    }

    /// Makes one. The same key again makes no other.
    pub async fn issue_credential(
        &self,
        slug: &str,
        wanted: &NewCredential,
        key: &str,
    ) -> Result<Issued, ApiError> {
        let path = ["integrations", slug, "credentials"];
        self.change(Order::new(Service::Gateway, Method::POST, &path).with(wanted.to_body()).once(key)).await
    }

    /// Makes a successor of one. The same key again makes no other.
    pub async fn rotate_credential(
        &self,
        slug: &str,
        id: &str,
        (name, expires_at): (&str, Option<DateTime<Utc>>),
        key: &str,
    ) -> Result<Issued, ApiError> {
        let path = ["integrations", slug, "credentials", id, "rotate"];
        let body = Value::Object(terms(name, expires_at));
        self.change(Order::new(Service::Gateway, Method::POST, &path).with(body).once(key)).await
    }

    /// Revokes one, if nobody is shut out by it.
    pub async fn retire_credential(&self, slug: &str, id: &str) -> Result<(), ApiError> {
        let path = ["integrations", slug, "credentials", id, "retire"];
        self.act(Order::new(Service::Gateway, Method::POST, &path)).await
    }

    /// Revokes one at once.
    pub async fn revoke_credential(&self, slug: &str, id: &str) -> Result<(), ApiError> {
        let path = ["integrations", slug, "credentials", id];
        self.act(Order::new(Service::Gateway, Method::DELETE, &path)).await
    }
}
