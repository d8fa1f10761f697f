//! The two processes, each behind proxies that can cut its connections.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::time::Duration;

use messaging::Topology;
use scim_gateway::bootstrap::BootstrapFile;
use testkit::broker::{BrokerScope, amqp_url};
use testkit::entra::Entra;
use testkit::lms_reader::LmsReader;
use testkit::postgres::TestDatabase;
use testkit::proxy::CuttingProxy;

/// Keys that sign access tokens, and administrators' tokens.
pub(crate) const OAUTH_KEY: &str = "fedcba9876543210fedcba9876543210";
pub(crate) const ADMIN_KEY: &str = "0123456789abcdef0123456789abcdef";

/// scim-gateway and user-sync with databases and broker names of their own.
pub(crate) struct Pair {
    pub(crate) directory: TestDatabase,
    pub(crate) lms_database: TestDatabase,
    /// Between the gateway and its database.
    pub(crate) directory_proxy: CuttingProxy,
    /// Between user-sync and its database.
    pub(crate) lms_proxy: CuttingProxy,
    /// Between both processes and RabbitMQ.
    pub(crate) broker: CuttingProxy,
    scope: BrokerScope,
    folder: tempfile::TempDir,
    public: String,
    private: String,
    sync_private: String,
    gateway: Option<Child>,
    second_gateway: Option<Child>,
    user_sync: Option<Child>,
    file: Option<BootstrapFile>,
    log_filter: &'static str,
    /// Where both tell of what happens; empty for nowhere.
    collector: String,
}

impl Pair {
    pub(crate) async fn start() -> Self {
        Self::start_with("warn", "").await
    }

    /// With traces for a collector.
    pub(crate) async fn start_tracing(collector: &str) -> Self {
        Self::start_with("warn", collector).await
    }

    /// With logs of that much detail, to be read with [`Pair::logs`].
    pub(crate) async fn start_logging(log_filter: &'static str) -> Self {
        Self::start_with(log_filter, "").await
    }

    async fn start_with(log_filter: &'static str, collector: &str) -> Self {
        let (directory, lms_database) = (TestDatabase::create().await, TestDatabase::create().await);
        let mut pair = Self {
            directory_proxy: CuttingProxy::in_front_of(authority(directory.url())).await,
            lms_proxy: CuttingProxy::in_front_of(authority(lms_database.url())).await,
            broker: CuttingProxy::in_front_of(authority(&amqp_url())).await,
            directory,
            lms_database,
            scope: BrokerScope::new(),
            folder: tempfile::tempdir().unwrap(),
            public: free_address(),
            private: free_address(),
            sync_private: free_address(),
            gateway: None,
            second_gateway: None,
            user_sync: None,
            file: None,
            log_filter,
            collector: collector.to_owned(),
        };
        pair.start_user_sync().await;
        pair.start_gateway().await;
        pair
    }

    pub(crate) async fn start_user_sync(&mut self) {
        let child = self
            .command("user-sync")
            .env("ILLUXI__DATABASE__URL", through(self.lms_database.url(), &self.lms_proxy))
            .env("ILLUXI__DATABASE__MIGRATION_URL", self.lms_database.url())
            .env("ILLUXI__PRIVATE__LISTEN", &self.sync_private)
            .env("ILLUXI__CONSUMER__PROBE_SECONDS", "1")
            .spawn()
            .unwrap();
        self.user_sync = Some(child);
        let within = Duration::from_secs(30);
        testkit::eventually(within, "user-sync is ready", async || answers(&self.sync_private).await).await;
    }

    pub(crate) async fn start_gateway(&mut self) {
        let path = self.folder.path().join("bootstrap.json");
        self.gateway = Some(self.spawn_gateway(&self.public, &self.private));
        let within = Duration::from_secs(30);
        testkit::eventually(within, "the gateway is ready", async || {
            path.exists() && answers(&self.private).await
        })
        .await;
        self.file = Some(serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap());
    }

