//! What one measurement found, and the median of several.

use std::time::Duration;

/// Rates, times and costs of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sample {
    pub(crate) per_second: f64,
    /// Absent where only a rate is known.
    pub(crate) times: Option<Times>,
    /// CPU time of one request. Absent where nobody counted.
    pub(crate) cpu: Option<Cpu>,
}

/// How long requests took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Times {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) longest: f64,
}

/// Microseconds of CPU time that one request cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Cpu {
    pub(crate) service: f64,
    pub(crate) postgres: f64,
    /// Of the client that sent it.
    pub(crate) client: f64,
}

impl Times {
    /// Of requests that took so long.
    pub(crate) fn of(mut taken: Vec<Duration>) -> Option<Self> {
        taken.sort_unstable();
        let at = |share: f64| {
            let rank = (taken.len() as f64 * share).ceil() as usize;
            taken.get(rank.max(1) - 1).map(|time| time.as_secs_f64() * 1_000.0)
        };
        Some(Self { p50: at(0.5)?, p99: at(0.99)?, longest: at(1.0)? })
    }
}

impl Sample {
    /// Each figure's own median.
    pub(crate) fn median_of(samples: &[Self]) -> Self {
        let times = |of: fn(&Times) -> f64| median(samples.iter().filter_map(|s| s.times.as_ref().map(of)));
        let cpu = |of: fn(&Cpu) -> f64| median(samples.iter().filter_map(|s| s.cpu.as_ref().map(of)));
        Self {
            per_second: median(samples.iter().map(|sample| sample.per_second)).unwrap_or_default(),
            times: times(|t| t.p50)
                .zip(times(|t| t.p99))
                .zip(times(|t| t.longest))
                .map(|((p50, p99), longest)| Times { p50, p99, longest }),
            cpu: cpu(|c| c.service)
                .zip(cpu(|c| c.postgres))
                .zip(cpu(|c| c.client))
                .map(|((service, postgres), client)| Cpu { service, postgres, client }),
        }
    }
}

/// The middle one, or the mean of the two in the middle.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2)?;
    let lower = values.get(values.len().saturating_sub(1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_value() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), Some(2.5));
        assert_eq!(median([].into_iter()), None);
    }

    #[test]
    fn percentiles_are_requests_that_were_sent() {
        let taken = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(Times::of(taken), Some(Times { p50: 100.0, p99: 198.0, longest: 200.0 }));
        assert_eq!(Times::of(vec![]), None);
    }

    #[test]
    fn each_figure_has_its_own_median() {
        let sample = |per_second, p50| Sample {
            per_second,
            times: Some(Times { p50, p99: 2.0 * p50, longest: 9.0 }),
            cpu: None,
        };
        let median = Sample::median_of(&[sample(1.0, 30.0), sample(3.0, 20.0), sample(2.0, 10.0)]);
        assert_eq!(median, sample(2.0, 20.0));
    }
}
