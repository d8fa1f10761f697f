//! Tables as text (RFC 4180).

/// What formulas begin with: OWASP's list, the same signs in full width, which some spreadsheets read alike, and the
/// line by which old ones told of a command.
const FORMULAS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '|', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// What ends a cell where the list separator is not the comma, and what may stand at the beginning of one unseen.
const SEPARATORS: [char; 4] = [';', '\t', '\r', '\n'];
const QUOTES: [char; 2] = [' ', '"'];

/// One line. A cell that a spreadsheet would take for a formula gets an apostrophe before it.
pub fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("{}\r\n", cells.join(","))
}

fn cell(text: &str) -> String {
    let text = text_only(text);
    let is_quoted = text.contains(['"', ',', '\r', '\n']);
    if is_quoted { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// The text with an apostrophe before whatever a spreadsheet would take for a formula: at the beginning, and behind what
/// some take for the end of a cell, whether it is quoted or not, because their list separator is another than the comma.
fn text_only(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 1);
    let mut begins_cell = true;
    for (at, letter) in text.char_indices() {
        if begins_cell && text[at..].trim_start_matches(QUOTES).starts_with(FORMULAS) {
            safe.push('\'');
        }
        safe.push(letter);
        begins_cell = SEPARATORS.contains(&letter);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let cells = ["plain", "", "a,b", "say \"hi\"", "two\r\nlines", " spaced "].map(str::to_owned);
        assert_eq!(line(&cells), "plain,,\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\", spaced \r\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        let cells = ["=1+1", "+1", "-1", "@sum(A1)", "\tx", "\rx", "=a,\"b\""].map(str::to_owned);
        assert_eq!(line(&cells), "'=1+1,'+1,'-1,'@sum(A1),'\tx,\"'\rx\",\"'=a,\"\"b\"\"\"\r\n");
        let rarer = ["|calc", "＝1", "＋1", "－1", "＠x"].map(str::to_owned);
        assert_eq!(line(&rarer), "'|calc,'＝1,'＋1,'－1,'＠x\r\n");
        assert_eq!(line(&["1-1".to_owned(), "a|b".to_owned()]), "1-1,a|b\r\n");
    }

    #[test]
    fn no_part_of_a_cell_is_a_formula_where_semicolons_or_tabs_part_cells() {
        let cells = ["x;=cmd|'/C calc'!A0", "a; \"=1", "b\t+1", "c\n@x", "Mozilla/5.0 (X11; Linux)"]
            .map(str::to_owned);
        assert_eq!(
            line(&cells),
            "x;'=cmd|'/C calc'!A0,\"a;' \"\"=1\",b\t'+1,\"c\n'@x\",Mozilla/5.0 (X11; Linux)\r\n"
        );
    }
}
