use actix_web::web;
use administration::Role;
use directory::{LogPosition, Replay};
use platform::admin::Body;
use platform::admin::input::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body;
use super::call::Call;
use super::problem::Problem;
use super::resource::OneResource;
use super::shown::{Shown, shown};

/// Events of the log that one request looks at.
const LOOKED_AT: u32 = 20_000;

/// Which events to publish once more: since an instant, of a resource, or both.
#[derive(Deserialize, ToSchema)]
#[schema(as = Replay)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayBody {
    /// Those committed since this instant (RFC 3339); all that are kept when it is not given.
    #[schema(value_type = Option<DateTime<Utc>>)]
    since: Option<Instant>,
    /// Those about a user, by its SCIM id.
    user: Option<Uuid>,
    /// Those about a group, by its SCIM id.
    group: Option<Uuid>,
    /// The `next` of the part before.
    cursor: Option<i64>,
}

/// A part of the log was looked at.
#[derive(Serialize, ToSchema)]
#[schema(as = Replayed)]
pub(super) struct ReplayedView {
    /// Events of this part that are published once more.
    replayed: u64,
    /// Goes into `cursor` for the next part; null at the end.
    next: Option<i64>,
}

/// Publishes events once more that the log still holds, a part of the log with each request, the newest part first.
///
/// Role `operator`. Events keep their ids and sequences. Who has had them notices that; they come behind what is new.
#[utoipa::path(post, path = "/admin/v1/integrations/{slug}/replays", request_body = ReplayBody,
    responses((status = 200, body = ReplayedView)))]
pub(super) async fn replay(
    call: Call,
    slug: web::Path<String>,
    body: Body,
) -> Result<Shown<ReplayedView>, Problem> {
    let integration = call.admit_to(&slug, Role::Operator).await?;
    let ReplayBody { since, user, group, cursor } = body::read(body).await?;
    let since = since.map(|Instant(at)| at);
    let subject = OneResource { user, group }.subject()?;
    if since.is_none() && subject.is_none() {
        return Err(Problem::Unprocessable("say since when, or of which user or group".to_owned()));
    }
    let wanted = Replay { since, subject };
    let step =
        call.gateway.events.replay(integration.id, &wanted, cursor.map(LogPosition), LOOKED_AT).await?;
    let next = step.next.map(|position| position.0);
    call.leave(json!({
        "since": since,
        "subject": subject.map(|subject| subject.to_string()),
        "replayed": step.events,
        "next": next,
    }));
    Ok(shown(ReplayedView { replayed: step.events, next }))
}
