//! This build beside another, in turn: what a change of the code has made of requests, and of the way to the LMS.

use std::cell::RefCell;
use std::path::Path;

use super::directory::{CLIENTS, OTHERS, somebody};
use super::{Bench, pipeline};
use crate::figures::Contest;
use crate::load::http::Connection;
use crate::load::scim::{self, MatchBy};
use crate::load::{Amount, Load, Numbers};
use crate::meter::Meter;
use crate::processes::{Programs, Relay, Service};
use crate::surroundings::connect;

/// Users in either directory before.
const SIZE: usize = 5_000;

/// A gateway with its directory.
struct Side {
    name: &'static str,
    service: Service,
    meter: Meter,
    /// Ids by number.
    users: Vec<String>,
    /// Of users that nobody looks for.
    numbers: Numbers,
}

#[derive(Clone, Copy)]
enum Kind {
    Create,
    Match,
    Patch,
    Cycle,
}

/// What is asked, and by how many at a time.
const REQUESTS: [(Kind, &str, usize); 8] = [
    (Kind::Create, "Create", 1),
    (Kind::Create, "Create", CLIENTS),
    (Kind::Create, "Create", 128),
    (Kind::Match, "Match by userName", CLIENTS),
    (Kind::Patch, "PATCH two attributes", 1),
    (Kind::Patch, "PATCH two attributes", CLIENTS),
    (Kind::Cycle, "Entra's cycle of five requests", 1),
    (Kind::Cycle, "Entra's cycle of five requests", CLIENTS),
];

pub(crate) async fn run(bench: &mut Bench, before: &Path) -> anyhow::Result<()> {
    let other = Programs { binaries: before.to_owned(), ..bench.programs.clone() };
    let mut sides = [
        Side::start(bench, &bench.programs.clone(), "after").await?,
        Side::start(bench, &other, "before").await?,
    ];
    for (kind, title, clients) in REQUESTS {
        let mut contest = Contest::new(format!("{title} {clients}"), format!("{title}, {clients} at a time"));
        for _ in 0..bench.plan.rounds {
            for side in &sides {
                let load = bench.turn(&side.service.target, clients, &side.meter);
                let step =
                    async |connection: &mut Connection, number| side.ask(connection, kind, number).await;
                contest.add(side.name, load.run(&side.numbers, step).await?);
            }
            // Who has just been second begins the next round.
            sides.reverse();
        }
        bench.figures.contests.push(contest);
    }
    drop(sides);
    let after = bench.programs.clone();
    pipeline::compare(bench, [("after", &after), ("before", &other)]).await
}

impl Side {
    async fn start(bench: &mut Bench, programs: &Programs, name: &'static str) -> anyhow::Result<Self> {
        let database = bench.surroundings.database(name).await?;
        let service = programs.gateway(&database.url, Relay::Off).await?;
        let meter = bench.meter(&[&service], &[&database]).await?;
        let users = RefCell::new(vec![String::new(); SIZE]);
        let load =
            Load { target: &service.target, clients: CLIENTS, amount: Amount::Times(SIZE), meter: None };
        load.run(&Numbers::default(), async |connection, number| {
            let id = scim::create(connection, number).await?;
            if let Some(user) = users.borrow_mut().get_mut(number) {
                *user = id;
            }
            Ok(())
        })
        .await?;
        connect(&database.url).await?.batch_execute("vacuum analyze").await?;
        Ok(Self { name, service, meter, users: users.into_inner(), numbers: Numbers::from(OTHERS) })
    }

    async fn ask(&self, connection: &mut Connection, kind: Kind, number: usize) -> anyhow::Result<()> {
        let known = somebody(number, SIZE);
        match kind {
            Kind::Create => scim::create(connection, number).await.map(drop),
            Kind::Match => {
                let found = scim::find(connection, MatchBy::UserName, known).await?;
                anyhow::ensure!(found.as_ref() == self.users.get(known), "another user than {known}");
                Ok(())
            }
            Kind::Patch => {
                let id = self.users.get(known).map_or("", String::as_str);
                scim::patch(connection, id, number).await
            }
            Kind::Cycle => scim::cycle(connection, number).await,
        }
    }
}
