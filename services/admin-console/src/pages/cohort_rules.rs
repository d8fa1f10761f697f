//! Which group becomes which cohort, as a form shows it.

use serde_json::{Value, json};

use crate::http::Page;

/// What groups a rule can be about.
pub(super) const WHENS: [&str; 7] =
    ["any", "exact", "prefix", "contains", "regex", "external_id", "group_id"];

/// What can become of them.
pub(super) const THENS: [&str; 3] = ["create", "link", "ignore"];

/// What leaving can mean.
pub(super) const ON_LEAVES: [&str; 3] = ["keep", "suspend", "withdraw"];

/// Roles that members can get.
pub(super) const ROLES: [&str; 3] = ["instructor", "manager", "admin"];

/// One rule; as text, so that whatever was typed can be shown again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CohortRule {
    pub(super) name: String,
    pub(super) when: String,
    /// What the name or id has to be.
    pub(super) text: String,
    pub(super) then: String,
    /// Of a new cohort the template of its name, of one that is there its id.
    pub(super) target: String,
    pub(super) on_leave: String,
    pub(super) grants_role: String,
}

/// The rules of a document; none when it has something that a form cannot show.
pub(super) fn read(rules: &Value) -> Option<Vec<CohortRule>> {
    rules.get("cohorts")?.as_array()?.iter().map(CohortRule::read).collect()
}

/// The same as a part of a document.
pub(super) fn write(rules: &[CohortRule]) -> Value {
    rules.iter().map(CohortRule::write).collect()
}

impl CohortRule {
    /// The row for another one.
    pub(super) fn blank() -> Self {
        let word = |word: &str| word.to_owned();
        Self { when: word("prefix"), then: word("create"), on_leave: word("keep"), ..Self::default() }
    }

    fn read(rule: &Value) -> Option<Self> {
        let members = rule.as_object()?;
        let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (when, sought) = word_and_value(members.get("when")?)?;
        let (then, action) = word_and_value(members.get("then")?)?;
        let target = match then {
            "create" => action.get("name_template"),
            "link" => action.get("cohort"),
            _ => None,
        };
        let is_known = WHENS.contains(&when) && THENS.contains(&then);
        is_known.then(|| Self {
            name: text("name"),
            when: when.to_owned(),
            text: sought.as_str().unwrap_or_default().to_owned(),
            then: then.to_owned(),
            target: target.and_then(Value::as_str).unwrap_or_default().to_owned(),
            on_leave: text("on_leave"),
            grants_role: text("grants_role"),
        })
    }

    fn write(&self) -> Value {
        let target = self.target.trim();
        let when = if self.when == "any" { json!("any") } else { json!({ self.when.as_str(): self.text }) };
        let then = match self.then.as_str() {
            "create" if target.is_empty() => json!({ "create": {} }),
            "create" => json!({ "create": { "name_template": target } }),
            "link" => json!({ "link": { "cohort": target } }),
            other => json!(other),
        };
        let mut rule =
            json!({ "name": self.name.trim(), "when": when, "then": then, "on_leave": self.on_leave });
        if let (Some(members), false) = (rule.as_object_mut(), self.grants_role.is_empty()) {
            members.insert("grants_role".to_owned(), json!(self.grants_role));
        }
        rule
    }

    /// Whether nothing was filled in.
    pub(super) fn is_blank(&self) -> bool {
        [&self.name, &self.text, &self.target].iter().all(|text| text.trim().is_empty())
    }

    /// Which groups, in words.
    pub(super) fn when_in_words(&self, page: &Page) -> String {
        let text = page.with("text", &self.text);
        match self.when.as_str() {
            "any" => page.t("when-any"),
            "exact" => text.t("when-exact"),
            "prefix" => text.t("when-prefix"),
            "contains" => text.t("when-contains"),
            "regex" => text.t("when-regex"),
            "external_id" => text.t("when-external-id"),
            _ => text.t("when-group-id"),
        }
    }

    /// What becomes of them, in words.
    pub(super) fn then_in_words(&self, page: &Page) -> String {
        let target = page.with("target", &self.target);
        match self.then.as_str() {
            "create" if self.target.is_empty() => page.t("then-create-default"),
            "create" => target.t("then-create"),
            "link" => target.t("then-link"),
            _ => page.t("then-ignore"),
        }
    }
}

/// `"any"`, or `{"prefix": "x"}`.
fn word_and_value(value: &Value) -> Option<(&str, &Value)> {
    match value {
        Value::String(word) => Some((word, &Value::Null)),
        Value::Object(members) if members.len() == 1 => {
            members.iter().next().map(|(word, value)| (word.as_str(), value))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_as_it_was() {
        let cohorts = json!([
            { "name": "tests", "when": { "prefix": "test-" }, "then": "ignore", "on_leave": "keep" },
            { "name": "teachers", "when": { "external_id": "2f6c" }, "then": { "create": { "name_template": "Teachers" } },
              "on_leave": "suspend", "grants_role": "instructor" },
            { "name": "linked", "when": { "exact": "Sales" }, "then": { "link": { "cohort": "51c4" } }, "on_leave": "withdraw" },
            { "name": "rest", "when": "any", "then": { "create": {} }, "on_leave": "keep" }
        ]);
        let rules = read(&json!({ "cohorts": cohorts })).unwrap();
        assert_eq!(rules[1].target, "Teachers");
        assert_eq!(write(&rules), cohorts);
    }

    #[test]
    fn what_a_form_cannot_show_is_not_read() {
        for rule in [
            json!({ "name": "new", "when": { "members_from": 5 }, "then": "ignore" }),
            json!({ "name": "new", "when": "any", "then": { "create": {}, "notify": {} } }),
        ] {
            assert_eq!(read(&json!({ "cohorts": [rule] })), None);
        }
    }
}
