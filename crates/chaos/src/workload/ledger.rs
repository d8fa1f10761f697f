use std::collections::BTreeMap;

/// All that Entra knows of its writes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    /// Writes with an answer of 2xx.
    pub(crate) acknowledged: Vec<Acknowledged>,
    /// Tries by answer; 0 for none.
    pub(crate) answers: BTreeMap<u16, usize>,
    /// Answers that no fault excuses.
    pub(crate) unexpected: Vec<String>,
    pub(crate) people: Vec<PersonState>,
    pub(crate) teams: Vec<TeamState>,
}

/// A write that must not be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// Id of the user or group.
    pub(crate) scim_id: String,
    /// The version that the answer named.
    pub(crate) version: i64,
}

/// What the LMS must say of a person in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PersonState {
    pub(crate) external_id: String,
    /// `None`: was deleted last.
    pub(crate) scim_id: Option<String>,
    pub(crate) login: String,
    pub(crate) family_name: String,
    pub(crate) title: String,
    /// External id of their manager, who is always there.
    pub(crate) manager: Option<String>,
    pub(crate) is_active: bool,
}

/// What the LMS must say of a team in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TeamState {
    pub(crate) external_id: String,
    pub(crate) name: String,
    /// External ids, sorted.
    pub(crate) members: Vec<String>,
}
