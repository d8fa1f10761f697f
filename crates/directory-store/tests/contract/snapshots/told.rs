//! What snapshots told, and how it is looked at.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use directory::{
    GroupId, IntegrationId, NewEvent, OutboxEvent, Snapshot, SnapshotId, SnapshotPosition, SnapshotProgress,
    SnapshotSettings, SnapshotStep, SnapshotWorker, Told as Counts, UserId, WorkerId,
};
use events::v1::snapshot_chunk::Content;
use events::v1::{MemberRange, SnapshotChunk, SnapshotEnd};
use events::{EventId, EventType, Sequence, Subject, SubjectKind};
use uuid::Uuid;

use crate::changes::{at, user_id};
use crate::fixture::Fixture;

/// A snapshot that is being told.
pub(super) struct Telling<'a> {
    pub(super) snapshot: Snapshot,
    fixture: &'a Fixture,
    worker: SnapshotWorker,
    events: Vec<OutboxEvent>,
}

pub(crate) fn worker(fixture: &Fixture, id: WorkerId) -> SnapshotWorker {
    worker_with(fixture, id, Duration::from_millis(300))
}

pub(super) fn worker_with(fixture: &Fixture, id: WorkerId, lease: Duration) -> SnapshotWorker {
    let store = || Arc::clone(&fixture.store);
    let settings = SnapshotSettings { lease, margin: chrono::Duration::seconds(120) };
    SnapshotWorker::new(id, store(), store(), store(), settings)
}

impl<'a> Telling<'a> {
    /// Of the fixture's integration, once everything else was sent.
    pub(super) async fn begin(fixture: &'a Fixture) -> Self {
        Self::begin_of(fixture, fixture.of).await
    }

    pub(super) async fn begin_of(fixture: &'a Fixture, of: IntegrationId) -> Self {
        fixture.send_all().await;
        Self::begin_unsent(fixture, of).await
    }

    /// Of one resource.
    pub(super) async fn begin_one(fixture: &'a Fixture, subject: Subject) -> Self {
        fixture.send_all().await;
        let id = SnapshotId(Uuid::new_v4());
        let wanted = Snapshot::new(id, fixture.of, "test".to_owned(), at(100)).of_one(subject);
        let snapshot = fixture.store.begin(&wanted).await.unwrap();
        Self { snapshot, fixture, worker: worker(fixture, WorkerId(Uuid::new_v4())), events: vec![] }
    }

    pub(super) async fn begin_unsent(fixture: &'a Fixture, of: IntegrationId) -> Self {
        let wanted = Snapshot::new(SnapshotId(Uuid::new_v4()), of, "test".to_owned(), at(100));
        let snapshot = fixture.store.begin(&wanted).await.unwrap();
        Self { snapshot, fixture, worker: worker(fixture, WorkerId(Uuid::new_v4())), events: vec![] }
    }

    pub(super) fn resumed_by(self, worker: SnapshotWorker) -> Self {
        Self { worker, ..self }
    }

    pub(super) fn position(&self) -> SnapshotPosition {
        self.snapshot.position
    }

    /// Tells one event, waiting for those who hold the snapshot.
    pub(super) async fn step(&mut self) {
        loop {
            if let SnapshotStep::Told(snapshot) = self.worker.step(at(200)).await.unwrap() {
                self.snapshot = snapshot;
                return;
            }
        }
    }

    pub(super) async fn finish(mut self) -> Told {
        while self.snapshot.finished.is_none() {
            self.step().await;
        }
        assert_eq!(self.worker.step(at(200)).await.unwrap(), SnapshotStep::Nothing);
        self.collected().await
    }

    /// What it told, whoever did.
    pub(super) async fn collected(mut self) -> Told {
        self.events.extend(self.fixture.claim_all().await);
        self.events.retain(|event| event.envelope.txn == self.snapshot.id.0);
        Told(self.events)
    }
}

/// The events of one snapshot in the order of the outbox.
pub(super) struct Told(pub(super) Vec<OutboxEvent>);

pub(super) fn apart(events: Vec<OutboxEvent>, one: SnapshotId, two: SnapshotId) -> (Told, Told) {
    assert!(events.iter().all(|event| [one.0, two.0].contains(&event.envelope.txn)));
    let (ones, twos) = events.into_iter().partition(|event| event.envelope.txn == one.0);
    (Told(ones), Told(twos))
}

impl Told {
    pub(super) fn id(&self) -> SnapshotId {
        SnapshotId(self.0[0].envelope.txn)
    }

    pub(super) fn chunk(&self, index: usize) -> SnapshotChunk {
        assert_eq!(self.0[index].envelope.event_type, EventType::SnapshotChunk);
        serde_json::from_str(&self.0[index].data).unwrap()
    }

    pub(super) fn end(&self) -> SnapshotEnd {
        let last = self.0.last().unwrap();
        assert_eq!(last.envelope.event_type, EventType::SnapshotEnded);
        serde_json::from_str(&last.data).unwrap()
    }

    fn contents(&self) -> Vec<Content> {
        (0..self.0.len() - 1).map(|index| self.chunk(index).content.unwrap()).collect()
    }

