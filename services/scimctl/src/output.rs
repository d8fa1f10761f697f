//! What a command writes: the server's JSON as it came, or tables for people.

use std::io::{self, Write};

use serde_json::Value;

use crate::table::{self, Column};

/// Makes text of a server harmless: control characters, and those that turn the direction of writing, are shown as
/// their code.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_harmful(character) {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

/// The same in JSON, where such a character may stand only in a string, and a carriage return only between tokens.
pub(crate) fn escape_json(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => safe.push(character),
            '\r' => safe.push(' '),
            harmful if is_harmful(harmful) => safe.push_str(&format!("\\u{:04x}", u32::from(harmful))),
            harmless => safe.push(harmless),
        }
    }
    safe
}

fn is_harmful(character: char) -> bool {
    let turns_direction =
        matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns_direction
}

/// Where a command writes, and in which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) is_json: bool,
}

impl Output {
    /// Writes one thing that the server answered.
    pub(crate) fn record(self, body: &str, sections: &[Section]) -> io::Result<()> {
        match serde_json::from_str(body) {
            Ok(value) if !self.is_json => self.line(&table::record(&value, sections)),
            Ok(_) => self.json(body),
            Err(_) if self.is_json => Ok(()),
            Err(_) => self.line("done"),
        }
    }

    pub(crate) fn rows(self, items: &[Value], columns: &[Column]) -> io::Result<()> {
        if items.is_empty() { self.line("nothing") } else { self.line(&table::rows(items, columns)) }
    }

    /// Writes a JSON document as it came.
    pub(crate) fn json(self, text: &str) -> io::Result<()> {
        self.line(&escape_json(text.trim_end()))
    }

    /// Writes text that is harmless already.
    pub(crate) fn line(self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")?;
        out.flush()
    }
}

/// A list within a record, and the columns by which it is shown.
pub(crate) type Section = (&'static str, &'static [Column]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_turns_of_direction_become_visible() {
        assert_eq!(escape("a\u{1b}[31mb\n\u{9b}c\u{202e}d é"), "a\\u{1b}[31mb\\n\\u{9b}c\\u{202e}d é");
    }

    #[test]
    fn json_stays_the_same_json() {
        let came = "{\r\n \"name\": \"\u{7f}\u{9b}é\u{202e}\"}";
        let safe = escape_json(came);
        assert_eq!(safe, "{ \n \"name\": \"\\u007f\\u009bé\\u202e\"}");
        assert_eq!(
            serde_json::from_str::<Value>(&safe).unwrap(),
            serde_json::from_str::<Value>(came).unwrap()
        );
    }
}
