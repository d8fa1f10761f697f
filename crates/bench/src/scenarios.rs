//! What is measured, one kind of work in each file.

mod broker;
pub(crate) mod comparison;
mod creation;
mod directory;
mod groups;
mod pgbench;
mod pipeline;
mod standalone;
mod statements;

use crate::figures::Figures;
use crate::load::http::Target;
use crate::load::{Amount, Load};
use crate::meter::Meter;
use crate::plan::Plan;
use crate::processes::{Programs, Service};
use crate::surroundings::{Database, Surroundings};

/// What every scenario needs.
pub(crate) struct Bench {
    pub(crate) plan: Plan,
    pub(crate) programs: Programs,
    pub(crate) surroundings: Surroundings,
    pub(crate) figures: Figures,
}

impl Bench {
    /// Runs everything.
    ///
    /// # Errors
    /// When a service cannot be started or answers wrongly.
    pub(crate) async fn run(&mut self) -> anyhow::Result<()> {
        directory::run(self).await?;
        pipeline::run(self).await?;
        standalone::run(self).await?;
        statements::run(self).await
    }

    async fn meter(&self, services: &[&Service], databases: &[&Database]) -> anyhow::Result<Meter> {
        let pids = services.iter().map(|service| service.pid()).collect();
        let names = databases.iter().map(|database| database.name.clone()).collect();
        Ok(Meter::new(pids, self.surroundings.session().await?, names))
    }

    /// One turn of a contender.
    fn turn<'a>(&self, target: &'a Target, clients: usize, meter: &'a Meter) -> Load<'a> {
        Load { target, clients, amount: Amount::For(self.plan.turn), meter: Some(meter) }
    }
}
