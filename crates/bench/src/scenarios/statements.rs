//! How often each request asks its database. Every statement is written to `statements.txt` in the folder of the run.

use std::collections::HashSet;
use std::fmt::Write;
use std::time::Duration;

use anyhow::Context;

use super::Bench;
use crate::figures::Statements;
use crate::load::http::Connection;
use crate::load::scim::{self, MatchBy};
use crate::processes::Relay;
use crate::wire::{Wire, authority};

/// Requests of each kind that are counted.
const COUNTED: usize = 20;
/// Before them: sessions are opened and statements prepared.
const WARM_UP: usize = 40;
/// What the gateway asks from time to time, whatever is asked of it: these tables, and new plans.
const BACKGROUND: [&str; 5] = [
    "discard plans",
    "directory.snapshot",
    "\"directory\".\"registry_version\"",
    "FROM \"directory\".\"integration\"",
    "FROM \"directory\".\"credential\"",
];
/// How long what runs behind an answer may take.
const BEHIND: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, Debug)]
enum Request {
    Create,
    Match(MatchBy),
    Get,
    Patch,
    Page,
    AddMember,
}

impl Request {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Create, "create"),
        (Self::Match(MatchBy::UserName), "match userName"),
        (Self::Match(MatchBy::ExternalId), "match externalId"),
        (Self::Match(MatchBy::WorkMail), "match work mail"),
        (Self::Get, "get"),
        (Self::Patch, "patch"),
        (Self::Page, "page"),
        (Self::AddMember, "add member"),
    ];
}

/// A directory of a few users with a group.
struct People {
    users: Vec<String>,
    group: String,
}

impl People {
    async fn make(connection: &mut Connection) -> anyhow::Result<Self> {
        let mut users = Vec::new();
        for number in 0..2 * (WARM_UP + COUNTED) {
            users.push(scim::create(connection, number).await?);
        }
        Ok(Self { users, group: scim::create_group(connection, 0).await? })
    }

    async fn send(&self, connection: &mut Connection, request: Request, number: usize) -> anyhow::Result<()> {
        let id = self.users.get(number).context("not enough users")?;
        match request {
            Request::Create => scim::create(connection, 1_000 + number).await.map(drop),
            Request::Match(by) => scim::find(connection, by, number).await.map(drop),
            Request::Get => scim::get(connection, id).await,
            Request::Patch => scim::patch(connection, id, number).await,
            Request::Page => scim::page(connection, "").await.map(drop),
            Request::AddMember => {
                scim::change_members(connection, &self.group, "Add", std::slice::from_ref(id)).await
            }
        }
    }
}

pub(super) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let database = bench.surroundings.database("statements").await?;
    let server = authority(&database.url).context("a database without a server")?;
    let wire = Wire::in_front_of(server.to_owned()).await?;
    let gateway = bench.programs.gateway(&wire.through(&database.url)?, Relay::Off).await?;
    let mut connection = Connection::open(&gateway.target).await?;
    let people = People::make(&mut connection).await?;
    let mut listing = String::new();
    for (request, name) in Request::ALL {
        for number in 0..WARM_UP {
            people.send(&mut connection, request, number).await?;
        }
        tokio::time::sleep(BEHIND).await;
        wire.take();
        let (mut before, mut behind) = (Vec::new(), Vec::new());
        for number in WARM_UP..WARM_UP + COUNTED {
            people.send(&mut connection, request, number).await?;
            before.extend(of_requests(wire.take()));
            tokio::time::sleep(BEHIND / 10).await;
            behind.extend(of_requests(wire.take()));
        }
        tokio::time::sleep(BEHIND).await;
        behind.extend(of_requests(wire.take()));
        list(&mut listing, name, &before);
        list(&mut listing, &format!("{name}, behind"), &behind);
        let each = |questions: &[String]| questions.len() as f64 / COUNTED as f64;
        let statements = Statements { request: name, round_trips: each(&before), behind: each(&behind) };
        eprintln!("  {name:<28} {:.2} round trips, {:.2} behind", statements.round_trips, statements.behind);
        bench.figures.statements.push(statements);
    }
    std::fs::write(bench.programs.folder.join("statements.txt"), listing)?;
    Ok(())
}

fn of_requests(mut questions: Vec<String>) -> Vec<String> {
    questions.retain(|question| !BACKGROUND.iter().any(|table| question.contains(table)));
    questions
}

/// Each statement once, in the order in which they came.
fn list(listing: &mut String, name: &str, statements: &[String]) {
    // Writing to a text cannot fail.
    let _ = writeln!(listing, "== {name}");
    let mut seen = HashSet::new();
    for statement in statements.iter().filter(|statement| seen.insert(*statement)) {
        let line: Vec<&str> = statement.split_whitespace().collect();
        let _ = writeln!(listing, "{}", line.join(" "));
    }
}
