use std::collections::BTreeSet;

use lms::{Change, Footprint, IntegrationSlug, Question, Registration};

/// Stands for rows of which nobody knows whose they are, as the policies of the tables have it.
const NOBODY: &str = "";

/// Integrations that a session works for, as the setting says it that the policies read: an array of PostgreSQL.
///
/// Whatever stands in a name stays in it: the name of an integration comes with a message, and none may name two.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scope(String);

impl Scope {
    /// One integration.
    pub(super) fn of(integration: &IntegrationSlug) -> Self {
        Self::of_each([integration.as_str()])
    }

    /// What a batch is about.
    pub(super) fn of_footprint(footprint: &Footprint) -> Self {
        Self::of_batch(footprint.integrations.iter())
    }

    /// Whoever is asked about.
    pub(super) fn of_question(question: &Question) -> Self {
        let newcomers = question.newcomers.iter().map(|newcomer| &newcomer.key);
        Self::of_batch(newcomers.chain(&question.managers).map(|key| &key.integration))
    }

    /// Those that become known.
    pub(super) fn of_registrations(registrations: &[Registration]) -> Self {
        Self::of_batch(registrations.iter().map(|registration| &registration.integration))
    }

    /// Those that a change touches or leaves waiting.
    pub(super) fn of_change(change: &Change) -> Self {
        let parked = change.parked.iter().filter_map(|parked| parked.integration.as_ref());
        let postponed = change.postponed.iter().map(|(recheck, _)| &recheck.key.integration);
        Self::of_batch(change.integrations.iter().chain(parked).chain(postponed))
    }

    /// What nobody could read may be handled or parked with any batch. Where a batch is loaded, that is in its scope
    /// only because it is so where the batch is committed: a session that keeps its scope has nothing to set.
    fn of_batch<'a>(integrations: impl Iterator<Item = &'a IntegrationSlug>) -> Self {
        Self::of_each(integrations.map(IntegrationSlug::as_str).chain([NOBODY]))
    }

    /// In one order, each once, so that the same integrations are the same scope.
    fn of_each<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: BTreeSet<&str> = names.into_iter().collect();
        let quoted: Vec<String> = names.into_iter().map(quoted).collect();
        Self(format!("{{{}}}", quoted.join(",")))
    }

    /// Text of the setting.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// An element of an array as PostgreSQL writes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_integrations_are_the_same_scope() {
        assert_eq!(Scope::of_each(["b", "a", "b"]), Scope::of_each(["a", "b"]));
        assert_eq!(Scope::of_each(["b", "a"]).as_str(), r#"{"a","b"}"#);
        assert_eq!(Scope::of_each([]).as_str(), "{}");
        assert_eq!(Scope::of_each(["acme", NOBODY]).as_str(), r#"{"","acme"}"#);
    }

    #[test]
    fn a_name_names_one_integration_only() {
        for (name, scope) in [
            ("acme,globex", r#"{"acme,globex"}"#),
            (r#"acme","globex"#, r#"{"acme\",\"globex"}"#),
            (r"acme\", r#"{"acme\\"}"#),
            ("null", r#"{"null"}"#),
            ("}", r#"{"}"}"#),
        ] {
            assert_eq!(Scope::of(&IntegrationSlug(name.to_owned())).as_str(), scope);
        }
    }
}
