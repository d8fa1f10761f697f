//! Instants as people write them.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// The time of this computer.
pub(crate) fn now() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

/// An instant, or how long ago it was (`90s`, `30m`, `2h`, `7d`), as the server reads it.
pub(crate) fn past(text: &str) -> Result<String, String> {
    parse(text, now(), -1)
}

/// An instant, or in how long it will be.
pub(crate) fn future(text: &str) -> Result<String, String> {
    parse(text, now(), 1)
}

fn parse(text: &str, now: DateTime<Utc>, sign: i32) -> Result<String, String> {
    let instant = match text.parse::<DateTime<Utc>>() {
        Ok(instant) => Some(instant),
        Err(_) => span(text).and_then(|span| now.checked_add_signed(span * sign)),
    };
    let instant =
        instant.ok_or("neither an instant such as 2026-03-01T12:00:00Z nor a time such as 30m, 2h, 7d")?;
    Ok(instant.to_rfc3339_opts(SecondsFormat::Secs, true))
}

fn span(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().last()?;
    let count: u32 = text.strip_suffix(unit)?.parse().ok()?;
    match unit {
        's' => TimeDelta::try_seconds(count.into()),
        'm' => TimeDelta::try_minutes(count.into()),
        'h' => TimeDelta::try_hours(count.into()),
        'd' => TimeDelta::try_days(count.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_or_a_time_from_now_is_understood() {
        let now = "2026-03-01T12:00:00Z".parse().unwrap();
        assert_eq!(parse("2026-02-03T04:05:06+01:00", now, -1).unwrap(), "2026-02-03T03:05:06Z");
        assert_eq!(parse("2h", now, -1).unwrap(), "2026-03-01T10:00:00Z");
        assert_eq!(parse("180d", now, 1).unwrap(), "2026-08-28T12:00:00Z");
        for wrong in ["", "d", "yesterday", "2w", "-1h", "4294967295d", "ü"] {
            assert!(parse(wrong, now, 1).is_err(), "{wrong}");
        }
    }
}
