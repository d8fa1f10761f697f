//! How often somebody may ask.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use directory::{Integration, IntegrationId};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};

use tokio::sync::Semaphore;

use crate::Limits;

/// Entra sends up to 25 requests in a second and takes a refusal for a fault.
const FEWEST_PER_SECOND: u32 = 25;

/// Entries of an integration's log in a minute about requests that were not let in: more than somebody makes who sets up
/// Azure, and few beside what it holds.
const STRANGERS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).unwrap();

/// Rates of this replica: of requests by integration, of refused sign-ins by address (GCRA).
pub(crate) struct Throttle {
    clock: DefaultClock,
    per_second: NonZeroU32,
    integrations: Mutex<HashMap<IntegrationId, Share>>,
    places: usize,
    refusals: DefaultKeyedRateLimiter<IpAddr>,
    /// Sign-ins that could not be checked: not to be counted with refusals, which are somebody's fault.
    unchecked: DefaultKeyedRateLimiter<IpAddr>,
}

/// What one integration may have of this replica.
#[derive(Clone)]
struct Share {
    rate: NonZeroU32,
    limiter: Arc<DefaultDirectRateLimiter>,
    /// Of operations of bulk requests: they must not use up what the other requests may come to.
    operations: Arc<DefaultDirectRateLimiter>,
    /// Of entries in its log of requests that were not let in.
    strangers: Arc<DefaultDirectRateLimiter>,
    places: Arc<Semaphore>,
}

/// Somebody asked too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooOften {
    /// When to come back.
    pub(crate) wait: Duration,
}

impl Throttle {
    pub(crate) fn new(limits: &Limits) -> anyhow::Result<Self> {
        let per_second = NonZeroU32::new(limits.requests_per_second)
            .filter(|rate| rate.get() >= FEWEST_PER_SECOND)
            .context("setting `limits.requests_per_second`: 25 at least, because Entra needs them")?;
        let refusals = NonZeroU32::new(limits.refusals_per_minute)
            .context("setting `limits.refusals_per_minute`: 1 at least")?;
        Ok(Self {
            clock: DefaultClock::default(),
            per_second,
            integrations: Mutex::default(),
            // Slow bodies of one integration leave room for those of the others.
            places: (limits.concurrent_requests / 4).max(1),
            refusals: RateLimiter::keyed(Quota::per_minute(refusals)),
            unchecked: RateLimiter::keyed(Quota::per_second(per_second)),
        })
    }

    /// Counts a request of an integration.
    pub(crate) fn request(&self, integration: &Integration) -> Result<(), TooOften> {
        self.share(integration).limiter.check().map_err(|until| self.too_often(&until))
    }

    /// Counts an operation of a bulk request of an integration: as many as requests may come besides them.
    pub(crate) fn operation(&self, integration: &Integration) -> Result<(), TooOften> {
        self.share(integration).operations.check().map_err(|until| self.too_often(&until))
    }

    /// Whether the log of an integration has room for a request that it does not let in. Such cost nothing to send, from as
    /// many addresses as one likes.
    pub(crate) fn has_room_for_stranger(&self, integration: &Integration) -> bool {
        self.share(integration).strangers.check().is_ok()
    }

    /// Places for requests of the integration that are served at the same moment.
    pub(crate) fn places(&self, integration: &Integration) -> Arc<Semaphore> {
        self.share(integration).places
    }

    /// Counts a refused sign-in of an address, and answers whether there were too many of them.
    pub(crate) fn refusal(&self, address: Option<IpAddr>) -> Result<(), TooOften> {
        self.refusals.check_key(&origin(address)).map_err(|until| self.too_often(&until))
    }

    /// Counts a sign-in of an address that could not be checked for want of an issuer's keys.
    pub(crate) fn unchecked(&self, address: Option<IpAddr>) -> Result<(), TooOften> {
        self.unchecked.check_key(&origin(address)).map_err(|until| self.too_often(&until))
    }

    /// Forgets addresses that were not refused of late.
    pub(crate) fn forget_idle(&self) {
        self.refusals.retain_recent();
        self.unchecked.retain_recent();
    }

    fn share(&self, integration: &Integration) -> Share {
        // Its own administrators set it: they may have less than the installation gives everybody, and no more.
        let own = integration.settings.requests_per_second.unwrap_or(self.per_second);
        let rate = own.min(self.per_second);
        let mut shares = self.integrations.lock().unwrap_or_else(PoisonError::into_inner);
        // What a second allows may come at once: Entra's jobs run side by side.
        let limiter = || Arc::new(RateLimiter::direct(Quota::per_second(rate)));
        let share = shares.entry(integration.id).or_insert_with(|| Share {
            rate,
            limiter: limiter(),
            operations: limiter(),
            strangers: Arc::new(RateLimiter::direct(Quota::per_minute(STRANGERS_PER_MINUTE))),
            places: Arc::new(Semaphore::new(self.places)),
        });
        if share.rate != rate {
            (share.rate, share.limiter, share.operations) = (rate, limiter(), limiter());
        }
        share.clone()
    }

    fn too_often(&self, until: &NotUntil<<DefaultClock as Clock>::Instant>) -> TooOften {
        TooOften { wait: until.wait_time_from(self.clock.now()) }
    }
}

/// What a caller is counted by. Those whose address the proxies hide are one.
pub(crate) fn origin(address: Option<IpAddr>) -> IpAddr {
    network_of(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
}

/// Who has one IPv6 address has 2^64 of them.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            const NETWORK: u128 = !(u64::MAX as u128);
            IpAddr::V6(Ipv6Addr::from(u128::from(v6) & NETWORK))
        }
    }
}

#[cfg(test)]
mod tests {
    use directory::IntegrationSlug;
    use events::Environment;
    use uuid::Uuid;

    use super::*;

    fn limits() -> Limits {
        Limits {
            user_body_bytes: 1,
            group_body_bytes: 1,
            bulk_body_bytes: 1,
            body_seconds: 1,
            request_seconds: 1,
            requests_per_second: 25,
            refusals_per_minute: 60,
            concurrent_requests: 4,
        }
    }

    #[test]
    fn strangers_leave_room_in_a_log_and_none_of_another() {
        let throttle = Throttle::new(&limits()).unwrap();
        let of = |id, slug| {
            let slug = IntegrationSlug::parse(slug).unwrap();
            Integration::new(
                IntegrationId(Uuid::from_u128(id)),
                slug,
                "acme".to_owned(),
                Environment::Production,
            )
        };
        let (one, other) = (of(1, "acme-production"), of(2, "acme-staging"));
        for _ in 0..60 {
            assert!(throttle.has_room_for_stranger(&one));
        }
        assert!(!throttle.has_room_for_stranger(&one));
        assert!(throttle.has_room_for_stranger(&other));
    }

    #[test]
    fn callers_without_an_address_are_counted_as_one() {
        let throttle = Throttle::new(&Limits { refusals_per_minute: 2, ..limits() }).unwrap();
        assert!(throttle.refusal(None).is_ok());
        assert!(throttle.refusal(None).is_ok());
        assert!(throttle.refusal(None).is_err());
        assert!(throttle.refusal("192.0.2.7".parse().ok()).is_ok());
    }

    #[test]
    fn addresses_of_one_network_count_as_one() {
        let network = |text: &str| network_of(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
    }
}
