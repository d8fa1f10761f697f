//! A gateway on a port of its own, and what it has stored.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use directory::admin::{Bootstrap, bootstrap};
use directory::{Directory, IntegrationSlug, Outbox, OutboxEvent, RelayId};
use directory_store::sqlite::SqliteDirectoryStore;
use events::Environment;
use platform::shutdown::Shutdown;
use platform::{clock, server};
use scim_gateway::{Gateway, Limits, configure};
use testkit::entra::Entra;
use uuid::Uuid;

/// A running gateway with one integration, `acme-production`.
pub(crate) struct TestGateway {
    pub(crate) entra: Entra,
    pub(crate) store: Arc<SqliteDirectoryStore>,
    origin: String,
    shutdown: Shutdown,
}

impl TestGateway {
    pub(crate) async fn start() -> Self {
        Self::start_with(Limits {
            user_body_bytes: 64 * 1024,
            group_body_bytes: 256 * 1024,
            body_seconds: 15,
            request_seconds: 25,
        })
        .await
    }

    pub(crate) async fn start_with(limits: Limits) -> Self {
        let store = Arc::new(SqliteDirectoryStore::open_in_memory().await.unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let gateway = Gateway {
            directory: Directory::new(store.clone()),
            integrations: store.clone(),
            base_url: origin.clone(),
            limits,
        };
        let shutdown = Shutdown::new();
        let until = shutdown.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(server::serve(listener, 1, &until, configure(gateway))).unwrap();
        });
        let mut this = Self { entra: Entra::new("", ""), store, origin, shutdown };
        this.entra = this.integration("acme-production", Environment::Production).await;
        this
    }

    /// A client of an integration, which is made when it does not exist yet.
    pub(crate) async fn integration(&self, slug: &str, environment: Environment) -> Entra {
        let wanted =
            Bootstrap { slug: IntegrationSlug::parse(slug).unwrap(), portal: "acme".to_owned(), environment };
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

impl Drop for TestGateway {
    fn drop(&mut self) {
        self.shutdown.request();
    }
}
