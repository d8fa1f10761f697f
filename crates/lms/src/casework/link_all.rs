use std::collections::BTreeMap;

use super::{Adoption, Adoptions, CaseError, Flaw, KnownCandidate, MAX_DECISIONS};
use crate::{IntegrationSlug, Likeness, Page, ScimId, StoreError};

/// Newcomers that are decided in one transaction.
const DECIDED_AT_ONCE: u32 = 200;

/// Links every newcomer who waits and of whom it is plain enough who it is: there is one candidate, proposed for nobody
/// else, and they have the likeness in common. Answers how many were linked.
///
/// # Errors
/// `Invalid` for a likeness that proves nobody. What was linked before another error stays linked.
pub async fn link_all(
    adoptions: &dyn Adoptions,
    integration: &IntegrationSlug,
    likeness: Likeness,
) -> Result<u64, CaseError> {
    if likeness == Likeness::Email {
        return Err(Flaw::WeakLikeness.into());
    }
    let mut linked = 0;
    let mut after = None;
    loop {
        let page = Page { after, limit: DECIDED_AT_ONCE };
        let waiting = adoptions.waiting(integration, page).await?;
        let ids: Vec<ScimId> = waiting.iter().map(|(scim_id, _)| *scim_id).collect();
        let Some(last) = ids.last().copied() else { return Ok(linked) };
        linked += link_plain(adoptions, integration, likeness, &ids).await?;
        after = Some(last);
    }
}

async fn link_plain(
    adoptions: &dyn Adoptions,
    integration: &IntegrationSlug,
    likeness: Likeness,
    newcomers: &[ScimId],
) -> Result<u64, CaseError> {
    for _ in 0..MAX_DECISIONS {
        let candidates = adoptions.candidates(integration, newcomers).await?;
        let plain = plain_adoptions(&candidates, likeness);
        if plain.is_empty() {
            return Ok(0);
        }
        match adoptions.link_newcomers(integration, &plain).await {
            Ok(()) => return Ok(plain.len() as u64),
            Err(StoreError::Clash) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(CaseError::contended())
}

fn plain_adoptions(candidates: &BTreeMap<ScimId, Vec<KnownCandidate>>, likeness: Likeness) -> Vec<Adoption> {
    let plain = candidates.iter().filter_map(|(newcomer, candidates)| {
        let [candidate] = candidates.as_slice() else { return None };
        let is_plain = candidate.matched.contains(&likeness)
            && !candidate.is_wanted_elsewhere
            && candidate.obstacle().is_none();
        is_plain.then_some(Adoption {
            newcomer: *newcomer,
            learner: candidate.learner_id,
            row_version: candidate.row_version,
        })
    });
    plain.collect()
}

#[cfg(test)]
mod tests {
    use super::super::adoption::tests::former;
    use super::*;
    use crate::Status;

    #[test]
    fn only_plain_cases_are_linked() {
        let by_email = KnownCandidate { matched: vec![Likeness::Email], ..former() };
        for (candidates, linked) in [
            (vec![former()], 1),
            (vec![former(), by_email.clone()], 0),
            (vec![by_email], 0),
            (vec![KnownCandidate { is_wanted_elsewhere: true, ..former() }], 0),
            (vec![KnownCandidate { status: Status::Active, ..former() }], 0),
            (vec![], 0),
        ] {
            let cases = BTreeMap::from([(ScimId(uuid::Uuid::from_u128(7)), candidates)]);
            assert_eq!(plain_adoptions(&cases, Likeness::EmployeeNumber).len(), linked, "{cases:?}");
        }
    }
}
