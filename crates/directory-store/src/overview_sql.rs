//! How an integration is doing, for both back ends: every part of a statement is one look into an index, or as many
//! rows of one as are counted.

use chrono::{DateTime, Utc};
use directory::{IntegrationId, Outcome};

use crate::query_sql::{Bind, Dialect, Sql, Table, bind, raw, sql};

fn text(text: &str) -> Sql {
    bind(Bind::Text(text.to_owned()))
}

/// Name and newest instant of each outcome; null of one without entries.
pub(crate) fn newest_by_outcome(dialect: &dyn Dialect, of: IntegrationId) -> Sql {
    let (table, tenant) = (raw(dialect.table(Table::ProvisioningLog)), bind(dialect.id(of.0)));
    let newest = |outcome: &Outcome| {
        let outcome = text(outcome.as_str());
        sql(
            "select ?, (select entry.at from ? as entry where entry.outcome = ? and entry.integration_id = ?
                order by entry.at desc, entry.id desc limit 1)",
            [&outcome, &table, &outcome, &tenant],
        )
    };
    sql(
        "select * from ? as newest",
        [&Sql::joined(Outcome::ALL.iter().map(newest).collect(), " union all ", "")],
    )
}

/// How many requests were not carried out since an instant, up to `limit`.
pub(crate) fn problems(dialect: &dyn Dialect, of: IntegrationId, since: DateTime<Utc>, limit: u32) -> Sql {
    let (table, tenant) = (raw(dialect.table(Table::ProvisioningLog)), bind(dialect.id(of.0)));
    let limit = bind(Bind::Integer(limit.into()));
    let of_outcome = |outcome: &Outcome| {
        sql(
            "select 1 from (select 1 from ? as entry
                where entry.outcome = ? and entry.integration_id = ? and entry.at >= ? limit ?) as counted",
            [&table, &text(outcome.as_str()), &tenant, &bind(dialect.time(since)), &limit],
        )
    };
    let all = Sql::joined(Outcome::PROBLEMS.iter().map(of_outcome).collect(), " union all ", "");
    sql("select count(*) from (select 1 from ? as problem limit ?) as counted", [&all, &limit])
}

/// How many events wait, up to `limit`, and since when the oldest does that was never sent.
pub(crate) fn waiting(dialect: &dyn Dialect, of: IntegrationId, limit: u32) -> Sql {
    let (table, tenant) = (raw(dialect.table(Table::Outbox)), bind(dialect.id(of.0)));
    let limit = bind(Bind::Integer(limit.into()));
    let waiting = |replayed: &'static str| {
        sql(
            "select 1 from (select 1 from ? as event
                where event.replayed = ? and event.integration_id = ? limit ?) as counted",
            [&table, &raw(replayed), &tenant, &limit],
        )
    };
    let all = Sql::joined(vec![waiting("false"), waiting("true")], " union all ", "");
    sql(
        "select (select count(*) from (select 1 from ? as event limit ?) as counted),
            (select event.committed_at from ? as event
                where event.replayed = false and event.integration_id = ?
                order by event.log_id limit 1)",
        [&all, &limit, &table, &tenant],
    )
}

/// When the first health check, user, group and deactivation came. Ids of resources are of version 7, so that the first
/// of them is the oldest.
pub(crate) fn milestones(dialect: &dyn Dialect, of: IntegrationId) -> Sql {
    let log = raw(dialect.table(Table::ProvisioningLog));
    let tenant = bind(dialect.id(of.0));
    let first = |table| {
        sql(
            "(select r.created_at from ? as r where r.integration_id = ? order by r.id limit 1)",
            [&raw(dialect.table(table)), &tenant],
        )
    };
    let health_check = text(Outcome::HealthCheck.as_str());
    sql(
        "select
            (select entry.at from ? as entry where entry.outcome = ? and entry.integration_id = ?
                order by entry.at, entry.id limit 1),
            ?, ?,
            (select entry.at from ? as entry where entry.integration_id = ? and entry.kind = 'user' and ?
                order by entry.at, entry.id limit 1)",
        [
            &log,
            &health_check,
            &tenant,
            &first(Table::User),
            &first(Table::Group),
            &log,
            &tenant,
            &raw(dialect.is_departure()),
        ],
    )
}

/// The ids and documents of the newest live users.
pub(crate) fn newest_users(dialect: &dyn Dialect, of: IntegrationId, limit: u32) -> Sql {
    sql(
        "select r.id, r.resource from ? as r where r.integration_id = ? and ? order by r.id desc limit ?",
        [
            &raw(dialect.table(Table::User)),
            &bind(dialect.id(of.0)),
            &raw(dialect.is_live()),
            &bind(Bind::Integer(limit.into())),
        ],
    )
}
