//! JSON as tables for people.

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::{Map, Value};

use crate::output::{Section, escape};

/// Title of a column, and where its value is in an item (RFC 6901).
pub(crate) type Column = (&'static str, &'static str);

/// One line an item, its cells cut where they are wider than is wanted.
pub(crate) fn rows(items: &[Value], columns: &[Column], widest: Option<usize>) -> String {
    let titles = columns.iter().map(|(title, _)| (*title).to_owned()).collect();
    let line = |item: &Value| columns.iter().map(|(_, at)| cut(text(item.pointer(at)), widest)).collect();
    aligned(titles, items.iter().map(line).collect())
}

fn cut(text: String, widest: Option<usize>) -> String {
    match widest.filter(|widest| text.chars().count() > *widest) {
        Some(widest) => text.chars().take(widest.saturating_sub(1)).chain(['…']).collect(),
        None => text,
    }
}

/// One line a member, and a table for every list of objects in it.
pub(crate) fn record(value: &Value, sections: &[Section], widest: Option<usize>) -> String {
    let mut members = Vec::new();
    let mut lists = Vec::new();
    flatten("", value, &mut members, &mut lists);
    let mut shown = aligned(Vec::new(), members);
    for (name, items) in lists {
        let declared = sections.iter().find(|(section, _)| *section == name);
        let table = match declared {
            Some((_, columns)) => rows(items, columns, widest),
            None => by_member(items, widest),
        };
        if !shown.is_empty() {
            shown.push_str("\n\n");
        }
        shown.push_str(&format!("{}:\n{table}", escape(&name)));
    }
    shown
}

fn flatten<'a>(
    name: &str,
    value: &'a Value,
    members: &mut Vec<Vec<String>>,
    lists: &mut Vec<(String, &'a [Value])>,
) {
    match value {
        Value::Object(object) => {
            for (member, inner) in object {
                let path = if name.is_empty() { member.clone() } else { format!("{name}.{member}") };
                flatten(&path, inner, members, lists);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => lists.push((name.to_owned(), items)),
        scalar => members.push(vec![escape(name), text(Some(scalar))]),
    }
}

/// A table of objects of which nothing is known: every member that any of them has is a column.
fn by_member(items: &[Value], widest: Option<usize>) -> String {
    let mut titles: Vec<&String> = Vec::new();
    for member in items.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !titles.contains(&member) {
            titles.push(member);
        }
    }
    let line = |item: &Value| titles.iter().map(|title| cut(text(item.get(*title)), widest)).collect();
    let lines = items.iter().map(line).collect();
    aligned(titles.iter().map(|title| escape(&title.to_uppercase())).collect(), lines)
}

/// Columns one under the other, without lines, so that `cut` and `awk` can read them, too.
pub(crate) fn aligned(titles: Vec<String>, lines: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    if !titles.is_empty() {
        table.set_header(titles);
    }
    for line in lines {
        table.add_row(line);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim().to_owned()).collect();
    lines.join("\n")
}

/// A value in one cell.
pub(crate) fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "-".to_owned(),
        Some(Value::String(text)) => escape(text),
        Some(Value::Array(items)) if items.is_empty() => "-".to_owned(),
        Some(Value::Array(items)) => {
            let shown: Vec<String> = items.iter().map(|item| text(Some(item))).collect();
            shown.join(", ")
        }
        Some(Value::Object(object)) => changed_attribute(object).unwrap_or_else(|| {
            let shown: Vec<String> = object
                .iter()
                .map(|(name, inner)| format!("{}={}", escape(name), text(Some(inner))))
                .collect();
            shown.join(" ")
        }),
        Some(scalar @ (Value::Bool(_) | Value::Number(_))) => scalar.to_string(),
    }
}

/// `{attribute, before?, after?}` as the log has it.
fn changed_attribute(object: &Map<String, Value>) -> Option<String> {
    let attribute = escape(object.get("attribute")?.as_str()?);
    match (object.get("before"), object.get("after")) {
        (None, None) => Some(attribute),
        (before, after) => Some(format!("{attribute}: {} -> {}", text(before), text(after))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_are_lines_with_what_is_missing_shown_as_such() {
        let items = [
            json!({"slug": "acme-production", "settings": {"days": 30}, "list": ["a", "b"]}),
            json!({"slug": "b\u{1b}", "list": []}),
        ];
        let shown = rows(&items, &[("SLUG", "/slug"), ("DAYS", "/settings/days"), ("LIST", "/list")], None);
        assert_eq!(
            shown,
            "SLUG             DAYS  LIST\nacme-production  30    a, b\nb\\u{1b}          -     -"
        );
    }

    #[test]
    fn a_record_has_a_line_for_each_member_and_a_table_for_each_list() {
        let value = json!({"a": {"b": true}, "items": [{"x": 1, "y": "two"}], "none": null});
        assert_eq!(record(&value, &[], None), "a.b   true\nnone  -\n\nitems:\nX  Y\n1  two");
        let of_why: &[Section] = &[("items", &[("WHY", "/y")])];
        assert_eq!(record(&value, of_why, None), "a.b   true\nnone  -\n\nitems:\nWHY\ntwo");
    }

    #[test]
    fn a_long_cell_is_cut_where_somebody_says_how_wide_it_may_be() {
        let items = [json!({"name": "ééééé", "id": 1}), json!({"name": "éééééé", "id": 2})];
        let columns = [("NAME", "/name"), ("ID", "/id")];
        assert_eq!(rows(&items, &columns, Some(5)), "NAME   ID\nééééé  1\néééé…  2");
        assert_eq!(rows(&items, &columns, None), "NAME    ID\nééééé   1\néééééé  2");
        let whole = json!({"name": "éééééé", "items": items});
        let shown = record(&whole, &[], Some(5));
        assert!(shown.starts_with("name  éééééé\n") && shown.contains("éééé…"), "{shown}");
    }

    #[test]
    fn a_changed_attribute_tells_its_values_where_the_log_keeps_them() {
        let changed =
            json!([{"attribute": "title", "before": null, "after": "Engineer"}, {"attribute": "emails"}]);
        assert_eq!(text(Some(&changed)), "title: - -> Engineer, emails");
    }
}
