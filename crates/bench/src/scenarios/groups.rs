//! A group that grows, and several who add to one group at the same moment.

use std::collections::HashSet;

use anyhow::ensure;

use super::Bench;
use super::directory::{Contenders, Side};
use crate::figures::Contest;
use crate::load::http::Connection;
use crate::load::scim;
use crate::load::{Amount, Load, Numbers};
use crate::surroundings::connect;

/// Members that one request brings while the group grows.
const CHUNK: usize = 100;
/// How often one member is added at each size.
const SINGLES: usize = 300;
/// Those who add at the same moment, and how often each does.
const ADDERS: usize = 8;
const ADDITIONS: usize = 50;

pub(super) async fn run(bench: &mut Bench, contenders: &Contenders) -> anyhow::Result<()> {
    let Contenders { gateway, users, .. } = contenders;
    let mut connection = Connection::open(&gateway.service.target).await?;
    let group = scim::create_group(&mut connection, 0).await?;
    let mut size = 0;
    for (key, members) in ["first-size", "second-size", "last-size"].into_iter().zip(bench.plan.members) {
        let chunks: Vec<&[String]> = users.get(size..members).unwrap_or_default().chunks(CHUNK).collect();
        let sample = one_by_one(gateway, &chunks, &group).await?;
        if members > CHUNK {
            let mut contest =
                Contest::new(format!("group-by-100s-{key}"), format!("Add {CHUNK} members, up to {members}"));
            contest.add("gateway", sample);
            bench.figures.contests.push(contest);
        }
        size = members;
        let guests: Vec<&[String]> = users.get(size..size + SINGLES).unwrap_or_default().chunks(1).collect();
        ensure!(guests.len() == SINGLES, "not enough users for a group of {size}");
        let mut contest =
            Contest::new(format!("add-one-{key}"), format!("Add one member to {members}, 1 at a time"));
        contest.add("gateway", one_by_one(gateway, &guests, &group).await?);
        bench.figures.contests.push(contest);
        size += SINGLES;
    }
    side_by_side(bench, contenders).await
}

/// Adds these, one request after the other.
async fn one_by_one(
    gateway: &Side,
    additions: &[&[String]],
    group: &str,
) -> anyhow::Result<crate::load::sample::Sample> {
    let load = Load {
        target: &gateway.service.target,
        clients: 1,
        amount: Amount::Times(additions.len()),
        meter: Some(&gateway.meter),
    };
    load.run(&Numbers::default(), async |connection: &mut _, number: usize| {
        let members = additions.get(number).copied().unwrap_or_default();
        scim::change_members(connection, group, "Add", members).await
    })
    .await
}

async fn side_by_side(bench: &mut Bench, contenders: &Contenders) -> anyhow::Result<()> {
    let Contenders { gateway, users, .. } = contenders;
    let Side { service, database, meter, .. } = gateway;
    let mut connection = Connection::open(&service.target).await?;
    let group = scim::create_group(&mut connection, 1).await?;
    let added = ADDERS * ADDITIONS;
    let load =
        Load { target: &service.target, clients: ADDERS, amount: Amount::Times(added), meter: Some(meter) };
    let sample = load
        .run(&Numbers::default(), async |connection: &mut _, number: usize| {
            let member = users.get(number..=number).unwrap_or_default();
            scim::change_members(connection, &group, "Add", member).await
        })
        .await?;
    let question = "select user_id::text from directory.group_member where group_id = $1::text::uuid";
    let rows = connect(&database.url).await?.query(question, &[&group]).await?;
    let members = rows.iter().map(|row| row.try_get(0)).collect::<Result<HashSet<String>, _>>()?;
    let lost = users.iter().take(added).filter(|user| !members.contains(*user)).count();
    ensure!(lost == 0, "{lost} of {added} acknowledged members are missing");
    let mut contest =
        Contest::new("add-one-side-by-side", format!("Add one member to one group, {ADDERS} at a time"));
    contest.add("gateway", sample);
    bench.figures.contests.push(contest);
    Ok(())
}
