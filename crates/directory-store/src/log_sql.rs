//! Which entries of the provisioning log are read and forgotten, for both back ends.

use chrono::{DateTime, Utc};
use directory::{
    IntegrationId, LogEntry, LogPage, LogQuery, LoggedOperation, LookedBack, Outcome, PersonDigest,
};
use uuid::Uuid;

use crate::log_row;
use crate::query_sql::{Bind, Dialect, Sql, Table, bind, raw, sql};

/// In the order of [`log_row::LogColumns`]. The integration is known.
const COLUMNS: &str = "id, request_id, at, operation, kind, subject_id, person, outcome, status, reason, changed, \
                       credential_id, address, agent, bulk_request_id, duration_ms, expected, received";

/// The condition of the index `provisioning_log_seldom`, letter by letter: it is used where a statement says the same.
const SELDOM: &str = "operation in ('replace', 'delete', 'bulk', 'discovery', 'token', 'sign_in')";

/// What a directory hardly ever asks for. All else is mostly found soon among the newest entries, and is in no index of
/// operations, which each write of it would pay for.
fn is_seldom(operation: LoggedOperation) -> bool {
    match operation {
        LoggedOperation::Read
        | LoggedOperation::Search
        | LoggedOperation::Create
        | LoggedOperation::Patch => false,
        LoggedOperation::Replace
        | LoggedOperation::Delete
        | LoggedOperation::Bulk
        | LoggedOperation::Discovery
        | LoggedOperation::Token
        | LoggedOperation::SignIn => true,
    }
}

/// The condition that leads to the entries that are looked at, newest first, by an index that has them in that order. The
/// others are asked of each of these.
#[derive(Clone, Copy, PartialEq)]
enum Lead {
    Request(Uuid),
    Subject(Uuid),
    Person(PersonDigest),
    Seldom(LoggedOperation),
    Outcome(Outcome),
    Time,
}

/// Each outcome leads by itself: together they would have no index that holds them in the order of time.
fn leads(query: &LogQuery) -> Vec<Lead> {
    if let Some(id) = query.request_id {
        return vec![Lead::Request(id)];
    }
    if let Some(id) = query.subject {
        return vec![Lead::Subject(id)];
    }
    if let Some(person) = query.person {
        return vec![Lead::Person(person)];
    }
    if let Some(operation) = query.operation.filter(|operation| is_seldom(*operation)) {
        return vec![Lead::Seldom(operation)];
    }
    let mut leads: Vec<Lead> = Vec::new();
    for outcome in &query.outcomes {
        let lead = Lead::Outcome(*outcome);
        let is_left_out = query.without_health_checks && *outcome == Outcome::HealthCheck;
        if !is_left_out && !leads.contains(&lead) {
            leads.push(lead);
        }
    }
    if leads.is_empty() { vec![Lead::Time] } else { leads }
}

/// Entries that each of so many leads may look at.
fn looks(query: &LogQuery, leads: usize) -> i64 {
    (i64::from(query.looks) / i64::try_from(leads.max(1)).unwrap_or(i64::MAX)).max(1)
}

/// The entries that a query asks for, newest first.
pub(crate) fn entries(dialect: &dyn Dialect, of: IntegrationId, query: &LogQuery) -> Sql {
    let leads = leads(query);
    let looks = bind(Bind::Integer(looks(query, leads.len())));
    let limit = bind(Bind::Integer(query.limit.into()));
    let found = |lead: &Lead| {
        let candidates = |limit: &Sql| {
            sql(
                "? order by at desc, id desc limit ?",
                [&candidates(dialect, of, query, *lead, COLUMNS), limit],
            )
        };
        match others(dialect, query, *lead) {
            None => candidates(&limit),
            Some(others) => sql(
                "select ? from (?) as entry where ? order by at desc, id desc limit ?",
                [&raw(COLUMNS), &candidates(&looks), &others, &limit],
            ),
        }
    };
    match leads.as_slice() {
        [lead] => found(lead),
        several => {
            let each = |lead: &Lead| sql("select ? from (?) as entry", [&raw(COLUMNS), &found(lead)]);
            let all = Sql::joined(several.iter().map(each).collect(), " union all ", "");
            sql("select ? from ? as entry order by at desc, id desc limit ?", [&raw(COLUMNS), &all, &limit])
        }
    }
}

/// Instant and number of the entry at which a look for `found` entries may have ended before its time; none where it
/// cannot have.
pub(crate) fn looked_back(
    dialect: &dyn Dialect,
    of: IntegrationId,
    query: &LogQuery,
    found: usize,
) -> Option<Sql> {
    let leads = leads(query);
    // Of several one may have ended above what the others found.
    if found >= query.limit as usize && leads.len() == 1 {
        return None;
    }
    let last = |lead: &Lead| {
        others(dialect, query, *lead)?;
        let before_it = bind(Bind::Integer(looks(query, leads.len()) - 1));
        let candidates = candidates(dialect, of, query, *lead, "at, id");
        Some(sql(
            "select at, id from (? order by at desc, id desc limit 1 offset ?) as entry",
            [&candidates, &before_it],
        ))
    };
    let lasts: Vec<Sql> = leads.iter().filter_map(last).collect();
    if lasts.is_empty() {
        return None;
    }
    let all = Sql::joined(lasts, " union all ", "");
    Some(sql("select at, id from ? as entry order by at desc, id desc limit 1", [&all]))
}

