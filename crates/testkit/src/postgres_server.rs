//! A PostgreSQL server of one's own, for faults that a shared one must not have.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::account::{as_postgres, run};
use crate::postgres::try_connect;
use crate::signal::{self, Signal};
use crate::{eventually, free_port};

const PATIENCE: Duration = Duration::from_secs(60);

/// Role of a server of one's own whose members are let in by their password only; everybody else as they come. Whoever needs
/// it makes it.
pub const ASKED_FOR_PASSWORD: &str = "asked_for_password";

/// A server in a folder of its own, gone with it.
#[derive(Debug)]
pub struct PostgresServer {
    folder: PathBuf,
    binaries: PathBuf,
    port: u16,
}

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Ends sessions, and writes everything down.
    Fast,
    /// Drops everything; the next start recovers.
    Immediate,
}

impl PostgresServer {
    /// Makes a cluster and starts it on a free port.
    ///
    /// # Panics
    /// When PostgreSQL is not installed, or does not start.
    pub async fn start() -> Self {
        let folder = run(as_postgres("mktemp").args(["-d", "/var/tmp/illuxi-postgres.XXXXXX"]));
        // Made first, so that a failure half way is cleaned up too.
        let server = Self { folder: folder.into(), binaries: binaries(), port: free_port() };
        let program = server.binaries.join("initdb");
        run(as_postgres(&program.to_string_lossy()).arg("--pgdata").arg(server.data()).args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]));
        server.ask_members_for_password();
        server.start_again().await;
        server
    }

    /// The first line that fits a user counts.
    fn ask_members_for_password(&self) {
        let file = self.data().join("pg_hba.conf");
        let rules = std::fs::read_to_string(&file).expect("the rules of the server can be read");
        let rule = format!("host all +{ASKED_FOR_PASSWORD} 127.0.0.1/32 scram-sha-256\n");
        std::fs::write(&file, rule + &rules).expect("the rules of the server can be written");
    }

    /// Address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// `host:port`.
    pub fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Folder below which everything of the server lies; user `postgres` may write there.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts the server after it was stopped or killed, and waits until it answers.
    ///
    /// # Panics
    /// When it does not.
    pub async fn start_again(&self) {
        let options =
            format!("-p {} -k {} -c listen_addresses=127.0.0.1", self.port, self.folder.to_string_lossy());
        self.control(&["start", "-W", "-o", &options, "-l", &self.folder.join("log").to_string_lossy()]);
        eventually(PATIENCE, "PostgreSQL answers", async || self.answers().await).await;
    }

    /// Stops the server and waits until it is down.
    ///
    /// # Panics
    /// When it does not stop.
    pub fn stop(&self, how: Stop) {
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        self.control(&["stop", "-w", "-m", mode]);
    }

    /// SIGKILL to the server alone; its sessions notice, and end.
    ///
    /// # Panics
    /// When it is not running.
    pub async fn kill(&self) {
        let postmaster = self.postmaster();
        signal::send(Signal::Kill, postmaster);
        // Not merely dead: whoever starts anew asks whether there is a process of that id.
        let remainder = PathBuf::from(format!("/proc/{postmaster}"));
        eventually(PATIENCE, "PostgreSQL is gone", async || !remainder.exists()).await;
        // A new one refuses to start while an old session holds the shared memory.
        eventually(PATIENCE, "its sessions are gone", async || !self.has_sessions()).await;
    }

    /// Holds the server and all its sessions still; every connection stays open.
    ///
    /// # Panics
    /// When it is not running.
    pub fn freeze(&self) {
        signal::send_to_family(Signal::Freeze, self.postmaster());
    }

    /// Goes on after [`PostgresServer::freeze`].
    ///
    /// # Panics
    /// When it is not running.
    pub fn thaw(&self) {
        signal::send_to_family(Signal::Thaw, self.postmaster());
    }

    /// Whether there is a server, be it frozen.
    pub fn is_running(&self) -> bool {
        self.data().join("postmaster.pid").exists() && signal::is_alive(self.postmaster())
    }

    /// Whether it takes a connection.
    pub async fn answers(&self) -> bool {
        let url = self.url("postgres");
        let connecting = tokio::time::timeout(Duration::from_secs(2), try_connect(&url));
        matches!(connecting.await, Ok(Ok(_)))
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn control(&self, arguments: &[&str]) {
        let program = self.binaries.join("pg_ctl");
        // What it starts would hold a pipe open for ever.
        let status = as_postgres(&program.to_string_lossy())
            .arg("--pgdata")
            .arg(self.data())
            .arg("--silent")
            .args(arguments)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status();
        assert!(status.is_ok_and(|status| status.success()), "pg_ctl {arguments:?}");
    }

    fn postmaster(&self) -> u32 {
        let file = self.data().join("postmaster.pid");
        let text = std::fs::read_to_string(file).expect("PostgreSQL runs");
        text.lines().next().and_then(|line| line.parse().ok()).expect("a process id")
    }

    fn has_sessions(&self) -> bool {
        let data = self.data();
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path().join("cwd"))
            .any(|cwd| std::fs::read_link(cwd).is_ok_and(|of| of == data))
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if self.is_running() {
            self.thaw();
            self.control(&["stop", "-w", "-m", "immediate"]);
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Where `initdb` and `pg_ctl` are: Debian keeps them out of the path.
fn binaries() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.retain(|folder| folder.join("initdb").exists());
    folders.sort();
    folders.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::TestDatabase;

    #[tokio::test]
    async fn a_server_comes_back_with_what_it_had_after_every_kind_of_end() {
        let server = PostgresServer::start().await;
        let database = TestDatabase::create_at(&server.url("postgres")).await;
        database.execute("create table learner (id int); insert into learner values (1)").await;
        for stop in [Stop::Fast, Stop::Immediate] {
            server.stop(stop);
            assert!(!server.answers().await);
            server.start_again().await;
        }
        server.kill().await;
        server.start_again().await;
        server.freeze();
        assert!(!server.answers().await);
        server.thaw();
        assert_eq!(database.query_i64("select count(*) from learner").await, 1);
        drop(database);
        let folder = server.folder().to_owned();
        drop(server);
        assert!(!folder.exists());
    }
}
