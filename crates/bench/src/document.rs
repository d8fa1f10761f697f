//! The figures as Markdown, and the document that they stand in.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

use crate::figures::{Contest, Figures};

const BEGIN: &str = "<!-- measured: begin -->";
const END: &str = "<!-- measured: end -->";

/// Where and when was measured.
#[derive(Debug)]
pub(crate) struct Circumstances {
    machine: String,
    date: String,
    commit: String,
    servers: String,
    busy_percent: f64,
    is_quick: bool,
}

impl Circumstances {
    pub(crate) async fn of(busy_percent: f64, is_quick: bool) -> anyhow::Result<Self> {
        let server = crate::surroundings::Surroundings::from_environment()?.session().await?;
        let row = server
            .query_one(
                "select current_setting('server_version'), current_setting('shared_buffers'),
                     current_setting('synchronous_commit'), current_setting('max_wal_size')",
                &[],
            )
            .await?;
        let setting = |index| row.try_get::<_, String>(index);
        let servers = format!(
            "PostgreSQL {}, shared_buffers {}, synchronous_commit {}, max_wal_size {}",
            setting(0)?.split(' ').next().unwrap_or_default(),
            setting(1)?,
            setting(2)?,
            setting(3)?
        );
        Ok(Self {
            machine: machine()?,
            date: said_by("date", &["-u", "+%Y-%m-%d %H:%M UTC"])?,
            commit: said_by("git", &["describe", "--always", "--dirty"]).unwrap_or_default(),
            servers,
            busy_percent,
            is_quick,
        })
    }
}

fn machine() -> anyhow::Result<String> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo")?;
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let memory = std::fs::read_to_string("/proc/meminfo")?;
    let kib = memory.lines().next().and_then(|line| line.split_whitespace().nth(1));
    let kib: f64 = kib.context("an empty /proc/meminfo")?.parse()?;
    let cores = std::thread::available_parallelism()?;
    let model = model.trim_start_matches([' ', '\t', ':']);
    Ok(format!("{cores} cores ({model}), {:.0} GiB", kib / 1024.0 / 1024.0))
}

fn said_by(program: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(program).args(arguments).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// All tables.
pub(crate) fn render(circumstances: &Circumstances, figures: &Figures) -> String {
    let mut text = String::new();
    heading(&mut text, circumstances);
    contests(&mut text, &figures.contests);
    facts(&mut text, figures);
    statements(&mut text, figures);
    text
}

fn heading(text: &mut String, circumstances: &Circumstances) {
    let Circumstances { machine, date, commit, servers, busy_percent, is_quick } = circumstances;
    let command = if *is_quick { "deploy/scripts/bench --quick" } else { "make bench" };
    // Writing to a text cannot fail.
    let _ = writeln!(
        text,
        "Measured {date} at {commit} with `{command}`. {machine}; the load, the services and their servers share the\n\
         cores. {servers}.\n"
    );
    if *busy_percent > crate::BUSY_PERCENT {
        let _ = writeln!(
            text,
            "**Others were at work on the machine ({busy_percent:.0} % busy before): read ratios, not rates.**\n"
        );
    }
}

fn contests(text: &mut String, contests: &[Contest]) {
    text.push_str(
        "| scenario | who | per s | first / this | p50 ms | p99 ms | longest ms \
         | CPU µs: service | PostgreSQL | client |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for contest in contests {
        let first = contest.medians().next().map(|(_, sample)| sample.per_second).unwrap_or_default();
        for (position, (contender, sample)) in contest.medians().enumerate() {
            let title = if position == 0 { contest.title.as_str() } else { "" };
            let ratio =
                if position == 0 { String::new() } else { format!("{:.2}", first / sample.per_second) };
            let times = match sample.times {
                Some(times) => format!("{:.2} | {:.2} | {:.1}", times.p50, times.p99, times.longest),
                None => " | | ".to_owned(),
            };
            let cpu = match sample.cpu {
                Some(cpu) => format!("{:.0} | {:.0} | {:.0}", cpu.service, cpu.postgres, cpu.client),
                None => " | | ".to_owned(),
            };
            let rate = rate(sample.per_second);
            let _ = writeln!(text, "| {title} | {contender} | {rate} | {ratio} | {times} | {cpu} |");
        }
    }
}

fn facts(text: &mut String, figures: &Figures) {
    text.push_str("\n| figure | | |\n|---|---:|---|\n");
    for fact in &figures.facts {
        let _ = writeln!(text, "| {} | {} | {} |", fact.title, rate(fact.value), fact.unit);
    }
}

fn statements(text: &mut String, figures: &Figures) {
    text.push_str(
        "\n| request | round trips to PostgreSQL before the answer | behind it |\n|---|---:|---:|\n",
    );
    for statements in &figures.statements {
        let _ = writeln!(
            text,
            "| {} | {:.1} | {:.1} |",
            statements.request, statements.round_trips, statements.behind
        );
    }
}

/// As many digits as mean something.
fn rate(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// Puts the tables between the markers of the document.
///
/// # Errors
/// When it has no markers.
pub(crate) fn write(path: &Path, tables: &str) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("no {}", path.display()))?;
    let text =
        between_markers(&text, tables).with_context(|| format!("{} has no markers", path.display()))?;
    Ok(std::fs::write(path, text)?)
}

fn between_markers(text: &str, tables: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", tables.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_replace_what_stood_between_the_markers() {
        let text = "# Title\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nNotes.\n";
        let expected = "# Title\n<!-- measured: begin -->\n\nnew\n\n<!-- measured: end -->\nNotes.\n";
        assert_eq!(between_markers(text, "new\n").as_deref(), Some(expected));
        assert_eq!(between_markers("# Title\n", "new"), None);
    }
}
