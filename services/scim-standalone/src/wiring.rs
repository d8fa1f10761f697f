use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroU16;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::ServiceConfig;
use admin_console::settings::SessionSettings;
use admin_console::{Console, ConsoleOptions, OneTimeLink};
use anyhow::{Context, ensure};
use directory::{DirectoryStore, Relay, RelayId, RelaySettings, SnapshotWorker, WorkerId};
use directory_store::sqlite::SqliteDirectoryStore;
use ipnet::IpNet;
use lms::{DirectorySync, LmsStore};
use lms_store::sqlite::SqliteLmsStore;
use messaging::InProcessBus;
use platform::admin::{AdminAccess, AdminTokens, BODY_TIME, guarded};
use platform::health::Health;
use platform::settings::ActsSettings;
use platform::shutdown::Shutdown;
use platform::telemetry::{Telemetry, TraceSettings};
use platform::{secret_file, server};
use scim_gateway::bootstrap::{self, Bootstrapped};
use scim_gateway::housekeeping;
use scim_gateway::relay_task::{self, RelayTaskSettings};
use scim_gateway::settings::{BootstrapSettings, EventsSettings, FederationSettings, OauthSettings};
use scim_gateway::snapshot_task::{self, SnapshotTaskSettings};
use scim_gateway::{Gateway, GatewayOptions, Limits, ObservedPublisher, outbox_watch};
use secrecy::{ExposeSecret, SecretString};
use user_sync::settings::{EffectsSettings, InboxSettings};
use user_sync::{ObservedHandler, SyncMetrics, background};
use uuid::Uuid;

/// How to serve.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Folder of the databases and of the administrators' key; made when it is missing.
    pub data_dir: PathBuf,
    /// Address of the public listener.
    pub listen: SocketAddr,
    /// Address of the private listener.
    pub admin_listen: SocketAddr,
    /// Address of the administrators' console.
    pub console_listen: SocketAddr,
    /// Address under which administrators reach the console; the listener's own when not given.
    pub console_base_url: Option<String>,
    /// Address under which clients reach the public listener; the listener's own when not given.
    pub base_url: Option<String>,
    /// File that gets the addresses and tokens.
    pub bootstrap_file: PathBuf,
    /// Networks of proxies that are believed what they say of a client.
    pub trusted_proxies: Vec<IpNet>,
    /// Whose tokens and assertions are believed.
    pub federation: FederationSettings,
    /// How the requests of the first integration are read, `entra` or `strict`; as before when not given.
    pub profile: Option<String>,
    /// Where traces go.
    pub traces: TraceSettings,
}

/// The process, listening but not yet serving.
pub struct Standalone {
    public: TcpListener,
    private: TcpListener,
    console_listener: TcpListener,
    console: Console,
    telemetry: Telemetry,
    gateway: Gateway,
    relay: Relay,
    worker: SnapshotWorker,
    sync: Arc<DirectorySync>,
    counted: SyncMetrics,
    directory: Arc<SqliteDirectoryStore>,
    lms: Arc<SqliteLmsStore>,
    admin_tokens: AdminTokens,
    /// Held as long as the folder is in use.
    _lock: File,
    /// The integration that the process begins with, and how it is reached.
    pub bootstrapped: Bootstrapped,
}

impl Standalone {
    /// Opens the databases and the listeners, and makes the first integration.
    ///
    /// # Errors
    /// When the folder cannot be written, a database cannot be read, or an address is taken.
    pub async fn open(options: &ServeOptions) -> anyhow::Result<Self> {
        let folder = &options.data_dir;
        // People stand in it.
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("making {}", folder.display()))?;
        let lock = lock(&folder.join("lock"))?;
        for name in ["directory.db", "lms.db"] {
            private_file(&folder.join(name)).with_context(|| format!("making {name}"))?;
        }
        let (directory_file, lms_file) = (folder.join("directory.db"), folder.join("lms.db"));
        let directory = SqliteDirectoryStore::open(directory_file.clone())
            .await
            .with_context(|| format!("opening {}", directory_file.display()))?;
        let lms = SqliteLmsStore::open(&lms_file)
            .await
            .with_context(|| format!("opening {}", lms_file.display()))?;
        let (directory, lms) = (Arc::new(directory), Arc::new(lms));
        let admin_tokens = AdminTokens::new(&key(folder, "admin.key")?)?;
        let (public, private) = (server::listen(options.listen)?, server::listen(options.admin_listen)?);
        let console_listener = server::listen(options.console_listen)?;

