use std::time::Duration;

use backon::{BackoffBuilder, ConstantBuilder, ExponentialBackoff, ExponentialBuilder};

/// Waits before the next try; each is made longer by a random part of itself, so that replicas drift apart.
pub(super) struct Delays {
    delays: ExponentialBackoff,
    longest: Duration,
}

impl Delays {
    /// From 100 ms to 5 s, for ever. A broker that is back is found within the longest, and everything that gathered
    /// meanwhile has to go through after that; a try every few seconds costs a broker that is away nothing.
    pub(super) fn between_connections() -> Self {
        let longest = Duration::from_millis(2_500);
        let delays = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(100))
            .with_max_delay(longest)
            .without_max_times()
            .with_jitter()
            .build();
        Self { delays, longest }
    }

    /// The next wait.
    pub(super) fn next_delay(&mut self) -> Duration {
        self.delays.next().unwrap_or(self.longest)
    }
}

/// Waits before giving the same batch again: from 50 ms to 2 s, `times` of them.
pub(super) fn between_attempts(times: usize) -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(50))
        .with_max_delay(Duration::from_secs(1))
        .with_max_times(times)
        .with_jitter()
        .build()
}

/// A wait of half to the whole of that time.
pub(super) fn about(time: Duration) -> Duration {
    ConstantBuilder::new().with_delay(time / 2).with_jitter().build().next().unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_between_connections_never_end_and_stay_within_five_seconds() {
        let mut delays = Delays::between_connections();
        let first = delays.next_delay();
        assert!((100..=200).contains(&first.as_millis()), "{first:?}");
        for _ in 0..50 {
            let delay = delays.next_delay();
            assert!((100..=5_000).contains(&delay.as_millis()), "{delay:?}");
        }
    }

    #[test]
    fn a_probe_comes_within_its_time() {
        for _ in 0..50 {
            let delay = about(Duration::from_secs(4));
            assert!((2_000..=4_000).contains(&delay.as_millis()), "{delay:?}");
        }
    }
}
