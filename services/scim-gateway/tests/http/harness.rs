//! A gateway on a port of its own, and what it has stored.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use directory::admin::{Bootstrap, bootstrap};
use directory::{Directory, IntegrationSlug, Outbox, OutboxEvent, RelayId};
use directory_store::sqlite::SqliteDirectoryStore;
use events::Environment;
use platform::admin::AdminTokens;
use platform::shutdown::Shutdown;
use platform::{clock, server};
use scim::Profile;
use scim_gateway::{Gateway, Limits, configure, configure_admin};
use secrecy::SecretString;
use serde_json::json;
use testkit::entra::{Answer, Entra};
use uuid::Uuid;

/// A running gateway with one integration, `acme-production`.
pub(crate) struct TestGateway {
    pub(crate) entra: Entra,
    /// An administrator on the private listener, at the address of all integrations.
    pub(crate) administrator: Entra,
    pub(crate) store: Arc<SqliteDirectoryStore>,
    origin: String,
    shutdown: Shutdown,
}

impl TestGateway {
    pub(crate) async fn start() -> Self {
        Self::start_with(Limits {
            user_body_bytes: 64 * 1024,
            group_body_bytes: 1024 * 1024,
            bulk_body_bytes: 128 * 1024,
            body_seconds: 15,
            request_seconds: 25,
        })
        .await
    }

    pub(crate) async fn start_with(limits: Limits) -> Self {
        let store = Arc::new(SqliteDirectoryStore::open_in_memory().await.unwrap());
        let (public, private) = (listener(), listener());
        let origin = format!("http://{}", public.local_addr().unwrap());
        let tokens = AdminTokens::new(&SecretString::from("k".repeat(32))).unwrap();
        let administrator = Entra::new(
            format!("http://{}/admin/v1/integrations", private.local_addr().unwrap()),
            tokens.issue("test", &["owner"], clock::now(), chrono::Duration::hours(1)).unwrap(),
        );
        let gateway = Gateway {
            directory: Directory::new(store.clone()),
            integrations: store.clone(),
            snapshots: store.clone(),
            base_url: origin.clone(),
            limits,
        };
        let shutdown = Shutdown::new();
        let until = shutdown.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let admin = configure_admin(gateway.clone(), tokens);
                let public = server::serve(public, 1, &until, configure(gateway));
                let private = server::serve(private, 1, &until, admin);
                futures::try_join!(public, private).unwrap();
            });
        });
        let mut this = Self { entra: Entra::new("", ""), administrator, store, origin, shutdown };
        this.entra = this.integration("acme-production", Environment::Production).await;
        this
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
        let wanted = Bootstrap { slug: slug.clone(), portal: "acme".to_owned(), environment, profile };
        let random = platform::secret_file::random().unwrap();
        let token =
            bootstrap(self.store.as_ref(), wanted, &random, Uuid::new_v4(), clock::now()).await.unwrap();
        Entra::new(format!("{}/integrations/{slug}/scim/v2", self.origin), token.reveal())
    }

    /// The events that wait, oldest first. Each call sees those since the one before.
    pub(crate) async fn events(&self) -> Vec<OutboxEvent> {
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
