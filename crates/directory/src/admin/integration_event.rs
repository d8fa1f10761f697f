use chrono::{DateTime, Utc};
use events::v1::{self, IntegrationChange};
use events::{EventId, EventType, Subject, SubjectKind};
use uuid::Uuid;

use crate::caller::derived_id;
use crate::{Integration, IntegrationEvent, IntegrationState, NewEvent};

/// What is told of an integration that is as it is from now on.
pub(super) fn integration_event(
    integration: &Integration,
    txn: Uuid,
    at: DateTime<Utc>,
) -> Result<IntegrationEvent, serde_json::Error> {
    let state = match integration.state {
        IntegrationState::Enabled => v1::IntegrationState::Enabled,
        IntegrationState::Paused => v1::IntegrationState::Paused,
        IntegrationState::Disabled => v1::IntegrationState::Disabled,
        IntegrationState::Detached => v1::IntegrationState::Detached,
    };
    let data = IntegrationChange { state: state.into() };
    let event = NewEvent {
        // The integration's own id comes first.
        id: EventId(derived_id(txn, at, 1)),
        event_type: EventType::IntegrationChanged,
        subject: Subject { kind: SubjectKind::Integration, id: integration.id.0 },
        data: serde_json::to_string(&data)?,
    };
    Ok(IntegrationEvent { event, at, txn })
}