        let telemetry = Telemetry::start(&options.traces, "scim-standalone")?;
        let own_address = || anyhow::Ok(format!("http://{}", public.local_addr()?));
        let base_url = options.base_url.clone().map_or_else(own_address, Ok)?;
        let gateway_options = GatewayOptions {
            base_url,
            trusted_proxies: options.trusted_proxies.clone(),
            limits: LIMITS,
            oauth: OauthSettings { key: key(folder, "oauth.key")?, token_seconds: 3_600 },
            federation: options.federation.clone(),
            telemetry: telemetry.clone(),
        };
        let gateway = Gateway::new(directory.clone(), gateway_options)?;
        let counted = SyncMetrics::new(&telemetry.metrics.meter("user-sync"));
        let sync = DirectorySync::new(lms.clone()).with_drift_listener(Arc::new(counted.clone()));
        let sync = Arc::new(sync);
        let traces = telemetry.traces.clone();
        let handler =
            ObservedHandler::new(sync.clone(), BUS.to_owned(), counted.clone(), traces).over(SYSTEM);
        let bus = ObservedPublisher::new(
            Arc::new(InProcessBus::new(Arc::new(handler))),
            BUS.to_owned(),
            gateway.metrics.clone(),
            telemetry.traces.clone(),
        )
        .over(SYSTEM);
        let settings = RelaySettings { batch: RELAY.batch, lease: Duration::from_secs(RELAY.lease_seconds) };
        let relay = Relay::new(RelayId(Uuid::new_v4()), directory.clone(), Arc::new(bus), settings);
        let worker = SnapshotWorker::new(
            WorkerId(Uuid::new_v4()),
            directory.clone(),
            directory.clone(),
            directory.clone(),
            SNAPSHOT.worker(),
        );

        let admin_url = format!("http://{}", private.local_addr()?);
        let own_address = format!("http://{}", console_listener.local_addr()?);
        let console_options = ConsoleOptions {
            base_url: options.console_base_url.clone().unwrap_or(own_address),
            gateway_url: admin_url.clone(),
            user_sync_url: admin_url.clone(),
            oidc: None,
            session: SESSION,
            bootstrap_file: Some(options.bootstrap_file.clone()),
        };
        let console = Console::new(console_options)?;
        let wanted = BootstrapSettings {
            file: options.bootstrap_file.clone(),
            integration: "demo-production".to_owned(),
            portal: "demo".to_owned(),
            environment: "production".to_owned(),
            admin_url,
            gateway_admin_url: None,
            console_url: Some(console.base_url().to_owned()),
            profile: options.profile.clone(),
        };
        let bootstrapped = bootstrap::ensure(&gateway, &wanted, &admin_tokens, &Shutdown::new())
            .await?
            .context("the first integration was not made")?;
        Ok(Self {
            _lock: lock,
            public,
            private,
            console_listener,
            console,
            telemetry,
            gateway,
            relay,
            worker,
            sync,
            counted,
            directory,
            lms,
            admin_tokens,
            bootstrapped,
        })
    }

    /// The address of the console.
    pub fn console_url(&self) -> &str {
        self.console.base_url()
    }

    /// A link by which the administrator of the bootstrap file signs in at the console once.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn console_link(&self) -> anyhow::Result<OneTimeLink> {
        let token = self.bootstrapped.file.admin_token.clone();
        Ok(self.console.issue_link(
            token.into(),
            bootstrap::ADMINISTRATOR.to_owned(),
            platform::clock::now(),
        )?)
    }

    /// Serves until shutdown is requested and the requests under way are answered.
    ///
    /// # Errors
    /// When a listener fails.
    pub async fn serve(self, shutdown: &Shutdown) -> anyhow::Result<()> {
        let health = self.health(shutdown).into_routes();
        let integrations = scim_gateway::configure_admin(self.gateway.clone());
        // One process, one record of acts.
        let learners = user_sync::configure(self.lms.clone(), self.directory.clone());
        let access = AdminAccess {
            tokens: self.admin_tokens,
            oidc: None,
            audit: self.directory.clone(),
            body_time: BODY_TIME,
            reads: user_sync::READS,
        };
        let public = server::serve(self.public, 0, shutdown, scim_gateway::configure(self.gateway.clone()));
        let metrics = self.telemetry.metrics.into_routes();
        let routes = guarded(access, move |service: &mut ServiceConfig| {
            health(service);
            metrics(service);
            integrations(service);
            learners(service);
        });
        let private = server::serve(self.private, 1, shutdown, routes);
        let pages = admin_console::configure(self.console, shutdown.clone());
        let console = server::serve(self.console_listener, 1, shutdown, pages);
        let in_background =
            background::run(&self.sync, self.lms.as_ref(), &self.counted, EFFECTS, INBOX, ACTS, shutdown);
        let telling = snapshot_task::run(self.worker, &self.gateway, SNAPSHOT, shutdown);
        // These end after the listeners: what their last requests committed and noted is sent and written too.
        let house = Shutdown::new();
        let relaying = relay_task::run(self.relay, RELAY, &house);
        let keeping_house = housekeeping::run(&self.gateway, EVENTS, ACTS, &house);
        let listening = async {
            let all = futures::join!(public, private, console);
            house.request();
            all
        };
        let watching = outbox_watch::run(self.directory.as_ref(), &self.gateway.metrics, shutdown);
        let ((public, private, console), ..) =
            futures::join!(listening, relaying, watching, in_background, telling, keeping_house);
        self.telemetry.traces.stop().await;
        public.context("the public listener")?;
        private.context("the private listener")?;
        console.context("the listener of the console")
    }

    fn health(&self, shutdown: &Shutdown) -> Health {
        let (directory, lms) = (self.directory.clone(), self.lms.clone());
        Health::new(shutdown.clone())
            .needs("directory", move || {
                let directory = directory.clone();
                async move { directory.check().await.is_ok() }
            })
            .needs("lms", move || {
                let lms = lms.clone();
                async move { lms.probe().await.is_ok() }
            })
    }
}

