//! A customer who comes with everybody: all users, then all groups with their members, until the LMS has them.

use std::cell::RefCell;
use std::time::Instant;

use super::{CLIENTS, Pipeline};
use crate::load::scim;
use crate::load::{Amount, Load, Numbers};
use crate::scenarios::Bench;

/// Members that one request brings, as many as Entra sends at most.
const CHUNK: usize = 100;
/// Groups that are filled at the same moment.
const WRITERS: usize = 8;

pub(super) async fn run(bench: &mut Bench, pipeline: &Pipeline) -> anyhow::Result<()> {
    let (users, groups, members) = bench.plan.first_sync;
    let memberships = groups * members;
    let target = &pipeline.gateway.target;
    let load = |clients, times| Load { target, clients, amount: Amount::Times(times), meter: None };
    let ids = RefCell::new(vec![String::new(); users]);
    let begin = Instant::now();
    load(CLIENTS, users)
        .run(&Numbers::default(), async |connection: &mut _, number: usize| {
            let id = scim::create(connection, number).await?;
            if let Some(user) = ids.borrow_mut().get_mut(number) {
                *user = id;
            }
            Ok(())
        })
        .await?;
    let accepted_users = begin.elapsed();
    let group_ids = RefCell::new(vec![String::new(); groups]);
    load(WRITERS, groups)
        .run(&Numbers::default(), async |connection: &mut _, number: usize| {
            let id = scim::create_group(connection, number).await?;
            if let Some(group) = group_ids.borrow_mut().get_mut(number) {
                *group = id;
            }
            Ok(())
        })
        .await?;
    let (ids, group_ids) = (ids.into_inner(), group_ids.into_inner());
    load(WRITERS, memberships / CHUNK)
        .run(&Numbers::default(), async |connection: &mut _, number: usize| {
            // Another group each time, as jobs for several groups run side by side.
            let (group, chunk) = (number % groups, number / groups);
            let first = (group * members + chunk * CHUNK) % users;
            let chunk = ids.get(first..first + CHUNK).unwrap_or_default();
            scim::change_members(connection, group_ids.get(group).map_or("", String::as_str), "Add", chunk)
                .await
        })
        .await?;
    let accepted = begin.elapsed();
    pipeline.until("select count(*) from lms.learner", users).await?;
    pipeline.until("select count(*) from lms.cohort_membership", memberships).await?;
    let followed = begin.elapsed();
    let figures = &mut bench.figures;
    let of = format!("First sync of {users} users and {memberships} memberships in {groups} groups");
    figures.fact("first-sync.users", format!("{of}: users accepted"), accepted_users.as_secs_f64(), "s");
    figures.fact("first-sync.accepted", "everything accepted", accepted.as_secs_f64(), "s");
    figures.fact("first-sync.followed", "everything in the LMS", followed.as_secs_f64(), "s");
    figures.fact(
        "first-sync.per-second",
        "users a second, over all",
        users as f64 / followed.as_secs_f64(),
        "/s",
    );
    Ok(())
}
