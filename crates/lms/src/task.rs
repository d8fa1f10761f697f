use events::{Event, EventData, Message};

use crate::group_event::GroupStatement;
use crate::snapshot_event::{groups, range_of, users};
use crate::text::{fits_key, some_text};
use crate::user_event::UserStatement;
use crate::{
    Footprint, IntegrationSlug, ParkReason, PortalId, Recheck, Registration, ResourceKey, ScimId, Snapshot,
};
use events::SubjectKind;

/// Why something is given up that nobody else has given up before.
pub(crate) const PANICKED: &str = "this program panicked at it";

/// Something to decide.
#[derive(Clone, Debug)]
pub(crate) enum Task {
    /// What an event says.
    Event(Box<Event>),
    /// A message that says nothing here, and why.
    Unreadable(ParkReason),
    /// A resource, anew from its last state.
    Recheck(Recheck),
}

/// Reads a message; one that cannot be read will be parked.
pub(crate) fn receive(message: &Message) -> Task {
    // Without the error's source: a parser quotes what it read, and that may name a person.
    match Event::decode(message) {
        Err(error) => Task::Unreadable(ParkReason::Undecodable(error.to_string())),
        Ok(event) => {
            let envelope = &event.envelope;
            let fits = fits_key(Some(&envelope.integration)) && fits_key(Some(&envelope.portal));
            if fits { Task::Event(Box::new(event)) } else { Task::Unreadable(ParkReason::UnfitKey) }
        }
    }
}

/// As [`receive`], and survives a panic.
pub(crate) fn receive_unharmed(message: &Message) -> Task {
    let panicked = || Task::Unreadable(ParkReason::GivenUp(PANICKED.to_owned()));
    std::panic::catch_unwind(|| receive(message)).unwrap_or_else(|_| panicked())
}

/// What has to be loaded to decide a batch.
pub(crate) fn footprint_of(batch: &[Task]) -> Footprint {
    let mut footprint = Footprint::default();
    for task in batch {
        match task {
            Task::Event(event) => add_event(&mut footprint, event),
            Task::Recheck(recheck) => add_recheck(&mut footprint, recheck),
            Task::Unreadable(_) => {}
        }
    }
    footprint
}

fn add_recheck(footprint: &mut Footprint, recheck: &Recheck) {
    footprint.integrations.insert(recheck.key.integration.clone());
    match recheck.kind {
        SubjectKind::User => {
            footprint.users.insert(recheck.key.clone());
        }
        SubjectKind::Group => {
            footprint.groups.insert(recheck.key.clone());
        }
        SubjectKind::Integration => {}
    }
}

fn add_event(footprint: &mut Footprint, event: &Event) {
    let envelope = &event.envelope;
    let key = ResourceKey::of(envelope);
    let integration = key.integration.clone();
    footprint.events.insert(envelope.id);
    footprint.integrations.insert(integration.clone());
    match &event.data {
        EventData::User(change) => {
            let user = UserStatement::of_event(envelope, change).ok();
            let external_id = user.and_then(|statement| some_text(&statement.user.external_id));
            footprint.user_external_ids.extend(external_id.map(|id| (integration, id)));
            footprint.users.insert(key);
        }
        EventData::Group(change) => {
            let group = GroupStatement::of_event(envelope, change).ok();
            let external_id = group.and_then(|statement| some_text(&statement.group.external_id));
            footprint.group_external_ids.extend(external_id.map(|id| (integration, id)));
            footprint.groups.insert(key);
        }
        EventData::SnapshotChunk(chunk) => {
            let key_of = |id: &str| {
                let scim_id = ScimId(id.parse().ok()?);
                Some(ResourceKey { integration: integration.clone(), scim_id })
            };
            footprint.ranges.extend(range_of(envelope, chunk));
            for user in users(chunk) {
                footprint.users.extend(key_of(&user.id));
                let external_id = some_text(&user.external_id);
                footprint.user_external_ids.extend(external_id.map(|id| (integration.clone(), id)));
            }
            for group in groups(chunk) {
                footprint.groups.extend(key_of(&group.id));
                let external_id = some_text(&group.external_id);
                footprint.group_external_ids.extend(external_id.map(|id| (integration.clone(), id)));
            }
        }
        EventData::Membership(_) | EventData::Integration(_) | EventData::SnapshotEnd(_) => {}
    }
}

/// Integrations of the batch that the snapshot does not know, as the first event of each tells of them.
pub(crate) fn newcomers(batch: &[Task], snapshot: &Snapshot) -> Vec<Registration> {
    let mut newcomers: Vec<Registration> = Vec::new();
    for task in batch {
        let Task::Event(event) = task else { continue };
        let envelope = &event.envelope;
        let integration = IntegrationSlug(envelope.integration.clone());
        let is_listed = newcomers.iter().any(|newcomer| newcomer.integration == integration);
        if !is_listed && !snapshot.integrations.contains_key(&integration) {
            newcomers.push(Registration {
                integration,
                portal_code: envelope.portal.clone(),
                environment: envelope.environment,
                portal: PortalId::of_portal(&envelope.portal, envelope.environment),
            });
        }
    }
    newcomers
}

impl ResourceKey {
    /// The resource that an event is about.
    pub(crate) fn of(envelope: &events::Envelope) -> Self {
        Self {
            integration: IntegrationSlug(envelope.integration.clone()),
            scim_id: ScimId(envelope.subject.id),
        }
    }
}