    pub(super) fn kinds(&self) -> Vec<&'static str> {
        self.end();
        let kind = |content: &Content| match content {
            Content::Users(_) => "users",
            Content::Groups(_) => "groups",
            Content::Members(_) => "members",
        };
        self.contents().iter().map(kind).chain(["ended"]).collect()
    }

    pub(super) fn users(&self) -> Vec<UserId> {
        let users = self.contents().into_iter().filter_map(|content| match content {
            Content::Users(range) => Some(range.users),
            _ => None,
        });
        users.flatten().map(|user| UserId(id(&user.user.unwrap().id))).collect()
    }

    pub(super) fn groups(&self) -> Vec<GroupId> {
        let groups = self.contents().into_iter().filter_map(|content| match content {
            Content::Groups(range) => Some(range.groups),
            _ => None,
        });
        groups.flatten().map(|group| GroupId(id(&group.group.unwrap().id))).collect()
    }

    pub(super) fn member_ranges(&self) -> Vec<MemberRange> {
        let ranges = self.contents().into_iter().filter_map(|content| match content {
            Content::Members(range) => Some(range),
            _ => None,
        });
        ranges.collect()
    }

    pub(super) fn members(&self) -> BTreeMap<GroupId, Vec<UserId>> {
        let mut members: BTreeMap<GroupId, Vec<UserId>> = BTreeMap::new();
        for range in self.member_ranges() {
            let of_group = members.entry(GroupId(id(&range.group_id))).or_default();
            of_group.extend(range.members.iter().map(|member| UserId(id(member))));
        }
        members
    }

    /// Of users and groups.
    pub(super) fn sequences(&self) -> BTreeMap<Uuid, Sequence> {
        let mut sequences = BTreeMap::new();
        for content in self.contents() {
            let told: Vec<(String, String)> = match content {
                Content::Users(range) => {
                    range.users.into_iter().map(|user| (user.user.unwrap().id, user.sequence)).collect()
                }
                Content::Groups(range) => {
                    range.groups.into_iter().map(|group| (group.group.unwrap().id, group.sequence)).collect()
                }
                Content::Members(_) => vec![],
            };
            sequences.extend(told.into_iter().map(|(of, sequence)| (id(&of), sequence.parse().unwrap())));
        }
        sequences
    }

    /// Requires chunks to be numbered, ranges to follow one another from the beginning to the end, and ids to lie in
    /// the ranges that list them.
    pub(super) fn assert_without_gaps(&self) {
        let mut ends: BTreeMap<String, String> = BTreeMap::new();
        for (index, number) in (0..self.0.len() - 1).zip(1..) {
            let chunk = self.chunk(index);
            assert_eq!(chunk.number, number);
            let (of, after, through, ids) = bounds(chunk.content.unwrap());
            let end = ends.insert(of.clone(), through.clone());
            assert_eq!(end.unwrap_or_default(), after, "{of}: goes on where the last range ended");
            assert!(!(index > 0 && after.is_empty() && ids.is_empty() && of == "users"));
            assert!(ids.is_sorted() && ids.iter().all(|id| *id > after), "{of}");
            assert!(through.is_empty() || ids.iter().all(|id| *id <= through), "{of}");
        }
        assert!(ends.values().all(String::is_empty), "every kind is told to its end: {ends:?}");
        assert!(ends.contains_key("users") && ends.contains_key("groups"));
        assert_eq!(self.end().chunks, u32::try_from(self.0.len() - 1).unwrap());
    }
}

fn bounds(content: Content) -> (String, String, String, Vec<String>) {
    match content {
        Content::Users(range) => {
            let ids = range.users.into_iter().map(|user| user.user.unwrap().id).collect();
            ("users".to_owned(), range.after, range.through, ids)
        }
        Content::Groups(range) => {
            let ids = range.groups.into_iter().map(|group| group.group.unwrap().id).collect();
            ("groups".to_owned(), range.after, range.through, ids)
        }
        Content::Members(range) => (range.group_id, range.after, range.through, range.members),
    }
}

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

/// The next event of a snapshot, as a worker decides it.
pub(super) fn progress_of(snapshot: &Snapshot) -> SnapshotProgress {
    progress_to(snapshot, SnapshotPosition::Users { after: Some(user_id(100)) })
}

pub(super) fn progress_to(snapshot: &Snapshot, position: SnapshotPosition) -> SnapshotProgress {
    let number = snapshot.told.chunks + 1;
    let told = Counts { chunks: number, users: 1, groups: 2, members: 3 };
    SnapshotProgress {
        after: Snapshot { position, told, ..snapshot.clone() },
        number,
        event: NewEvent {
            id: EventId(Uuid::new_v4()),
            event_type: EventType::SnapshotChunk,
            subject: Subject { kind: SubjectKind::Integration, id: snapshot.integration.0 },
            data: "{}".to_owned(),
        },
        at: at(200),
    }
}

/// Users put past the store, which takes them one at a time.
pub(super) async fn many_users(fixture: &Fixture, numbers: RangeInclusive<u128>) -> Vec<UserId> {
    let ids: Vec<UserId> = numbers.clone().map(user_id).collect();
    let time = if fixture.is_postgres() { "'2026-01-01T00:00:00Z'" } else { "1767225600000" };
    let row = |n: u128| {
        let name = format!("user{n}@acme.example");
        let document = format!(r#"{{"userName": "{name}"}}"#);
        format!("('{}', '{}', 1, 1, {time}, {time}, '{name}', true, '{document}')", fixture.of.0, user_id(n))
    };
    let rows: Vec<String> = numbers.map(row).collect();
    let insert = "insert into directory.scim_user (
        integration_id, id, incarnation, version, created_at, last_modified, user_name_folded, active, resource)";
    fixture.execute(&format!("{insert} values {}", rows.join(", "))).await;
    ids
}
