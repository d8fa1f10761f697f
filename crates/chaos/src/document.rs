//! Tables that stand between markers of a document.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

/// A table: the name of its markers, its titles and what was found now.
pub(crate) struct Table<'a, const COLUMNS: usize> {
    pub(crate) name: &'a str,
    pub(crate) titles: [&'a str; COLUMNS],
    pub(crate) rows: &'a [[String; COLUMNS]],
}

impl<const COLUMNS: usize> Table<'_, COLUMNS> {
    /// Puts the rows between the markers. A row that stands there is replaced by one with the same first cell, and kept
    /// when there is none.
    pub(crate) fn write_into(&self, document: &Path, about: &str) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(document)?;
        std::fs::write(document, self.merged_into(&text, about).context("no markers")?)?;
        Ok(())
    }

    fn merged_into(&self, text: &str, about: &str) -> Option<String> {
        let (begin, end) = (format!("<!-- {}: begin -->", self.name), format!("<!-- {}: end -->", self.name));
        let (before, rest) = text.split_once(&begin)?;
        let (old, after) = rest.split_once(&end)?;
        let titles = format!("| {} |", self.titles.join(" | "));
        let mut rows: BTreeMap<String, String> =
            old.lines().filter_map(by_first_cell).filter(|(id, _)| Some(id.as_str()) != self.key()).collect();
        rows.extend(self.rows.iter().filter_map(|row| by_first_cell(&format!("| {} |", row.join(" | ")))));
        let rows: Vec<String> = rows.into_values().collect();
        let line = "---|".repeat(COLUMNS);
        Some(format!("{before}{begin}\n{about}\n\n{titles}\n|{line}\n{}\n{end}{after}", rows.join("\n")))
    }

    /// First of the titles.
    fn key(&self) -> Option<&str> {
        self.titles.first().copied()
    }
}

/// A row of a table, by its first cell.
fn by_first_cell(line: &str) -> Option<(String, String)> {
    let cell = line.strip_prefix("| ")?.split(" | ").next()?;
    Some((cell.to_owned(), line.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_replaces_the_one_of_its_name_and_the_others_stay() {
        let rows = [["F01".to_owned(), "survived".to_owned()]];
        let table = Table { name: "chaos", titles: ["id", "outcome"], rows: &rows };
        let text = "a\n<!-- chaos: begin -->\nyesterday\n\n| id | older |\n|---|---|\n| F00 | older |\n| F01 | old |\n\
                    | F02 | new |\n<!-- chaos: end -->\nz\n";
        let expected = "a\n<!-- chaos: begin -->\nto-day\n\n| id | outcome |\n|---|---|\n| F00 | older |\n\
                        | F01 | survived |\n| F02 | new |\n<!-- chaos: end -->\nz\n";
        assert_eq!(table.merged_into(text, "to-day").as_deref(), Some(expected));
        assert_eq!(table.merged_into("no markers", ""), None);
    }
}
