//! All that came of one request, at both services.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Side;
use crate::failure::Failure;
use crate::paging::Paging;
use crate::session::Session;
use crate::table::{self, Column};

const COLUMNS: &[Column] = &[
    ("AT", "/at"),
    ("WHERE", "/where"),
    ("WHAT", "/what"),
    ("OUTCOME", "/outcome"),
    ("KIND", "/kind"),
    ("ID", "/id"),
    ("CHANGED", "/changed"),
    ("REASON", "/reason"),
];

/// Joins entries of the gateway's log and effects in the LMS.
pub(crate) async fn show(session: &Session, request: Uuid) -> Result<(), Failure> {
    let request = request.to_string();
    let entries = session.whole(Side::Gateway, &["log", &request]).await?;
    let query = [("request_id", Some(request))];
    let effects = match session.items(Side::Lms, &["effects"], &query, &Paging::all()).await {
        Ok(effects) => Some(effects),
        // The LMS has not heard of the integration yet.
        Err(failure) if failure.is_not_found() => None,
        Err(failure) => return Err(failure),
    };
    if session.output.is_json {
        let nothing = r#"{"items":[],"next":null}"#.to_owned();
        let effects = effects.map_or(nothing, |effects| effects.document());
        let joined = format!("{{\"log\":{},\"effects\":{effects}}}", entries.document());
        return Ok(session.output.json(&joined)?);
    }
    let mut lines: Vec<Value> = entries.values()?.iter().map(of_entry).collect();
    if let Some(effects) = effects {
        lines.extend(effects.values()?.iter().rev().map(of_effect));
    }
    lines.sort_by_key(instant);
    Ok(session.output.rows(&lines, COLUMNS)?)
}

/// RFC 3339 with fractions of any length, which text would not sort.
fn instant(line: &Value) -> Option<chrono::DateTime<chrono::Utc>> {
    line.get("at").and_then(Value::as_str).and_then(|at| at.parse().ok())
}

fn of_entry(entry: &Value) -> Value {
    let status = table::text(entry.get("status"));
    json!({
        "at": entry.get("at"),
        "where": "gateway",
        "what": entry.get("operation"),
        "outcome": match entry.get("outcome") {
            Some(Value::String(outcome)) if status != "-" => format!("{outcome} ({status})").into(),
            outcome => json!(outcome),
        },
        "kind": entry.get("kind"),
        "id": entry.get("scim_id"),
        "changed": entry.get("changed"),
        "reason": entry.get("reason"),
    })
}

fn of_effect(effect: &Value) -> Value {
    let id = ["learner_id", "cohort_id", "scim_id"].into_iter().filter_map(|name| effect.get(name));
    json!({
        "at": effect.get("at"),
        "where": "lms",
        "what": effect.get("event_type"),
        "outcome": effect.get("outcome"),
        "kind": effect.get("kind"),
        "id": id.into_iter().find(|id| !id.is_null()),
        "changed": effect.get("changed"),
        "reason": effect.get("reason"),
    })
}
