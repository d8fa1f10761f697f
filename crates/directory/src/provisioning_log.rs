//! What the provisioning log holds.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use scim::{Resource, ResourceKind, ResourceType};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{CredentialId, IntegrationId, IntegrationSettings};

/// Longest value that is logged, in bytes of JSON: a log is no copy of the directory.
const LONGEST_VALUE: usize = 1_000;

/// One request to an integration. A change writes its entry in the transaction that makes it; all others are written
/// after the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedRequest {
    /// Tenant.
    pub integration: IntegrationId,
    /// Id of the request: `X-Request-Id` of the answer, and `txn` of its events.
    pub request_id: Uuid,
    /// When it came.
    pub at: DateTime<Utc>,
    /// With what and from where.
    pub origin: Origin,
    /// What it asked for.
    pub operation: LoggedOperation,
    /// Of which kind of resource.
    pub kind: Option<ResourceKind>,
    /// Of which resource.
    pub subject: Option<Uuid>,
    /// Of which person, where the request names one.
    pub person: Option<PersonDigest>,
    /// What it came to.
    pub outcome: Outcome,
    /// HTTP status; of a change it follows from the operation.
    pub status: Option<u16>,
    /// Why, in plain words.
    pub reason: Option<String>,
    /// What changed.
    pub changed: Vec<ChangedAttribute>,
    /// Time until the answer, in milliseconds; not known of a change.
    pub duration_ms: Option<u32>,
    /// What would have let the caller in, and what it had.
    pub mismatch: Option<Mismatch>,
}

/// With what and from where a request came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The credential, once it was found good; of a refused one its id where it is known.
    pub credential: Option<CredentialId>,
    /// Address of the client.
    pub address: Option<IpAddr>,
    /// The client's `User-Agent`, cut.
    pub agent: Option<String>,
    /// The bulk request that it is an operation of.
    pub bulk_request_id: Option<Uuid>,
}

/// What was expected of a caller, and what came instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What would have been good.
    pub expected: String,
    /// What was there. Never a secret.
    pub received: String,
}

/// An attribute that changed: its path, and its values where the integration logs them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangedAttribute {
    /// Path.
    pub attribute: String,
    /// Value before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// Value after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// Finds the entries about a person without holding the person's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonDigest(pub [u8; 16]);

impl PersonDigest {
    /// Of the person who has, or would have, a userName in an integration.
    pub fn of(integration: IntegrationId, user_name: &str) -> Self {
        let digest = Sha256::new().chain_update(integration.0).chain_update(scim::fold(user_name)).finalize();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(bytes)
    }
}

/// What a request asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoggedOperation {
    /// GET of one resource.
    Read,
    /// GET of many, or a search.
    Search,
    /// POST of a resource.
    Create,
    /// PUT.
    Replace,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
    /// Many at once.
    Bulk,
    /// Schemas and the like.
    Discovery,
    /// An access token.
    Token,
    /// Whatever it was, the caller was not let in.
    SignIn,
}

/// What a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A resource is new.
    Created,
    /// A resource has another version.
    Changed,
    /// Everything was so already.
    Unchanged,
    /// A resource is gone.
    Deleted,
    /// A resource was answered.
    Read,
    /// A search found something.
    Found,
    /// There is no such resource, or a search found nothing.
    NotFound,
    /// Entra looked whether anybody answers: it asked for somebody whom nobody can be.
    HealthCheck,
    /// The request was wrong.
    Refused,
    /// The caller was not let in, or may not do this.
    Denied,
    /// This service, or one behind it, failed.
    Failed,
    /// An access token, a list of schemas or a bulk answer was given.
    Answered,
}

/// Which entries to show, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct LogQuery {
    /// Of one request, and of its operations when it is a bulk request.
    pub request_id: Option<Uuid>,
    /// About one resource.
    pub subject: Option<Uuid>,
    /// About one person: the resource, if it lives, or the digest.
    pub person: Option<PersonDigest>,
    /// About a kind of resource.
    pub kind: Option<ResourceKind>,
    /// With one of these outcomes; any when there is none.
    pub outcomes: Vec<Outcome>,
    /// Of one operation.
    pub operation: Option<LoggedOperation>,
    /// Since.
    pub from: Option<DateTime<Utc>>,
    /// Until.
    pub to: Option<DateTime<Utc>>,
    /// Without Entra's health checks.
    pub without_health_checks: bool,
    /// Older than the entry of this number.
    pub before: Option<i64>,
    /// So many.
    pub limit: u32,
    /// Of what one condition selects, so many are looked at for the others, [`LogQuery::LOOKS`] by default.
    pub looks: u32,
}

impl LogQuery {
    /// Entries looked at that a page can wait for: some 15 ms of PostgreSQL in the order of time, some 75 where an outcome leads,
    /// as these are scattered.
    pub const LOOKS: u32 = 50_000;
}

