//! Ratios that a change must not fall below.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::Context;
use config::{Config, File, FileFormat};
use serde::Deserialize;

/// The agreed ratios.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gates {
    #[serde(rename = "gate")]
    gates: Vec<Gate>,
}

/// One figure in proportion to another of the same run, or by itself where it does not depend on the machine.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gate {
    figure: String,
    over: Option<String>,
    at_least: Option<f64>,
    at_most: Option<f64>,
    /// Share by which two runs of the same code may differ.
    #[serde(default)]
    noise: f64,
}

/// What a gate found.
#[derive(Debug)]
pub(crate) struct Judgement<'a> {
    gate: &'a Gate,
    /// None when a figure is missing.
    ratio: Option<f64>,
}

impl Gates {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read, or has a key that is not known.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("no {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} cannot be read", path.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let source = File::from_str(text, FileFormat::Toml);
        Ok(Config::builder().add_source(source).build()?.try_deserialize()?)
    }

    /// Judges each gate by the figures of a run.
    pub(crate) fn judge(&self, figures: &BTreeMap<String, f64>) -> Vec<Judgement<'_>> {
        let ratio = |gate: &Gate| {
            let over = gate.over.as_ref().map_or(Some(1.0), |over| figures.get(over).copied())?;
            Some(figures.get(&gate.figure)? / over)
        };
        self.gates.iter().map(|gate| Judgement { gate, ratio: ratio(gate) }).collect()
    }
}

impl Judgement<'_> {
    /// A figure that is missing was not kept to.
    pub(crate) fn is_kept(&self) -> bool {
        let Gate { at_least, at_most, noise, .. } = self.gate;
        self.ratio.is_some_and(|ratio| {
            at_least.is_none_or(|least| ratio >= least * (1.0 - noise))
                && at_most.is_none_or(|most| ratio <= most * (1.0 + noise))
        })
    }
}

/// A line for each.
pub(crate) fn render(judgements: &[Judgement<'_>]) -> String {
    let mut text = String::from("\nGates\n");
    for judgement in judgements {
        let Gate { figure, over, at_least, at_most, noise } = judgement.gate;
        let verdict = if judgement.is_kept() { "kept  " } else { "BROKEN" };
        let ratio = judgement.ratio.map_or("not measured".to_owned(), |ratio| format!("{ratio:.3}"));
        let over = over.as_ref().map_or(String::new(), |over| format!(" / {over}"));
        let least = at_least.map_or(String::new(), |least| format!(" at least {least}"));
        let most = at_most.map_or(String::new(), |most| format!(" at most {most}"));
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{verdict} {ratio:>12}  {figure}{over}:{least}{most} (noise {noise})");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const GATES: &str = r#"
        [[gate]]
        figure = "create-32.gateway.per-second"
        over = "create-32.floor-batch.per-second"
        at_least = 0.5
        noise = 0.1

        [[gate]]
        figure = "statements.create"
        at_most = 2
    "#;

    fn kept(figures: [(&str, f64); 3]) -> Vec<bool> {
        let figures = figures.map(|(name, value)| (name.to_owned(), value)).into();
        let gates = Gates::parse(GATES).unwrap();
        gates.judge(&figures).iter().map(Judgement::is_kept).collect()
    }

    #[test]
    fn a_gate_is_broken_when_a_ratio_falls_by_more_than_the_noise() {
        let run = |ours, statements| {
            kept([
                ("create-32.gateway.per-second", ours),
                ("create-32.floor-batch.per-second", 10_000.0),
                ("statements.create", statements),
            ])
        };
        assert_eq!(run(4_500.0, 2.0), [true, true]);
        assert_eq!(run(4_499.0, 2.0), [false, true]);
        assert_eq!(run(9_000.0, 3.0), [true, false]);
    }

    #[test]
    fn what_was_not_measured_is_not_kept() {
        assert_eq!(kept([("a", 1.0), ("b", 1.0), ("statements.create", 1.0)]), [false, true]);
    }

    #[test]
    fn a_key_that_is_not_known_is_refused() {
        assert!(Gates::parse("[[gate]]\nfigure = \"a\"\nleast = 1").is_err());
    }
}
