//! The programs that are measured, each as its users run it.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::load::http::{Connection, Target};
use crate::surroundings::Database;

const ADMIN_KEY: &str = "0123456789abcdef0123456789abcdef";
const OAUTH_KEY: &str = "fedcba9876543210fedcba9876543210";
/// Migrations of two databases, on a machine that does other things too.
const START: Duration = Duration::from_secs(60);

/// Where programs are, and where they may write.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    /// Folder of the release binaries.
    pub(crate) binaries: PathBuf,
    /// Folder of the run: logs, data of the standalone.
    pub(crate) folder: PathBuf,
}

/// A process that ends with its owner.
#[derive(Debug)]
struct Process(Child);

/// A service that answers.
#[derive(Debug)]
pub(crate) struct Service {
    process: Process,
    /// Where requests go.
    pub(crate) target: Target,
}

/// What a service writes for whoever uses it.
#[derive(Deserialize)]
struct Bootstrap {
    scim_url: String,
    scim_token: String,
}

/// Whether the gateway publishes what it stores.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Relay<'a> {
    Off,
    /// To the broker there, under names with that prefix.
    To(&'a str, &'a str),
}

impl Service {
    pub(crate) fn pid(&self) -> u32 {
        self.process.0.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has nothing to lose: its database goes too.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Programs {
    /// Starts scim-gateway. Everything is at its default but the rate limit, which is out of the way.
    pub(crate) async fn gateway(&self, database: &str, relay: Relay<'_>) -> anyhow::Result<Service> {
        let (public, private) = (free_address()?, free_address()?);
        let name = format!("gateway-{}", public.replace(':', "-"));
        let file = self.folder.join(format!("{name}.json"));
        let mut command = self.command("scim-gateway", &name)?;
        command
            .env("ILLUXI__DATABASE__URL", database)
            .env("ILLUXI__DATABASE__MIGRATION_URL", database)
            .env("ILLUXI__PUBLIC__LISTEN", &public)
            .env("ILLUXI__PUBLIC__BASE_URL", format!("http://{public}"))
            .env("ILLUXI__PRIVATE__LISTEN", &private)
            .env("ILLUXI__LIMITS__REQUESTS_PER_SECOND", "1000000")
            .env("ILLUXI__OAUTH__KEY", OAUTH_KEY)
            .env("ILLUXI__BOOTSTRAP__FILE", &file)
            .env("ILLUXI__BOOTSTRAP__INTEGRATION", "bench-production")
            .env("ILLUXI__BOOTSTRAP__PORTAL", "bench")
            .env("ILLUXI__BOOTSTRAP__ENVIRONMENT", "production")
            .env("ILLUXI__BOOTSTRAP__ADMIN_URL", format!("http://{private}"));
        match relay {
            Relay::Off => {
                command.env("ILLUXI__RELAY__ENABLED", "false").env("ILLUXI__BROKER__URL", "amqp://127.0.0.1")
            }
            Relay::To(broker, prefix) => {
                command.env("ILLUXI__BROKER__URL", broker).env("ILLUXI__BROKER__NAME_PREFIX", prefix)
            }
        };
        let process = start(&mut command, &private, "/health/ready", Some(&file)).await?;
        Ok(Service { process, target: read_bootstrap(&file)? })
    }

    /// Starts user-sync.
    pub(crate) async fn user_sync(
        &self,
        database: &str,
        broker: &str,
        prefix: &str,
    ) -> anyhow::Result<Service> {
        let private = free_address()?;
        let mut command = self.command("user-sync", &format!("user-sync-{}", private.replace(':', "-")))?;
        command
            .env("ILLUXI__DATABASE__URL", database)
            .env("ILLUXI__DATABASE__MIGRATION_URL", database)
            .env("ILLUXI__PRIVATE__LISTEN", &private)
            .env("ILLUXI__BROKER__URL", broker)
            .env("ILLUXI__BROKER__NAME_PREFIX", prefix);
        let process = start(&mut command, &private, "/health/ready", None).await?;
        Ok(Service { process, target: Target::at(&format!("http://{private}"), "")? })
    }

    /// Starts scim-standalone on files in the folder of the run.
    pub(crate) async fn standalone(&self) -> anyhow::Result<Service> {
        let (public, private) = (free_address()?, free_address()?);
        let data = self.folder.join("standalone");
        let file = data.join("bootstrap.json");
        let mut command = self.command("scim-standalone", "standalone")?;
        command.arg("serve").arg("--data-dir").arg(&data).arg("--bootstrap-file").arg(&file);
        command.args(["--listen", &public, "--admin-listen", &private, "--console-listen", "127.0.0.1:0"]);
        command.args(["--log", "warn"]);
        let process = start(&mut command, &private, "/health/ready", Some(&file)).await?;
        Ok(Service { process, target: read_bootstrap(&file)? })
    }

    /// Starts the floor: this program under another command.
    pub(crate) async fn floor(&self, database: &Database) -> anyhow::Result<Service> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        let log = self.log("floor")?;
        command.args(["floor", "--listen", &address, "--database", &database.url]);
        command.stdout(log.try_clone()?).stderr(log);
        let process = start(&mut command, &address, "/", None).await?;
        Ok(Service { process, target: Target::at(&format!("http://{address}"), "")? })
    }

    fn command(&self, program: &str, name: &str) -> anyhow::Result<Command> {
        let path = self.binaries.join(program);
        let mut command = Command::new(path);
        let log = self.log(name)?;
        command
            .env_clear()
            .env("ILLUXI__ADMIN__KEY", ADMIN_KEY)
            .env("ILLUXI__LOG__FILTER", "warn")
            .stdout(log.try_clone()?)
            .stderr(log);
        Ok(command)
    }

    fn log(&self, name: &str) -> anyhow::Result<File> {
        Ok(File::create(self.folder.join(format!("{name}.log")))?)
    }
}

/// Starts a process and waits until it answers other than that it is not ready, and has written that file.
async fn start(
    command: &mut Command,
    authority: &str,
    path: &str,
    file: Option<&Path>,
) -> anyhow::Result<Process> {
    let program = Path::new(command.get_program()).display().to_string();
    let mut process = Process(command.spawn().with_context(|| format!("{program} did not start"))?);
    let target = Target::at(&format!("http://{authority}"), "")?;
    let begin = Instant::now();
    while begin.elapsed() < START {
        if let Some(status) = process.0.try_wait()? {
            bail!("{program} ended with {status}; see its log");
        }
        if let Ok(mut connection) = Connection::open(&target).await
            && let Ok(answer) = connection.send("GET", path, "").await
            && answer.status < 500
            && file.is_none_or(Path::exists)
        {
            return Ok(process);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("{program} was not ready within {START:?}; see its log")
}

fn read_bootstrap(file: &Path) -> anyhow::Result<Target> {
    let text = std::fs::read_to_string(file).with_context(|| format!("no {}", file.display()))?;
    let bootstrap: Bootstrap = serde_json::from_str(&text)?;
    Target::at(&bootstrap.scim_url, &bootstrap.scim_token)
}

fn free_address() -> anyhow::Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}
