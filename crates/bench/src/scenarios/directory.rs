//! The gateway alone, in a directory that grows: creation, questions, changes, Entra's cycle, pages, groups.

use std::cell::RefCell;

use super::{Bench, creation, groups};
use crate::figures::Contest;
use crate::load::http::{Connection, Target};
use crate::load::scim::{self, MatchBy};
use crate::load::{Amount, Load, Numbers};
use crate::meter::{Meter, resident_mib};
use crate::processes::{Relay, Service};
use crate::surroundings::{Database, connect};

/// Clients where nothing else is said.
pub(super) const CLIENTS: usize = 32;
/// Users beyond those that are looked for: their numbers begin here.
pub(super) const OTHERS: usize = 10_000_000;

/// A service with its database.
pub(super) struct Side {
    pub(super) service: Service,
    pub(super) database: Database,
    pub(super) meter: Meter,
    /// Of users that nobody looks for.
    pub(super) numbers: Numbers,
}

/// Those who are measured in turn.
pub(super) struct Contenders {
    pub(super) gateway: Side,
    pub(super) floor: Side,
    /// Ids of the gateway's users by number.
    pub(super) users: Vec<String>,
}

pub(super) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let database = bench.surroundings.database("directory").await?;
    let service = bench.programs.gateway(&database.url, Relay::Off).await?;
    let gateway = Side::new(bench, service, database).await?;
    let database = bench.surroundings.database("floor").await?;
    let service = bench.programs.floor(&database).await?;
    let floor = Side::new(bench, service, database).await?;
    let mut contenders = Contenders { gateway, floor, users: Vec::new() };
    memory(bench, &contenders, "start", "after the start")?;

    let [first, second, last] = bench.plan.sizes;
    grow(&mut contenders, first).await?;
    questions(bench, &contenders, "first-size").await?;
    creation::run(bench, &contenders).await?;
    grow(&mut contenders, second).await?;
    questions(bench, &contenders, "second-size").await?;
    changes(bench, &contenders).await?;
    cycles(bench, &contenders).await?;
    grow(&mut contenders, last).await?;
    questions(bench, &contenders, "last-size").await?;
    creation_in_a_large_directory(bench, &contenders, last).await?;
    pages(bench, &contenders).await?;
    groups::run(bench, &contenders).await?;
    memory(bench, &contenders, "end", "with all users and groups")
}

impl Side {
    async fn new(bench: &Bench, service: Service, database: Database) -> anyhow::Result<Self> {
        let meter = bench.meter(&[&service], &[&database]).await?;
        Ok(Self { service, database, meter, numbers: Numbers::from(OTHERS) })
    }
}

fn memory(bench: &mut Bench, contenders: &Contenders, key: &str, title: &str) -> anyhow::Result<()> {
    let mib = resident_mib(contenders.gateway.service.pid())?;
    bench.figures.fact(format!("memory.gateway.{key}"), format!("scim-gateway {title}"), mib, "MiB");
    Ok(())
}

/// Creates users through the gateway until there are so many, and writes as many into the floor's table.
async fn grow(contenders: &mut Contenders, size: usize) -> anyhow::Result<()> {
    let known = contenders.users.len();
    let users = RefCell::new(std::mem::take(&mut contenders.users));
    users.borrow_mut().resize(size, String::new());
    let Side { service, .. } = &contenders.gateway;
    let load =
        Load { target: &service.target, clients: CLIENTS, amount: Amount::Times(size - known), meter: None };
    let sample = load
        .run(&Numbers::from(known), async |connection, number| {
            let id = scim::create(connection, number).await?;
            if let Some(user) = users.borrow_mut().get_mut(number) {
                *user = id;
            }
            Ok(())
        })
        .await?;
    eprintln!("  {size} users, the last {} at {:.0}/s", size - known, sample.per_second);
    contenders.users = users.into_inner();
    seed_floor(&contenders.floor.database, known, size).await?;
    // What the server does by itself sooner or later, and not in the middle of a measurement.
    for database in [&contenders.gateway.database, &contenders.floor.database] {
        connect(&database.url).await?.batch_execute("vacuum analyze").await?;
    }
    Ok(())
}

async fn seed_floor(database: &Database, from: usize, to: usize) -> anyhow::Result<()> {
    let user = scim::user(0).to_string().replace('\'', "''");
    let statement = format!(
        "insert into floor_user (id, user_name, external_id, resource)
         select id, user_name, 'external-' || lpad(n::text, 12, '0'),
             '{user}'::jsonb || jsonb_build_object('id', id, 'userName', user_name)
         from (select n, lpad(to_hex(n), 32, '0')::uuid as id, 'person-' || n || '@contoso.example' as user_name
               from generate_series({from}, {to} - 1) as n) as seeded"
    );
    connect(&database.url).await?.batch_execute(&statement).await?;
    Ok(())
}

/// The id that [`seed_floor`] gave to a number.
fn floor_id(number: usize) -> String {
    uuid::Uuid::from_u128(number as u128).to_string()
}

/// Somebody among `size` users, another for each number.
pub(super) fn somebody(number: usize, size: usize) -> usize {
    number.wrapping_mul(7_919) % size
}

