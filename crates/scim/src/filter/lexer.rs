//! Words, texts and brackets of a filter.

use crate::filter::parse::FilterProblem;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// An attribute path, operator, logical word, or literal other than text.
    Word(&'a str),
    /// A text literal, unescaped.
    Text(String),
    Open,
    Close,
    OpenBracket,
    CloseBracket,
}

/// Splits a filter into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, FilterProblem> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            ' ' => (None, 1),
            '(' => (Some(Token::Open), 1),
            ')' => (Some(Token::Close), 1),
            '[' => (Some(Token::OpenBracket), 1),
            ']' => (Some(Token::CloseBracket), 1),
            '"' => {
                let (value, length) = quoted(rest)?;
                (Some(Token::Text(value)), length)
            }
            _ => {
                let word = word(rest)?;
                (Some(Token::Word(word)), word.len())
            }
        };
        tokens.extend(token);
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(tokens)
}

fn word(rest: &str) -> Result<&str, FilterProblem> {
    let end = rest.find([' ', '(', ')', '[', ']', '"']).unwrap_or(rest.len());
    let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    if after.starts_with('"') {
        return Err(FilterProblem::malformed("a blank is missing in front of a quotation mark"));
    }
    Ok(word)
}

/// Reads a JSON string at the start of `rest`; returns it with its length in bytes.
fn quoted(rest: &str) -> Result<(String, usize), FilterProblem> {
    let length = quoted_length(rest).ok_or(FilterProblem::malformed("a quotation mark is not closed"))?;
    let (literal, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
    let value: String = serde_json::from_str(literal)
        .map_err(|_| FilterProblem::malformed("a quoted value is not a valid JSON string"))?;
    if value.contains('\0') {
        return Err(FilterProblem::malformed("the character U+0000 is not allowed"));
    }
    if !after.is_empty() && !after.starts_with([' ', ')', ']']) {
        return Err(FilterProblem::malformed("a blank is missing after a quoted value"));
    }
    Ok((value, length))
}

/// Counts the bytes up to and including the closing quotation mark.
pub(crate) fn quoted_length(rest: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (position, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return Some(position + 1),
            _ => {}
        }
    }
    None
}
