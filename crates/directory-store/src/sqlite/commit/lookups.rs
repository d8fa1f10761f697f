//! What becomes of a user's lookups.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use directory::{IntegrationId, UserId};

use super::super::error::Failure;
use super::super::schema::user_lookup;
use crate::lookup_row::LookupChange;

pub(super) fn edit(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    user: UserId,
    change: &LookupChange,
) -> Result<(), Failure> {
    for row in &change.removed {
        diesel::delete(user_lookup::table)
            .filter(user_lookup::integration_id.eq(of.0.to_string()))
            .filter(user_lookup::attribute.eq(&row.attribute))
            .filter(user_lookup::value.eq(&row.value))
            .filter(user_lookup::user_id.eq(user.0.to_string()))
            .execute(connection)?;
    }
    for row in &change.added {
        diesel::insert_or_ignore_into(user_lookup::table)
            .values((
                user_lookup::integration_id.eq(of.0.to_string()),
                user_lookup::attribute.eq(&row.attribute),
                user_lookup::value.eq(&row.value),
                user_lookup::user_id.eq(user.0.to_string()),
            ))
            .execute(connection)?;
    }
    Ok(())
}