    /// Another gateway on the same database; answers where it is.
    pub(crate) async fn start_second_gateway(&mut self) -> Replica {
        let (public, private) = (free_address(), free_address());
        self.second_gateway = Some(self.spawn_gateway(&public, &private));
        let within = Duration::from_secs(30);
        testkit::eventually(within, "it is ready", async || answers(&private).await).await;
        self.replica(&public, private)
    }

    /// Where the first gateway is.
    pub(crate) fn first_gateway(&self) -> Replica {
        self.replica(&self.public, self.private.clone())
    }

    fn replica(&self, public: &str, private: String) -> Replica {
        let file = self.file.as_ref().unwrap();
        Replica { entra: Entra::new(file.scim_url.replace(&self.public, public), &file.scim_token), private }
    }

    /// SIGTERM to the first gateway.
    pub(crate) fn terminate_gateway(&self) {
        let id = self.gateway.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Waits until the first gateway has ended, and ended well.
    pub(crate) async fn gateway_ends(&mut self) {
        let mut gateway = self.gateway.take().unwrap();
        let ending = tokio::task::spawn_blocking(move || gateway.wait().unwrap());
        let status = tokio::time::timeout(Duration::from_secs(30), ending).await.unwrap().unwrap();
        assert!(status.success(), "{status}");
    }

    fn spawn_gateway(&self, public: &str, private: &str) -> Child {
        let path = self.folder.path().join("bootstrap.json");
        self.command("scim-gateway")
            .env("ILLUXI__DATABASE__URL", through(self.directory.url(), &self.directory_proxy))
            .env("ILLUXI__DATABASE__MIGRATION_URL", self.directory.url())
            .env("ILLUXI__PUBLIC__LISTEN", public)
            .env("ILLUXI__PUBLIC__BASE_URL", format!("http://{}", self.public))
            .env("ILLUXI__PRIVATE__LISTEN", private)
            .env("ILLUXI__OAUTH__KEY", OAUTH_KEY)
            .env("ILLUXI__BOOTSTRAP__FILE", &path)
            .env("ILLUXI__BOOTSTRAP__INTEGRATION", "demo-production")
            .env("ILLUXI__BOOTSTRAP__PORTAL", "demo")
            .env("ILLUXI__BOOTSTRAP__ENVIRONMENT", "production")
            .env("ILLUXI__BOOTSTRAP__ADMIN_URL", format!("http://{}", self.sync_private))
            .spawn()
            .unwrap()
    }

    fn command(&self, binary: &str) -> Command {
        let mut command = Command::new(path_of(binary));
        command
            .env_clear()
            .env("ILLUXI__ADMIN__KEY", ADMIN_KEY)
            .env("ILLUXI__BROKER__URL", through(&amqp_url(), &self.broker))
            .env("ILLUXI__BROKER__NAME_PREFIX", prefix(&self.scope))
            // Longer than any test: who has it end sends the signal twice.
            .env("ILLUXI__SHUTDOWN__DRAIN_SECONDS", "600")
            .env("ILLUXI__LOG__FILTER", self.log_filter)
            .env("ILLUXI__TRACES__ENDPOINT", &self.collector)
            .stdout(self.log(binary))
            .stderr(self.log(binary));
        command
    }

    fn log(&self, binary: &str) -> File {
        File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join(format!("{binary}.log")))
            .unwrap()
    }

    /// All that both processes have logged.
    pub(crate) fn logs(&self) -> String {
        let read =
            |binary| std::fs::read_to_string(self.folder.path().join(format!("{binary}.log"))).unwrap();
        ["scim-gateway", "user-sync"].map(read).concat()
    }

    /// SIGKILL.
    pub(crate) fn kill_user_sync(&mut self) {
        kill(&mut self.user_sync);
    }

    /// SIGKILL.
    pub(crate) fn kill_gateway(&mut self) {
        kill(&mut self.gateway);
    }

    /// What Prometheus would fetch of a process.
    pub(crate) async fn figures(&self, of: &str) -> String {
        let private = if of == "user-sync" { &self.sync_private } else { &self.private };
        let answer = reqwest::get(format!("http://{private}/metrics")).await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        answer.text().await.unwrap()
    }