/// A page of what was found down to where the look ended. A full page ends with its last entry.
pub(crate) fn page(query: &LogQuery, mut entries: Vec<LogEntry>, ended_at: Option<LookedBack>) -> LogPage {
    if let Some(last) = ended_at {
        entries.retain(|entry| LookedBack { at: entry.request.at, number: entry.number } >= last);
    }
    let is_full = entries.len() >= query.limit as usize;
    LogPage { entries, looked_back_to: ended_at.filter(|_| !is_full) }
}

/// All that a condition leads to, without its order.
fn candidates(
    dialect: &dyn Dialect,
    of: IntegrationId,
    query: &LogQuery,
    lead: Lead,
    columns: &'static str,
) -> Sql {
    let table = raw(dialect.table(Table::ProvisioningLog));
    let tenant = bind(dialect.id(of.0));
    let mut conditions = vec![sql("integration_id = ?", [&tenant])];
    conditions.extend(match lead {
        Lead::Request(id) => {
            // Each by its own index: a bulk request has an entry, and so has every one of its operations.
            let id = bind(dialect.id(id));
            Some(sql(
                "id in (
                    select own.id from ? as own where own.integration_id = ? and own.request_id = ?
                    union all
                    select part.id from ? as part where part.integration_id = ? and part.bulk_request_id = ?
                )",
                [&table, &tenant, &id, &table, &tenant, &id],
            ))
        }
        Lead::Subject(id) => Some(sql("subject_id = ?", [&bind(dialect.id(id))])),
        Lead::Person(person) => Some(sql("person = ?", [&bind(Bind::Bytes(person.0.to_vec()))])),
        Lead::Seldom(operation) => {
            Some(sql("operation = ? and ?", [&text(operation.as_str()), &raw(SELDOM)]))
        }
        Lead::Outcome(outcome) => Some(sql("outcome = ?", [&text(outcome.as_str())])),
        Lead::Time => None,
    });
    conditions.extend(query.from.map(|from| sql("at >= ?", [&bind(dialect.time(from))])));
    conditions.extend(query.to.map(|to| sql("at <= ?", [&bind(dialect.time(to))])));
    conditions.extend(query.before.map(|number| {
        let number = bind(Bind::Integer(number));
        sql(
            "(at, id) < ((
                select last.at from ? as last where last.id = ? and last.integration_id = ?
            ), ?)",
            [&table, &number, &tenant, &number],
        )
    }));
    sql("select ? from ? where ?", [&raw(columns), &table, &Sql::joined(conditions, " and ", "true")])
}

/// The conditions besides that which leads.
fn others(dialect: &dyn Dialect, query: &LogQuery, lead: Lead) -> Option<Sql> {
    let mut conditions: Vec<Sql> = Vec::new();
    let mut require = |condition: &'static str, value: Option<Sql>| {
        conditions.extend(value.map(|value| sql(condition, [&value])));
    };
    let besides = |other: Lead| lead != other;
    require(
        "subject_id = ?",
        query.subject.filter(|id| besides(Lead::Subject(*id))).map(|id| bind(dialect.id(id))),
    );
    let person = query.person.filter(|person| besides(Lead::Person(*person)));
    require("person = ?", person.map(|person| bind(Bind::Bytes(person.0.to_vec()))));
    require("kind = ?", query.kind.map(|kind| text(log_row::kind_name(kind))));
    let operation = query.operation.filter(|operation| besides(Lead::Seldom(*operation)));
    require("operation = ?", operation.map(|operation| text(operation.as_str())));
    let leads_by_outcome = matches!(lead, Lead::Outcome(_));
    let outcomes = query.outcomes.iter().map(|outcome| text(outcome.as_str())).collect::<Vec<_>>();
    require(
        "outcome in ?",
        (!leads_by_outcome && !outcomes.is_empty()).then(|| Sql::joined(outcomes, ", ", "")),
    );
    let may_be_probe = query.without_health_checks && !leads_by_outcome;
    require("outcome <> ?", may_be_probe.then(|| text(Outcome::HealthCheck.as_str())));
    (!conditions.is_empty()).then(|| Sql::joined(conditions, " and ", "true"))
}

fn text(text: &str) -> Sql {
    bind(Bind::Text(text.to_owned()))
}

/// The removal of the oldest entries before a moment.
pub(crate) fn removal(dialect: &dyn Dialect, of: IntegrationId, before: DateTime<Utc>, limit: u32) -> Sql {
    let table = raw(dialect.table(Table::ProvisioningLog));
    let oldest = sql(
        "select id from ? where integration_id = ? and at < ? order by at, id limit ?",
        [&table, &bind(dialect.id(of.0)), &bind(dialect.time(before)), &bind(Bind::Integer(limit.into()))],
    );
    sql("delete from ? as r where ?", [&table, &dialect.id_is_among(&oldest)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_holds_what_is_asked_for_seldom() {
        let names = SELDOM.trim_start_matches("operation in (").trim_end_matches(')').split(", ");
        let seldom = LoggedOperation::ALL.iter().filter(|operation| is_seldom(**operation));
        let mut expected: Vec<String> = seldom.map(|operation| format!("'{}'", operation.as_str())).collect();
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        expected.sort_unstable();
        assert_eq!(names, expected);
    }
}
