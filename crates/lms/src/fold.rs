use unicode_normalization::UnicodeNormalization;

/// Folds a login for comparison: canonical composition (NFC), then Unicode lower case.
///
/// Two logins are the same when their folds are equal. The directory folds userName in the same way, so that two users
/// of the directory are two here, and the collation of a database decides nothing.
///
/// # Guarantees
/// Idempotent.
///
/// # RFC
/// RFC 7643 §2.2 (`caseExact`).
pub fn fold(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).map(plain_sigma).nfc().collect()
}

/// Lower-case sigma has a second form at the end of words; capital sigma has not.
fn plain_sigma(letter: char) -> char {
    if letter == 'ς' { 'σ' } else { letter }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_composition_vanish_and_nothing_else() {
        for (text, folded) in [
            ("Bob@Contoso.EXAMPLE", "bob@contoso.example"),
            (" A ", " a "),
            ("ŽOFIA", "žofia"),
            ("ΟΔΟΣ", "οδοσ"),
            ("οδος", "οδοσ"),
            ("JOSE\u{301}", "jos\u{e9}"),
            ("ＡＬＩＣＥ", "ａｌｉｃｅ"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }
}
