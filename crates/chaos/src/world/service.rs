use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use reqwest::Method;
use testkit::entra::Entra;
use testkit::free_port;
use testkit::signal::{self, Signal};

use crate::site::Site;

/// Settings of a process, as variables of its environment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings(BTreeMap<String, String>);

impl Settings {
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// Those whose name begins with the program's: `scim-gateway/ILLUXI__...`.
    pub(crate) fn set_those_of(&mut self, program: &str, settings: &[(&str, &str)]) {
        for (name, value) in settings {
            if let Some((of, name)) = name.split_once('/')
                && of == program
            {
                self.set(name, *value);
            }
        }
    }
}

/// An amount of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mebibytes(pub(crate) u64);

/// One process of the product, which may be dead.
pub(crate) struct Service {
    program: PathBuf,
    name: String,
    settings: Settings,
    log: PathBuf,
    public: String,
    private: String,
    /// What the process is started by, such as `prlimit --nofile=64`.
    launcher: Vec<String>,
    child: Option<Child>,
    is_frozen: bool,
}

impl Service {
    /// A process that was not started yet, with addresses of its own.
    pub(crate) fn new(
        program: &'static str,
        number: usize,
        mut settings: Settings,
        site: &Site,
    ) -> anyhow::Result<Self> {
        let path = site.programs.join(program);
        ensure!(path.exists(), "{} is not built: cargo build -p scim-gateway -p user-sync", path.display());
        let (public, private) = (format!("127.0.0.1:{}", free_port()), format!("127.0.0.1:{}", free_port()));
        settings.set("ILLUXI__PRIVATE__LISTEN", &private);
        if program == "scim-gateway" {
            settings.set("ILLUXI__PUBLIC__LISTEN", &public);
            settings.set("ILLUXI__PUBLIC__BASE_URL", format!("http://{public}"));
        }
        let name = format!("{program}-{number}");
        let log = site.folder.join(format!("{name}.log"));
        Ok(Self {
            program: path,
            name,
            settings,
            log,
            public,
            private,
            launcher: vec![],
            child: None,
            is_frozen: false,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn public_address(&self) -> &str {
        &self.public
    }

    pub(crate) fn private_address(&self) -> &str {
        &self.private
    }

    /// All that the process has logged, over all its lives.
    pub(crate) fn log(&self) -> anyhow::Result<String> {
        std::fs::read_to_string(&self.log).with_context(|| format!("the log of {}", self.name))
    }

    /// Has the next start go through another program.
    pub(crate) fn launch_by(&mut self, launcher: &[&str]) {
        self.launcher = launcher.iter().map(|part| (*part).to_owned()).collect();
    }

    /// Has the next start find another setting.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.settings.set(name, value);
    }

    pub(crate) fn start(&mut self) -> anyhow::Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let child = self.command().stdout(log.try_clone()?).stderr(log).spawn();
        self.child = Some(child.with_context(|| format!("starting {}", self.name))?);
        Ok(())
    }

    /// Starts it when it is dead, as whatever supervises it would.
    pub(crate) fn revive(&mut self) -> anyhow::Result<()> {
        if self.has_ended()? { self.start() } else { Ok(()) }
    }

    pub(crate) fn has_ended(&mut self) -> anyhow::Result<bool> {
        match &mut self.child {
            Some(child) => Ok(child.try_wait()?.is_some()),
            None => Ok(true),
        }
    }

    /// Waits until it says that it can serve. Meanwhile it is supervised: what ends is started again, as user-sync does when
    /// its database does not answer at once.
    pub(crate) async fn is_ready(&mut self, within: Duration) -> anyhow::Result<()> {
        let deadline = Instant::now() + within;
        while self.health("ready").await != Some(200) {
            self.revive()?;
            ensure!(Instant::now() < deadline, "{} is not ready within {within:?}", self.name);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Status of `/health/ready` or `/health/live`, if anything answers.
    pub(crate) async fn health(&self, which: &str) -> Option<u16> {
        let client = Entra::new(format!("http://{}", self.private), "").with_token(None);
        let path = format!("/health/{which}");
        let asking = client.try_send(Method::GET, &path, &[], None);
        let answer = tokio::time::timeout(Duration::from_secs(5), asking).await.ok()?.ok()?;
        Some(answer.status)
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// SIGTERM, and waits until it has ended. Answers how long that took.
    pub(crate) async fn end(&mut self, within: Duration) -> anyhow::Result<Duration> {
        let started = Instant::now();
        if let Some(mut child) = self.child.take() {
            signal::send(Signal::End, child.id());
            while child.try_wait()?.is_none() {
                if started.elapsed() > within {
                    child.kill()?;
                    child.wait()?;
                    anyhow::bail!("{} did not end within {within:?} of SIGTERM", self.name);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(started.elapsed())
    }

    /// SIGSTOP.
    pub(crate) fn freeze(&mut self) {
        if let Some(child) = &self.child {
            signal::send(Signal::Freeze, child.id());
            self.is_frozen = true;
        }
    }

    /// SIGCONT.
    pub(crate) fn thaw(&mut self) {
        if let Some(child) = &self.child
            && self.is_frozen
        {
            signal::send(Signal::Thaw, child.id());
            self.is_frozen = false;
        }
    }

    /// Id of the process, while it was started.
    pub(crate) fn process(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Time that the process has spent on processors.
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        let process = self.process().context("a process")?;
        let line = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        let fields: Vec<&str> = line.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        // Of the user and of the system, in hundredths of a second.
        let hundredths =
            |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
        Ok(Duration::from_millis((hundredths(11) + hundredths(12)) * 10))
    }

    /// The most memory that the process has had since its start or [`Service::forget_peak_memory`].
    pub(crate) fn peak_memory(&self) -> anyhow::Result<Mebibytes> {
        let process = self.process().context("a process")?;
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("its peak")?;
        let kibibytes: u64 = peak.trim().trim_end_matches(" kB").parse()?;
        Ok(Mebibytes(kibibytes.div_ceil(1_024)))
    }

    /// Has the process' peak begin anew.
    pub(crate) fn forget_peak_memory(&self) -> anyhow::Result<()> {
        let process = self.process().context("a process")?;
        Ok(std::fs::write(format!("/proc/{process}/clear_refs"), "5")?)
    }

    /// Runs the program with the same settings to its end, and answers what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.command().args(arguments).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{} {arguments:?}: {said}", self.name);
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn command(&self) -> Command {
        let program = &self.program;
        let mut command = match self.launcher.split_first() {
            Some((launcher, arguments)) => {
                let mut command = Command::new(launcher);
                command.args(arguments).arg(program);
                command
            }
            None => Command::new(program),
        };
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path).envs(&self.settings.0);
        command
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // A child that has ended is none any more; there is nobody to tell of another failure.
        let _ = self.kill();
    }
}
