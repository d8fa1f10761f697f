//! What a command writes: the server's JSON as it came, or tables for people.

use std::io::{self, IsTerminal, Write};

use serde_json::Value;

use crate::client::Answer;
use crate::failure::Failure;
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

/// Characters of a table's cell on a terminal, so that one long text does not push the other columns away. The longest id
/// has 36.
const WIDEST_ON_TERMINAL: usize = 60;

/// Where a command writes, and in which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) is_json: bool,
    /// Characters of a table's cell, which a file or a pipe gets whole.
    pub(crate) widest_cell: Option<usize>,
}

impl Output {
    /// That of this process.
    pub(crate) fn new(is_json: bool) -> Self {
        Self { is_json, widest_cell: io::stdout().is_terminal().then_some(WIDEST_ON_TERMINAL) }
    }

    /// Writes what the server answered, which may be nothing.
    pub(crate) fn answer(self, answer: &Answer, sections: &[Section]) -> Result<(), Failure> {
        match answer.is_empty() {
            true if self.is_json => Ok(()),
            true => Ok(self.line("done")?),
            false if self.is_json => Ok(self.json(answer.document()?)?),
            false => Ok(self.record(&answer.json()?, sections)?),
        }
    }

    /// Writes one thing.
    pub(crate) fn record(self, value: &Value, sections: &[Section]) -> io::Result<()> {
        match self.is_json {
            true => self.json(&value.to_string()),
            false => self.line(&table::record(value, sections, self.widest_cell)),
        }
    }

    pub(crate) fn rows(self, items: &[Value], columns: &[Column]) -> io::Result<()> {
        match items.is_empty() {
            true => self.line("nothing"),
            false => self.line(&table::rows(items, columns, self.widest_cell)),
        }
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
