use icu_locale_core::Locale;

/// The canonical BCP 47 form of a language tag: `fr_ca` is `fr-CA`.
pub(super) fn canonical_language(text: &str) -> Option<String> {
    let tag = text.trim().replace('_', "-");
    Locale::normalize(&tag).ok().map(std::borrow::Cow::into_owned)
}

/// The most preferred tag of a list like that of `Accept-Language`: `fr-CA, en;q=0.8` is `fr-CA`.
///
/// # RFC
/// RFC 7643 §4.1.1 (`preferredLanguage`), RFC 9110 §12.5.4.
pub(super) fn preferred_language(text: &str) -> Option<String> {
    let mut best: Option<(f32, String)> = None;
    for range in text.split(',') {
        let (tag, weight) = read_range(range);
        let is_better = weight > best.as_ref().map_or(0.0, |(weight, _)| *weight);
        if !is_better {
            continue;
        }
        if let Some(tag) = canonical_language(tag) {
            best = Some((weight, tag));
        }
    }
    best.map(|(_, tag)| tag)
}

/// A tag and its weight, which is 1 unless something else is said, and 0 for what nobody wants.
fn read_range(range: &str) -> (&str, f32) {
    let Some((tag, parameter)) = range.split_once(';') else { return (range, 1.0) };
    let weight =
        parameter.trim().strip_prefix(['q', 'Q']).and_then(|rest| rest.trim_start().strip_prefix('='));
    let weight = weight.and_then(|weight| weight.trim().parse::<f32>().ok()).unwrap_or(0.0);
    (tag, weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_canonical() {
        for (text, tag) in [
            ("fr_ca", Some("fr-CA")),
            ("fr-CA", Some("fr-CA")),
            ("EN", Some("en")),
            (" pt_BR ", Some("pt-BR")),
            ("zh-hant-tw", Some("zh-Hant-TW")),
            ("es-419", Some("es-419")),
            ("de-DE-1996", Some("de-DE-1996")),
            ("en-us-u-hc-h12", Some("en-US-u-hc-h12")),
            ("French", None),
            ("français", None),
            ("", None),
            ("*", None),
            ("fr--CA", None),
        ] {
            assert_eq!(canonical_language(text).as_deref(), tag, "{text}");
        }
    }

    #[test]
    fn the_most_preferred_language_of_a_list_counts() {
        for (text, tag) in [
            ("fr-CA, en;q=0.8", Some("fr-CA")),
            ("en;q=0.8, fr_ca", Some("fr-CA")),
            ("en; q = 0.2,de;q=0.9,fr;Q=0.9", Some("de")),
            ("*, en;q=0.5", Some("en")),
            ("no language, nl;q=0.1", Some("nl")),
            ("en;q=0", None),
            ("en;q=much", None),
            ("", None),
        ] {
            assert_eq!(preferred_language(text).as_deref(), tag, "{text}");
        }
    }
}
