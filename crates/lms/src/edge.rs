use std::collections::BTreeMap;

use events::Sequence;
use events::v1::MembershipChange;
use uuid::Uuid;

use crate::{IntegrationSlug, ParkReason, ScimId};

/// That a user is, or is not, a member of a group: last writer wins by the group's sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Group and user.
    pub key: EdgeKey,
    /// The group's sequence at the change.
    pub sequence: Sequence,
    /// Whether the user is a member.
    pub present: bool,
}

/// Names an edge. Neither end has to be known yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeKey {
    /// The tenant.
    pub integration: IntegrationSlug,
    /// The SCIM group.
    pub group: ScimId,
    /// The SCIM user.
    pub user: ScimId,
}

/// Edges of a batch, at most one per group and user: a store upserts each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Edges(BTreeMap<EdgeKey, (Sequence, bool)>);

impl Edges {
    /// Takes an edge in, unless a newer one is there. Of equal age, absence wins.
    pub(crate) fn record(&mut self, edge: Edge) {
        let candidate = (edge.sequence, edge.present);
        match self.0.get(&edge.key) {
            Some(&(sequence, present)) if (sequence, !present) >= (candidate.0, !candidate.1) => {}
            Some(_) | None => {
                self.0.insert(edge.key, candidate);
            }
        }
    }

    /// Position of an edge of the batch, and whether the user is a member.
    pub(crate) fn get(&self, key: &EdgeKey) -> Option<(Sequence, bool)> {
        self.0.get(key).copied()
    }

    /// The edges, ordered by group and user.
    pub(crate) fn into_vec(self) -> Vec<Edge> {
        self.0.into_iter().map(|(key, (sequence, present))| Edge { key, sequence, present }).collect()
    }
}

/// Reads the edges of a membership event.
///
/// # Errors
/// `MalformedMember` when an id is none: nothing of the event may be applied then.
pub(crate) fn read_edges(
    integration: &IntegrationSlug,
    group: ScimId,
    sequence: Sequence,
    change: &MembershipChange,
) -> Result<Vec<Edge>, ParkReason> {
    let added = change.added.iter().map(|id| (id, true));
    let removed = change.removed.iter().map(|id| (id, false));
    added
        .chain(removed)
        .map(|(id, present)| {
            let user = ScimId(id.parse::<Uuid>().map_err(|_| ParkReason::MalformedMember)?);
            Ok(Edge { key: EdgeKey { integration: integration.clone(), group, user }, sequence, present })
        })
        .collect()
}

#[cfg(test)]
mod tests;
