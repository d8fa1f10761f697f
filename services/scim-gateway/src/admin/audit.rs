use std::net::IpAddr;

use actix_web::web;
use administration::{RecordedAct, Role};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::call::Call;
use super::page::{PageQuery, PageView};
use super::problem::Problem;
use super::shown::{Shown, shown};

/// A request of an administrator that could change something.
#[derive(Serialize, ToSchema)]
#[schema(as = Act)]
pub(super) struct ActView {
    act_id: Uuid,
    at: DateTime<Utc>,
    /// Who asked.
    subject: String,
    #[schema(value_type = Option<String>)]
    address: Option<IpAddr>,
    method: String,
    /// Pattern of the path.
    route: String,
    integration: Option<String>,
    /// What else the path named.
    target: Option<String>,
    /// HTTP status of the answer; null when it is not known how it ended.
    status: Option<u16>,
    /// What was done; null when there is no more to say.
    details: Value,
}

impl From<RecordedAct> for ActView {
    fn from(RecordedAct { act, outcome, .. }: RecordedAct) -> Self {
        let (status, details) = outcome.map_or((None, Value::Null), |end| (Some(end.status), end.details));
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
            details,
        }
    }
}

/// Lists what administrators asked for, newest first; what was denied too.
///
/// Role `owner`.
#[utoipa::path(get, path = "/admin/v1/integrations/{slug}/audit", params(PageQuery),
    responses((status = 200, body = PageView<ActView>)))]
pub(super) async fn list(call: Call, slug: web::Path<String>) -> Result<Shown<PageView<ActView>>, Problem> {
    let integration = call.admit_to(&slug, Role::Owner).await?;
    let query: PageQuery = call.query()?;
    let limit = query.limit.0;
    let of = Some(integration.slug.as_str());
    let found = call.gateway.audit.acts(of, query.after(), limit + 1).await?;
    Ok(shown(PageView::new(found, limit, |act| act.cursor.to_string(), ActView::from)))
}
