//! The whole product in one process on SQLite.

use super::Bench;
use crate::figures::Contest;
use crate::load::Numbers;
use crate::load::http::Connection;
use crate::load::scim;
use crate::meter::resident_mib;

pub(super) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let standalone = bench.programs.standalone().await?;
    let meter = bench.meter(&[&standalone], &[]).await?;
    let numbers = Numbers::default();
    let create = async |connection: &mut Connection, number| scim::create(connection, number).await.map(drop);
    let cycle = async |connection: &mut Connection, number| scim::cycle(connection, number).await;
    for clients in [1, 32] {
        let mut contest =
            Contest::new(format!("standalone-create-{clients}"), format!("Create, {clients} at a time"));
        for _ in 0..bench.plan.rounds {
            let load = bench.turn(&standalone.target, clients, &meter);
            contest.add("standalone", load.run(&numbers, create).await?);
        }
        bench.figures.contests.push(contest);
        let title = format!("Entra's cycle of five requests, {clients} at a time");
        let mut contest = Contest::new(format!("standalone-cycle-{clients}"), title);
        for _ in 0..bench.plan.rounds {
            let load = bench.turn(&standalone.target, clients, &meter);
            contest.add("standalone", load.run(&numbers, cycle).await?);
        }
        bench.figures.contests.push(contest);
    }
    let mib = resident_mib(standalone.pid())?;
    bench.figures.fact("memory.standalone.end", "scim-standalone after these", mib, "MiB");
    Ok(())
}
