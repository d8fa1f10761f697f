use icu_locale_core::subtags::Region;
use icu_time::zone::iana::IanaParserExtended;
use icu_time::zone::{TimeZone, WindowsParser};

/// The canonical IANA name of a time zone that was named as IANA or Windows does.
///
/// Where Windows has one name for several IANA zones, the country decides.
pub(super) fn canonical_time_zone(text: &str, country: Option<&str>) -> Option<String> {
    let name = without_offset(text.trim());
    let names = IanaParserExtended::new();
    let parsed = names.parse(name);
    if parsed.time_zone != TimeZone::UNKNOWN {
        return Some(parsed.canonical.to_owned());
    }
    let zone = windows_zone(name, country)?;
    names.iter().find(|entry| entry.time_zone == zone).map(|entry| entry.canonical.to_owned())
}

fn windows_zone(name: &str, country: Option<&str>) -> Option<TimeZone> {
    let parser = WindowsParser::new();
    let region = country.and_then(|country| Region::try_from_str(country).ok());
    region.and_then(|region| parser.parse(name, Some(region))).or_else(|| parser.parse(name, None))
}

/// Windows shows a zone with its offset in front: `(UTC+01:00) Romance Standard Time`.
fn without_offset(text: &str) -> &str {
    match text.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((offset, name)) if offset.starts_with("UTC") || offset.starts_with("GMT") => name.trim(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iana_names_become_canonical() {
        for (text, zone) in [
            ("Europe/Paris", Some("Europe/Paris")),
            (" europe/paris ", Some("Europe/Paris")),
            ("America/Sao_Paulo", Some("America/Sao_Paulo")),
            ("Asia/Calcutta", Some("Asia/Kolkata")),
            ("US/Eastern", Some("America/New_York")),
            ("UTC", Some("Etc/UTC")),
            ("Mars/Olympus", None),
            ("Etc/Unknown", None),
            ("+01:00", None),
            ("", None),
        ] {
            assert_eq!(canonical_time_zone(text, None).as_deref(), zone, "{text}");
        }
    }

    #[test]
    fn windows_names_become_iana_names() {
        for (text, country, zone) in [
            ("Romance Standard Time", None, Some("Europe/Paris")),
            ("Romance Standard Time", Some("ES"), Some("Europe/Madrid")),
            ("Romance Standard Time", Some("España"), Some("Europe/Paris")),
            ("(UTC+01:00) Romance Standard Time", None, Some("Europe/Paris")),
            ("Eastern Standard Time", None, Some("America/New_York")),
            ("Eastern Standard Time", Some("CA"), Some("America/Toronto")),
            ("Eastern Standard Time", Some("FR"), Some("America/New_York")),
            ("India Standard Time", None, Some("Asia/Kolkata")),
            ("(Romance) Standard Time", None, None),
            ("Imaginary Standard Time", None, None),
        ] {
            assert_eq!(canonical_time_zone(text, country).as_deref(), zone, "{text} {country:?}");
        }
    }
}
