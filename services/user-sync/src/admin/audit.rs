use std::net::IpAddr;

use actix_web::web;
use administration::{AuditError, AuditLog, RecordedAct};
use chrono::{DateTime, Utc};
use lms::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::access::Owner;
use super::casework::{CasePage, CaseProblem, Shown, page, shown};

/// What an administrator asked for.
#[derive(Debug, Serialize)]
pub(super) struct ActBody {
    act_id: Uuid,
    at: DateTime<Utc>,
    subject: String,
    address: Option<IpAddr>,
    method: String,
    route: String,
    integration: Option<String>,
    target: Option<String>,
    /// Null: it is not known how it ended.
    status: Option<u16>,
    details: Value,
    #[serde(skip)]
    cursor: i64,
}

impl From<RecordedAct> for ActBody {
    fn from(recorded: RecordedAct) -> Self {
        let RecordedAct { cursor, act, outcome } = recorded;
        let (status, details) = outcome.map(|outcome| (outcome.status, outcome.details)).unzip();
        Self {
            act_id: act.id,
            at: act.at,
            subject: act.subject,
            address: act.address,
            method: act.method,
            route: act.route,
            integration: act.integration,
            target: act.target,
            status,
            details: details.unwrap_or_default(),
            cursor,
        }
    }
}

/// Which part of the record.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ActQuery {
    /// Where the page before ended: its `next`.
    cursor: Option<i64>,
    /// Items at most.
    limit: Option<u32>,
}

/// `GET /admin/v1/integrations/{integration}/lms-audit?cursor=&limit=`
pub(super) async fn list(
    _: Owner,
    integration: web::Path<String>,
    query: web::Query<ActQuery>,
    audit: web::Data<dyn AuditLog>,
) -> Result<Shown<CasePage<ActBody, i64>>, CaseProblem> {
    let wanted = page(query.cursor, query.limit);
    let acts =
        audit.acts(Some(integration.as_str()), wanted.after, wanted.limit).await.map_err(unavailable)?;
    let items: Vec<ActBody> = acts.into_iter().map(ActBody::from).collect();
    Ok(shown(CasePage::new(items, wanted.limit, |act| act.cursor)))
}

fn unavailable(error: AuditError) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}
