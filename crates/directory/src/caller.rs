use std::net::IpAddr;

use chrono::{DateTime, SubsecRound, Utc};
use scim::{Resource, ResourceKind, ResourceType};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Access, CredentialId, DirectoryError, Integration, Origin, PersonDigest, Scopes};

/// Operations of a bulk request take their request ids from here on, clear of the ids of resources and events.
const FIRST_OPERATION_ID: u32 = 1_000_000;

/// Who asks, when, and under which id: everything a use case may know of the outside.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The tenant that the caller's credential belongs to.
    pub integration: Integration,
    /// What the caller may do.
    pub scopes: Scopes,
    /// With what and from where the caller came.
    pub origin: Origin,
    /// Id of the request: `txn` of every event that it causes, answered as `X-Request-Id`.
    pub request_id: Uuid,
    /// The request's time, in whole milliseconds, so that every store keeps it alike.
    pub now: DateTime<Utc>,
    /// W3C trace context of the request.
    pub traceparent: Option<String>,
}

/// A caller was let in: where, with what, and to do what.
#[derive(Clone, Debug, PartialEq)]
pub struct Entrance {
    /// The tenant.
    pub integration: Integration,
    /// The credential that opened it.
    pub credential: CredentialId,
    /// What may be done.
    pub scopes: Scopes,
}

impl Caller {
    /// Who was let in, at `now`.
    pub fn new(entrance: Entrance, request_id: Uuid, now: DateTime<Utc>) -> Self {
        let Entrance { integration, credential, scopes } = entrance;
        let origin = Origin { credential: Some(credential), ..Origin::default() };
        Self { integration, scopes, origin, request_id, now: now.trunc_subsecs(3), traceparent: None }
    }

    /// The same, who came from an address with an agent.
    #[must_use]
    pub fn from(self, address: Option<IpAddr>, agent: Option<String>) -> Self {
        Self { origin: Origin { address, agent, ..self.origin }, ..self }
    }

    /// Requires the caller to have a scope.
    ///
    /// # Errors
    /// [`DirectoryError::Forbidden`]
    pub fn require(&self, kind: ResourceKind, access: Access) -> Result<(), DirectoryError> {
        match self.scopes.allow(kind, access) {
            true => Ok(()),
            false => Err(DirectoryError::Forbidden(kind, access)),
        }
    }

    /// Whom a user resource is about, for the provisioning log.
    pub(crate) fn person(&self, user: &Resource) -> Option<PersonDigest> {
        Some(PersonDigest::of(self.integration.id, user.user_name()?))
    }

    /// The same with the trace context of the request, where it has one of version 00 (W3C Trace Context).
    #[must_use]
    pub fn with_traceparent(self, header: Option<&str>) -> Self {
        let traceparent = header.filter(|text| is_traceparent(text)).map(str::to_owned);
        Self { traceparent, ..self }
    }

    /// What a kind of resource is like for this caller.
    pub fn resource_type(&self, kind: ResourceKind) -> ResourceType<'_> {
        self.integration.resource_type(kind)
    }

    /// The same caller for the `n`-th operation of a bulk request: each is a request of its own.
    #[must_use]
    pub fn operation(&self, n: u32) -> Self {
        let origin = Origin { bulk_request_id: Some(self.request_id), ..self.origin.clone() };
        Self { request_id: self.id(FIRST_OPERATION_ID.saturating_add(n)), origin, ..self.clone() }
    }

    /// The request's `n`-th id: a UUIDv7 that is the same whenever the same request asks again.
    ///
    /// Deterministic, so that a decision made anew after a version clash is the same decision, and a test needs no
    /// random source. It is unique because the request id is.
    pub(crate) fn id(&self, n: u32) -> Uuid {
        derived_id(self.request_id, self.now, n)
    }
}

/// `00-{32 digits}-{16 digits}-{2 digits}`, lower-case hexadecimal.
fn is_traceparent(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts.as_slice(), ["00", trace, parent, flags]
        if (trace.len(), parent.len(), flags.len()) == (32, 16, 2)
            && [trace, parent, flags].into_iter().all(|part| digits(part)))
}

pub(crate) fn derived_id(request_id: Uuid, now: DateTime<Utc>, n: u32) -> Uuid {
    let digest = Sha256::new().chain_update(request_id).chain_update(n.to_be_bytes()).finalize();
    let mut random = [0; 10];
    random.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_context_of_another_form_is_none() {
        assert!(is_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        for text in ["", "00-4bf9-00f0-01", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"] {
            assert!(!is_traceparent(text), "{text}");
        }
    }

    #[test]
    fn ids_of_a_request_differ_and_repeat() {
        let now = "2026-01-02T03:04:05.006Z".parse().unwrap();
        let request = Uuid::from_u128(1);
        assert_eq!(derived_id(request, now, 0), derived_id(request, now, 0));
        assert_ne!(derived_id(request, now, 0), derived_id(request, now, 1));
        assert_ne!(derived_id(request, now, 0), derived_id(Uuid::from_u128(2), now, 0));
        assert_eq!(derived_id(request, now, 0).get_version_num(), 7);
    }
}
