use std::collections::BTreeMap;

use serde::Serialize;

use crate::Attribute;

/// Values of a learner's attributes; an absent one has no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Profile(BTreeMap<Attribute, String>);

impl Profile {
    /// The attribute's value.
    pub fn value(&self, attribute: Attribute) -> Option<&str> {
        self.0.get(&attribute).map(String::as_str)
    }

    /// Sets or clears an attribute. Text without a visible character is no value.
    pub fn set(&mut self, attribute: Attribute, value: Option<String>) {
        match value.filter(|value| !value.trim().is_empty()) {
            Some(value) => self.0.insert(attribute, value),
            None => self.0.remove(&attribute),
        };
    }
}

impl FromIterator<(Attribute, Option<String>)> for Profile {
    fn from_iter<I: IntoIterator<Item = (Attribute, Option<String>)>>(values: I) -> Self {
        let mut profile = Self::default();
        for (attribute, value) in values {
            profile.set(attribute, value);
        }
        profile
    }
}
