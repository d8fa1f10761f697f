//! One text for both databases.

use std::sync::OnceLock;

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Text};
use serde::Serialize;

/// A statement over any number of rows, in one text for PostgreSQL and SQLite.
///
/// The rows travel as one parameter, a JSON array of objects, so that the text never depends on their number and the
/// prepared statement is used again. What differs between the databases is written so:
///
/// - `lms.learner`: a table; SQLite has no schemas, and the prefix `lms_` instead;
/// - `{rows: learner_id uuid, name text}`: the parameter as a relation with these columns;
/// - `{now}`: the present; `{minute}`: the minute that it is in; `{true}` and `{false}`;
/// - `{minutes_ago: n}` and `{in_minutes: n}`: the present less or more so many minutes;
/// - `{hex: bytes}` and `{unhex: text}`;
/// - `{object: 'name', expression, …}`: a JSON object as text. A statement that reads answers one column of these.
pub(crate) struct Statement {
    text: &'static str,
    #[cfg(feature = "postgres")]
    postgres: OnceLock<String>,
    #[cfg(feature = "sqlite")]
    sqlite: OnceLock<String>,
}

impl std::fmt::Debug for Statement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Statement").field("text", &self.text).finish_non_exhaustive()
    }
}

/// Which database is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    #[cfg(feature = "postgres")]
    Postgres,
    #[cfg(feature = "sqlite")]
    Sqlite,
}

impl Statement {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self {
            text,
            #[cfg(feature = "postgres")]
            postgres: OnceLock::new(),
            #[cfg(feature = "sqlite")]
            sqlite: OnceLock::new(),
        }
    }

    pub(crate) fn over<'a>(&'static self, dialect: Dialect, rows: &'a RowSet) -> Bound<'a> {
        let sql = match dialect {
            #[cfg(feature = "postgres")]
            Dialect::Postgres => self.postgres.get_or_init(|| translate(self.text, &POSTGRES)),
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => self.sqlite.get_or_init(|| translate(self.text, &SQLITE)),
        };
        // A statement has its parameter once, or none.
        let (before, after) = match sql.split_once(PARAMETER) {
            Some((before, after)) => (before, Some(after)),
            None => (sql.as_str(), None),
        };
        Bound { before, after, rows: &rows.json }
    }
}

/// Stands where the rows go.
const PARAMETER: char = '\u{1}';

/// How a database spells what differs.
struct Spelling {
    prefixes: [(&'static str, &'static str); 2],
    words: [(&'static str, &'static str); 4],
    forms: [Form; 6],
}

