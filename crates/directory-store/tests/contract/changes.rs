//! Changes as the use cases decide them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use directory::{
    Change, ChangedAttribute, GroupId, GroupRecord, IntegrationId, KeyChange, LoggedChange, MemberChange,
    Mutation, NewEvent, Operation, Origin, UserId, UserRecord, Version,
};
use events::{EventId, EventType, Subject, SubjectKind};
use scim::{LookupKey, Profile, Resource, ResourceKind, ResourceType, Schema, lookup_keys};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A moment, `seconds` after the tests' beginning of time.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_767_225_600_123 + seconds * 1_000).unwrap()
}

pub(crate) fn user_id(n: u128) -> UserId {
    UserId(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 + n))
}

pub(crate) fn group_id(n: u128) -> GroupId {
    GroupId(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + n))
}

pub(crate) fn user(n: u128, user_name: &str) -> UserRecord {
    user_of(n, json!({ "userName": user_name }))
}

pub(crate) fn user_of(n: u128, document: Value) -> UserRecord {
    UserRecord {
        id: user_id(n),
        version: Version::FIRST,
        created: at(0),
        last_modified: at(0),
        resource: resource(ResourceKind::User, document),
    }
}

pub(crate) fn group(n: u128, display_name: &str) -> GroupRecord {
    group_of(n, json!({ "displayName": display_name }))
}

pub(crate) fn group_of(n: u128, document: Value) -> GroupRecord {
    GroupRecord {
        id: group_id(n),
        version: Version::FIRST,
        created: at(0),
        last_modified: at(0),
        resource: resource(ResourceKind::Group, document),
        member_count: 0,
    }
}

fn resource(kind: ResourceKind, document: Value) -> Resource {
    let Value::Object(map) = document else { panic!("a resource is an object") };
    Resource::from_stored(kind, map)
}

pub(crate) fn create_user(of: IntegrationId, user: &UserRecord) -> Change {
    create_user_with(of, user, &[])
}

/// A user of an integration with extensions of its own.
pub(crate) fn create_user_with(of: IntegrationId, user: &UserRecord, extensions: &[Schema]) -> Change {
    let mutation = Mutation::CreateUser { record: Arc::new(user.clone()), keys: keys(user, extensions) };
    change(of, Operation::Create, user_subject(user.id), mutation, Some(EventType::UserProvisioned))
}

fn keys(user: &UserRecord, extensions: &[Schema]) -> Vec<LookupKey> {
    let resource_type = ResourceType::new(ResourceKind::User, Profile::Entra, extensions);
    lookup_keys(resource_type, &user.resource)
}

/// The user as `user` says, one version later. It keeps the keys that it had.
pub(crate) fn replace_user(of: IntegrationId, user: &UserRecord) -> Change {
    let record = UserRecord { version: user.version.next(), last_modified: at(60), ..user.clone() };
    let keys = KeyChange { added: keys(user, &[]), removed: vec![] };
    let mutation = Mutation::ReplaceUser { record: Arc::new(record), expected: user.version, keys };
    change(of, Operation::Patch, user_subject(user.id), mutation, Some(EventType::UserChanged))
}

/// The user as `after` says, and no longer as `before` said.
pub(crate) fn alter_user(of: IntegrationId, before: &UserRecord, after: &UserRecord) -> Change {
    let (old, new) = (keys(before, &[]), keys(after, &[]));
    let missing_in = |keys: &[LookupKey], others: &[LookupKey]| -> Vec<LookupKey> {
        keys.iter().filter(|key| !others.contains(key)).cloned().collect()
    };
    let keys = KeyChange { added: missing_in(&new, &old), removed: missing_in(&old, &new) };
    let record = UserRecord { version: before.version.next(), last_modified: at(60), ..after.clone() };
    let mutation = Mutation::ReplaceUser { record: Arc::new(record), expected: before.version, keys };
    change(of, Operation::Patch, user_subject(before.id), mutation, Some(EventType::UserChanged))
}

pub(crate) fn delete_user(of: IntegrationId, user: &UserRecord) -> Change {
    let mutation = Mutation::DeleteUser { id: user.id, expected: user.version, keys: keys(user, &[]) };
    change(of, Operation::Delete, user_subject(user.id), mutation, Some(EventType::UserDeprovisioned))
}

pub(crate) fn create_group(of: IntegrationId, group: &GroupRecord, members: &[UserId]) -> Change {
    let mutation = Mutation::CreateGroup { record: group.clone(), members: members.to_vec() };
    change(of, Operation::Create, group_subject(group.id), mutation, Some(EventType::GroupProvisioned))
}

/// The group as `group` says, one version later.
pub(crate) fn replace_group(of: IntegrationId, group: &GroupRecord, members: MemberChange) -> Change {
    let record = GroupRecord { version: group.version.next(), last_modified: at(60), ..group.clone() };
    let mutation = Mutation::ReplaceGroup { record, expected: group.version, members };
    change(of, Operation::Replace, group_subject(group.id), mutation, Some(EventType::GroupChanged))
}

pub(crate) fn delete_group(of: IntegrationId, group: &GroupRecord) -> Change {
    let mutation = Mutation::DeleteGroup { id: group.id, expected: group.version };
    change(of, Operation::Delete, group_subject(group.id), mutation, Some(EventType::GroupDeprovisioned))
}

pub(crate) fn edit_members(
    of: IntegrationId,
    group: GroupId,
    expected: Option<Version>,
    members: MemberChange,
) -> Change {
    let mutation = Mutation::EditMembers { id: group, expected, members };
    change(of, Operation::Patch, group_subject(group), mutation, None)
}

pub(crate) fn add(users: &[UserId]) -> MemberChange {
    MemberChange::Delta { add: users.to_vec(), remove: vec![] }
}

pub(crate) fn remove(users: &[UserId]) -> MemberChange {
    MemberChange::Delta { add: vec![], remove: users.to_vec() }
}

fn user_subject(id: UserId) -> Subject {
    Subject { kind: SubjectKind::User, id: id.0 }
}

fn group_subject(id: GroupId) -> Subject {
    Subject { kind: SubjectKind::Group, id: id.0 }
}

fn change(
    of: IntegrationId,
    operation: Operation,
    subject: Subject,
    mutation: Mutation,
    event: Option<EventType>,
) -> Change {
    let new_event = |event_type| NewEvent {
        id: EventId(Uuid::new_v4()),
        event_type,
        subject,
        data: r#"{"told":true}"#.to_owned(),
    };
    Change {
        integration: of,
        at: at(60),
        txn: Uuid::new_v4(),
        traceparent: Some(TRACEPARENT.to_owned()),
        mutation,
        events: event.map(new_event).into_iter().collect(),
        origin: Origin::default(),
        log: LoggedChange {
            operation,
            subject,
            person: None,
            changed: ["displayName", "members"].map(ChangedAttribute::named).to_vec(),
        },
    }
}
