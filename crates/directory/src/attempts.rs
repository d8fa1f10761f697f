use crate::DirectoryError;

/// Times that a change is decided before its caller is asked to come back.
const LIMIT: u32 = 8;

/// How often a change was decided.
///
/// A use case reads, decides and commits; when somebody else changed the resource in between, it does so again. A
/// client that named a version is answered by its own check, on the second reading at the latest.
#[derive(Default)]
pub(crate) struct Attempts(u32);

impl Attempts {
    /// Whether to decide again after this outcome.
    pub(crate) fn again<T>(&mut self, outcome: &Result<T, DirectoryError>) -> bool {
        self.0 += 1;
        matches!(outcome, Err(DirectoryError::Contended)) && self.0 < LIMIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_contention_is_tried_again_and_not_for_ever() {
        assert!(!Attempts::default().again(&Ok(())));
        assert!(!Attempts::default().again::<()>(&Err(DirectoryError::NotFound)));
        let mut attempts = Attempts::default();
        let mut decided = 1;
        while attempts.again::<()>(&Err(DirectoryError::Contended)) {
            decided += 1;
        }
        assert_eq!(decided, 8);
    }
}