async fn questions(bench: &mut Bench, contenders: &Contenders, size_key: &str) -> anyhow::Result<()> {
    let Contenders { gateway, floor, users } = contenders;
    let size = users.len();
    let floor_target = Target { root: "/single".to_owned(), ..floor.service.target.clone() };
    for by in MatchBy::ALL {
        let key = format!("match-{}-{size_key}", by.key());
        let mut contest = Contest::new(key, format!("Match by {by}, {size} users"));
        for _ in 0..bench.plan.rounds {
            let ask = async |connection: &mut Connection, number| {
                let wanted = somebody(number, size);
                let found = scim::find(connection, by, wanted).await?;
                anyhow::ensure!(found.as_ref() == users.get(wanted), "another user than {wanted}");
                Ok(())
            };
            let load = bench.turn(&gateway.service.target, CLIENTS, &gateway.meter);
            contest.add("gateway", load.run(&Numbers::default(), ask).await?);
            if matches!(by, MatchBy::UserName) {
                let ask = async |connection: &mut Connection, number| {
                    let wanted = somebody(number, size);
                    let found = scim::find(connection, by, wanted).await?;
                    anyhow::ensure!(found == Some(floor_id(wanted)), "another user than {wanted}");
                    Ok(())
                };
                let load = bench.turn(&floor_target, CLIENTS, &floor.meter);
                contest.add("floor-single", load.run(&Numbers::default(), ask).await?);
            }
        }
        bench.figures.contests.push(contest);
    }
    Ok(())
}

async fn changes(bench: &mut Bench, contenders: &Contenders) -> anyhow::Result<()> {
    let Contenders { gateway, floor, users } = contenders;
    let size = users.len();
    let floor_target = Target { root: "/single".to_owned(), ..floor.service.target.clone() };
    for clients in [1, CLIENTS] {
        let title = format!("PATCH two attributes, {clients} at a time");
        let mut contest = Contest::new(format!("patch-{clients}"), title);
        let (ours, theirs) = (Numbers::default(), Numbers::default());
        for _ in 0..bench.plan.rounds {
            let change = async |connection: &mut Connection, number| {
                let id = users.get(somebody(number, size)).map_or("", String::as_str);
                scim::patch(connection, id, number).await
            };
            let load = bench.turn(&gateway.service.target, clients, &gateway.meter);
            contest.add("gateway", load.run(&ours, change).await?);
            let change = async |connection: &mut Connection, number| {
                scim::patch(connection, &floor_id(somebody(number, size)), number).await
            };
            let load = bench.turn(&floor_target, clients, &floor.meter);
            contest.add("floor-single", load.run(&theirs, change).await?);
        }
        bench.figures.contests.push(contest);
    }
    Ok(())
}

async fn cycles(bench: &mut Bench, contenders: &Contenders) -> anyhow::Result<()> {
    let Contenders { gateway, floor, .. } = contenders;
    let floor_target = Target { root: "/single".to_owned(), ..floor.service.target.clone() };
    for clients in [1, CLIENTS] {
        let title = format!("Entra's cycle of five requests, {clients} at a time");
        let mut contest = Contest::new(format!("cycle-{clients}"), title);
        for _ in 0..bench.plan.rounds {
            for (name, side, target) in
                [("gateway", gateway, &gateway.service.target), ("floor-single", floor, &floor_target)]
            {
                let load = bench.turn(target, clients, &side.meter);
                let cycle = async |connection: &mut _, number| scim::cycle(connection, number).await;
                contest.add(name, load.run(&side.numbers, cycle).await?);
            }
        }
        bench.figures.contests.push(contest);
    }
    Ok(())
}

async fn creation_in_a_large_directory(
    bench: &mut Bench,
    contenders: &Contenders,
    size: usize,
) -> anyhow::Result<()> {
    let Side { service, meter, numbers, .. } = &contenders.gateway;
    let mut contest =
        Contest::new("create-32-last-size", format!("Create, {CLIENTS} at a time, {size} users before"));
    for _ in 0..bench.plan.rounds {
        let load = bench.turn(&service.target, CLIENTS, meter);
        let create = async |connection: &mut _, number| scim::create(connection, number).await.map(drop);
        contest.add("gateway", load.run(numbers, create).await?);
    }
    bench.figures.contests.push(contest);
    Ok(())
}

/// The first page of a walk and the last but one.
async fn pages(bench: &mut Bench, contenders: &Contenders) -> anyhow::Result<()> {
    let Side { service, meter, .. } = &contenders.gateway;
    let mut connection = Connection::open(&service.target).await?;
    let (mut last, mut cursor) = (String::new(), String::new());
    while let Some(next) = scim::page(&mut connection, &cursor).await? {
        last = std::mem::replace(&mut cursor, next);
    }
    for (key, title, cursor) in
        [("page-first", "First page of 100", ""), ("page-last", "Last page of 100 but one", &*last)]
    {
        let mut contest = Contest::new(key, format!("{title}, 4 at a time"));
        for _ in 0..bench.plan.rounds {
            let load = bench.turn(&service.target, 4, meter);
            let read = async |connection: &mut _, _| scim::page(connection, cursor).await.map(drop);
            contest.add("gateway", load.run(&Numbers::default(), read).await?);
        }
        bench.figures.contests.push(contest);
    }
    Ok(())
}
