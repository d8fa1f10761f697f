use serde_json::Value;

use super::log_entry::shown;
use crate::api::{Act, Difference};
use crate::http::Page;

impl Act {
    /// What was asked for, in the reader's language. What is not known yet is shown as it was sent.
    pub(super) fn words(&self, page: &Page) -> String {
        let name = self.name();
        let words = page.word("act", &name);
        if words == name { format!("{} {}", self.method, self.route) } else { words }
    }

    /// Method and path without what differs from request to request: `post-credentials-rotate`.
    fn name(&self) -> String {
        let path = self.route.strip_prefix("/admin/v1/integrations").unwrap_or(&self.route);
        let parts = path.split('/').filter(|part| !part.is_empty() && !part.starts_with('{'));
        let mut name = self.method.to_lowercase();
        for part in parts {
            name.push('-');
            name.push_str(part);
        }
        name
    }

    /// How it ended: a word in texts and styles.
    pub(super) fn result(&self) -> &'static str {
        match self.status {
            None => "unknown",
            Some(200..=299) => "done",
            Some(401 | 403) => "denied",
            Some(400..=499) => "refused",
            Some(_) => "failed",
        }
    }

    /// What stands on record beside differences: name and value.
    pub(super) fn facts(&self, page: &Page) -> Vec<(&str, String)> {
        let Value::Object(members) = &self.details else { return Vec::new() };
        let facts = members.iter().filter(|(name, value)| *name != "differences" && !value.is_null());
        let mut facts: Vec<_> = facts.map(|(name, value)| (name.as_str(), words_of(value, page))).collect();
        // Members come by name, and people read what was before what is.
        facts.sort_by_key(|(name, _)| *name != "before");
        facts
    }

    /// Place by place, what it was and what it is.
    pub(super) fn differences(&self) -> Vec<Difference> {
        let found = self.details.get("differences").cloned().unwrap_or_default();
        serde_json::from_value(found).unwrap_or_default()
    }
}

/// A list of words as it is read, yes and no in the reader's language, any other value as it stands.
fn words_of(value: &Value, page: &Page) -> String {
    match value {
        Value::Bool(true) => page.t("yes"),
        Value::Bool(false) => page.t("no"),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().map(|item| shown(Some(item))).collect::<Vec<_>>().join(", ")
        }
        value => shown(Some(value)),
    }
}
