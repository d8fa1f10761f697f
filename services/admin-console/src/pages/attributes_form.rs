use uuid::Uuid;

use super::attribute_rules::AttributeRule;
use crate::api::Rule;

/// The form of who decides which attribute, whose fields come once for each attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AttributesForm {
    pub(super) integration: String,
    /// The version of the rules that was seen.
    pub(super) seen: i64,
    /// `find`, `preview` or `save`.
    pub(super) act: String,
    pub(super) comment: String,
    /// How the name of the person begins on whom it is tried.
    pub(super) text: String,
    /// That person.
    pub(super) person: Option<Uuid>,
    /// Attribute, mode, and what an absent value means.
    pub(super) chosen: Vec<(String, Rule)>,
}

impl AttributesForm {
    /// Reads the fields in the order in which they stand on the page.
    pub(super) fn read(fields: Vec<(String, String)>) -> Self {
        let mut form = Self::default();
        for (name, value) in fields {
            match (name.as_str(), form.chosen.last_mut()) {
                ("integration", _) => form.integration = value,
                ("seen", _) => form.seen = value.parse().unwrap_or(-1),
                ("act", _) => form.act = value,
                ("comment", _) => form.comment = value,
                ("text", _) => form.text = value,
                ("person", _) => form.person = value.parse().ok(),
                // It is the first field of an attribute.
                ("attribute", _) => {
                    form.chosen.push((value, Rule { mode: String::new(), on_clear: String::new() }));
                }
                ("mode", Some((_, rule))) => rule.mode = value,
                ("on_clear", Some((_, rule))) => rule.on_clear = value,
                _ => {}
            }
        }
        form
    }

    /// The rules with what was chosen.
    pub(super) fn applied_to(&self, mut rules: Vec<AttributeRule>) -> Vec<AttributeRule> {
        for one in &mut rules {
            if let Some((_, rule)) = self.chosen.iter().find(|(attribute, _)| *attribute == one.attribute) {
                one.rule = rule.clone();
            }
        }
        rules
    }
}
