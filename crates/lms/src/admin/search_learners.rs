use crate::{IntegrationSlug, LearnerSearch, LearnerView, LmsReader, MatchPosition, StoreError};

/// Parts of the matches that one page is made of at most: who is found by several values stands in each place.
const MAX_PARTS: usize = 5;

/// Some of those who were looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLearners {
    /// Each once, by what was found.
    pub learners: Vec<LearnerView>,
    /// Where to go on; none at the end.
    pub next: Option<MatchPosition>,
}

/// Learners of an integration who are found by a text, `limit` at most, after a position. There may be fewer, even none,
/// before the end.
pub async fn search_learners(
    reader: &dyn LmsReader,
    integration: &IntegrationSlug,
    search: &LearnerSearch,
    mut after: Option<MatchPosition>,
    limit: u32,
) -> Result<FoundLearners, StoreError> {
    let mut learners = Vec::new();
    for _ in 0..MAX_PARTS {
        let part = reader.search(integration, search, after.as_ref(), limit).await?;
        let is_last = part.len() < limit as usize;
        for found in part {
            if learners.len() == limit as usize {
                return Ok(FoundLearners { learners, next: after });
            }
            after = Some(found.position);
            learners.extend(found.learner.filter(|_| found.is_first));
        }
        if is_last {
            return Ok(FoundLearners { learners, next: None });
        }
    }
    Ok(FoundLearners { learners, next: after })
}
