/// Hexadecimal digits that Microsoft Entra puts before the name of a user that it deletes softly: the object id.
const DIGITS: usize = 32;

/// The name that there was before Microsoft Entra made it a tombstone; `None` if it is none.
///
/// Entra renames a soft-deleted user, and what is mapped from that name (userName, and the mail address where it is the
/// same) comes with the object id in front, while `active` becomes false. By itself the form is no proof: ask only about
/// users who are not active.
pub fn name_before_tombstone(name: &str) -> Option<&str> {
    let (digits, original) = name.split_at_checked(DIGITS)?;
    let is_name = !original.is_empty() && !original.starts_with('@');
    (is_name && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(original)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

    #[test]
    fn the_name_behind_the_object_id_is_found() {
        let tombstone = format!("{DIGITS}amira@contoso.example");
        assert_eq!(name_before_tombstone(&tombstone), Some("amira@contoso.example"));
        assert_eq!(name_before_tombstone(&tombstone.to_uppercase()), Some("AMIRA@CONTOSO.EXAMPLE"));
    }

    #[test]
    fn other_names_are_none() {
        for name in [
            "amira@contoso.example",
            DIGITS,
            &format!("{DIGITS}@contoso.example"),
            &format!("g{DIGITS}amira"),
            &format!("{}-amira", &DIGITS[..31]),
            "éééééééééééééééééé",
        ] {
            assert_eq!(name_before_tombstone(name), None, "{name}");
        }
    }
}
