use std::net::IpAddr;

use actix_web::web;
use administration::{AuditError, AuditLog, RecordedAct};
use chrono::{DateTime, Utc};
use lms::StoreError;
use platform::admin::input::Query;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::Owner;
use super::body::{Shown, shown};
use super::casework::CaseProblem;
use super::page::{NumberedQuery, PageBody};

/// What an administrator asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Act)]
pub(super) struct ActBody {
    act_id: Uuid,
    at: DateTime<Utc>,
    subject: String,
    #[schema(value_type = Option<String>)]
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

/// `GET /admin/v1/integrations/{integration}/lms-audit?cursor=&limit=`
pub(super) async fn list(
    _: Owner,
    integration: web::Path<String>,
    Query(query): Query<NumberedQuery>,
    audit: web::Data<dyn AuditLog>,
) -> Result<Shown<PageBody<ActBody, i64>>, CaseProblem> {
    let wanted = query.page();
    let acts =
        audit.acts(Some(integration.as_str()), wanted.after, wanted.limit).await.map_err(unavailable)?;
    let items: Vec<ActBody> = acts.into_iter().map(ActBody::from).collect();
    Ok(shown(PageBody::new(items, wanted.limit, |act| act.cursor)))
}

fn unavailable(error: AuditError) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}
