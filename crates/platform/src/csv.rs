//! Tables as text (RFC 4180).

/// What formulas begin with: OWASP's list, the same signs in full width, which some spreadsheets read alike, and the
/// line by which old ones told of a command.
const FORMULAS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '|', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// One line. A cell that a spreadsheet would take for a formula gets an apostrophe before it.
pub fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("{}\r\n", cells.join(","))
}

fn cell(text: &str) -> String {
    let is_formula = text.starts_with(FORMULAS);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    let is_quoted = text.contains(['"', ',', '\r', '\n']);
    if is_quoted { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
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
}
