//! The record of what administrators asked for, for either database.

use std::net::IpAddr;

use administration::{Act, ActOutcome, AuditError, RecordedAct};
use chrono::{DateTime, Utc};
use lms::StoreError;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::database::{Database, read};
use crate::error::unreadable;
use crate::queries::given;
use crate::statement::Statement;

static BEGIN: Statement = Statement::new(
    "insert into sync.act (id, at, subject, address, method, route, integration, target)
     select id, at, subject, address, method, route, integration, target
     from {rows: id uuid, at timestamptz, subject text, address text, method text, route text, integration text,
        target text}
     returning {object: 'id', id}",
);

static ASSIGN: Statement = Statement::new(
    "update sync.act as act set integration = r.slug
     from {rows: act_of uuid, slug text}
     where act.id = r.act_of and act.integration is null and act.status is null
     returning {object: 'id', id}",
);

/// Only what has no outcome gets one.
static FINISH: Statement = Statement::new(
    "update sync.act as act set status = r.status, details = r.details
     from {rows: act_of uuid, status integer, details text}
     where act.id = r.act_of and act.status is null
     returning {object: 'id', id}",
);

macro_rules! acts_where {
    ($condition:literal) => {
        concat!(
            given!("integration text, before bigint, max_rows integer"),
            "select {object: 'act_id', act.act_id, 'id', act.id, 'at', act.at, 'subject', act.subject,
                'address', act.address, 'method', act.method, 'route', act.route, 'integration', act.integration,
                'target', act.target, 'status', act.status, 'details', act.details}
             from sync.act as act
             where ",
            $condition,
            "act.act_id < (select coalesce(before, 9223372036854775807) from given)
             order by act.act_id desc
             limit (select max_rows from given)"
        )
    };
}

static ACTS: Statement = Statement::new(acts_where!(""));

static ACTS_OF_INTEGRATION: Statement =
    Statement::new(acts_where!("act.integration = (select integration from given) and "));

pub(crate) static FORGET: Statement = Statement::new(concat!(
    given!("before timestamptz, max_rows integer"),
    "delete from sync.act
     where act_id in (
         select old.act_id from sync.act as old where old.at < (select before from given)
         order by old.at, old.act_id limit (select max_rows from given))
     returning {object: 'id', id}"
));

#[derive(Serialize)]
struct BeginRow<'a> {
    id: Uuid,
    at: DateTime<Utc>,
    subject: &'a str,
    address: Option<IpAddr>,
    method: &'a str,
    route: &'a str,
    integration: Option<&'a str>,
    target: Option<&'a str>,
}

#[derive(Serialize)]
struct AssignRow<'a> {
    act_of: Uuid,
    slug: &'a str,
}

#[derive(Serialize)]
struct FinishRow {
    act_of: Uuid,
    status: u16,
    details: String,
}

#[derive(Serialize)]
struct Wanted<'a> {
    integration: Option<&'a str>,
    before: Option<i64>,
    max_rows: u32,
}

#[derive(Deserialize)]
struct Written {}

#[derive(Deserialize)]
struct ActRow {
    act_id: i64,
    id: Uuid,
    at: DateTime<Utc>,
    subject: String,
    address: Option<IpAddr>,
    method: String,
    route: String,
    integration: Option<String>,
    target: Option<String>,
    status: Option<u16>,
    details: Option<String>,
}

impl ActRow {
    fn into_recorded(self) -> Result<RecordedAct, StoreError> {
        let details = self.details.as_deref().map(serde_json::from_str).transpose();
        let details = details.map_err(unreadable)?.unwrap_or_default();
        Ok(RecordedAct {
            cursor: self.act_id,
            outcome: self.status.map(|status| ActOutcome { status, details }),
            act: Act {
                id: self.id,
                at: self.at,
                subject: self.subject,
                address: self.address,
                method: self.method,
                route: self.route,
                integration: self.integration,
                target: self.target,
            },
        })
    }
}

pub(crate) fn failed(error: StoreError) -> AuditError {
    match error {
        StoreError::Unavailable(source) => AuditError::Unavailable(source),
        StoreError::Clash | StoreError::Refused { .. } => AuditError::Unexpected(Box::new(error)),
    }
}

pub(crate) async fn begin<D: Database>(database: &mut D, act: &Act) -> Result<(), StoreError> {
    let row = BeginRow {
        id: act.id,
        at: act.at,
        subject: &act.subject,
        address: act.address,
        method: &act.method,
        route: &act.route,
        integration: act.integration.as_deref(),
        target: act.target.as_deref(),
    };
    let _: Vec<Written> = read(database, &BEGIN, &[row]).await?;
    Ok(())
}

pub(crate) async fn assign<D: Database>(
    database: &mut D,
    id: Uuid,
    integration: &str,
) -> Result<(), StoreError> {
    let row = AssignRow { act_of: id, slug: integration };
    let _: Vec<Written> = read(database, &ASSIGN, &[row]).await?;
    Ok(())
}

pub(crate) async fn finish<D: Database>(
    database: &mut D,
    id: Uuid,
    outcome: &ActOutcome,
) -> Result<(), StoreError> {
    let row = FinishRow { act_of: id, status: outcome.status, details: outcome.details.to_string() };
    let _: Vec<Written> = read(database, &FINISH, &[row]).await?;
    Ok(())
}

pub(crate) async fn list<D: Database>(
    database: &mut D,
    integration: Option<&str>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<RecordedAct>, StoreError> {
    let statement = if integration.is_some() { &ACTS_OF_INTEGRATION } else { &ACTS };
    let wanted = Wanted { integration, before, max_rows: limit };
    let rows: Vec<ActRow> = read(database, statement, &[wanted]).await?;
    rows.into_iter().map(ActRow::into_recorded).collect()
}
