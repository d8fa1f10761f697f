//! Functions of this program that statements call.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use scim::filter::instant;

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
        written.and_then(|written| instant(&written)).map(|instant| instant.timestamp_millis())
    })
}
