//! SCIM resources as the data of events.
//!
//! The JSON mapping of the published messages uses SCIM's own attribute names, so a normalised resource *is* the
//! data, but for the enterprise extension, which has a field with a shorter name.

use events::v1::{DeactivationReason, Group, GroupChange, User, UserChange};
use events::{EventId, EventType, Subject, SubjectKind, name_before_tombstone};
use scim::Resource;
use serde::Deserialize;
use serde::de::value::MapDeserializer;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{Caller, GroupId, NewEvent, UserId};

/// Event ids are drawn from here on; 0 is the resource's own id.
const EVENT_ID: u32 = 1;

/// The event of a user who was `before` and is `after`; one of them at least is there.
pub(crate) fn user_event(
    caller: &Caller,
    id: UserId,
    before: Option<&Resource>,
    after: Option<&Resource>,
    changed: &[String],
) -> Result<NewEvent, serde_json::Error> {
    let event_type = match (before, after) {
        (None, _) => EventType::UserProvisioned,
        (_, None) => EventType::UserDeprovisioned,
        (Some(before), Some(after)) => match (before.active(), after.active()) {
            (true, false) => EventType::UserDeactivated,
            (false, true) => EventType::UserReactivated,
            (true, true) | (false, false) => EventType::UserChanged,
        },
    };
    let reason = match (before, after) {
        (Some(before), Some(after)) if event_type == EventType::UserDeactivated => {
            deactivation_reason(before, after)
        }
        _ => DeactivationReason::Unspecified,
    };
    let user = |resource: &Resource| user_message(id, resource.as_map());
    let data = UserChange {
        after: after.map(user).transpose()?,
        before: match (before, after) {
            (Some(before), Some(_)) => Some(user_message(id, only(before.as_map(), changed))?),
            (Some(before), None) => Some(user(before)?),
            (None, _) => None,
        },
        changed: changed.to_vec(),
        reason: reason.into(),
    };
    new_event(caller, event_type, id.0, serde_json::to_string(&data)?)
}

/// The event of a group that was `before` and is `after`.
pub(crate) fn group_event(
    caller: &Caller,
    id: GroupId,
    before: Option<&Resource>,
    after: Option<&Resource>,
    changed: &[String],
) -> Result<NewEvent, serde_json::Error> {
    let event_type = match (before, after) {
        (None, _) => EventType::GroupProvisioned,
        (_, None) => EventType::GroupDeprovisioned,
        (Some(_), Some(_)) => EventType::GroupChanged,
    };
    let data = GroupChange {
        after: after.map(|resource| group_message(id, resource.as_map().clone())).transpose()?,
        before: match (before, after) {
            (Some(before), Some(_)) => {
                let shown = only(before.as_map(), changed);
                Some(group_message(id, shown.map(|(name, value)| (name.clone(), value.clone())).collect())?)
            }
            (Some(before), None) => Some(group_message(id, before.as_map().clone())?),
            (None, _) => None,
        },
        changed: changed.to_vec(),
    };
    new_event(caller, event_type, id.0, serde_json::to_string(&data)?)
}

fn new_event(
    caller: &Caller,
    event_type: EventType,
    subject: Uuid,
    data: String,
) -> Result<NewEvent, serde_json::Error> {
    let subject = Subject { kind: event_type.subject_kind(), id: subject };
    debug_assert_ne!(subject.kind, SubjectKind::Integration);
    Ok(NewEvent { id: EventId(caller.id(EVENT_ID)), event_type, subject, data })
}

/// A soft deletion is told by the name that Microsoft Entra gives the user with it.
fn deactivation_reason(before: &Resource, after: &Resource) -> DeactivationReason {
    let original = after.user_name().and_then(name_before_tombstone).map(scim::fold);
    let was = before.user_name().map(scim::fold);
    if original.is_some() && original == was {
        DeactivationReason::SoftDeleted
    } else {
        DeactivationReason::Disabled
    }
}

/// A user as published: what is stored is that, but for names of extensions. It is read where it is, because every change
/// comes this way, and a copy of the resource costs more than all the rest.
pub(crate) fn user_message<'a>(
    id: UserId,
    attributes: impl IntoIterator<Item = (&'a String, &'a Value)> + Clone,
) -> Result<User, serde_json::Error> {
    // Only the extensions of an integration are named by a URN in the message.
    let is_own_extension = |name: &str| name.contains(':') && name != scim::urn::ENTERPRISE_USER;
    let fields = attributes.clone().into_iter().filter(|(name, _)| !is_own_extension(name));
    let named = fields.map(|(name, value)| match name.as_str() {
        scim::urn::ENTERPRISE_USER => ("enterprise", value),
        name => (name, value),
    });
    let user = User::deserialize(MapDeserializer::new(named))?;
    let extensions: Map<_, _> = attributes
        .into_iter()
        .filter(|(name, _)| is_own_extension(name))
        .map(|(name, value)| (name.clone(), with_plain_numbers(value.clone())))
        .collect();
    let extensions = match extensions.is_empty() {
        true => None,
        false => Some(serde_json::from_value(Value::Object(extensions))?),
    };
    Ok(User { id: id.to_string(), extensions, ..user })
}

/// A group as published.
pub(crate) fn group_message(id: GroupId, resource: Map<String, Value>) -> Result<Group, serde_json::Error> {
    Ok(Group { id: id.to_string(), ..serde_json::from_value(Value::Object(resource))? })
}

/// The same with every number as one of 64-bit floating point, which is all that the message type knows.
fn with_plain_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(items) => items.into_iter().map(with_plain_numbers).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, with_plain_numbers(value))).collect()
        }
        other => other,
    }
}

/// The attributes that `paths` lead into. An extension's attributes are reached by its URN and a colon.
fn only<'a>(
    resource: &'a Map<String, Value>,
    paths: &'a [String],
) -> impl Iterator<Item = (&'a String, &'a Value)> + Clone {
    let leads_into = |path: &str, name: &str| {
        path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ':']))
    };
    resource.iter().filter(move |(name, _)| paths.iter().any(|path| leads_into(path, name)))
}

#[cfg(test)]
mod tests;
