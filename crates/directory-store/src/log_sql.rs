//! Which entries of the provisioning log are read and forgotten, for both back ends.

use chrono::{DateTime, Utc};
use directory::{IntegrationId, LogQuery, LoggedOperation, Outcome};

use crate::log_row;
use crate::query_sql::{Bind, Dialect, Sql, Table, bind, raw, sql};

/// In the order of [`log_row::LogColumns`]. The integration is known.
const COLUMNS: &str = "id, request_id, at, operation, kind, subject_id, person, outcome, status, reason, changed, \
                       credential_id, address, agent, bulk_request_id, duration_ms, expected, received";

/// The condition of the index `provisioning_log_seldom`, letter by letter: it is used where a statement says the same.
const SELDOM: &str = "operation in ('replace', 'delete', 'bulk', 'discovery', 'token', 'sign_in')";

/// What a directory hardly ever asks for. All else is found soon among the newest entries, and is in no index of
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

/// The entries that a query asks for, newest first.
///
/// Each outcome is looked for by itself: together they would have no index that holds them in the order of time.
pub(crate) fn entries(dialect: &dyn Dialect, of: IntegrationId, query: &LogQuery) -> Sql {
    let limit = bind(Bind::Integer(query.limit.into()));
    let mut outcomes: Vec<Outcome> = Vec::new();
    for outcome in &query.outcomes {
        if !outcomes.contains(outcome) {
            outcomes.push(*outcome);
        }
    }
    match outcomes.as_slice() {
        [] => newest(dialect, of, query, None, &limit),
        [outcome] => newest(dialect, of, query, Some(*outcome), &limit),
        several => {
            let each = |outcome: &Outcome| {
                let entries = newest(dialect, of, query, Some(*outcome), &limit);
                sql("select ? from (?) as entry", [&raw(COLUMNS), &entries])
            };
            let all = Sql::joined(several.iter().map(each).collect(), " union all ", "");
            sql("select ? from ? as entry order by at desc, id desc limit ?", [&raw(COLUMNS), &all, &limit])
        }
    }
}

fn newest(
    dialect: &dyn Dialect,
    of: IntegrationId,
    query: &LogQuery,
    outcome: Option<Outcome>,
    limit: &Sql,
) -> Sql {
    let table = raw(dialect.table(Table::ProvisioningLog));
    let tenant = bind(dialect.id(of.0));
    let text = |text: &str| bind(Bind::Text(text.to_owned()));
    let mut conditions = vec![sql("integration_id = ?", [&tenant])];
    if let Some(id) = query.request_id {
        // Each by its own index: a bulk request has an entry, and so has every one of its operations.
        let id = bind(dialect.id(id));
        conditions.push(sql(
            "id in (
                select own.id from ? as own where own.integration_id = ? and own.request_id = ?
                union all
                select part.id from ? as part where part.integration_id = ? and part.bulk_request_id = ?
            )",
            [&table, &tenant, &id, &table, &tenant, &id],
        ));
    }
    let mut require = |condition: &'static str, value: Option<Sql>| {
        conditions.extend(value.map(|value| sql(condition, [&value])));
    };
    require("subject_id = ?", query.subject.map(|id| bind(dialect.id(id))));
    require("person = ?", query.person.map(|person| bind(Bind::Bytes(person.0.to_vec()))));
    require("kind = ?", query.kind.map(|kind| text(log_row::kind_name(kind))));
    require("outcome = ?", outcome.map(|outcome| text(outcome.as_str())));
    require("operation = ?", query.operation.map(|operation| text(operation.as_str())));
    require("at >= ?", query.from.map(|from| bind(dialect.time(from))));
    require("at <= ?", query.to.map(|to| bind(dialect.time(to))));
    require("outcome <> ?", query.without_health_checks.then(|| text(Outcome::HealthCheck.as_str())));
    if query.operation.is_some_and(is_seldom) {
        conditions.push(raw(SELDOM));
    }
    if let Some(number) = query.before {
        let number = bind(Bind::Integer(number));
        conditions.push(sql(
            "(at, id) < ((
                select last.at from ? as last where last.id = ? and last.integration_id = ?
            ), ?)",
            [&table, &number, &tenant, &number],
        ));
    }
    sql(
        "select ? from ? where ? order by at desc, id desc limit ?",
        [&raw(COLUMNS), &table, &Sql::joined(conditions, " and ", "true"), limit],
    )
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
