/// A language that pages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
}

impl Language {
    /// All of them, the one for everybody else first.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// Its tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// Its name, in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
        }
    }

    /// Its texts.
    pub(super) fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("../../locales/en.ftl"),
            Self::French => include_str!("../../locales/fr.ftl"),
        }
    }

    /// The one with this tag, whatever its region.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The one that a header `Accept-Language` would rather have (RFC 9110 section 12.5.4).
    pub fn accepted(header: &str) -> Option<Self> {
        let mut wanted: Vec<(f32, Self)> = header
            .split(',')
            .filter_map(|range| {
                let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
                let weight = weight.trim().strip_prefix("q=")?.parse().ok()?;
                Some((weight, Self::parse(tag.trim())?))
            })
            .filter(|(weight, _)| *weight > 0.0)
            .collect();
        // Stable: of two that weigh the same, the first.
        wanted.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        wanted.first().map(|(_, language)| *language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_rather_wanted_is_taken() {
        let of = Language::accepted;
        assert_eq!(of("fr-CH, fr;q=0.9, en;q=0.8"), Some(Language::French));
        assert_eq!(of("de, en;q=0.3, fr;q=0.7"), Some(Language::French));
        assert_eq!(of("en-GB,fr"), Some(Language::English));
        assert_eq!(of("fr;q=0, en;q=0.1"), Some(Language::English));
        assert_eq!(of("de"), None);
        assert_eq!(of(""), None);
    }
}
