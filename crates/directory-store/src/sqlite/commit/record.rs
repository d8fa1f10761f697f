//! What a commit leaves in the event log and the provisioning log.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use directory::{Change, NewEvent, Version};

use super::super::error::Failure;
use super::super::outbox;
use super::super::provisioning_log::EntryRow;
use super::super::schema::{event_log, provisioning_log, source_epoch};
use super::super::values;
use crate::log_row::NewEntry;

pub(super) fn record(
    connection: &mut SqliteConnection,
    change: &Change,
    incarnation: i32,
    version: Version,
    events: &[NewEvent],
) -> Result<(), Failure> {
    let epoch: i32 = source_epoch::table.select(source_epoch::epoch).first(connection)?;
    let rows: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event_log::event_id.eq(event.id.0.to_string()),
                event_log::integration_id.eq(change.integration.0.to_string()),
                event_log::event_type.eq(event.event_type.as_str()),
                event_log::subject_kind.eq(event.subject.kind.as_str()),
                event_log::subject_id.eq(event.subject.id.to_string()),
                event_log::epoch.eq(epoch),
                event_log::incarnation.eq(incarnation),
                event_log::version.eq(version.0),
                event_log::data.eq(&event.data),
                event_log::txn.eq(change.txn.to_string()),
                event_log::traceparent.eq(change.traceparent.as_deref()),
                event_log::committed_at.eq(values::millis(change.at)),
            )
        })
        .collect();
    diesel::insert_into(event_log::table).values(rows).execute(connection)?;
    outbox::put(connection, &events.iter().map(|event| event.id).collect::<Vec<_>>())?;
    diesel::insert_into(provisioning_log::table)
        .values(EntryRow::of(change.integration, NewEntry::of_change(change)?))
        .execute(connection)?;
    Ok(())
}
