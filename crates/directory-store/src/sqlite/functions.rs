//! Functions of this program that statements call.

use chrono::{DateTime, SubsecRound};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

#[diesel::declare_sql_function]
extern "SQL" {
    /// Text in the form in which it compares without regard to letter case.
    fn scim_fold(written: Nullable<Text>) -> Nullable<Text>;

    /// Milliseconds since 1970 of a date and time with zone (RFC 3339); null for other text.
    fn scim_instant(written: Nullable<Text>) -> Nullable<diesel::sql_types::BigInt>;
}

pub(super) fn register(connection: &mut SqliteConnection) -> QueryResult<()> {
    scim_fold_utils::register_impl(connection, |written: Option<String>| {
        written.map(|written| scim::fold(&written))
    })?;
    scim_instant_utils::register_impl(connection, |written: Option<String>| {
        written.and_then(|written| instant(&written))
    })
}

/// As `scim` reads it: the parser takes a blank or a small letter too, which RFC 7643 section 2.3.5 does not know.
fn instant(written: &str) -> Option<i64> {
    if written.as_bytes().get(10) != Some(&b'T') || written.ends_with('z') {
        return None;
    }
    let instant = DateTime::parse_from_rfc3339(written).ok()?.to_utc();
    Some(instant.trunc_subsecs(3).timestamp_millis())
}
