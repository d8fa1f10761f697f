//! A gateway on a port of its own, and what it has stored.

use std::net::TcpListener;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

use directory::admin::{NewCredential, NewIntegration, NewProof, bootstrap, issue_credential};
use directory::{
    CredentialId, IntegrationId, IntegrationSettings, IntegrationSlug, IntegrationState, IntegrationStore,
    LogEntry, LogQuery, LoggedRequest, Outbox, OutboxEvent, ProvisioningLog, RelayId, Scopes,
};
use directory_store::sqlite::SqliteDirectoryStore;
use events::{Environment, EventType};
use ipnet::IpNet;
use platform::admin::{AdminAccess, AdminTokens, guarded};
use platform::settings::ActsSettings;
use platform::shutdown::Shutdown;
use platform::telemetry::Telemetry;
use platform::{clock, server};
use scim::Profile;
use scim_gateway::settings::{EventsSettings, FederationSettings, OauthSettings};
use scim_gateway::{Gateway, GatewayOptions, Limits, configure, configure_admin, housekeeping};
use secrecy::SecretString;
use serde_json::json;
use testkit::entra::{Answer, Entra};
use testkit::eventually;
use uuid::Uuid;

/// A running gateway with one integration, `acme-production`.
pub(crate) struct TestGateway {
    pub(crate) entra: Entra,
    /// An administrator on the private listener, at the address of all integrations.
    pub(crate) administrator: Entra,
    pub(crate) store: Arc<SqliteDirectoryStore>,
    tokens: AdminTokens,
    origin: String,
    shutdown: Shutdown,
}

const KEPT: EventsSettings = EventsSettings { retention_days: NonZeroU16::new(30).unwrap() };
const ACTS_KEPT: ActsSettings = ActsSettings { retention_days: 400 };

/// How a gateway of a test is set up.
pub(crate) struct Setup {
    pub(crate) limits: Limits,
    pub(crate) federation: FederationSettings,
    pub(crate) trusted_proxies: Vec<IpNet>,
}

impl Default for Setup {
    fn default() -> Self {
        let limits = Limits {
            user_body_bytes: 64 * 1024,
            group_body_bytes: 1024 * 1024,
            bulk_body_bytes: 128 * 1024,
            body_seconds: 15,
            request_seconds: 25,
            requests_per_second: 10_000,
            refusals_per_minute: 10_000,
            concurrent_requests: 64,
        };
        Self { limits, federation: FederationSettings::default(), trusted_proxies: vec![] }
    }
}

