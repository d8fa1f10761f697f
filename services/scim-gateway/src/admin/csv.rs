use super::log_view::{ChangedView, LogEntryView};

/// The first line of an export.
pub(super) const HEADER: &str = "entry_id,at,request_id,bulk_request_id,operation,kind,scim_id,outcome,status,reason,\
    changed,credential_id,address,agent,duration_ms,expected,received,cause\r\n";

/// Adds the line of an entry (RFC 4180).
pub(super) fn add_line(entry: &LogEntryView, to: &mut String) {
    let text = |value: Option<String>| value.unwrap_or_default();
    let changed: Vec<_> = entry.changed.iter().map(in_words).collect();
    let cells = [
        entry.entry_id.to_string(),
        entry.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        entry.request_id.to_string(),
        text(entry.bulk_request_id.map(|id| id.to_string())),
        entry.operation.to_owned(),
        text(entry.kind.map(str::to_owned)),
        text(entry.scim_id.map(|id| id.to_string())),
        entry.outcome.to_owned(),
        text(entry.status.map(|status| status.to_string())),
        text(entry.reason.clone()),
        changed.join("; "),
        text(entry.credential_id.clone()),
        text(entry.address.map(|address| address.to_string())),
        text(entry.agent.clone()),
        text(entry.duration_ms.map(|duration| duration.to_string())),
        text(entry.expected.clone()),
        text(entry.received.clone()),
        text(entry.cause.map(str::to_owned)),
    ];
    to.push_str(&platform::csv::line(&cells));
}

/// `title`, or `title: "Engineer" -> "Director"` where the values are logged.
fn in_words(changed: &ChangedView) -> String {
    let ChangedView { attribute, before, after } = changed;
    let value =
        |value: &Option<serde_json::Value>| value.as_ref().map_or("-".to_owned(), ToString::to_string);
    match (before, after) {
        (None, None) => attribute.clone(),
        _ => format!("{attribute}: {} -> {}", value(before), value(after)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_attribute_is_told_with_its_values_where_they_are_logged() {
        let changed = |before, after| in_words(&ChangedView { attribute: "title".to_owned(), before, after });
        assert_eq!(changed(None, None), "title");
        assert_eq!(changed(None, Some(json!("Director"))), "title: - -> \"Director\"");
    }
}
