use std::path::Path;

use comfy_table::Table;
use comfy_table::presets::NOTHING;

use crate::document;
use crate::fault::Fault;
use crate::trial::Outcome;

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

    /// Puts the rows between the markers of a document, and leaves those of other faults there.
    pub(crate) fn write_into(&self, document: &Path, about: &str) -> anyhow::Result<()> {
        document::Table { name: "chaos", titles: HEADER, rows: &self.rows }.write_into(document, about)
    }
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
    fn a_row_says_what_the_verdict_says() {
        let verdict = Verdict {
            acknowledged: 7,
            parked: 1,
            recovery: Duration::from_millis(1_240),
            ..Verdict::default()
        };
        let row = row(&FAULT, &Outcome::Judged(verdict));
        assert_eq!(row, ["F01", "killed", "survived", "7", "0", "0", "1", "1.2 s"]);
    }

    #[test]
    fn a_violation_is_a_failure() {
        let verdict = Verdict { violations: vec!["lost".to_owned()], ..Verdict::default() };
        assert_eq!(row(&FAULT, &Outcome::Judged(verdict))[2], "FAILED");
    }
}
