use events::v1::{
    EnterpriseUser, Group, GroupChange, Manager, MembershipChange, MultiValued, Name, User, UserChange,
};
use events::{
    ContentType, Envelope, Environment, Event, EventData, EventId, EventType, Message, Sequence, Subject,
};
use uuid::Uuid;

pub(crate) const INTEGRATION: &str = "acme-production";
pub(crate) const OTHER: &str = "globex-staging";

/// Position `version` of the first incarnation.
pub(crate) fn at(version: i64) -> Sequence {
    Sequence { epoch: 0, incarnation: 1, version }
}

/// Position `version` of a resource created anew.
pub(crate) fn again(version: i64) -> Sequence {
    Sequence { epoch: 0, incarnation: 2, version }
}

pub(crate) fn scim(id: u128) -> Uuid {
    Uuid::from_u128(id)
}

/// An event of the integration. Its id follows from all the rest, so that two different ones never share it.
pub(crate) fn event(
    integration: &str,
    event_type: EventType,
    id: u128,
    sequence: Sequence,
    data: EventData,
) -> Message {
    let (portal, environment) = match integration {
        OTHER => ("globex", Environment::Staging),
        _ => ("acme", Environment::Production),
    };
    let name = format!("{integration}/{event_type:?}/{id}/{sequence}/{data:?}");
    let envelope = Envelope {
        id: EventId(Uuid::new_v5(&Uuid::nil(), name.as_bytes())),
        event_type,
        integration: integration.to_owned(),
        environment,
        portal: portal.to_owned(),
        subject: Subject { kind: event_type.subject_kind(), id: scim(id) },
        time: "2026-03-01T10:00:00.250Z".parse().unwrap(),
        sequence,
        txn: Uuid::from_u128(9),
        traceparent: None,
    };
    Event { envelope, data }.encode(ContentType::Json).unwrap()
}

/// A user of Contoso with the external id `object-{name}`.
pub(crate) fn user(name: &str) -> User {
    User {
        external_id: format!("object-{name}"),
        user_name: format!("{name}@contoso.example"),
        active: Some(true),
        name: Some(Name { given_name: name.to_owned(), family_name: "Silva".to_owned(), ..Name::default() }),
        display_name: format!("{name} Silva"),
        title: "Engineer".to_owned(),
        preferred_language: "pt-BR".to_owned(),
        emails: vec![MultiValued {
            value: format!("{name}.silva@contoso.example"),
            r#type: "work".to_owned(),
            ..MultiValued::default()
        }],
        ..User::default()
    }
}

pub(crate) fn user_event_of(
    integration: &str,
    event_type: EventType,
    id: u128,
    sequence: Sequence,
    user: User,
) -> Message {
    let user = User { id: scim(id).to_string(), ..user };
    let mut change = UserChange::default();
    match event_type {
        EventType::UserDeprovisioned => change.before = Some(user),
        _ => change.after = Some(user),
    }
    event(integration, event_type, id, sequence, EventData::User(Box::new(change)))
}

pub(crate) fn provisioned(id: u128, sequence: Sequence, user: User) -> Message {
    user_event_of(INTEGRATION, EventType::UserProvisioned, id, sequence, user)
}

pub(crate) fn changed(id: u128, sequence: Sequence, user: User) -> Message {
    user_event_of(INTEGRATION, EventType::UserChanged, id, sequence, user)
}

pub(crate) fn deactivated(id: u128, sequence: Sequence, user: User) -> Message {
    let user = User { active: Some(false), ..user };
    user_event_of(INTEGRATION, EventType::UserDeactivated, id, sequence, user)
}

pub(crate) fn reactivated(id: u128, sequence: Sequence, user: User) -> Message {
    user_event_of(INTEGRATION, EventType::UserReactivated, id, sequence, user)
}

pub(crate) fn deprovisioned(id: u128, sequence: Sequence, user: User) -> Message {
    user_event_of(INTEGRATION, EventType::UserDeprovisioned, id, sequence, user)
}

/// A group with the external id `object-{name}`.
pub(crate) fn group(name: &str) -> Group {
    Group { external_id: format!("object-{name}"), display_name: name.to_owned(), ..Group::default() }
}

pub(crate) fn group_event_of(
    integration: &str,
    event_type: EventType,
    id: u128,
    sequence: Sequence,
    group: Group,
) -> Message {
    let group = Group { id: scim(id).to_string(), ..group };
    let mut change = GroupChange::default();
    match event_type {
        EventType::GroupDeprovisioned => change.before = Some(group),
        _ => change.after = Some(group),
    }
    event(integration, event_type, id, sequence, EventData::Group(change))
}

pub(crate) fn group_provisioned(id: u128, sequence: Sequence, group: Group) -> Message {
    group_event_of(INTEGRATION, EventType::GroupProvisioned, id, sequence, group)
}

pub(crate) fn group_changed(id: u128, sequence: Sequence, group: Group) -> Message {
    group_event_of(INTEGRATION, EventType::GroupChanged, id, sequence, group)
}

pub(crate) fn group_deprovisioned(id: u128, sequence: Sequence, group: Group) -> Message {
    group_event_of(INTEGRATION, EventType::GroupDeprovisioned, id, sequence, group)
}

pub(crate) fn members_of(
    integration: &str,
    id: u128,
    sequence: Sequence,
    added: &[u128],
    removed: &[u128],
) -> Message {
    let ids = |ids: &[u128]| ids.iter().map(|id| scim(*id).to_string()).collect();
    let change = MembershipChange { added: ids(added), removed: ids(removed), ..MembershipChange::default() };
    event(integration, EventType::MembershipChanged, id, sequence, EventData::Membership(change))
}

pub(crate) fn members(id: u128, sequence: Sequence, added: &[u128], removed: &[u128]) -> Message {
    members_of(INTEGRATION, id, sequence, added, removed)
}

/// The user with a manager.
pub(crate) fn managed_by(manager: u128, user: User) -> User {
    let enterprise = user.enterprise.clone().unwrap_or_default();
    let manager = Some(Manager { value: scim(manager).to_string(), ..Manager::default() });
    User { enterprise: Some(EnterpriseUser { manager, ..enterprise }), ..user }
}

/// The user with an employee number.
pub(crate) fn numbered(employee_number: &str, user: User) -> User {
    let enterprise = user.enterprise.clone().unwrap_or_default();
    let enterprise = EnterpriseUser { employee_number: employee_number.to_owned(), ..enterprise };
    User { enterprise: Some(enterprise), ..user }
}