/// Two processes on one folder would each believe that they are the only writer.
fn lock(path: &Path) -> anyhow::Result<File> {
    let file = private_file(path).with_context(|| format!("making {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            anyhow::bail!("another process serves this folder: {} is locked", path.display())
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("locking {}", path.display())),
    }
}

/// The key of administrators' tokens that a process keeps in this folder.
///
/// # Errors
/// When none was ever started there, or the key cannot be read.
pub fn admin_key(folder: &Path) -> anyhow::Result<SecretString> {
    let path = folder.join("admin.key");
    ensure!(path.exists(), "there is no {}: nothing was started with this folder", path.display());
    key(folder, "admin.key")
}

/// A key that is made at the first start.
fn key(folder: &Path, name: &str) -> anyhow::Result<SecretString> {
    let path = folder.join(name);
    let key = secret_file::read_or_create(&path).with_context(|| format!("reading {}", path.display()))?;
    ensure!(
        !key.expose_secret().is_empty(),
        "{} is empty: delete it, and another key is made",
        path.display()
    );
    Ok(key)
}

/// Makes a file for its owner alone, if it is missing. SQLite gives those that it makes beside it the same rights.
fn private_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)
}

/// What the way of events is called.
const BUS: &str = "in-process";

/// What carries events on it, in OpenTelemetry's words.
const SYSTEM: &str = "in_process";

const RELAY: RelayTaskSettings = RelayTaskSettings {
    enabled: true,
    batch: 500,
    // Short: after a crash the only relay there is waits for its own lease.
    lease_seconds: 5,
    poll_milliseconds: 250,
    linger_milliseconds: 2,
};

/// As user-sync's defaults.
const EFFECTS: EffectsSettings = EffectsSettings { retention_days: 180 };
const INBOX: InboxSettings = InboxSettings { retention_days: NonZeroU16::new(14).unwrap() };

/// As the gateway's defaults.
const EVENTS: EventsSettings = EventsSettings { retention_days: NonZeroU16::new(30).unwrap() };
const ACTS: ActsSettings = ActsSettings { retention_days: 400 };
const SNAPSHOT: SnapshotTaskSettings = SnapshotTaskSettings { every_hours: 24, margin_seconds: 120 };

/// As the console's defaults.
const SESSION: SessionSettings = SessionSettings {
    idle_minutes: NonZeroU16::new(30).unwrap(),
    absolute_hours: NonZeroU16::new(8).unwrap(),
};

const LIMITS: Limits = Limits {
    user_body_bytes: 1024 * 1024,
    group_body_bytes: 4 * 1024 * 1024,
    bulk_body_bytes: 1024 * 1024,
    body_seconds: 15,
    request_seconds: 25,
    requests_per_second: 10_000,
    refusals_per_minute: 60,
    concurrent_requests: 512,
};
