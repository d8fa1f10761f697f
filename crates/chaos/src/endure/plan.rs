use crate::chance::Chance;

/// One restart of a server or a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Restart {
    /// It happens when so many writes are acknowledged.
    pub(super) after: usize,
    /// Whether it is asked to end, or killed.
    pub(super) is_gentle: bool,
}

/// Restarts of one thing at moments of chance. The end is left free, so that the last restart, too, is amid the writing.
pub(super) fn restarts(seed: u64, purpose: u64, times: usize, writes: usize) -> Vec<Restart> {
    let mut chance = Chance::new(seed, purpose);
    let mut planned: Vec<Restart> = (0..times)
        .map(|_| {
            let hundredths = 2 + chance.below(93);
            let after = writes.saturating_mul(usize::try_from(hundredths).unwrap_or_default()) / 100;
            Restart { after, is_gentle: chance.below(2) == 0 }
        })
        .collect();
    planned.sort_by_key(|restart| restart.after);
    planned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_plans_the_same_restarts_amid_the_writing() {
        let planned = restarts(7, 1, 5, 50_000);
        assert_eq!(planned, restarts(7, 1, 5, 50_000));
        assert_ne!(planned, restarts(8, 1, 5, 50_000));
        assert_eq!(planned.len(), 5);
        assert!(planned.is_sorted_by_key(|restart| restart.after));
        assert!(planned.iter().all(|restart| (1_000..=47_500).contains(&restart.after)));
    }
}
