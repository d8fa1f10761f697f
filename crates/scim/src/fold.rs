//! Folding of text that compares without regard to case.

use unicode_normalization::UnicodeNormalization;

/// Folds text for comparison: canonical composition (NFC), then Unicode lower case.
///
/// Two values of a `caseExact: false` attribute are the same when their folds are equal. Compatibility
/// characters such as full-width letters stay distinct on purpose: what looks different is different.
///
/// # Guarantees
/// Idempotent, and independent of position, so that the fold of a part is a part of the fold.
///
/// # RFC
/// RFC 7643 §2.2 (`caseExact`).
pub fn fold(text: &str) -> String {
    // The same, for the letters that need no table: folding is in every comparison of text.
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    fold_by_tables(text)
}

fn fold_by_tables(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).map(plain_sigma).nfc().collect()
}

/// Lower-case sigma has a second form at the end of words; capital sigma has not.
fn plain_sigma(letter: char) -> char {
    if letter == 'ς' { 'σ' } else { letter }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    #[test]
    fn letter_case_vanishes() {
        assert_eq!(fold("Bob@Contoso.EXAMPLE"), "bob@contoso.example");
        assert_eq!(fold("ŽOFIA"), "žofia");
        assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
    }

    #[test]
    fn composed_and_decomposed_letters_are_one() {
        assert_eq!(fold("Jose\u{301}"), fold("JOSÉ"));
    }

    #[test]
    fn full_width_letters_stay_distinct() {
        assert_ne!(fold("ＡＬＩＣＥ"), fold("alice"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in ".*") {
            let once = fold(&text);
            assert_eq!(fold(&once), once);
        }

        #[test]
        fn ascii_needs_no_tables(text in "[\\x00-\\x7f]*") {
            assert_eq!(fold(&text), fold_by_tables(&text));
        }
    }
}
