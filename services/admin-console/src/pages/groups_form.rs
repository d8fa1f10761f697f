use super::cohort_rules::CohortRule;

/// The form of the cohort rules, whose fields come once for each rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GroupsForm {
    pub(super) integration: String,
    /// The version of the rules that was seen.
    pub(super) seen: i64,
    /// `preview`, `save` or `add`.
    pub(super) act: String,
    pub(super) comment: String,
    /// In the order that was asked for, without those that were taken out.
    pub(super) rules: Vec<CohortRule>,
}

#[derive(Default)]
struct Row {
    position: u32,
    is_removed: bool,
    rule: CohortRule,
}

impl GroupsForm {
    /// Reads the fields in the order in which they stand on the page.
    pub(super) fn read(fields: Vec<(String, String)>) -> Self {
        let mut form = Self::default();
        let mut rows: Vec<Row> = Vec::new();
        for (name, value) in fields {
            match (name.as_str(), rows.last_mut()) {
                ("integration", _) => form.integration = value,
                ("seen", _) => form.seen = value.parse().unwrap_or(-1),
                ("act", _) => form.act = value,
                ("comment", _) => form.comment = value,
                // It is the first field of a rule.
                ("position", _) => {
                    rows.push(Row { position: value.parse().unwrap_or(u32::MAX), ..Row::default() });
                }
                (name, Some(row)) => row.set(name, value),
                _ => {}
            }
        }
        rows.retain(|row| !row.is_removed && !row.rule.is_blank());
        rows.sort_by_key(|row| row.position);
        form.rules = rows.into_iter().map(|row| row.rule).collect();
        form
    }
}

impl Row {
    fn set(&mut self, name: &str, value: String) {
        match name {
            "remove" => self.is_removed = true,
            "name" => self.rule.name = value,
            "when" => self.rule.when = value,
            "text" => self.rule.text = value,
            "then" => self.rule.then = value,
            "target" => self.rule.target = value,
            "on_leave" => self.rule.on_leave = value,
            "grants_role" => self.rule.grants_role = value,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_come_in_the_order_asked_for_without_those_taken_out() {
        let fields = [
            ("integration", "acme"),
            ("seen", "4"),
            ("position", "2"),
            ("name", "a"),
            ("when", "any"),
            ("position", "1"),
            ("name", "b"),
            ("when", "exact"),
            ("text", "x"),
            ("position", "3"),
            ("name", "c"),
            ("remove", "yes"),
            ("position", "4"),
            ("name", " "),
            ("when", "prefix"),
            ("comment", "why"),
            ("act", "save"),
        ];
        let form = GroupsForm::read(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        let names: Vec<&str> = form.rules.iter().map(|rule| rule.name.as_str()).collect();
        assert_eq!(names, ["b", "a"]);
        assert_eq!((form.seen, form.comment.as_str(), form.act.as_str()), (4, "why", "save"));
    }
}
