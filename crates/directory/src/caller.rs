use chrono::{DateTime, SubsecRound, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Integration;

/// Who asks, when, and under which id: everything a use case may know of the outside.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The tenant that the caller's token belongs to.
    pub integration: Integration,
    /// Id of the request: `txn` of every event that it causes, answered as `X-Request-Id`.
    pub request_id: Uuid,
    /// The request's time, in whole milliseconds, so that every store keeps it alike.
    pub now: DateTime<Utc>,
    /// W3C trace context of the request.
    pub traceparent: Option<String>,
}

impl Caller {
    /// A caller at `now`.
    pub fn new(integration: Integration, request_id: Uuid, now: DateTime<Utc>) -> Self {
        Self { integration, request_id, now: now.trunc_subsecs(3), traceparent: None }
    }

    /// The request's `n`-th id: a UUIDv7 that is the same whenever the same request asks again.
    ///
    /// Deterministic, so that a decision made anew after a version clash is the same decision, and a test needs no
    /// random source. It is unique because the request id is.
    pub(crate) fn id(&self, n: u32) -> Uuid {
        derived_id(self.request_id, self.now, n)
    }
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
    fn ids_of_a_request_differ_and_repeat() {
        let now = "2026-01-02T03:04:05.006Z".parse().unwrap();
        let request = Uuid::from_u128(1);
        assert_eq!(derived_id(request, now, 0), derived_id(request, now, 0));
        assert_ne!(derived_id(request, now, 0), derived_id(request, now, 1));
        assert_ne!(derived_id(request, now, 0), derived_id(Uuid::from_u128(2), now, 0));
        assert_eq!(derived_id(request, now, 0).get_version_num(), 7);
    }
}
