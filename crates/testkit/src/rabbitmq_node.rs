//! A RabbitMQ node of one's own, for faults that a shared one must not have.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use lapin::{Channel, Connection, ConnectionProperties};
use uuid::Uuid;

use crate::account::run;
use crate::signal::{self, Signal};
use crate::{eventually, free_port};

/// A node boots in about 15 seconds on an idle machine, and needs minutes on one where others compile.
const PATIENCE: Duration = Duration::from_secs(600);

/// Where Debian has the programs themselves; those in the path change the user and ask for root.
const PROGRAMS: &str = "/usr/lib/rabbitmq/bin";

/// A node with a name, ports, a cookie and data of its own, gone with it.
///
/// Its name server (epmd) is that of the machine: a node that finds none starts it, and leaves it running.
#[derive(Debug)]
pub struct RabbitMqNode {
    folder: PathBuf,
    name: String,
    port: u16,
    distribution_port: u16,
    /// Arguments of the runtime, besides the usual ones.
    arguments: String,
    /// What started the node, and ends with it.
    launcher: Mutex<Option<Child>>,
}

impl RabbitMqNode {
    /// Makes a node and boots it.
    ///
    /// # Panics
    /// When RabbitMQ is not installed, or does not boot.
    pub async fn start() -> Self {
        let id = Uuid::new_v4().simple().to_string();
        let node = Self::new(format!("illuxi-{}@localhost", &id[..8]), &id, "");
        node.boot().await;
        node
    }

    /// Makes a node that was not booted yet. Nodes with the same cookie may talk to each other.
    pub(crate) fn new(name: String, cookie: &str, arguments: &str) -> Self {
        let folder = PathBuf::from(format!("/var/tmp/illuxi-rabbitmq.{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join(".erlang.cookie");
        std::fs::write(&file, cookie).expect("a cookie");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o400)).expect("a cookie");
        let (port, distribution_port) = (free_port(), free_port());
        let arguments = arguments.to_owned();
        Self { folder, name, port, distribution_port, arguments, launcher: Mutex::default() }
    }

    /// Boots the node after it was killed, and waits until it takes connections.
    ///
    /// # Panics
    /// When it does not.
    pub async fn boot(&self) {
        let log = std::fs::File::create(self.folder.join("out")).expect("a log");
        let launcher = self
            .command("rabbitmq-server")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("RabbitMQ is installed");
        *self.launcher.lock().unwrap_or_else(PoisonError::into_inner) = Some(launcher);
        self.is_up().await;
    }

    /// Waits until the node takes connections.
    ///
    /// # Panics
    /// When it does not.
    pub async fn is_up(&self) {
        eventually(PATIENCE, "RabbitMQ takes connections", async || self.answers().await).await;
    }

    /// Address for the code under test.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@{}/%2f", self.authority())
    }

    /// `host:port`.
    pub fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What nodes call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether there is a node, be it frozen.
    pub fn is_running(&self) -> bool {
        self.process().is_some_and(signal::is_alive)
    }

    /// Opens a connection and a channel past the code under test.
    ///
    /// # Errors
    /// When the node takes none.
    pub async fn open_channel(&self) -> lapin::Result<(Connection, Channel)> {
        let connection = Connection::connect(&self.url(), ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        Ok((connection, channel))
    }

    /// Messages that wait in a queue; `None` when there is no such queue.
    pub async fn queue_depth(&self, queue: &str) -> Option<u32> {
        let opening = tokio::time::timeout(Duration::from_secs(30), self.open_channel());
        let (connection, _channel) = opening.await.ok()?.ok()?;
        queue_depth(&connection, queue).await
    }

    /// Whether it takes a connection.
    pub async fn answers(&self) -> bool {
        matches!(tokio::time::timeout(Duration::from_secs(3), self.open_channel()).await, Ok(Ok(_)))
    }

    /// Runs `rabbitmqctl`, and answers what it printed.
    ///
    /// # Panics
    /// When it fails.
    pub async fn control(&self, arguments: &[&str]) -> String {
        let mut command = self.command("rabbitmqctl");
        command.args(["--quiet", "--node", &self.name]).args(arguments);
        tokio::task::spawn_blocking(move || run(&mut command)).await.expect("rabbitmqctl ends well")
    }

    /// SIGKILL.
    ///
    /// # Panics
    /// When it is not running.
    pub async fn kill(&self) {
        let process = self.process().expect("RabbitMQ runs");
        signal::send(Signal::Kill, process);
        eventually(PATIENCE, "RabbitMQ is gone", async || !signal::is_alive(process)).await;
        self.collect_launcher();
    }

    /// Holds the node still; every connection stays open.
    ///
    /// # Panics
    /// When it is not running.
    pub fn freeze(&self) {
        signal::send(Signal::Freeze, self.process().expect("RabbitMQ runs"));
    }

    /// Goes on after [`RabbitMqNode::freeze`].
    ///
    /// # Panics
    /// When it is not running.
    pub fn thaw(&self) {
        signal::send(Signal::Thaw, self.process().expect("RabbitMQ runs"));
    }

    /// Loses everything that the node has on disk. It must be down.
    ///
    /// # Panics
    /// When the files cannot be removed.
    pub fn wipe(&self) {
        std::fs::remove_dir_all(self.folder.join("mnesia")).expect("the node's data");
    }

    /// The node's log.
    pub fn log_folder(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn collect_launcher(&self) {
        if let Some(mut launcher) = self.launcher.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // It has nothing to do any more; what it answers is of no interest.
            let _ = launcher.wait();
        }
    }

    fn process(&self) -> Option<u32> {
        std::fs::read_to_string(self.folder.join("pid")).ok()?.trim().parse().ok()
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(Path::new(PROGRAMS).join(program));
        let path = |name: &str| self.folder.join(name);
        command
            .env("HOME", &self.folder)
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_NODENAME", &self.name)
            .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_NODE_PORT", self.port.to_string())
            .env("RABBITMQ_DIST_PORT", self.distribution_port.to_string())
            .env("RABBITMQ_SERVER_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}")
            .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", &self.arguments)
            .env("RABBITMQ_MNESIA_BASE", path("mnesia"))
            .env("RABBITMQ_LOG_BASE", path("log"))
            .env("RABBITMQ_PID_FILE", path("pid"))
            // None of these exists: nothing of the machine's own broker counts for this one.
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", path("plugins"))
            .env("RABBITMQ_CONFIG_FILE", path("settings"))
            .env("RABBITMQ_CONF_ENV_FILE", path("settings.env"));
        command
    }
}

/// Messages that wait in a queue; `None` when there is no such queue.
pub(crate) async fn queue_depth(connection: &Connection, queue: &str) -> Option<u32> {
    let asking = async {
        let channel = connection.create_channel().await?;
        let passive = QueueDeclareOptions { passive: true, durable: true, ..QueueDeclareOptions::default() };
        let declared = channel.queue_declare(queue.into(), passive, FieldTable::default()).await?;
        lapin::Result::Ok(declared.message_count())
    };
    tokio::time::timeout(Duration::from_secs(30), asking).await.ok()?.ok()
}

impl Drop for RabbitMqNode {
    fn drop(&mut self) {
        if let Some(process) = self.process() {
            signal::send(Signal::Kill, process);
            self.collect_launcher();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
