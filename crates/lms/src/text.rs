/// Most bytes of a value that an index must take in: PostgreSQL refuses an index row of more than 2,704.
const MAX_KEY_BYTES: usize = 1024;

/// The text as the directory has it, white space and all; `None` if it is blank.
///
/// Loses NUL characters, which PostgreSQL cannot store.
pub(crate) fn some_text(text: &str) -> Option<String> {
    let text = text.replace('\0', "");
    (!text.trim().is_empty()).then_some(text)
}

/// Whether an index can take the value in.
pub(crate) fn fits_key(value: Option<&str>) -> bool {
    value.is_none_or(|value| value.len() <= MAX_KEY_BYTES && !value.contains('\0'))
}
