use std::sync::Arc;
use std::time::Duration;

use administration::AuditLog;
use directory::{
    Directory, DirectoryStore, EventLog, IntegrationSlug, IntegrationStore, Overview, ProvisioningLog,
    Registry, Snapshots, UsageMeter,
};
use ipnet::IpNet;
use platform::telemetry::{Telemetry, Traces};
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::journal::Journal;
use crate::metrics::GatewayMetrics;
use crate::settings::{FederationSettings, OauthSettings};
use crate::sign_in::SignIn;
use crate::throttle::Throttle;

/// What the request handlers work with.
#[derive(Clone)]
pub struct Gateway {
    /// The use cases.
    pub directory: Directory,
    /// Integrations and their credentials.
    pub integrations: Arc<dyn IntegrationStore>,
    /// Snapshots that administrators ask for.
    pub snapshots: Arc<dyn Snapshots>,
    /// What was published.
    pub events: Arc<dyn EventLog>,
    /// What came to what.
    pub log: Arc<dyn ProvisioningLog>,
    /// How integrations are doing.
    pub overview: Arc<dyn Overview>,
    /// What administrators asked for.
    pub audit: Arc<dyn AuditLog>,
    /// What is counted.
    pub metrics: GatewayMetrics,
    /// Where traces go.
    pub traces: Traces,
    pub(crate) sign_in: Arc<SignIn>,
    pub(crate) usage: Arc<UsageMeter>,
    pub(crate) journal: Journal,
    pub(crate) throttle: Arc<Throttle>,
    /// Requests that are served at the same moment.
    pub(crate) places: Arc<Semaphore>,
    pub(crate) trusted_proxies: Arc<[IpNet]>,
    /// Address under which clients reach the public listener, without a slash at the end.
    pub(crate) base_url: Arc<str>,
    /// What a request may cost.
    pub(crate) limits: Limits,
}

/// How a gateway is reached, and what it allows.
pub struct GatewayOptions {
    /// Address under which clients reach the public listener.
    pub base_url: String,
    /// Networks of proxies that are believed what they say of a client.
    pub trusted_proxies: Vec<IpNet>,
    /// What a request may cost.
    pub limits: Limits,
    /// Access tokens of ours.
    pub oauth: OauthSettings,
    /// Tokens and assertions of Entra.
    pub federation: FederationSettings,
    /// Where figures and traces go.
    pub telemetry: Telemetry,
}

/// What a request may cost.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Largest body of a request about a user.
    pub user_body_bytes: usize,
    /// Largest body of a request about a group: 20,000 members are about 1.2 MB.
    pub group_body_bytes: usize,
    /// Largest body of a bulk request; told to clients as `bulk.maxPayloadSize`.
    pub bulk_body_bytes: usize,
    /// Time for a body to arrive.
    pub body_seconds: u64,
    /// Time for a request once its body is there.
    pub request_seconds: u64,
    /// Requests of one integration, on one replica; 25 or more. The settings of an integration may lower it for that
    /// one. More are answered 429. Operations of bulk requests have the same rate once more for themselves: they wait
    /// for their turn, and are answered 429 when it does not come within `limits.request_seconds`.
    pub requests_per_second: u32,
    /// Refused sign-ins of one address (of IPv6: one /64), on one replica. More are answered 429; who has a good
    /// credential is never refused for it.
    pub refusals_per_minute: u32,
    /// Requests that are served at the same moment on one replica, a quarter of them of one integration; others wait
    /// for two seconds and are then answered 503.
    pub concurrent_requests: usize,
}

impl Limits {
    pub(crate) fn body_time(&self) -> Duration {
        Duration::from_secs(self.body_seconds)
    }

    pub(crate) fn request_time(&self) -> Duration {
        Duration::from_secs(self.request_seconds)
    }
}

impl Gateway {
    /// A gateway over one store, on the runtime that calls this.
    ///
    /// # Errors
    /// When an option makes no sense; the error names the setting.
    pub fn new<S>(store: Arc<S>, options: GatewayOptions) -> anyhow::Result<Self>
    where
        S: DirectoryStore
            + IntegrationStore
            + Snapshots
            + EventLog
            + ProvisioningLog
            + Overview
            + AuditLog
            + 'static,
    {
        let GatewayOptions { base_url, trusted_proxies, limits, oauth, federation, telemetry } = options;
        let base_url: Arc<str> = base_url.trim_end_matches('/').into();
        let registry = Registry::new(store.clone());
        let metrics = GatewayMetrics::new(&telemetry.metrics.meter("scim-gateway"));
        Ok(Self {
            directory: Directory::new(store.clone()),
            integrations: store.clone(),
            snapshots: store.clone(),
            events: store.clone(),
            log: store.clone(),
            overview: store.clone(),
            audit: store.clone(),
            metrics: metrics.clone(),
            traces: telemetry.traces,
            sign_in: Arc::new(SignIn::new(registry, base_url.clone(), &oauth, &federation)?),
            usage: Arc::default(),
            journal: Journal::new(store, metrics),
            throttle: Arc::new(Throttle::new(&limits)?),
            places: Arc::new(Semaphore::new(limits.concurrent_requests)),
            trusted_proxies: trusted_proxies.into(),
            base_url,
            limits,
        })
    }

    /// The same gateway, which reaches the directory's store by another way.
    #[must_use]
    pub fn by_way_of(&self, store: Arc<dyn DirectoryStore>) -> Self {
        Self { directory: self.directory.by_way_of(store), ..self.clone() }
    }

    /// Has this replica act at once on what was just changed of an integration or a credential.
    pub(crate) fn doubt_registry(&self) {
        self.sign_in.registry().doubt();
    }

    /// The integration's SCIM URL: what an administrator pastes into Azure.
    pub fn scim_url(&self, integration: &IntegrationSlug) -> String {
        format!("{}/integrations/{integration}/scim/v2", self.base_url)
    }

    /// Where clients of the integration get access tokens.
    pub fn token_url(&self, integration: &IntegrationSlug) -> String {
        format!("{}/integrations/{integration}/oauth2/token", self.base_url)
    }
}
