//! Creating users, beside the floor in both forms and pgbench.

use super::directory::{Contenders, Side};
use super::{Bench, pgbench};
use crate::figures::Contest;
use crate::load::http::Target;
use crate::load::scim;

/// Numbers of clients.
const CLIENTS: [usize; 3] = [1, 32, 128];

pub(super) async fn run(bench: &mut Bench, contenders: &Contenders) -> anyhow::Result<()> {
    let Contenders { gateway, floor, .. } = contenders;
    let with_path = |path: &str| Target { root: path.to_owned(), ..floor.service.target.clone() };
    let (single, batch) = (with_path("/single"), with_path("/batch"));
    for clients in CLIENTS {
        let mut contest = Contest::new(format!("create-{clients}"), format!("Create, {clients} at a time"));
        for _ in 0..bench.plan.rounds {
            for (name, side, target) in [
                ("gateway", gateway, &gateway.service.target),
                ("floor-single", floor, &single),
                ("floor-batch", floor, &batch),
            ] {
                let Side { meter, numbers, .. } = side;
                let step =
                    async |connection: &mut _, number| scim::create(connection, number).await.map(drop);
                contest.add(name, bench.turn(target, clients, meter).run(numbers, step).await?);
            }
            if let Some(sample) = pgbench::create(bench, &floor.database, clients).await? {
                contest.add("pgbench", sample);
            }
        }
        bench.figures.contests.push(contest);
    }
    Ok(())
}
