//! Pieces of a statement.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A part of a statement with its parameters.
///
/// Its text is `'static`, so that nothing from outside can become part of it: values are bound.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sql {
    pub(super) pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Text(&'static str),
    Bind(Bind),
}

/// A bound parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bind {
    Text(String),
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Bytes(Vec<u8>),
    /// Only where the back end has a type for it.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "SQLite keeps ids as text"))]
    Uuid(Uuid),
    /// Many at once.
    #[cfg(feature = "postgres")]
    Uuids(Vec<Uuid>),
    #[cfg(feature = "postgres")]
    Texts(Vec<String>),
    /// As for ids.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "SQLite keeps times as numbers"))]
    Time(DateTime<Utc>),
}

/// Text without parameters.
pub(crate) fn raw(text: &'static str) -> Sql {
    Sql { pieces: vec![Piece::Text(text)] }
}

/// A parameter.
pub(crate) fn bind(value: Bind) -> Sql {
    Sql { pieces: vec![Piece::Bind(value)] }
}

/// A template with a part in the place of each question mark.
pub(crate) fn sql<const N: usize>(template: &'static str, parts: [&Sql; N]) -> Sql {
    debug_assert_eq!(template.matches('?').count(), N, "{template}");
    let mut made = Sql::default();
    let mut parts = parts.into_iter();
    for (position, text) in template.split('?').enumerate() {
        if position > 0 {
            made.pieces.extend(parts.next().into_iter().flat_map(|part| part.pieces.iter().cloned()));
        }
        made.pieces.push(Piece::Text(text));
    }
    made
}

impl Sql {
    /// Parts with a separator between them, in parentheses; `empty` when there is none.
    pub(crate) fn joined(parts: Vec<Self>, separator: &'static str, empty: &'static str) -> Self {
        if parts.is_empty() {
            return raw(empty);
        }
        let mut made = raw("(");
        for (position, part) in parts.into_iter().enumerate() {
            if position > 0 {
                made.pieces.push(Piece::Text(separator));
            }
            made.pieces.extend(part.pieces);
        }
        made.pieces.push(Piece::Text(")"));
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_in_the_places_of_question_marks() {
        let value = bind(Bind::Integer(7));
        let made = sql("a = ? and ?", [&value, &raw("b")]);
        assert_eq!(
            made.pieces,
            [
                Piece::Text("a = "),
                Piece::Bind(Bind::Integer(7)),
                Piece::Text(" and "),
                Piece::Text("b"),
                Piece::Text("")
            ]
        );
    }
}