/// What stands before the colon, and what becomes of that after it.
type Form = (&'static str, fn(&str) -> String);

#[cfg(feature = "postgres")]
const POSTGRES: Spelling = Spelling {
    prefixes: [("lms.", "lms."), ("sync.", "sync.")],
    words: [
        ("now", "now()"),
        ("minute", "date_trunc('minute', now())"),
        ("true", "true"),
        ("false", "false"),
    ],
    forms: [
        ("rows", |columns| {
            format!("(select * from json_to_recordset({PARAMETER}::json) as given({columns})) as r")
        }),
        ("object", |members| format!("cast(json_build_object({members}) as text)")),
        ("minutes_ago", |minutes| format!("(now() - make_interval(mins => cast({minutes} as integer)))")),
        ("in_minutes", |minutes| format!("(now() + make_interval(mins => cast({minutes} as integer)))")),
        ("hex", |bytes| format!("encode({bytes}, 'hex')")),
        ("unhex", |text| format!("decode({text}, 'hex')")),
    ],
};

#[cfg(feature = "sqlite")]
const SQLITE: Spelling = Spelling {
    prefixes: [("lms.", "lms_"), ("sync.", "sync_")],
    words: [
        ("now", "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"),
        ("minute", "strftime('%Y-%m-%dT%H:%M:00.000Z', 'now')"),
        ("true", "1"),
        ("false", "0"),
    ],
    forms: [
        ("rows", |columns| {
            let names = columns.split(',').filter_map(|column| column.split_whitespace().next());
            let values: Vec<String> = names.map(|name| format!("value ->> '{name}' as {name}")).collect();
            format!("(select {} from json_each({PARAMETER})) as r", values.join(", "))
        }),
        ("object", |members| format!("cast(json_object({members}) as text)")),
        ("minutes_ago", |minutes| {
            format!("strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || ({minutes}) || ' minutes')")
        }),
        ("in_minutes", |minutes| {
            format!("strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+' || ({minutes}) || ' minutes')")
        }),
        ("hex", |bytes| format!("lower(hex({bytes}))")),
        ("unhex", |text| format!("unhex({text})")),
    ],
};

fn translate(text: &str, spelling: &Spelling) -> String {
    let mut sql = resolve(text, spelling);
    for (written, meant) in spelling.prefixes {
        sql = sql.replace(written, meant);
    }
    sql
}

/// Spells out what stands in braces, the innermost first.
fn resolve(text: &str, spelling: &Spelling) -> String {
    let mut sql = text.to_owned();
    while let Some((before, after)) = sql.split_once('}') {
        let (before, inside) = before.rsplit_once('{').unwrap_or((before, ""));
        sql = format!("{before}{}{after}", spell(inside, spelling));
    }
    sql
}

fn spell(inside: &str, spelling: &Spelling) -> String {
    let word = spelling.words.iter().find(|(word, _)| *word == inside).map(|(_, meant)| (*meant).to_owned());
    let form = inside.split_once(": ").and_then(|(name, argument)| {
        let form = spelling.forms.iter().find(|(form, _)| *form == name).map(|(_, form)| *form);
        form.map(|form| form(argument))
    });
    word.or(form).unwrap_or_else(|| inside.to_owned())
}

/// Rows of a statement.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowSet {
    json: String,
    len: usize,
}

impl RowSet {
    pub(crate) fn new<R: Serialize>(rows: &[R]) -> Result<Self, serde_json::Error> {
        Ok(Self { json: serde_json::to_string(rows)?, len: rows.len() })
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// A statement with its rows, ready to be executed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound<'a> {
    before: &'a str,
    after: Option<&'a str>,
    rows: &'a str,
}

impl QueryId for Bound<'_> {
    type QueryId = ();
    // The text decides which prepared statement is used again.
    const HAS_STATIC_QUERY_ID: bool = false;
}

#[cfg(feature = "sqlite")]
impl diesel::RunQueryDsl<diesel::SqliteConnection> for Bound<'_> {}

impl Query for Bound<'_> {
    type SqlType = Text;
}

impl<DB> QueryFragment<DB> for Bound<'_>
where
    DB: Backend + HasSqlType<Text>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.before);
        if let Some(after) = self.after {
            out.push_bind_param::<Text, str>(self.rows)?;
            out.push_sql(after);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "select {object: 'id', learner_id} from {rows: learner_id uuid, n text} join lms.learner using (learner_id)
         where at < {now} and is_over = {false}";

    #[cfg(feature = "postgres")]
    #[test]
    fn postgresql_reads_a_record_set() {
        let sql = translate(TEXT, &POSTGRES);
        assert!(sql.contains("json_to_recordset(\u{1}::json) as given(learner_id uuid, n text)"), "{sql}");
        assert!(sql.contains("cast(json_build_object('id', learner_id) as text)"), "{sql}");
        assert!(sql.ends_with("where at < now() and is_over = false"), "{sql}");
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn sqlite_reads_an_array() {
        let sql = translate(TEXT, &SQLITE);
        assert!(sql.contains("select value ->> 'learner_id' as learner_id, value ->> 'n' as n"), "{sql}");
        assert!(sql.contains("join lms_learner using"), "{sql}");
        assert!(sql.ends_with("is_over = 0"), "{sql}");
    }
}