impl Default for LogQuery {
    fn default() -> Self {
        Self {
            request_id: None,
            subject: None,
            person: None,
            kind: None,
            outcomes: vec![],
            operation: None,
            from: None,
            to: None,
            without_health_checks: false,
            before: None,
            limit: 0,
            looks: Self::LOOKS,
        }
    }
}

/// What a query found.
#[derive(Clone, Debug, PartialEq)]
pub struct LogPage {
    /// Newest first.
    pub entries: Vec<LogEntry>,
    /// Where the look ended before its time, because it had seen [`LogQuery::looks`] entries: whatever fits down to here
    /// is in the page, and what is older was not looked at. [`LogQuery::before`] goes on from here.
    pub looked_back_to: Option<LookedBack>,
}

/// The last entry that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LookedBack {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Its number.
    pub number: i64,
}

/// An entry as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// Number: greater than that of every older entry of the integration, as far as one writer is concerned.
    pub number: i64,
    /// What it says.
    pub request: LoggedRequest,
}

macro_rules! names {
    ($kind:ident: $($variant:ident $name:literal)+) => {
        impl $kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Name in the API and in the stores.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// Parses a name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == name)
            }
        }
    };
}

names! { LoggedOperation:
Read "read" Search "search" Create "create" Replace "replace" Patch "patch" Delete "delete" Bulk "bulk"
Discovery "discovery" Token "token" SignIn "sign_in" }
names! { Outcome:
Created "created" Changed "changed" Unchanged "unchanged" Deleted "deleted" Read "read" Found "found"
NotFound "not_found" HealthCheck "health_check" Refused "refused" Denied "denied" Failed "failed"
Answered "answered" }

impl Outcome {
    /// Outcomes of requests that were not carried out.
    pub const PROBLEMS: [Self; 3] = [Self::Refused, Self::Denied, Self::Failed];

    /// Whether the request was not carried out.
    pub fn is_problem(self) -> bool {
        Self::PROBLEMS.contains(&self)
    }
}

/// What the log says of attributes that changed: with their values where the integration wants them.
pub(crate) fn changed_attributes(
    settings: &IntegrationSettings,
    resource_type: ResourceType<'_>,
    paths: &[String],
    before: &Resource,
    after: &Resource,
) -> Vec<ChangedAttribute> {
    let value = |resource: &Resource, path: &str| {
        Some(ChangedAttribute::loggable(resource.value_at(resource_type, path)?))
    };
    let entry = |path: &String| match settings.logs_values_of(path) {
        true => ChangedAttribute {
            attribute: path.clone(),
            before: value(before, path),
            after: value(after, path),
        },
        false => ChangedAttribute::named(path),
    };
    paths.iter().map(entry).collect()
}

impl ChangedAttribute {
    /// A value, or what stands in the log for one that is too long.
    pub fn loggable(value: &Value) -> Value {
        match value.to_string().len() <= LONGEST_VALUE {
            true => value.clone(),
            false => Value::String("(too long to be logged)".to_owned()),
        }
    }

    /// An attribute whose values are not logged.
    pub fn named(path: &str) -> Self {
        Self { attribute: path.to_owned(), before: None, after: None }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resource(title: &str, family_name: &str) -> Resource {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": "ana", "title": title, "name": { "familyName": family_name },
        });
        Resource::from_request(ResourceType::USER, body.as_object().unwrap().clone()).unwrap()
    }

    #[test]
    fn values_are_logged_only_where_the_integration_wants_them() {
        let settings =
            IntegrationSettings { logged_values: vec!["TITLE".to_owned()], ..IntegrationSettings::default() };
        let (before, after) = (resource("Engineer", "Silva"), resource("Director", "Souza"));
        let paths = ["name.familyName".to_owned(), "title".to_owned()];
        let changed = changed_attributes(&settings, ResourceType::USER, &paths, &before, &after);
        assert_eq!(
            serde_json::to_value(changed).unwrap(),
            json!([
                { "attribute": "name.familyName" },
                { "attribute": "title", "before": "Engineer", "after": "Director" },
            ])
        );
    }

    #[test]
    fn a_person_is_found_in_any_letter_case_and_in_one_integration_only() {
        let (one, other) = (IntegrationId(Uuid::from_u128(1)), IntegrationId(Uuid::from_u128(2)));
        let digest = PersonDigest::of(one, "Ana@Contoso.example");
        assert_eq!(digest, PersonDigest::of(one, "ana@contoso.EXAMPLE"));
        assert_ne!(digest, PersonDigest::of(other, "Ana@Contoso.example"));
    }

    #[test]
    fn every_name_is_parsed_as_it_is_written() {
        assert_eq!(Outcome::parse("not_found"), Some(Outcome::NotFound));
        assert_eq!(Outcome::parse("NotFound"), None);
        assert_eq!(LoggedOperation::parse(LoggedOperation::SignIn.as_str()), Some(LoggedOperation::SignIn));
    }
}
