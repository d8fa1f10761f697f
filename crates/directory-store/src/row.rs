//! What both back ends share: stored values to the directory's, without any query.

use directory::{
    GroupId, GroupLink, Integration, IntegrationId, IntegrationSlug, IntegrationState, Page, StoreError,
};
use events::EventType;
use scim::{Profile, Resource, ResourceKind, Schema};
use serde_json::Value;
use uuid::Uuid;

/// A stored value cannot be read: something else wrote it, or a newer version of this program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RowError {
    #[error("a stored resource is no JSON object")]
    Resource,
    #[error("the stored {column} has an unknown value: {value}")]
    Unknown { column: &'static str, value: String },
    #[error("a stored extension schema cannot be read")]
    Extension(#[source] scim::InvalidSchema),
    #[error("a value cannot be written or read as JSON")]
    Json(#[source] serde_json::Error),
}

impl From<RowError> for StoreError {
    fn from(error: RowError) -> Self {
        Self::Unexpected(Box::new(error))
    }
}

/// A count, which is never negative.
pub(crate) fn counted(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

pub(crate) fn resource(kind: ResourceKind, document: Value) -> Result<Resource, RowError> {
    match document {
        Value::Object(map) => Ok(Resource::from_stored(kind, map)),
        _ => Err(RowError::Resource),
    }
}

#[cfg(feature = "postgres")]
pub(crate) fn resource_text(kind: ResourceKind, document: String) -> Result<Resource, RowError> {
    Resource::from_stored_text(kind, document).ok_or(RowError::Resource)
}

/// The same, read at once: what is to be changed must be known for what it is.
#[cfg(feature = "postgres")]
pub(crate) fn resource_of_text(kind: ResourceKind, document: &str) -> Result<Resource, RowError> {
    resource(kind, serde_json::from_str(document).map_err(RowError::Json)?)
}

/// The events that this version can read. Another stays in the outbox for a version that can, and is complained of: it
/// must not keep the rest from being sent.
pub(crate) fn readable<T, E: std::fmt::Debug>(events: impl Iterator<Item = Result<T, E>>) -> Vec<T> {
    events
        .filter_map(|event| {
            event
                .inspect_err(|error| tracing::error!(?error, "an event cannot be read and stays unsent"))
                .ok()
        })
        .collect()
}

pub(crate) fn event_type(name: &str) -> Result<EventType, RowError> {
    EventType::parse(name).ok_or_else(|| unknown("event_type", name))
}

/// An integration's columns in the order of the table.
pub(crate) struct IntegrationColumns {
    pub(crate) id: Uuid,
    pub(crate) slug: String,
    pub(crate) portal: String,
    pub(crate) environment: String,
    pub(crate) state: String,
    pub(crate) profile: String,
    pub(crate) user_extensions: Value,
    pub(crate) settings: Value,
    pub(crate) version: i64,
}

pub(crate) fn integration(columns: IntegrationColumns) -> Result<Integration, RowError> {
    Ok(Integration {
        id: IntegrationId(columns.id),
        slug: slug(&columns.slug)?,
        portal: columns.portal,
        environment: environment(&columns.environment)?,
        state: state(&columns.state)?,
        profile: Profile::parse(&columns.profile).ok_or_else(|| unknown("profile", &columns.profile))?,
        user_extensions: extensions(&columns.user_extensions)?.into(),
        settings: serde_json::from_value(columns.settings)
            .map_err(|_| unknown("settings", "of another form"))?,
        version: u32::try_from(columns.version).map_err(|_| unknown("version", "out of range"))?,
    })
}

pub(crate) fn slug(name: &str) -> Result<IntegrationSlug, RowError> {
    IntegrationSlug::parse(name).map_err(|_| unknown("slug", name))
}

/// The schemas in a stored list of definitions.
pub(crate) fn extensions(stored: &Value) -> Result<Vec<Schema>, RowError> {
    let Value::Array(definitions) = stored else { return Err(unknown("user_extensions", "no list")) };
    definitions
        .iter()
        .map(|definition| match definition {
            Value::Object(document) => Schema::from_definition(document).map_err(RowError::Extension),
            _ => Err(unknown("user_extensions", "no object")),
        })
        .collect()
}

pub(crate) fn definitions(extensions: &[Schema]) -> Value {
    extensions.iter().map(|schema| Value::Object(schema.definition())).collect()
}

pub(crate) fn settings(of: &Integration) -> Result<Value, RowError> {
    serde_json::to_value(&of.settings).map_err(RowError::Json)
}

/// A user's groups in the order of their ids, from a list of id and name; null when they were not asked for.
pub(crate) fn group_links(stored: Option<Value>) -> Result<Option<Vec<GroupLink>>, RowError> {
    let Some(stored) = stored else { return Ok(None) };
    let mut links: Vec<GroupLink> = serde_json::from_value::<Vec<(Uuid, Option<String>)>>(stored)
        .map_err(|_| unknown("groups", "no list of ids and names"))?
        .into_iter()
        .map(|(id, display)| GroupLink { id: GroupId(id), display: display.unwrap_or_default() })
        .collect();
    links.sort_unstable_by_key(|link| link.id.0);
    Ok(Some(links))
}

pub(crate) fn environment(name: &str) -> Result<events::Environment, RowError> {
    name.parse().map_err(|_| unknown("environment", name))
}

fn state(name: &str) -> Result<IntegrationState, RowError> {
    IntegrationState::parse(name).ok_or_else(|| unknown("state", name))
}

/// The size of the whole, when the page that was found tells it.
///
/// A page that is not full is the last one; only a full one, or one behind the end, needs a count.
pub(crate) fn total_by_page(page: &Page, found: usize) -> Option<u64> {
    let (before, limit) = match page {
        Page::From { offset, limit } => (*offset, *limit),
        Page::After { position: None, limit } => (0, *limit),
        Page::After { position: Some(_), .. } => return None,
    };
    let found = u64::try_from(found).ok()?;
    let is_last = found < u64::from(limit) && (found > 0 || before == 0);
    is_last.then(|| u64::from(before) + found)
}

pub(crate) fn unknown(column: &'static str, value: &str) -> RowError {
    RowError::Unknown { column, value: value.to_owned() }
}

#[cfg(test)]
mod tests {
    use directory::Position;

    use super::*;

    #[test]
    fn a_page_that_is_not_full_tells_the_total() {
        assert_eq!(total_by_page(&Page::From { offset: 0, limit: 10 }, 1), Some(1));
        assert_eq!(total_by_page(&Page::From { offset: 20, limit: 10 }, 3), Some(23));
        assert_eq!(total_by_page(&Page::From { offset: 0, limit: 10 }, 0), Some(0));
        assert_eq!(total_by_page(&Page::After { position: None, limit: 10 }, 3), Some(3));
    }

    #[test]
    fn a_full_page_and_one_behind_the_end_do_not() {
        for (offset, limit, found) in [(0, 10, 10), (20, 10, 0), (0, 0, 0)] {
            assert_eq!(total_by_page(&Page::From { offset, limit }, found), None, "{offset} {limit} {found}");
        }
        let position = Some(Position { value: None, id: Uuid::nil() });
        assert_eq!(total_by_page(&Page::After { position, limit: 10 }, 3), None);
    }
}
