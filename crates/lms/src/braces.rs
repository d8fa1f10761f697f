/// Part of a text in which braces enclose names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text as it is.
    Text(String),
    /// What stood between braces.
    Name(String),
}

/// Why a text with braces cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BraceError {
    #[error("a `{{` is never closed; write `{{{{` for a brace that is text")]
    Open,
    #[error("a `}}` closes nothing; write `}}}}` for a brace that is text")]
    Close,
}

/// Splits a text at its braces. `{{` and `}}` are braces that are text; within double quotes, braces mean nothing.
pub(crate) fn split_braces(text: &str) -> Result<Vec<Piece>, BraceError> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let tail = rest.strip_prefix(character).unwrap_or_default();
        if let Some(doubled) = tail.strip_prefix(character).filter(|_| matches!(character, '{' | '}')) {
            plain.push(character);
            rest = doubled;
            continue;
        }
        match character {
            '}' => return Err(BraceError::Close),
            '{' => {
                let end = end_of_name(tail).ok_or(BraceError::Open)?;
                let (name, after) = tail.split_at_checked(end).ok_or(BraceError::Open)?;
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Name(name.to_owned()));
                rest = after.strip_prefix('}').unwrap_or(after);
            }
            _ => {
                plain.push(character);
                rest = tail;
            }
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

/// Where the closing brace is: the first one that does not stand within quotes.
fn end_of_name(text: &str) -> Option<usize> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (index, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = is_quoted,
            '"' => is_quoted = !is_quoted,
            '}' if !is_quoted => return Some(index),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    fn name(name: &str) -> Piece {
        Piece::Name(name.to_owned())
    }

    #[test]
    fn braces_enclose_names() {
        for (written, pieces) in [
            ("", vec![]),
            ("plain", vec![text("plain")]),
            ("{value} (x)", vec![name("value"), text(" (x)")]),
            ("a{b}{c}d", vec![text("a"), name("b"), name("c"), text("d")]),
            ("{{{value}}}", vec![text("{"), name("value"), text("}")]),
            ("{}", vec![name("")]),
            (r#"{a[b eq "}\"}"].c}!"#, vec![name(r#"a[b eq "}\"}"].c"#), text("!")]),
        ] {
            assert_eq!(split_braces(written), Ok(pieces), "{written}");
        }
    }

    #[test]
    fn a_lone_brace_is_refused() {
        assert_eq!(split_braces("a {value"), Err(BraceError::Open));
        assert_eq!(split_braces("a } b"), Err(BraceError::Close));
        assert_eq!(split_braces("{value}}"), Err(BraceError::Close));
    }
}
