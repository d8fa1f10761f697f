//! Uses of credentials that are not written yet.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::{CredentialId, LastUse, Usage};

/// Counts uses in memory; somebody writes them from time to time.
#[derive(Default)]
pub struct UsageMeter {
    counted: Mutex<HashMap<CredentialId, Usage>>,
}

impl UsageMeter {
    /// Counts one use.
    pub fn count(&self, credential: &CredentialId, last: LastUse) {
        self.add(credential, Usage { count: 1, last: Some(last) });
    }

    /// Adds uses, also such as could not be written.
    pub fn add(&self, credential: &CredentialId, usage: Usage) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        match counted.get_mut(credential) {
            Some(present) => {
                present.count = present.count.saturating_add(usage.count);
                let newer = |new: &LastUse| present.last.as_ref().is_none_or(|last| last.at <= new.at);
                if usage.last.as_ref().is_some_and(newer) {
                    present.last = usage.last;
                }
            }
            None => {
                counted.insert(credential.clone(), usage);
            }
        }
    }

    /// Takes out all that was counted.
    pub fn take(&self) -> Vec<(CredentialId, Usage)> {
        std::mem::take(&mut *self.counted.lock().unwrap_or_else(PoisonError::into_inner))
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> LastUse {
        LastUse { at: text.parse().unwrap(), address: None, agent: None }
    }

    #[test]
    fn what_could_not_be_written_is_added_again_and_the_newest_use_is_the_last() {
        let (meter, id) = (UsageMeter::default(), CredentialId::parse("0123456789abcdef").unwrap());
        meter.count(&id, at("2026-01-01T00:00:00Z"));
        let unwritten = meter.take();
        assert_eq!(meter.take(), []);
        meter.count(&id, at("2026-01-01T00:00:09Z"));
        unwritten.into_iter().for_each(|(id, usage)| meter.add(&id, usage));
        assert_eq!(meter.take(), [(id, Usage { count: 2, last: Some(at("2026-01-01T00:00:09Z")) })]);
    }
}
