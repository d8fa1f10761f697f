//! One trial's surroundings: the product as real processes, with databases and broker names of its own.

mod entrance;
mod service;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use messaging::Topology;
use reqwest::Method;
use serde_json::json;
use testkit::entra::Entra;
use testkit::postgres::TestDatabase;
use testkit::proxy::CuttingProxy;
use testkit::rabbitmq_cluster::RabbitMqCluster;

pub(crate) use self::entrance::Entrance;
pub(crate) use self::service::{Mebibytes, Service, Settings};
use crate::database::Database;
use crate::servers::Servers;
use crate::site::Site;

const ADMIN_KEY: &str = "0123456789abcdef0123456789abcdef";
const OAUTH_KEY: &str = "fedcba9876543210fedcba9876543210";

/// Slugs of the integration that suffers, and of the one that must not notice.
pub(crate) const SUFFERER: &str = "acme-production";
pub(crate) const CANARY: &str = "canary-production";

/// How long a process may take to serve after its start.
const START: Duration = Duration::from_secs(60);

/// The product, and everything that stands around it.
pub(crate) struct World {
    pub(crate) servers: Servers,
    /// In the place of the broker among the servers.
    pub(crate) cluster: Option<RabbitMqCluster>,
    pub(crate) folder: PathBuf,
    pub(crate) directory: Database,
    pub(crate) lms: Database,
    /// Between gateways and their database, user-syncs and theirs, and each kind and the broker.
    pub(crate) directory_proxy: CuttingProxy,
    pub(crate) lms_proxy: CuttingProxy,
    pub(crate) publisher_proxy: CuttingProxy,
    pub(crate) consumer_proxy: CuttingProxy,
    /// Before the name of everything on the broker.
    pub(crate) prefix: String,
    pub(crate) gateways: Vec<Service>,
    pub(crate) user_syncs: Vec<Service>,
    pub(crate) sufferer: Entrance,
    pub(crate) canary: Entrance,
    admin_token: String,
    // Dropped last: databases go when nobody uses them any more.
    _databases: [TestDatabase; 2],
}

pub(crate) fn broker_url(host: &str, port: u16) -> String {
    format!("amqp://guest:guest@{host}:{port}/%2f")
}

/// How many processes a trial needs, and with which settings besides the usual ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cast {
    /// Whether the broker is a cluster of three.
    pub(crate) has_cluster: bool,
    pub(crate) gateways: usize,
    pub(crate) user_syncs: usize,
    pub(crate) settings: &'static [(&'static str, &'static str)],
}

impl World {
    /// Starts everything, and makes both integrations.
    pub(crate) async fn start(site: Site, cast: Cast) -> anyhow::Result<Self> {
        let servers = site.servers.clone();
        let cluster = if cast.has_cluster { Some(RabbitMqCluster::start().await) } else { None };
        let broker = cluster.as_ref().map_or_else(|| servers.broker.authority(), RabbitMqCluster::authority);
        let directory = TestDatabase::create_at(&servers.directory.url("postgres")).await;
        let lms = TestDatabase::create_at(&servers.lms.url("postgres")).await;
        let mut world = Self {
            directory: Database::new(directory.url()),
            lms: Database::new(lms.url()),
            directory_proxy: CuttingProxy::in_front_of(servers.directory.authority()).await,
            lms_proxy: CuttingProxy::in_front_of(servers.lms.authority()).await,
            publisher_proxy: CuttingProxy::in_front_of(&*broker).await,
            consumer_proxy: CuttingProxy::in_front_of(&*broker).await,
            prefix: format!("{}.", uuid::Uuid::new_v4().simple()),
            gateways: vec![],
            user_syncs: vec![],
            sufferer: Entrance::default(),
            canary: Entrance::default(),
            admin_token: String::new(),
            servers,
            cluster,
            folder: site.folder.clone(),
            _databases: [directory, lms],
        };
        for number in 1..=cast.user_syncs {
            let settings = world.user_sync_settings(cast.settings);
            world.user_syncs.push(Service::new("user-sync", number, settings, &site)?);
        }
        for number in 1..=cast.gateways {
            let settings = world.gateway_settings(cast.settings);
            world.gateways.push(Service::new("scim-gateway", number, settings, &site)?);
        }
        for service in world.services_mut() {
            service.start()?;
        }
        world.are_ready().await?;
        world.admin_token = world.make_admin_token()?;
        world.sufferer = world.make_integration(SUFFERER, "acme").await?;
        world.canary = world.make_integration(CANARY, "canary").await?;
        Ok(world)
    }

