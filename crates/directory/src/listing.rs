use scim::Filter;
use scim::list::Paging;
use serde_json::{Map, Value};

use crate::{DirectoryError, Page, Selected, StoreError};

/// Resources that a filter is evaluated on at the most, where no index answers it alone.
const CANDIDATES: u32 = 1_000;

/// What a client asked to list.
#[derive(Debug)]
pub struct Listing {
    /// Condition, if any.
    pub filter: Option<Filter>,
    /// Part.
    pub paging: Paging,
}

impl Listing {
    /// The page to take from the store: the client's own, or the candidates that the filter then narrows.
    pub(crate) fn page(&self) -> Page {
        match self.filter {
            None => Page { offset: saturated(self.paging.offset()), limit: saturated(self.paging.count) },
            Some(_) => Page { offset: 0, limit: CANDIDATES },
        }
    }

    /// Narrows candidates by the whole filter, and takes the client's page of what remains.
    ///
    /// # Errors
    /// `tooMany` when there are more candidates than may be looked at for one request (RFC 7644 section 3.12).
    pub(crate) fn narrow<T>(
        &self,
        selected: Selected<T>,
        document: impl Fn(&T) -> Map<String, Value>,
    ) -> Result<Selected<T>, DirectoryError> {
        let Some(filter) = &self.filter else { return Ok(selected) };
        if selected.total > u64::from(CANDIDATES) {
            return Err(DirectoryError::Invalid(scim::ScimError::too_many(
                "This filter would have to look at too many resources. Filter by userName, externalId, \
                 displayName, id or emails[type eq \"work\"].value with eq.",
            )));
        }
        let mut matching = selected.items;
        matching.retain(|item| filter.matches(&document(item)));
        let total = matching.len() as u64;
        let (skipped, count) = (saturated(self.paging.offset()), saturated(self.paging.count));
        let items = matching.into_iter().skip(skipped as usize).take(count as usize).collect();
        Ok(Selected { total, items })
    }
}

fn saturated(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Nothing, found without asking.
pub(crate) fn nothing<T>() -> Result<Selected<T>, StoreError> {
    Ok(Selected { total: 0, items: Vec::new() })
}
