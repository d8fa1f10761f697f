use std::time::Duration;

/// A direction through the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    Upstream,
    /// From the server to the client.
    Downstream,
}

/// What the way is like, for connections that are open and for new ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weather {
    /// Added to every piece, in each direction.
    pub delay: Duration,
    /// Up to this much more, another time for each piece.
    pub jitter: Duration,
    /// Bytes handed on at once; `None` for as many as come.
    pub slice: Option<usize>,
    /// Bytes in a second, in each direction; `None` for no limit.
    pub bytes_per_second: Option<u32>,
    /// What goes there is read and thrown away: the connection looks open, and is dead.
    pub swallowed: Option<Direction>,
    /// Nothing is read any more, in either direction, until the weather changes.
    pub is_paused: bool,
}

impl Weather {
    /// How long a piece is held back; `chance` is any number, another one each time.
    pub(super) fn delay_of(&self, chance: u64) -> Duration {
        let jitter = u64::try_from(self.jitter.as_micros()).unwrap_or(u64::MAX);
        self.delay + Duration::from_micros(chance % jitter.max(1))
    }

    /// How long that many bytes take.
    pub(super) fn time_of(&self, bytes: usize) -> Duration {
        self.bytes_per_second.map_or(Duration::ZERO, |rate| {
            Duration::from_secs_f64(
                f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / f64::from(rate.max(1)),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_waits_for_its_delay_and_less_than_the_jitter_more() {
        let weather = Weather {
            delay: Duration::from_millis(300),
            jitter: Duration::from_millis(100),
            ..Weather::default()
        };
        assert_eq!(weather.delay_of(0), Duration::from_millis(300));
        assert_eq!(weather.delay_of(99_999), Duration::from_micros(399_999));
        assert_eq!(weather.delay_of(100_000), Duration::from_millis(300));
        assert_eq!(Weather::default().delay_of(7), Duration::ZERO);
    }

    #[test]
    fn bytes_take_their_time() {
        let weather = Weather { bytes_per_second: Some(50_000), ..Weather::default() };
        assert_eq!(weather.time_of(25_000), Duration::from_millis(500));
        assert_eq!(Weather::default().time_of(25_000), Duration::ZERO);
    }
}
