use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use crate::fault::Fault;
use crate::trial::Outcome;

const BEGIN: &str = "<!-- chaos: begin -->";
const END: &str = "<!-- chaos: end -->";

const HEADER: [&str; 8] = ["id", "fault", "outcome", "acknowledged", "lost", "doubled", "parked", "recovery"];

/// The rows of a run.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<[String; 8]>,
}

impl Report {
    pub(crate) fn add(&mut self, fault: &Fault, outcome: &Outcome) {
        self.rows.push(row(fault, outcome));
    }

    /// For a terminal.
    pub(crate) fn to_text(&self) -> String {
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(HEADER);
        for row in &self.rows {
            table.add_row(row);
        }
        table.to_string()
    }

    /// Puts the rows between the markers of a document. A row that stands there is replaced when its fault was carried
    /// out now, and kept when it was not.
    pub(crate) fn write_into(&self, document: &Path, about: &str) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(document)?;
        std::fs::write(document, self.merged_into(&text, about).context("no markers")?)?;
        Ok(())
    }

    fn merged_into(&self, text: &str, about: &str) -> Option<String> {
        let (before, rest) = text.split_once(BEGIN)?;
        let (old, after) = rest.split_once(END)?;
        let mut rows: BTreeMap<String, String> = old.lines().filter_map(kept).collect();
        for row in &self.rows {
            let [id, ..] = row;
            rows.insert(id.clone(), format!("| {} |", row.join(" | ")));
        }
        let rows: Vec<String> = rows.into_values().collect();
        let (titles, line) = (HEADER.join(" | "), "---|".repeat(HEADER.len()));
        let table = format!("{about}\n\n| {titles} |\n|{line}\n{}", rows.join("\n"));
        Some(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
    }
}

/// A row of a fault that stands in the document, by its id.
fn kept(line: &str) -> Option<(String, String)> {
    let id = line.strip_prefix("| F")?.split(' ').next()?;
    Some((format!("F{id}"), line.to_owned()))
}

/// One line of the table.
fn row(fault: &Fault, outcome: &Outcome) -> [String; 8] {
    let nothing = || [const { String::new() }; 5];
    let (said, figures) = match outcome {
        Outcome::Judged(verdict) => {
            let said = if outcome.is_good() { "survived" } else { "FAILED" };
            let seconds = format!("{:.1} s", verdict.recovery.as_secs_f64());
            let counts = [verdict.acknowledged, verdict.lost, verdict.doubled, verdict.parked];
            let [acknowledged, lost, doubled, parked] = counts.map(|count| count.to_string());
            (said.to_owned(), [acknowledged, lost, doubled, parked, seconds])
        }
        Outcome::Broken(_) => ("NOT CARRIED OUT".to_owned(), nothing()),
        Outcome::Shown(test) => (format!("see `{test}`"), nothing()),
        Outcome::NotRun(reason) => (format!("not run: {reason}"), nothing()),
    };
    let [acknowledged, lost, doubled, parked, recovery] = figures;
    [fault.id.to_owned(), fault.title.to_owned(), said, acknowledged, lost, doubled, parked, recovery]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::fault::How;
    use crate::oracle::Verdict;

    const FAULT: Fault = Fault { id: "F01", title: "killed", is_fast: false, how: How::NotRun("") };

    #[test]
    fn a_run_replaces_the_rows_of_its_faults_and_keeps_the_others() {
        let mut report = Report::default();
        let verdict = Verdict {
            acknowledged: 7,
            parked: 1,
            recovery: Duration::from_millis(1_240),
            ..Verdict::default()
        };
        report.add(&FAULT, &Outcome::Judged(verdict));
        let text = format!(
            "a\n{BEGIN}\nyesterday\n\n| id | fault |\n|---|\n| F00 | older |\n| F01 | old |\n| F02 | new |\n{END}\nz\n"
        );
        let expected = format!(
            "a\n{BEGIN}\nto-day\n\n| id | fault | outcome | acknowledged | lost | doubled | parked | recovery |\n\
             |---|---|---|---|---|---|---|---|\n\
             | F00 | older |\n\
             | F01 | killed | survived | 7 | 0 | 0 | 1 | 1.2 s |\n\
             | F02 | new |\n{END}\nz\n"
        );
        assert_eq!(report.merged_into(&text, "to-day"), Some(expected));
        assert_eq!(report.merged_into("no markers", ""), None);
    }

    #[test]
    fn a_violation_is_a_failure() {
        let verdict = Verdict { violations: vec!["lost".to_owned()], ..Verdict::default() };
        assert_eq!(row(&FAULT, &Outcome::Judged(verdict))[2], "FAILED");
    }
}
