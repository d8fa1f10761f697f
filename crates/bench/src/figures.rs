//! Everything that a run has measured, by scenario and contender.

use std::collections::BTreeMap;

use crate::load::sample::Sample;

/// A scenario, and how fast each contender went through it.
#[derive(Clone, Debug)]
pub(crate) struct Contest {
    pub(crate) key: String,
    pub(crate) title: String,
    rounds: Vec<(&'static str, Vec<Sample>)>,
}

impl Contest {
    pub(crate) fn new(key: impl Into<String>, title: impl Into<String>) -> Self {
        Self { key: key.into(), title: title.into(), rounds: Vec::new() }
    }

    /// Adds a round of a contender. The first contender is the one that the others are compared with.
    pub(crate) fn add(&mut self, contender: &'static str, sample: Sample) {
        eprintln!("  {:<28} {contender:<18} {:>10.1}/s", self.key, sample.per_second);
        match self.rounds.iter_mut().find(|(name, _)| *name == contender) {
            Some((_, samples)) => samples.push(sample),
            None => self.rounds.push((contender, vec![sample])),
        }
    }

    /// The medians, in the order in which the contenders came.
    pub(crate) fn medians(&self) -> impl Iterator<Item = (&'static str, Sample)> {
        self.rounds.iter().map(|(contender, samples)| (*contender, Sample::median_of(samples)))
    }
}

/// A figure that is no rate: how long something took, how large it was.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
}

/// How often a request asked its database.
#[derive(Clone, Debug)]
pub(crate) struct Statements {
    pub(crate) request: &'static str,
    /// Questions after which somebody waited for the answer, before the client had its own.
    pub(crate) round_trips: f64,
    /// Those that ran behind the answer, of one request.
    pub(crate) behind: f64,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) contests: Vec<Contest>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) statements: Vec<Statements>,
}

impl Figures {
    pub(crate) fn fact(
        &mut self,
        key: impl Into<String>,
        title: impl Into<String>,
        value: f64,
        unit: &'static str,
    ) {
        let fact = Fact { key: key.into(), title: title.into(), value, unit };
        eprintln!("  {:<47} {:>10.1} {unit}", fact.key, fact.value);
        self.facts.push(fact);
    }

    /// Every figure under a name: `scenario.contender.figure`, or a fact's key.
    pub(crate) fn by_name(&self) -> BTreeMap<String, f64> {
        let mut figures: BTreeMap<_, _> =
            self.facts.iter().map(|fact| (fact.key.clone(), fact.value)).collect();
        for contest in &self.contests {
            for (contender, sample) in contest.medians() {
                let name = |figure: &str| format!("{}.{contender}.{figure}", contest.key);
                figures.insert(name("per-second"), sample.per_second);
                if let Some(times) = sample.times {
                    figures.insert(name("p50"), times.p50);
                    figures.insert(name("p99"), times.p99);
                    figures.insert(name("longest"), times.longest);
                }
                if let Some(cpu) = sample.cpu {
                    figures.insert(name("cpu"), cpu.service + cpu.postgres);
                }
            }
        }
        for statements in &self.statements {
            let request = statements.request.to_lowercase().replace(' ', "-");
            figures.insert(format!("statements.{request}"), statements.round_trips);
        }
        figures
    }
}
