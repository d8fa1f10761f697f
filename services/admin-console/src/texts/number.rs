//! Numbers as a language writes them.

use fluent_bundle::FluentValue;

/// 12,345
pub(super) fn english<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    grouped(value, ",")
}

/// 12 345, with thin spaces that break no line.
pub(super) fn french<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    grouped(value, "\u{202f}")
}

/// Whole numbers in groups of three digits; anything else as it comes.
fn grouped(value: &FluentValue<'_>, between: &str) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let digits = number.as_string();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut written = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            written.push_str(between);
        }
        written.push(digit);
    }
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups_of_three() {
        let of = |number: u32| {
            let value = FluentValue::from(number);
            (english(&value, &()).unwrap(), french(&value, &()).unwrap())
        };
        assert_eq!(of(999), ("999".to_owned(), "999".to_owned()));
        assert_eq!(of(1_000), ("1,000".to_owned(), "1\u{202f}000".to_owned()));
        assert_eq!(of(1_234_567), ("1,234,567".to_owned(), "1\u{202f}234\u{202f}567".to_owned()));
        assert_eq!(english(&FluentValue::from("1000"), &()), None);
    }
}
