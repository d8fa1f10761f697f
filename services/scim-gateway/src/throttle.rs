//! How often somebody may ask.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
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

    /// Places for requests of the integration that are served at the same moment.
    pub(crate) fn places(&self, integration: &Integration) -> Arc<Semaphore> {
        self.share(integration).places
    }

    /// Counts a refused sign-in of an address, and answers whether there were too many of them.
    pub(crate) fn refusal(&self, address: Option<IpAddr>) -> Result<(), TooOften> {
        let Some(address) = address else { return Ok(()) };
        self.refusals.check_key(&network_of(address)).map_err(|until| self.too_often(&until))
    }

    /// Counts a sign-in of an address that could not be checked for want of an issuer's keys.
    pub(crate) fn unchecked(&self, address: Option<IpAddr>) -> Result<(), TooOften> {
        let Some(address) = address else { return Ok(()) };
        self.unchecked.check_key(&network_of(address)).map_err(|until| self.too_often(&until))
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

/// Who has one IPv6 address has 2^64 of them.
pub(crate) fn network_of(address: IpAddr) -> IpAddr {
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
    use super::*;

    #[test]
    fn addresses_of_one_network_count_as_one() {
        let network = |text: &str| network_of(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
    }
}
