use super::*;
use crate::v1::snapshot_chunk::Content;
use crate::v1::{Group, GroupRange, GroupState, MemberRange, MembershipChange, User, UserRange, UserState};
use crate::{Environment, Sequence, Subject};

fn envelope(event_type: EventType) -> Envelope {
    Envelope {
        id: EventId(Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0001)),
        event_type,
        integration: "acme-production".to_owned(),
        environment: Environment::Production,
        portal: "acme".to_owned(),
        subject: Subject { kind: event_type.subject_kind(), id: Uuid::from_u128(7) },
        time: "2026-03-01T10:00:00.250000Z".parse().unwrap(),
        sequence: Sequence { epoch: 0, incarnation: 1, version: 3 },
        txn: Uuid::from_u128(9),
        traceparent: None,
    }
}

fn user_message() -> Message {
    let data = r#"{"after":{"userName":"ana@contoso.example","active":false,"emails":[{"type":"work","value":"ana@contoso.example","primary":true}]},"changed":["active"],"reason":"DEACTIVATION_REASON_DISABLED","later":1}"#;
    Message::from_json(&envelope(EventType::UserDeactivated), data.to_owned())
}

#[test]
fn attributes_and_routing_key_are_those_of_the_contract() {
    let message = user_message();
    assert_eq!(message.routing_key, "production.acme-production.user.deactivated");
    let expected = [
        ("environment", "production"),
        ("id", "01970000-0000-7000-8000-000000000001"),
        ("integration", "acme-production"),
        ("partitionkey", "acme-production/Users/00000000-0000-0000-0000-000000000007"),
        ("portal", "acme"),
        ("sequence", "0000000000.0000000001.00000000000000000003"),
        ("source", "/integrations/acme-production"),
        ("specversion", "1.0"),
        ("subject", "Users/00000000-0000-0000-0000-000000000007"),
        ("time", "2026-03-01T10:00:00.250000Z"),
        ("txn", "00000000-0000-0000-0000-000000000009"),
        ("type", "com.illuxilms.directory.user.deactivated.v1"),
    ];
    let attributes: Vec<_> = message.attributes.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(attributes, expected);
}

#[test]
fn json_with_a_field_of_a_later_minor_version_is_read() {
    let event = Event::decode(&user_message()).unwrap();
    let EventData::User(change) = event.data else { panic!("not a user") };
    let after = change.after.unwrap();
    assert_eq!(after.user_name, "ana@contoso.example");
    assert_eq!(after.active, Some(false));
    assert_eq!(change.changed, ["active"]);
    assert_eq!(event.envelope, envelope(EventType::UserDeactivated));
}

#[test]
fn every_type_survives_both_encodings() {
    for event_type in EventType::ALL {
        let data = match (event_type, event_type.subject_kind()) {
            (EventType::MembershipChanged, _) => EventData::Membership(MembershipChange {
                added: vec![Uuid::from_u128(1).to_string()],
                member_count: 1,
                ..Default::default()
            }),
            (EventType::SnapshotChunk, _) => EventData::SnapshotChunk(chunk(member_range())),
            (EventType::SnapshotEnded, _) => EventData::SnapshotEnd(SnapshotEnd {
                chunks: 3,
                members: u64::MAX,
                began_at: Some(envelope(event_type).time.into()),
                ..Default::default()
            }),
            (_, SubjectKind::User) => EventData::User(Box::new(UserChange {
                after: Some(User { user_name: "a".to_owned(), active: Some(true), ..Default::default() }),
                ..Default::default()
            })),
            (_, SubjectKind::Group) => EventData::Group(GroupChange {
                after: Some(Group { display_name: "g".to_owned(), ..Default::default() }),
                ..Default::default()
            }),
            (_, SubjectKind::Integration) => EventData::Integration(IntegrationChange { state: 1 }),
        };
        assert_survives_both_encodings(event_type, data);
    }
}

#[test]
fn every_content_of_a_chunk_survives_both_encodings() {
    let sequence = envelope(EventType::SnapshotChunk).sequence.to_string();
    let changed_at = Some(envelope(EventType::SnapshotChunk).time.into());
    let user = Some(User { user_name: "a".to_owned(), ..Default::default() });
    let group = Some(Group { display_name: "g".to_owned(), ..Default::default() });
    let users = UserRange {
        users: vec![UserState { user, sequence: sequence.clone(), changed_at }],
        ..Default::default()
    };
    let groups = GroupRange {
        after: Uuid::from_u128(1).to_string(),
        groups: vec![GroupState { group, sequence, changed_at, member_count: 7 }],
        ..Default::default()
    };
    let nothing = UserRange { through: Uuid::from_u128(2).to_string(), ..Default::default() };
    for content in [Content::Users(users), Content::Groups(groups), Content::Users(nothing), member_range()] {
        assert_survives_both_encodings(EventType::SnapshotChunk, EventData::SnapshotChunk(chunk(content)));
    }
}

fn chunk(content: Content) -> SnapshotChunk {
    SnapshotChunk {
        snapshot_id: Uuid::from_u128(4).to_string(),
        number: 2,
        settled_before: Some(envelope(EventType::SnapshotChunk).time.into()),
        content: Some(content),
    }
}

fn member_range() -> Content {
    Content::Members(MemberRange {
        group_id: Uuid::from_u128(3).to_string(),
        members: vec![Uuid::from_u128(1).to_string()],
        ..Default::default()
    })
}

fn assert_survives_both_encodings(event_type: EventType, data: EventData) {
    let event = Event { envelope: envelope(event_type), data };
    for content_type in [ContentType::Json, ContentType::Protobuf] {
        let message = event.encode(content_type).unwrap();
        assert_eq!(Event::decode(&message).unwrap(), event, "{event_type:?} {content_type:?}");
    }
}

#[test]
fn a_message_that_speaks_for_another_integration_is_refused() {
    let mut message = user_message();
    message.attributes.insert("integration".to_owned(), "globex-production".to_owned());
    assert!(matches!(Event::decode(&message), Err(DecodeError::Disagreement("source"))));
    message.attributes.insert("source".to_owned(), "/integrations/globex-production".to_owned());
    assert!(matches!(Event::decode(&message), Err(DecodeError::Disagreement("routing key"))));
}

#[test]
fn what_can_never_be_read_says_why() {
    let spoil = |name: &str, value: &str| {
        let mut message = user_message();
        message.attributes.insert(name.to_owned(), value.to_owned());
        Event::decode(&message).unwrap_err().to_string()
    };
    assert_eq!(
        spoil("type", "com.illuxilms.directory.user.changed.v9"),
        "the event type \"com.illuxilms.directory.user.changed.v9\" is not known here"
    );
    assert_eq!(spoil("sequence", "7"), "the attribute sequence is malformed");
    assert_eq!(
        spoil("id", &Uuid::nil().to_string()),
        "the attribute id disagrees with the rest of the envelope"
    );

    let mut message = user_message();
    message.attributes.remove("txn");
    assert!(matches!(Event::decode(&message), Err(DecodeError::Missing("txn"))));
    let mut message = user_message();
    message.body.truncate(9);
    assert!(matches!(Event::decode(&message), Err(DecodeError::Json(_))));
    let mut message = user_message();
    message.content_type = "text/xml".to_owned();
    assert!(matches!(Event::decode(&message), Err(DecodeError::ContentType(_))));
}