    /// Every process, user-syncs first.
    pub(crate) fn services(&self) -> impl Iterator<Item = &Service> {
        self.user_syncs.iter().chain(&self.gateways)
    }

    /// Every process, user-syncs first.
    pub(crate) fn services_mut(&mut self) -> impl Iterator<Item = &mut Service> {
        self.user_syncs.iter_mut().chain(&mut self.gateways)
    }

    /// Waits until every process says that it can serve.
    pub(crate) async fn are_ready(&mut self) -> anyhow::Result<()> {
        for service in self.services_mut() {
            service.is_ready(START).await?;
        }
        Ok(())
    }

    /// Ends the fault, whatever it was: servers answer, ways are open, processes run.
    pub(crate) async fn mend(&mut self) -> anyhow::Result<()> {
        let proxies = [&self.directory_proxy, &self.lms_proxy, &self.publisher_proxy, &self.consumer_proxy];
        for proxy in proxies {
            proxy.heal();
        }
        self.servers.mend().await;
        if let Some(cluster) = &self.cluster {
            cluster.mend().await;
        }
        for service in self.services_mut() {
            service.thaw();
            service.revive()?;
        }
        Ok(())
    }

    /// An administrator of all portals, at a gateway.
    pub(crate) fn administrator(&self) -> anyhow::Result<Entra> {
        let gateway = self.gateways.first().context("a gateway")?;
        let base = format!("http://{}/admin/v1/integrations", gateway.private_address());
        Ok(Entra::new(base, &self.admin_token))
    }

    /// Takes the guard against mass changes away, which would take a trial for a mistake in Azure.
    pub(crate) async fn let_everybody_go(&self) -> anyhow::Result<()> {
        let user_sync = self.user_syncs.first().context("a user-sync")?;
        let url = format!("http://{}/admin/v1/integrations/{SUFFERER}", user_sync.private_address());
        let rules = json!({ "rules": { "guard": { "enabled": false } }, "comment": "a trial" });
        let body = Some(rules.to_string().into_bytes());
        let headers = [("if-match", "\"0\""), ("content-type", "application/json")];
        let saving =
            Entra::new(url, &self.admin_token).try_send(Method::PUT, "/rules", &headers, body).await?;
        ensure!(saving.status < 300, "rules were answered {saving:?}");
        Ok(())
    }

    /// Has a parked event given again, as an operator does who knows why it was parked.
    pub(crate) async fn give_again(&self, event: &str) -> anyhow::Result<()> {
        let user_sync = self.user_syncs.first().context("a user-sync")?;
        let url = format!("http://{}/admin/v1/integrations/{SUFFERER}", user_sync.private_address());
        let path = format!("/parked/{event}/retry");
        let asked = Entra::new(url, &self.admin_token).post(&path, json!({})).await;
        ensure!(asked.status < 300, "{path} was answered {asked:?}");
        Ok(())
    }

    /// Has every event sent again, as an operator does after the broker has lost its data.
    pub(crate) async fn send_again(&self) -> anyhow::Result<()> {
        self.directory
            .execute(
                "insert into directory.outbox (event_id, integration_id, log_id, committed_at)
                select event_id, integration_id, id, committed_at from directory.event_log
                on conflict (event_id) do update set claimed_by = null, claimed_until = null",
            )
            .await
    }