    pub(crate) fn entra(&self) -> Entra {
        let file = self.file.as_ref().unwrap();
        Entra::new(&file.scim_url, &file.scim_token)
    }

    pub(crate) fn lms(&self) -> LmsReader {
        let file = self.file.as_ref().unwrap();
        LmsReader::new(&file.admin_url, &file.admin_token, "demo-production")
    }

    /// An administrator on the gateway's private listener.
    pub(crate) fn administrator(&self) -> Entra {
        let token = &self.file.as_ref().unwrap().admin_token;
        Entra::new(format!("http://{}/admin/v1/integrations", self.private), token)
    }

    /// An administrator on user-sync's private listener, at the integration.
    pub(crate) fn lms_administrator(&self) -> Entra {
        let file = self.file.as_ref().unwrap();
        Entra::new(format!("{}/admin/v1/integrations/demo-production", file.admin_url), &file.admin_token)
    }

    /// Has the broker give the next message of user-sync's queue up, as it does at its delivery limit.
    pub(crate) async fn give_up_next_message(&self) {
        let (_connection, channel) = self.scope.open_channel().await;
        let topology = Topology::default().with_prefix(&self.scope.prefix());
        let queue = topology.lane_queue(topology.lane_of("demo-production"));
        let next = channel.basic_get(queue.as_str().into(), Default::default()).await.unwrap();
        next.unwrap().delivery.reject(Default::default()).await.unwrap();
    }

    /// Status of the gateway's readiness.
    pub(crate) async fn ready(&self) -> u16 {
        self.first_gateway().ready().await
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        self.kill_gateway();
        kill(&mut self.second_gateway);
        self.kill_user_sync();
    }
}

/// One of several gateways.
pub(crate) struct Replica {
    pub(crate) entra: Entra,
    private: String,
}

impl Replica {
    /// Status of its readiness; 0 when it does not answer.
    pub(crate) async fn ready(&self) -> u16 {
        let client = Entra::new(format!("http://{}", self.private), "");
        let answer = client.try_send(reqwest::Method::GET, "/health/ready", &[], None).await;
        answer.map_or(0, |answer| answer.status)
    }
}

/// Registers the names that the processes use with the scope, which removes them in the end.
pub(crate) fn prefix(scope: &BrokerScope) -> String {
    for name in ["scim.events", "lms.sync", "lms.sync.rest", "scim.parked"] {
        scope.exchange(name);
    }
    for lane in 0..Topology::default().lanes {
        scope.queue(&format!("lms.sync.{lane}"));
    }
    scope.queue("lms.parked");
    scope.prefix()
}

/// Runs the gateway with settings that are right but for one, until it ends.
pub(crate) fn start_with(name: &str, value: &str) -> Output {
    Command::new(path_of("scim-gateway"))
        .env_clear()
        .env("ILLUXI__ADMIN__KEY", ADMIN_KEY)
        .env("ILLUXI__OAUTH__KEY", OAUTH_KEY)
        .env("ILLUXI__BROKER__URL", "amqp://127.0.0.1:1")
        .env("ILLUXI__DATABASE__URL", "postgres://127.0.0.1:1/none")
        .env("ILLUXI__PRIVATE__LISTEN", free_address())
        .env(name, value)
        .output()
        .unwrap()
}

fn kill(child: &mut Option<Child>) {
    if let Some(mut child) = child.take() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

async fn answers(private: &str) -> bool {
    let client = Entra::new(format!("http://{private}"), "");
    let answer = client.try_send(reqwest::Method::GET, "/health/ready", &[], None).await;
    answer.is_ok_and(|answer| answer.status == 200)
}

pub(crate) fn path_of(binary: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_scim-gateway")).with_file_name(binary);
    assert!(path.exists(), "{} is not built; run the tests of the whole workspace", path.display());
    path
}

pub(crate) fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// `host:port` of an address.
pub(crate) fn authority(url: &str) -> String {
    let rest = url.split_once("://").unwrap().1;
    let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap().to_owned()
}

pub(crate) fn through(url: &str, proxy: &CuttingProxy) -> String {
    url.replace(&authority(url), &format!("127.0.0.1:{}", proxy.port()))
}
