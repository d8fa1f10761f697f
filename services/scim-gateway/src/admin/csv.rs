use super::log_view::{ChangedView, LogEntryView};

/// The first line of an export.
pub(super) const HEADER: &str = "entry_id,at,request_id,operation,kind,scim_id,outcome,status,reason,changed,\
    credential_id,address,agent,duration_ms,expected,received\r\n";

/// Adds the line of an entry (RFC 4180).
pub(super) fn add_line(entry: &LogEntryView, to: &mut String) {
    let text = |value: Option<String>| value.unwrap_or_default();
    let changed: Vec<_> = entry.changed.iter().map(in_words).collect();
    let cells = [
        entry.entry_id.to_string(),
        entry.at.to_rfc3339(),
        entry.request_id.to_string(),
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
    ];
    for (position, cell) in cells.iter().enumerate() {
        if position > 0 {
            to.push(',');
        }
        add_cell(cell, to);
    }
    to.push_str("\r\n");
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

/// Adds a cell that no spreadsheet takes for a formula: much of what stands in a log was written by strangers.
fn add_cell(cell: &str, to: &mut String) {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let is_quoted = cell.contains([',', '"', '\r', '\n']);
    let quote = if is_quoted { "\"" } else { "" };
    let apostrophe = if is_formula { "'" } else { "" };
    to.push_str(quote);
    to.push_str(apostrophe);
    to.push_str(&cell.replace('"', "\"\""));
    to.push_str(quote);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cell(text: &str) -> String {
        let mut cell = String::new();
        add_cell(text, &mut cell);
        cell
    }

    #[test]
    fn a_cell_is_quoted_where_the_rfc_wants_it() {
        for (text, written) in [
            ("", ""),
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hello\"", "\"say \"\"hello\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("'quoted'", "'quoted'"),
        ] {
            assert_eq!(cell(text), written, "{text:?}");
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+49", "'+49"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
            ("a=1", "a=1"),
        ] {
            assert_eq!(cell(text), written, "{text:?}");
        }
    }

    #[test]
    fn an_attribute_is_told_with_its_values_where_they_are_logged() {
        let changed = |before, after| in_words(&ChangedView { attribute: "title".to_owned(), before, after });
        assert_eq!(changed(None, None), "title");
        assert_eq!(changed(None, Some(json!("Director"))), "title: - -> \"Director\"");
    }
}
