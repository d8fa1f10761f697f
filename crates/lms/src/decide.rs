use events::{Applied, Event, EventData, Message};

use crate::group_event::{group_external_id, incoming_group};
use crate::text::fits_key;
use crate::user_event::incoming_user;
use crate::working_set::WorkingSet;
use crate::{
    Change, Footprint, IntegrationSlug, Ownership, ParkReason, ParkedEvent, PortalId, Registration,
    ResourceKey, ScimId, Snapshot,
};

/// A message, and what was understood of it.
pub(crate) struct Received {
    message: Message,
    event: Result<Event, ParkReason>,
}

/// What a batch means.
pub(crate) struct Decision {
    pub(crate) change: Change,
    /// One outcome for each message, in the same order.
    pub(crate) outcomes: Vec<Applied>,
}

/// Reads a message; one that cannot be read will be parked.
pub(crate) fn receive(message: &Message) -> Received {
    // Without the error's source: a parser quotes what it read, and that may name a person.
    let decoded = Event::decode(message).map_err(|error| ParkReason::Undecodable(error.to_string()));
    let event = decoded.and_then(|event| {
        let envelope = &event.envelope;
        let fits = fits_key(Some(&envelope.integration)) && fits_key(Some(&envelope.portal));
        if fits { Ok(event) } else { Err(ParkReason::UnfitKey) }
    });
    Received { message: message.clone(), event }
}

/// What has to be loaded to decide a batch.
pub(crate) fn footprint_of(batch: &[Received]) -> Footprint {
    let mut footprint = Footprint::default();
    for event in batch.iter().filter_map(|received| received.event.as_ref().ok()) {
        let envelope = &event.envelope;
        let key = ResourceKey::of(envelope);
        let integration = key.integration.clone();
        footprint.events.insert(envelope.id);
        footprint.integrations.insert(integration.clone());
        match &event.data {
            EventData::User(change) => {
                let user = incoming_user(envelope.event_type, change).ok();
                let external_id = user.and_then(|user| user.external_id);
                footprint.user_external_ids.extend(external_id.map(|id| (integration, id)));
                footprint.users.insert(key);
            }
            EventData::Group(change) => {
                let group = incoming_group(envelope.event_type, change).ok();
                let external_id = group.and_then(group_external_id).map(str::to_owned);
                footprint.group_external_ids.extend(external_id.map(|id| (integration, id)));
                footprint.groups.insert(key);
            }
            EventData::Membership(_)
            | EventData::Integration(_)
            | EventData::SnapshotChunk(_)
            | EventData::SnapshotEnd(_) => {}
        }
    }
    footprint
}

/// Integrations of the batch that the snapshot does not know, as the first event of each tells of them.
pub(crate) fn newcomers(batch: &[Received], snapshot: &Snapshot) -> Vec<Registration> {
    let mut newcomers: Vec<Registration> = Vec::new();
    for event in batch.iter().filter_map(|received| received.event.as_ref().ok()) {
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

/// Decides a batch in the order of its messages.
pub(crate) fn decide(batch: &[Received], snapshot: Snapshot, ownership: &Ownership) -> Decision {
    let mut working_set = WorkingSet::new(snapshot, ownership);
    let mut parked = Vec::new();
    let mut outcomes = Vec::with_capacity(batch.len());
    for received in batch {
        let decided = match &received.event {
            Ok(event) => working_set.apply(event),
            Err(reason) => Err(reason.clone()),
        };
        outcomes.push(decided.unwrap_or_else(|reason| {
            if !parked.iter().any(|other: &ParkedEvent| other.message.id == received.message.id) {
                parked.push(ParkedEvent { message: received.message.clone(), reason });
            }
            Applied::Parked
        }));
    }
    Decision { change: working_set.into_change(parked), outcomes }
}

/// The change that does nothing but park one message.
pub(crate) fn park(received: &Received, reason: ParkReason) -> Change {
    Change { parked: vec![ParkedEvent { message: received.message.clone(), reason }], ..Change::default() }
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