impl TestGateway {
    pub(crate) async fn start() -> Self {
        Self::start_as(Setup::default()).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Limits)) -> Self {
        let mut setup = Setup::default();
        change(&mut setup.limits);
        Self::start_as(setup).await
    }

    pub(crate) async fn start_as(setup: Setup) -> Self {
        let store = Arc::new(SqliteDirectoryStore::open_in_memory().await.unwrap());
        let (public, private) = (listener(), listener());
        let origin = format!("http://{}", public.local_addr().unwrap());
        let tokens = AdminTokens::new(&SecretString::from("k".repeat(32))).unwrap();
        let administrators = format!("http://{}/admin/v1/integrations", private.local_addr().unwrap());
        let body_time = Duration::from_secs(setup.limits.body_seconds);
        let options = GatewayOptions {
            base_url: origin.clone(),
            trusted_proxies: setup.trusted_proxies,
            limits: setup.limits,
            oauth: OauthSettings { key: SecretString::from("o".repeat(32)), token_seconds: 3_600 },
            federation: setup.federation,
            telemetry: Telemetry::without_traces(),
        };
        let gateway = Gateway::new(store.clone(), options).unwrap();
        let access =
            AdminAccess { tokens: tokens.clone(), audit: store.clone(), oidc: None, body_time, reads: &[] };
        let shutdown = Shutdown::new();
        let until = shutdown.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let public = server::serve(public, 1, &until, configure(gateway.clone()));
                let admin = guarded(access, configure_admin(gateway.clone()));
                let private = server::serve(private, 1, &until, admin);
                let keeping_house = async {
                    housekeeping::run(&gateway, KEPT, ACTS_KEPT, &until).await;
                    Ok(())
                };
                futures::try_join!(public, private, keeping_house).unwrap();
            });
        });
        let (entra, administrator) = (Entra::new("", ""), Entra::new(administrators, ""));
        let mut this = Self { entra, administrator, store, tokens, origin, shutdown };
        this.administrator = this.administrator_with(&["owner"]);
        this.entra = this.integration("acme-production", Environment::Production).await;
        this
    }

    /// An administrator with roles such as `owner` or `acme:viewer`.
    pub(crate) fn administrator_with(&self, roles: &[&str]) -> Entra {
        let token = self.tokens.issue("test", roles, clock::now(), chrono::Duration::hours(1)).unwrap();
        self.administrator.with_token(Some(&token))
    }

    /// Makes a credential; answers its id and, if it has one, its secret.
    pub(crate) async fn credential(
        &self,
        slug: &str,
        change: impl FnOnce(&mut NewCredential),
    ) -> (CredentialId, Option<String>) {
        let mut wanted = NewCredential {
            proof: NewProof::Secret,
            name: Uuid::new_v4().to_string(),
            scopes: Scopes::ALL,
            networks: vec![],
            expires: None,
            replaces: None,
        };
        change(&mut wanted);
        let (slug, random) =
            (IntegrationSlug::parse(slug).unwrap(), platform::secret_file::random().unwrap());
        let issued = issue_credential(self.store.as_ref(), &slug, wanted, "test", &random, clock::now())
            .await
            .unwrap();
        (issued.credential.id, issued.secret.map(|secret| secret.reveal().to_owned()))
    }

    pub(crate) async fn integration_id(&self, slug: &str) -> IntegrationId {
        let slug = IntegrationSlug::parse(slug).unwrap();
        self.store.integration(&slug).await.unwrap().unwrap().id
    }

    /// The entries of an integration's provisioning log, newest first, once there are so many.
    pub(crate) async fn log(&self, slug: &str, at_least: usize) -> Vec<LogEntry> {
        let of = self.integration_id(slug).await;
        let query = LogQuery { limit: 1_000, ..LogQuery::default() };
        let entries = async || self.store.entries(of, &query).await.unwrap().entries;
        let is_written = async || entries().await.len() >= at_least;
        eventually(Duration::from_secs(10), "the log is written", is_written).await;
        entries().await
    }

    /// The first entry of an integration's provisioning log that is so, once there is one.
    pub(crate) async fn logged(&self, slug: &str, is_so: impl Fn(&LoggedRequest) -> bool) -> LoggedRequest {
        let find = async || self.log(slug, 0).await.into_iter().map(|entry| entry.request).find(&is_so);
        let is_there = async || find().await.is_some();
        eventually(Duration::from_secs(10), "the entry is written", is_there).await;
        find().await.unwrap()
    }

    /// A client of an integration, which is made when it does not exist yet.
    pub(crate) async fn integration(&self, slug: &str, environment: Environment) -> Entra {
        self.integration_of(slug, environment, Profile::Entra).await
    }

    /// A client of an integration that is read to the letter of the RFCs.
    pub(crate) async fn strict(&self) -> Entra {
        self.integration_of("strict-production", Environment::Production, Profile::Strict).await
    }

    async fn integration_of(&self, slug: &str, environment: Environment, profile: Profile) -> Entra {
        let slug = IntegrationSlug::parse(slug).unwrap();
        let wanted = NewIntegration {
            slug: slug.clone(),
            portal: "acme".to_owned(),
            environment,
            state: IntegrationState::Enabled,
            profile,
            settings: IntegrationSettings::default(),
        };
        let random = platform::secret_file::random().unwrap();
        let token =
            bootstrap(self.store.as_ref(), wanted, &random, Uuid::new_v4(), clock::now()).await.unwrap();
        Entra::new(format!("{}/integrations/{slug}/scim/v2", self.origin), token.reveal())
    }

    /// The events of resources that wait, oldest first. Each call sees those since the one before.
    pub(crate) async fn events(&self) -> Vec<OutboxEvent> {
        let is_told = |event: &OutboxEvent| event.envelope.event_type != EventType::IntegrationChanged;
        self.all_events().await.into_iter().filter(is_told).collect()
    }

    /// The same with those that tell the LMS of an integration itself.
    pub(crate) async fn all_events(&self) -> Vec<OutboxEvent> {
        let relay = RelayId(Uuid::new_v4());
        let events = self.store.claim(relay, 1_000, Duration::from_secs(3600)).await.unwrap();
        let ids: Vec<_> = events.iter().map(|event| event.envelope.id).collect();
        self.store.mark_published(relay, &ids).await.unwrap();
        events
    }

    /// The types of the events that wait, such as `user.changed`.
    pub(crate) async fn event_types(&self) -> Vec<&'static str> {
        self.events().await.iter().map(|event| event.envelope.event_type.routing_suffix()).collect()
    }

    /// Address of the listener.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }
}

/// Requires a SCIM error of that status and scimType, as whole as every error has to be.
pub(crate) fn assert_refused(answer: &Answer, status: u16, scim_type: Option<&str>, about: &str) {
    assert_eq!(answer.status, status, "{about}: {answer:?}");
    assert_eq!(answer.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{about}");
    assert_eq!(answer.body["status"], status.to_string(), "{about}");
    assert_eq!(answer.body.get("scimType").and_then(|text| text.as_str()), scim_type, "{about}: {answer:?}");
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(!detail.is_empty() && detail.chars().count() < 400, "{about}: {detail}");
    assert_eq!(answer.header("content-type"), "application/scim+json", "{about}");
    assert!(!answer.header("x-request-id").is_empty(), "{about}");
}

fn listener() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

impl Drop for TestGateway {
    fn drop(&mut self) {
        self.shutdown.request();
    }
}