    /// Waits until the outbox is empty.
    pub(crate) async fn all_is_sent(&self) -> anyhow::Result<()> {
        let deadline = Instant::now() + START;
        let unsent = "select count(*) from directory.outbox";
        while self.directory.number(unsent).await? > 0 {
            ensure!(Instant::now() < deadline, "events are unsent after {START:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// What is declared on the broker.
    pub(crate) fn topology(&self) -> Topology {
        Topology::default().with_prefix(&self.prefix)
    }

    /// Queues of all lanes.
    pub(crate) fn lane_queues(&self) -> Vec<String> {
        let topology = self.topology();
        (0..topology.lanes).map(|lane| topology.lane_queue(lane)).collect()
    }

    /// The queue by which events of the sufferer come.
    pub(crate) fn queue(&self) -> String {
        let topology = self.topology();
        topology.lane_queue(topology.lane_of(SUFFERER))
    }

    /// Messages that wait in the queues of all lanes; `None` when one of them is missing.
    pub(crate) async fn queue_depth(&self) -> Option<u32> {
        let mut waiting = 0;
        for queue in self.lane_queues() {
            waiting += self.depth_of(&queue).await?;
        }
        Some(waiting)
    }

    /// Messages that were given up and not yet taken into the LMS database; `None` when there is no such queue.
    pub(crate) async fn parked_depth(&self) -> Option<u32> {
        self.depth_of(&self.topology().parked_queue).await
    }

    async fn depth_of(&self, queue: &str) -> Option<u32> {
        match &self.cluster {
            Some(cluster) => cluster.queue_depth(queue).await,
            None => self.servers.broker.queue_depth(queue).await,
        }
    }

    /// All learners as they are, in few letters.
    pub(crate) async fn learners_digest(&self) -> anyhow::Result<String> {
        let sql = "select md5(string_agg(l::text, '|' order by learner_id)) from lms.learner l";
        self.lms.column(sql).await?.pop().context("a digest")
    }

    /// Everything that must stand in no log: keys, tokens, and what only people's data hold.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let tokens = [&self.sufferer, &self.canary].map(|entrance| entrance.token().to_owned());
        let fixed = [ADMIN_KEY, OAUTH_KEY, &self.admin_token, "@people.example", "guest:guest"];
        tokens.into_iter().chain(fixed.map(str::to_owned)).collect()
    }

    /// Makes an integration with a token.
    pub(crate) async fn make_integration(&self, slug: &str, portal: &str) -> anyhow::Result<Entrance> {
        let administrator = self.administrator()?;
        let body = json!({ "slug": slug, "portal": portal, "environment": "production" });
        let made = administrator.post("", body).await;
        ensure!(made.status == 201, "integration {slug}: {made:?}");
        let body = json!({ "kind": "secret", "name": "trial" });
        let made = administrator.post(&format!("/{slug}/credentials"), body).await;
        ensure!(made.status == 201, "credential of {slug}: {}", made.status);
        let token = made.body["secret"].as_str().context("a secret")?;
        let public = self.gateways.iter().map(Service::public_address);
        Ok(Entrance::new(public, slug, token))
    }

    fn make_admin_token(&self) -> anyhow::Result<String> {
        let gateway = self.gateways.first().context("a gateway")?;
        gateway.run(&["admin-token", "--subject", "chaos", "--role", "owner"])
    }

    fn user_sync_settings(&self, further: &[(&str, &str)]) -> Settings {
        let mut settings = self.common_settings(&self.consumer_proxy);
        settings.set("ILLUXI__DATABASE__URL", self.lms.through(&self.lms_proxy));
        settings.set("ILLUXI__DATABASE__MIGRATION_URL", self.lms.url());
        settings.set("ILLUXI__CONSUMER__PROBE_SECONDS", "1");
        settings.set_those_of("user-sync", further);
        settings
    }

    fn gateway_settings(&self, further: &[(&str, &str)]) -> Settings {
        let mut settings = self.common_settings(&self.publisher_proxy);
        settings.set("ILLUXI__DATABASE__URL", self.directory.through(&self.directory_proxy));
        settings.set("ILLUXI__DATABASE__MIGRATION_URL", self.directory.url());
        settings.set("ILLUXI__OAUTH__KEY", OAUTH_KEY);
        settings.set("ILLUXI__SNAPSHOT__EVERY_HOURS", "0");
        settings.set_those_of("scim-gateway", further);
        settings
    }

    fn common_settings(&self, broker: &CuttingProxy) -> Settings {
        let mut settings = Settings::default();
        settings.set("ILLUXI__ADMIN__KEY", ADMIN_KEY);
        settings.set("ILLUXI__BROKER__URL", broker_url("127.0.0.1", broker.port()));
        settings.set("ILLUXI__BROKER__NAME_PREFIX", &self.prefix);
        settings.set("ILLUXI__LOG__FILTER", "info");
        settings
    }
}
