//! The statement of a create from PostgreSQL's own load generator, where it is installed: no HTTP, no Rust.

use std::io::ErrorKind;

use anyhow::{Context, ensure};

use super::Bench;
use crate::load::sample::Sample;
use crate::load::scim::user;
use crate::surroundings::Database;

/// Sessions at most: a server allows 100 by default, and the services have theirs.
const SESSIONS: usize = 32;

/// Creates with that many clients; none when there is no pgbench.
pub(super) async fn create(
    bench: &Bench,
    database: &Database,
    clients: usize,
) -> anyhow::Result<Option<Sample>> {
    let script = bench.programs.folder.join("create.pgbench");
    std::fs::write(&script, statement())?;
    let seconds = bench.plan.turn.as_secs().max(2);
    let mut command = std::process::Command::new("pgbench");
    command.args(["--no-vacuum", "--protocol=prepared", "--jobs=2"]);
    command.arg(format!("--client={}", clients.min(SESSIONS))).arg(format!("--time={seconds}"));
    command.arg("--file").arg(&script).arg(&database.url);
    let output = tokio::task::spawn_blocking(move || command.output()).await?;
    let output = match output {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    let per_second = rate(&String::from_utf8(output.stdout)?).context("pgbench names no rate")?;
    Ok(Some(Sample { per_second, times: None, cpu: None }))
}

fn statement() -> String {
    let resource = user(0).to_string().replace('\'', "''");
    format!(
        "\\set number random(1000000000, 4000000000000000000)\n\
         with made as (insert into floor_user (id, user_name, external_id, resource) values (gen_random_uuid(), \
         'pgbench-' || :number, 'pgbench-' || :number, '{}') on conflict do nothing returning resource) \
         insert into floor_outbox (data) select resource::text from made;\n",
        // A colon before a letter names a variable of pgbench; JSON may have a space between.
        resource.replace(':', ": ")
    )
}

/// The rate in what pgbench prints.
fn rate(output: &str) -> Option<f64> {
    let line = output.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read() {
        let output = "latency average = 2.4 ms\ninitial connection time = 9.1 ms\n\
                      tps = 13150.5 (without initial connection time)\n";
        assert_eq!(rate(output), Some(13_150.5));
        assert_eq!(rate("pgbench: error"), None);
    }
}
