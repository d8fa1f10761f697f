use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Attribute, Cause, Digest, RulesVersion, Status};

/// Who set which value of a learner, and why: the memory that edits are recognised by.
///
/// Holds digests and no values. Attributes that the directory never set are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Stored", try_from = "Stored")]
pub struct Provenance {
    attributes: BTreeMap<Attribute, Origin>,
    status: Option<StatusOrigin>,
}

/// How an attribute got the value that the directory gave it last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// By which right.
    pub set_by: SetBy,
    /// In which version of the rules.
    pub rules: RulesVersion,
    /// For which event.
    pub cause: Cause,
    /// The value that was written; none when it was cleared.
    pub written: Option<Digest>,
    /// What the directory said last, whether or not it was written.
    pub source: Option<Digest>,
}

/// By which right the directory's value was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetBy {
    /// The directory owns the attribute.
    Source,
    /// The learner was created.
    Seed,
    /// There was no value.
    Fill,
}

/// How a learner got the status that the directory gave last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusOrigin {
    /// The status that was written.
    pub written: Status,
    /// In which version of the rules.
    pub rules: RulesVersion,
    /// For which event.
    #[serde(flatten)]
    pub cause: Cause,
}

impl Provenance {
    /// How the attribute got its value.
    pub fn origin(&self, attribute: Attribute) -> Option<&Origin> {
        self.attributes.get(&attribute)
    }

    /// How the learner got the status.
    pub fn status(&self) -> Option<&StatusOrigin> {
        self.status.as_ref()
    }

    pub(crate) fn record(&mut self, attribute: Attribute, origin: Origin) {
        self.attributes.insert(attribute, origin);
    }

    pub(crate) fn forget(&mut self, attribute: Attribute) {
        self.attributes.remove(&attribute);
    }

    pub(crate) fn record_status(&mut self, origin: StatusOrigin) {
        self.status = Some(origin);
    }

    /// Whether somebody else changed the value since it was written.
    pub fn is_edited(&self, attribute: Attribute, current: Option<&str>) -> bool {
        let written = self.origin(attribute).and_then(|origin| origin.written);
        written != Digest::of(current)
    }
}

/// What one event wrote under one version of the rules, once for all its attributes: most of a learner's come from one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Act {
    rules: RulesVersion,
    #[serde(flatten)]
    cause: Cause,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stored {
    acts: Vec<Act>,
    attributes: BTreeMap<Attribute, StoredOrigin>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<StatusOrigin>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct StoredOrigin {
    act: usize,
    by: SetBy,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    written: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Digest>,
}

impl From<Provenance> for Stored {
    fn from(provenance: Provenance) -> Self {
        let mut acts: Vec<Act> = Vec::new();
        let mut attributes = BTreeMap::new();
        for (attribute, origin) in provenance.attributes {
            let act = Act { rules: origin.rules, cause: origin.cause };
            let position = acts.iter().position(|known| *known == act).unwrap_or_else(|| {
                acts.push(act);
                acts.len() - 1
            });
            let stored = StoredOrigin {
                act: position,
                by: origin.set_by,
                written: origin.written,
                source: origin.source,
            };
            attributes.insert(attribute, stored);
        }
        Self { acts, attributes, status: provenance.status }
    }
}

/// The stored provenance names an act that it does not hold.
#[derive(Debug, thiserror::Error)]
#[error("the provenance names an unknown act")]
pub struct UnknownAct;

impl TryFrom<Stored> for Provenance {
    type Error = UnknownAct;

    fn try_from(stored: Stored) -> Result<Self, UnknownAct> {
        let mut attributes = BTreeMap::new();
        for (attribute, origin) in stored.attributes {
            let act = stored.acts.get(origin.act).ok_or(UnknownAct)?;
            let origin = Origin {
                set_by: origin.by,
                rules: act.rules,
                cause: act.cause,
                written: origin.written,
                source: origin.source,
            };
            attributes.insert(attribute, origin);
        }
        Ok(Self { attributes, status: stored.status })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    fn cause(number: u128) -> Cause {
        let id = Uuid::from_u128(number);
        Cause { event: id, request: id, at: DateTime::UNIX_EPOCH }
    }

    fn origin(number: u128, value: &str) -> Origin {
        let digest = Digest::of(Some(value));
        Origin {
            set_by: SetBy::Source,
            rules: RulesVersion(1),
            cause: cause(number),
            written: digest,
            source: digest,
        }
    }

    #[test]
    fn what_is_stored_reads_the_same_and_names_an_event_once() {
        let mut provenance = Provenance::default();
        provenance.record(Attribute::Login, origin(1, "ana"));
        provenance.record(Attribute::Email, origin(1, "ana@contoso.example"));
        provenance.record(Attribute::JobTitle, origin(2, "Engineer"));
        provenance.record_status(StatusOrigin {
            written: Status::Active,
            rules: RulesVersion(1),
            cause: cause(1),
        });
        let text = serde_json::to_value(&provenance).unwrap();
        assert_eq!(text["acts"].as_array().unwrap().len(), 2);
        assert!(!text.to_string().contains("Engineer"));
        assert_eq!(serde_json::from_value::<Provenance>(text).unwrap(), provenance);
    }

    #[test]
    fn a_value_that_nobody_recorded_is_an_edit() {
        let mut provenance = Provenance::default();
        provenance.record(Attribute::JobTitle, origin(1, "Engineer"));
        assert!(!provenance.is_edited(Attribute::JobTitle, Some("Engineer")));
        assert!(provenance.is_edited(Attribute::JobTitle, Some("Pilot")));
        assert!(provenance.is_edited(Attribute::JobTitle, None));
        assert!(provenance.is_edited(Attribute::Phone, Some("1")));
        assert!(!provenance.is_edited(Attribute::Phone, None));
    }
}
